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

/// Bit i is set where flag i is 1; the others are 0. To be called from the code of that level.
#[inline(always)]
pub(super) fn pack<const LEVEL: u8>(flags: &[u8; 64]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::*;
        // SAFETY: the code that calls this runs at the level, and the loads stay inside the 64 flags.
        match LEVEL {
            AVX512 => {
                return unsafe {
                    let flags = _mm512_loadu_si512(flags.as_ptr().cast());
                    _mm512_test_epi8_mask(flags, flags)
                };
            }
            AVX2 => {
                return unsafe {
                    let half = |i: usize| {
                        let flags = _mm256_loadu_si256(flags.as_ptr().add(i).cast());
                        _mm256_movemask_epi8(_mm256_slli_epi16::<7>(flags)) as u32
                    };
                    u64::from(half(0)) | u64::from(half(32)) << 32
                };
            }
            _ => {}
        }
    }
    let (eights, _) = flags.as_chunks::<8>();
    // The product moves the lowest bits of eight bytes side by side into the highest byte.
    let pack =
        |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    eights.iter().rev().fold(0, |mask, eight| mask << 8 | pack(eight))
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
    fn flags_are_packed_in_their_order() {
        wide! {
            fn packed(flags: &[u8; 64]) -> u64 {
                pack::<LEVEL>(flags)
            }
        }
        let mask = 0x8123_4567_89ab_cdef_u64;
        let flags = std::array::from_fn(|i| (mask >> i & 1) as u8);
        assert!(at_all_levels(|| packed(&flags)).iter().all(|&packed| packed == mask));
    }
}
