//! The same code compiled once more for wider vectors; which of them runs is decided by the machine it runs on.
//!
//! All levels have one source, so they compute the same. This is the only place that may call what a processor must
//! be known to have.
#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
use std::sync::LazyLock;

/// Nothing beyond what every processor of its kind has.
pub(crate) const PLAIN: u8 = 0;
/// 32 bytes at once.
pub(crate) const AVX2: u8 = 1;
/// 64 bytes at once.
pub(crate) const AVX512: u8 = 2;

#[cfg(target_arch = "x86_64")]
static LEVEL: LazyLock<u8> = LazyLock::new(|| {
    macro_rules! has { ($($feature:tt)*) => { $(is_x86_feature_detected!($feature))&&* } }
    match has!("avx2" "bmi1" "bmi2" "lzcnt" "popcnt") {
        true if has!("avx512f" "avx512bw" "avx512dq" "avx512vl") => AVX512,
        true => AVX2,
        false => PLAIN,
    }
});

/// The best level that this machine has.
#[inline]
pub(crate) fn level() -> u8 {
    #[cfg(test)]
    if let Some(level) = tests::FORCED.get() {
        return level;
    }
    #[cfg(target_arch = "x86_64")]
    return *LEVEL;
    #[cfg(not(target_arch = "x86_64"))]
    PLAIN
}

/// Defines functions that are compiled once for each level; their code can ask for its `LEVEL`.
macro_rules! wide {
    ($($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),*) $(-> $out:ty)? $body:block)*) => {$(
        $(#[$meta])*
        #[inline]
        $vis fn $name($($arg: $type),*) $(-> $out)? {
            #[inline(always)]
            fn at<const LEVEL: u8>($($arg: $type),*) $(-> $out)? $body
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
            fn avx2($($arg: $type),*) $(-> $out)? {
                at::<{ $crate::kernel::wide::AVX2 }>($($arg),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
            fn avx512($($arg: $type),*) $(-> $out)? {
                at::<{ $crate::kernel::wide::AVX512 }>($($arg),*)
            }
            match $crate::kernel::wide::level() {
                // SAFETY: the machine has the level, and with it the features.
                #[cfg(target_arch = "x86_64")]
                #[allow(unsafe_code)]
                $crate::kernel::wide::AVX512 => unsafe { avx512($($arg),*) },
                #[cfg(target_arch = "x86_64")]
                #[allow(unsafe_code)]
                $crate::kernel::wide::AVX2 => unsafe { avx2($($arg),*) },
                _ => at::<{ $crate::kernel::wide::PLAIN }>($($arg),*),
            }
        }
    )*};
}
pub(crate) use wide;

/// A byte to [`pack`], as comparisons of vectors give it.
#[inline(always)]
pub(super) fn flag_of(is_set: bool) -> u8 {
    if is_set { u8::MAX } else { 0 }
}

/// Bit i is set where flag i is. To be called from the code of that level.
#[inline(always)]
pub(super) fn pack<const LEVEL: u8>(flags: &[u8; 64]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::*;
        // SAFETY: the code that calls this runs at the level, and the loads stay inside the 64 flags.
        unsafe {
            match LEVEL {
                AVX512 => {
                    let flags = _mm512_loadu_si512(flags.as_ptr().cast());
                    _mm512_test_epi8_mask(flags, flags)
                }
                AVX2 => {
                    let half = |i: usize| {
                        let flags = _mm256_loadu_si256(flags.as_ptr().add(i).cast());
                        _mm256_movemask_epi8(flags) as u32
                    };
                    u64::from(half(0)) | u64::from(half(32)) << 32
                }
                _ => {
                    let quarter = |i: usize| {
                        let flags = _mm_loadu_si128(flags.as_ptr().add(i).cast());
                        _mm_movemask_epi8(flags) as u64
                    };
                    quarter(0) | quarter(16) << 16 | quarter(32) << 32 | quarter(48) << 48
                }
            }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    pack_eights(flags)
}

/// As [`pack`], on machines of other kinds.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn pack_eights(flags: &[u8; 64]) -> u64 {
    let (eights, _) = flags.as_chunks::<8>();
    // The product moves the lowest bits of eight bytes side by side into the highest byte.
    let pack = |eight: &[u8; 8]| {
        let lowest = u64::from_le_bytes(*eight) & 0x0101_0101_0101_0101;
        lowest.wrapping_mul(0x0102_0408_1020_4080) >> 56
    };
    eights.iter().rev().fold(0, |mask, eight| mask << 8 | pack(eight))
}

/// Has the memory send what will be read soon, while the processor goes on.
#[inline]
pub(crate) fn fetch<T>(soon: &[T]) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..size_of_val(soon)).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the address is inside the slice, and nothing is read from it here.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(soon.as_ptr().cast::<i8>().add(line)) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = soon;
}

/// Adds to the first eight values that are also among the second, by place: their bits but for the `ignored` ones are compared. To
/// be called from the code of that level.
#[inline(always)]
pub(super) fn add_shared<const LEVEL: u8>(
    shared: &mut [u32; 8],
    [x, y]: [&[u32; 8]; 2],
    ignored: u32,
) {
    #[cfg(target_arch = "x86_64")]
    if LEVEL != PLAIN {
        use std::arch::x86_64::*;
        // SAFETY: the code that calls this runs at the level, and all loads and the store stay inside the arrays.
        return unsafe {
            let load = |from: &[u32; 8]| _mm256_loadu_si256(from.as_ptr().cast());
            let ignored = _mm256_set1_epi32(ignored.cast_signed());
            let [x, y] = [x, y].map(|block| _mm256_or_si256(load(block), ignored));
            let mut sum = load(shared);
            // All eight turns of the second against the first: within its halves, and then with these exchanged.
            for y in [y, _mm256_permute2x128_si256::<1>(y, y)] {
                let turned = [
                    y,
                    _mm256_shuffle_epi32::<0b00_11_10_01>(y),
                    _mm256_shuffle_epi32::<0b01_00_11_10>(y),
                    _mm256_shuffle_epi32::<0b10_01_00_11>(y),
                ];
                for y in turned {
                    sum = _mm256_sub_epi32(sum, _mm256_cmpeq_epi32(x, y));
                }
            }
            _mm256_storeu_si256(shared.as_mut_ptr().cast(), sum);
        };
    }
    for other in y {
        let same = |value: &u32| u32::from(*value | ignored == *other | ignored);
        shared.iter_mut().zip(x).for_each(|(shared, value)| *shared += same(value));
    }
}

/// A table of 1,024 bits.
pub(super) type Bits = [u32; 32];

/// Which bit of a table the upper bits of a key name: the word, and the place in it.
#[inline(always)]
pub(super) fn bit_of(key: u32) -> (usize, u32) {
    ((key >> 27) as usize, key >> 22 & 31)
}

/// Notes in `places`, from its beginning and ascending, the positions of those of the first `n` keys whose bit is set in a
/// table; gives how many these are. Beyond them anything may be noted. To be called from the code of that level.
#[inline(always)]
pub(super) fn note_set<const LEVEL: u8>(
    table: &Bits,
    keys: &[u32; 16],
    n: usize,
    places: &mut [u32; 16],
) -> usize {
    #[cfg(target_arch = "x86_64")]
    if LEVEL == AVX512 {
        use std::arch::x86_64::*;
        // SAFETY: the code that calls this runs at the level, and all loads and the store stay inside the arrays.
        return unsafe {
            let load = |from: *const u32| _mm512_loadu_si512(from.cast());
            let (keys, [low, high]) =
                (load(keys.as_ptr()), [0, 16].map(|i| load(table.as_ptr().add(i))));
            let words = _mm512_permutex2var_epi32(low, _mm512_srli_epi32::<27>(keys), high);
            // What is above the five lower bits of a count is not looked at.
            let bits = _mm512_srlv_epi32(
                words,
                _mm512_and_si512(_mm512_srli_epi32::<22>(keys), _mm512_set1_epi32(31)),
            );
            let set = _mm512_test_epi32_mask(bits, _mm512_set1_epi32(1))
                & ((1u32 << n.min(16)) - 1) as u16;
            let all = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
            _mm512_storeu_si512(places.as_mut_ptr().cast(), _mm512_maskz_compress_epi32(set, all));
            set.count_ones() as usize
        };
    }
    let mut noted = 0;
    for (place, &key) in (0..).zip(&keys[..n.min(16)]) {
        let (word, bit) = bit_of(key);
        places[noted] = place;
        noted += (table[word] >> bit & 1) as usize;
    }
    noted
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        pub(super) static FORCED: Cell<Option<u8>> = const { Cell::new(None) };
    }

    /// What a function gives at each level that this machine has.
    pub(crate) fn at_all_levels<T>(mut run: impl FnMut() -> T) -> Vec<T> {
        FORCED.set(None);
        let one = |level| {
            FORCED.set(Some(level));
            run()
        };
        let all = (PLAIN..=level()).map(one).collect();
        FORCED.set(None);
        all
    }

    #[test]
    fn keys_are_noted_where_their_bits_are_set() {
        wide! {
            fn noted(table: &Bits, keys: &[u32; 16], n: usize) -> Vec<u32> {
                let mut places = [99; 16];
                let n = note_set::<LEVEL>(table, keys, n, &mut places);
                places[..n].to_vec()
            }
        }
        let mut table = [0; 32];
        for (word, bit) in [bit_of(u32::MAX), bit_of(0), bit_of(0x8040_0000)] {
            table[word] |= 1 << bit;
        }
        let keys = std::array::from_fn(|i| (i as u32).wrapping_mul(0x4020_0000));
        assert_eq!(bit_of(0x8040_0000), (16, 1));
        assert_eq!(keys.iter().position(|&key| key == 0x8040_0000), Some(2));
        assert!(at_all_levels(|| noted(&table, &keys, 16)).iter().all(|noted| *noted == [0, 2]));
        assert!(at_all_levels(|| noted(&table, &keys, 2)).iter().all(|noted| *noted == [0]));
        assert!(
            at_all_levels(|| noted(&[!0; 32], &keys, 16)).iter().all(|noted| noted.len() == 16)
        );
    }

    #[test]
    fn flags_are_packed_in_their_order() {
        wide! {
            fn packed(flags: &[u8; 64]) -> u64 {
                pack::<LEVEL>(flags)
            }
        }
        let mask = 0x8123_4567_89ab_cdef_u64;
        let flags = std::array::from_fn(|i| flag_of(mask >> i & 1 == 1));
        assert!(at_all_levels(|| packed(&flags)).iter().all(|&packed| packed == mask));
        assert_eq!(pack_eights(&flags), mask);
    }
}
