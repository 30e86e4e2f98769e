//! What does not work for a while: told when it begins, when its cause is another, and when it is over.

use std::sync::Mutex;

/// Told what whoever runs the service should know, a line at a time.
pub(super) type Tell = Box<dyn Fn(&str) + Send + Sync>;

/// Something that may fail for a while.
pub(super) struct Fault {
    /// What is said when it fails, before the cause, and when it works again.
    said: [&'static str; 2],
    cause: Mutex<Option<String>>,
}

impl Fault {
    pub(super) fn new(said: [&'static str; 2]) -> Self {
        Self { said, cause: Mutex::default() }
    }

    pub(super) fn is_there(&self) -> bool {
        self.cause.lock().expect("nobody panics with it").is_some()
    }

    /// Takes down how it is now, and tells of it if that is new.
    pub(super) fn is_now(&self, cause: Option<String>, tell: &Tell) {
        let mut now = self.cause.lock().expect("nobody panics with it");
        if *now == cause {
            return;
        }
        let [fails, works] = self.said;
        match &cause {
            Some(cause) => tell(&format!("{fails}: {cause}")),
            None => tell(works),
        }
        *now = cause;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn every_change_is_told_once() {
        let (send, told) = mpsc::channel();
        let tell: Tell = Box::new(move |line| send.send(line.to_owned()).unwrap());
        let fault = Fault::new(["fails", "works"]);
        for cause in ["", "full", "full", "gone", "", ""] {
            fault.is_now(Some(cause).filter(|c| !c.is_empty()).map(str::to_owned), &tell);
            assert_eq!(fault.is_there(), !cause.is_empty());
        }
        let told: Vec<String> = told.try_iter().collect();
        assert_eq!(told, ["fails: full", "fails: gone", "works"]);
    }
}
