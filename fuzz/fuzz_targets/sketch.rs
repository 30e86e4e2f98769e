//! The fast fingerprint beside a slow one that follows the paper word for word, and what holds of every signature.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samestory::kernel::fss::signature;
use samestory::kernel::simhash::simhash;

fn slow_simhash(hashes: &[u64]) -> u64 {
    let set = |bit: u32| hashes.iter().filter(|hash| *hash >> bit & 1 == 1).count() * 2 > hashes.len();
    (0..64).filter(|&bit| set(bit)).fold(0, |print, bit| print | 1 << bit)
}

fuzz_target!(|hashes: Vec<u64>| {
    assert_eq!(simhash(&hashes), slow_simhash(&hashes));
    let whole = signature(&hashes);
    let mut other = hashes.clone();
    other.reverse();
    other.extend_from_slice(&hashes);
    assert_eq!(signature(&other), whole, "order and repetition do not matter");
    assert_eq!(whole.is_none(), hashes.is_empty());
    // A slot of a union comes from one of its parts, where the parts filled it in the same round.
    let (left, right) = hashes.split_at(hashes.len() / 2);
    if let (Some(whole), Some(left), Some(right)) = (whole, signature(left), signature(right)) {
        let from_a_part = (0..whole.len()).filter(|&i| whole[i] == left[i] || whole[i] == right[i]);
        assert!(from_a_part.count() > 0);
    }
});
