//! Where words begin and end in bytes: runs of letters and digits, found 64 bytes at a time without a branch a byte.

use super::wide::{PLAIN, flag_of, pack, wide};

/// How many bytes are looked at before the edges found in them are handed out.
const SECTION: usize = 2048;
/// Edges written at once; what is more than there are is overwritten by the next.
const GROUP: usize = 8;

/// A buffer for the edges of one section, to be used again.
#[derive(Debug, Default)]
pub struct Runs {
    edges: Vec<u32>,
}

impl Runs {
    /// Calls `each` with (begin, end) pairs of the runs of `bytes`, in order, many at a time.
    ///
    /// A run is made of ASCII letters and digits, and of bytes that are not ASCII. Inputs are below 4 GiB.
    pub fn each(&mut self, bytes: &[u8], mut each: impl FnMut(&[[u32; 2]])) {
        // One edge is carried over from the section before.
        self.edges.resize(SECTION + GROUP + 1, 0);
        let (mut open, mut before) = (0, 0);
        for (i, section) in bytes.chunks(SECTION).enumerate() {
            let n = section_edges(section, i * SECTION, &mut before, open, &mut self.edges);
            let (pairs, rest) = self.edges[..n].as_chunks();
            each(pairs);
            open = rest.len();
            self.edges[0] = rest.first().copied().unwrap_or(0);
        }
        if open == 1 {
            each(&[[self.edges[0], bytes.len() as u32]]);
        }
    }
}

wide! {
    /// Writes where runs begin and end in a section that begins at `base`, behind the first `n` edges; returns how many
    /// there are then. `before` is 1 when the byte before the section is in a run.
    fn section_edges(section: &[u8], base: usize, before: &mut u64, n: usize, out: &mut [u32]) -> usize {
        let mut n = n;
        for (i, block) in section.chunks(64).enumerate() {
            let inside = mask_of::<LEVEL>(block, is_word_byte);
            let edges = inside ^ (inside << 1 | *before);
            *before = inside >> 63;
            flatten(edges, (base + i * 64) as u32, &mut out[n..]);
            n += edges.count_ones() as usize;
        }
        n
    }
}

/// Writes the positions of the set bits, each plus `base`, and up to a group of anything after them.
#[inline]
fn flatten(mut bits: u64, base: u32, out: &mut [u32]) {
    for group in out.chunks_mut(GROUP) {
        if bits == 0 {
            return;
        }
        for slot in group {
            *slot = base + bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
        }
    }
}

/// Which runs of a text begin with a digit, and which with a capital letter.
#[derive(Debug, Default)]
pub struct Begins {
    /// Runs, counted from 0.
    pub digits: Vec<u32>,
    /// Runs, counted from 0.
    pub capitals: Vec<u32>,
}

impl Begins {
    /// Looks at the runs of `bytes`, forgetting those before; runs are those of [`Runs::each`].
    pub fn take(&mut self, bytes: &[u8]) {
        self.digits.clear();
        self.capitals.clear();
        begins(bytes, &mut self.digits, &mut self.capitals);
    }
}

wide! {
    fn begins(bytes: &[u8], digits: &mut Vec<u32>, capitals: &mut Vec<u32>) {
        let (mut runs, mut before) = (0, 0);
        for block in bytes.chunks(64) {
            let inside = mask_of::<LEVEL>(block, is_word_byte);
            let starts = inside & !(inside << 1 | before);
            before = inside >> 63;
            let digit = mask_of::<LEVEL>(block, |b| b.wrapping_sub(b'0') < 10);
            let capital = mask_of::<LEVEL>(block, |b| b.wrapping_sub(b'A') < 26);
            add_runs(starts & digit, starts, runs, digits);
            add_runs(starts & capital, starts, runs, capitals);
            runs += starts.count_ones();
        }
    }
}

/// Adds the numbers of some of the runs that start in a block, behind so many others.
#[inline(always)]
fn add_runs(mut some: u64, starts: u64, before: u32, out: &mut Vec<u32>) {
    while some != 0 {
        out.push(before + (starts & (some - 1) & !some).count_ones());
        some &= some - 1;
    }
}

/// Where the bytes stand that have a property, which should need no branch.
pub fn positions(bytes: &[u8], has: impl Fn(u8) -> bool + Copy) -> impl Iterator<Item = usize> {
    let (mut blocks, mut behind, mut bits) = (bytes.chunks(64), 0, 0u64);
    std::iter::from_fn(move || {
        while bits == 0 {
            bits = mask_of::<PLAIN>(blocks.next()?, has);
            behind += 64;
        }
        let at = behind - 64 + bits.trailing_zeros() as usize;
        bits &= bits - 1;
        Some(at)
    })
}

/// Bit i is set when byte i of at most 64 has a property.
#[inline(always)]
fn mask_of<const LEVEL: u8>(block: &[u8], has: impl Fn(u8) -> bool) -> u64 {
    match block.first_chunk::<64>() {
        Some(block) => mask::<LEVEL>(block, has),
        None => {
            let mut padded = [0; 64];
            padded[..block.len()].copy_from_slice(block);
            mask::<LEVEL>(&padded, has) & !(u64::MAX << block.len())
        }
    }
}

#[inline(always)]
fn mask<const LEVEL: u8>(block: &[u8; 64], has: impl Fn(u8) -> bool) -> u64 {
    // Not `map`, which may be left as a call and so be of no level. Of a copy of the block, which cannot overlap with the flags.
    let mut flags = [0; 64];
    flags.iter_mut().zip(*block).for_each(|(flag, b)| *flag = flag_of(has(b)));
    pack::<LEVEL>(&flags)
}

wide! {
    /// Whether all bytes are ASCII, and none is one of two.
    pub fn are_plain(bytes: &[u8], x: u8, y: u8) -> bool {
        // A fold within a block, because `all` stops early and so cannot look at several bytes at once.
        let in_block = |block: &[u8]| block.iter().fold(true, |all, &b| all & (b != x) & (b != y) & (b < 0x80));
        bytes.chunks(256).all(in_block)
    }
}

/// In a form that needs no branch.
#[inline]
fn is_word_byte(b: u8) -> bool {
    ((b | 0x20).wrapping_sub(b'a') < 26) | (b.wrapping_sub(b'0') < 10) | (b >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::wide::tests::at_all_levels;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_equal_splitting(piece in prop::collection::vec(prop::sample::select(&b"aZ09 .-@[`{/:\xC3\xA9"[..]), 0..200), times in 1usize..40) {
            let bytes = piece.repeat(times);
            let mut expected: Vec<Vec<u8>> =
                bytes.split(|b| b.is_ascii() && !b.is_ascii_alphanumeric()).map(<[u8]>::to_vec).collect();
            expected.retain(|run| !run.is_empty());
            let found = || {
                let mut found = Vec::new();
                Runs::default().each(&bytes, |pairs| {
                    found.extend(pairs.iter().map(|&[from, to]| bytes[from as usize..to as usize].to_vec()));
                });
                found
            };
            prop_assert!(at_all_levels(found).iter().all(|found| *found == expected));
            let that_begin = |is: fn(&u8) -> bool| -> Vec<u32> {
                (0..).zip(&expected).filter(|(_, run)| is(&run[0])).map(|(i, _)| i).collect()
            };
            let begins = (that_begin(u8::is_ascii_digit), that_begin(u8::is_ascii_uppercase));
            let found = || {
                let mut begins = Begins::default();
                begins.take(b"A1");
                begins.take(&bytes);
                (begins.digits, begins.capitals)
            };
            prop_assert!(at_all_levels(found).iter().all(|found| *found == begins));
        }
    }

    #[test]
    fn a_text_may_be_single_letters() {
        let bytes = b"a ".repeat(3 * SECTION);
        let mut found = || {
            let mut found = Vec::new();
            Runs::default().each(&bytes, |pairs| found.extend_from_slice(pairs));
            found
        };
        let expected: Vec<[u32; 2]> = (0..3 * SECTION as u32).map(|i| [2 * i, 2 * i + 1]).collect();
        assert!(at_all_levels(&mut found).iter().all(|found| *found == expected));
    }

    #[test]
    fn what_is_not_plain_is_found_anywhere() {
        let mut bytes = vec![b'a'; 600];
        assert!(at_all_levels(|| are_plain(&bytes, b'<', b'&')).iter().all(|&plain| plain));
        for (at, byte) in [(0, b'<'), (300, b'&'), (599, b'<'), (511, 0x80)] {
            bytes.fill(b'a');
            bytes[at] = byte;
            assert!(at_all_levels(|| are_plain(&bytes, b'<', b'&')).iter().all(|&plain| !plain));
        }
    }
}
