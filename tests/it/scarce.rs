//! A system that gives no more: files that may not grow.

use std::process::Command;

#[cfg(feature = "serve")]
use crate::served::{SERVE, Served};
use crate::util::{Dir, ran};

/// The command, under what a shell takes from it before.
fn under(dir: &Dir, taken: &str, arguments: &str) -> Command {
    let inner = dir.command(arguments);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{taken} && exec \"$0\" \"$@\"")]);
    command.arg(inner.get_program()).args(inner.get_args()).current_dir(dir.path(""));
    command
}

/// Articles without a word in common, of a kilobyte each.
fn articles(numbers: std::ops::Range<u64>) -> String {
    let word = |n: u64| format!("{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let words = |from: u64, n: u64| (from..from + n).map(word).collect::<Vec<_>>().join(" ");
    let line = |i: u64| {
        let (title, text) = (words(100 * i, 5), words(100 * i + 5, 60));
        format!("{{\"id\":\"a{i}\",\"title\":\"{title}\",\"text\":\"{text}\"}}\n")
    };
    numbers.map(line).collect()
}

#[test]
fn a_file_that_may_not_grow_is_an_unwritable_output() {
    let dir = Dir::new();
    dir.file("a.jsonl", articles(0..500)).file("x.csv", "old");
    let cluster = &mut under(&dir, "ulimit -f 16", "cluster -q a.jsonl -o x.csv");
    ran(cluster).exits(6).says("cannot write x.csv");
    assert_eq!((dir.names(), &*dir.read("x.csv")), (vec!["a.jsonl".into(), "x.csv".into()], "old"));
}

#[test]
#[cfg(feature = "serve")]
fn a_service_whose_files_may_not_grow_refuses() {
    let dir = Dir::new();
    let mut served = Served::by(&mut under(&dir, "ulimit -f 512", SERVE));
    let mut n = 0;
    while served.ask("POST /v1/articles:batch", &articles(n..n + 100)).unwrap().0 != 507 {
        n += 100;
        assert!(n < 10_000);
    }
    assert_eq!(served.ask("GET /healthz", "").unwrap().0, 200);
    served.signal("-TERM");
    assert!(served.child.wait().unwrap().success());
}
