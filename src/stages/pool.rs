//! What many pieces of work need in turn, such as buffers.

use std::sync::{Mutex, PoisonError};

/// Things of which each serves one piece of work at a time, and then the next, as the last one left it: as many as there are
/// threads at work.
pub(crate) struct Pool<T, F> {
    idle: Mutex<Vec<T>>,
    new: F,
}

impl<T, F: Fn() -> T> Pool<T, F> {
    /// Made by `new` when all others are at work.
    pub(crate) fn new(new: F) -> Self {
        Self { idle: Mutex::default(), new }
    }

    /// Lends one to some work.
    pub(crate) fn with_one<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let last = idle().pop();
        let mut one = last.unwrap_or_else(&self.new);
        let done = work(&mut one);
        idle().push(one);
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_idle_is_lent_again() {
        let pool = Pool::new(Vec::new);
        let lend = |n: usize| {
            pool.with_one(|one: &mut Vec<usize>| {
                one.push(n);
                one.len()
            })
        };
        let both = pool.with_one(|one| {
            one.push(0);
            (lend(1), lend(2))
        });
        assert_eq!((both, lend(3)), ((1, 2), 2));
    }
}
