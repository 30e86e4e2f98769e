//! A system that gives no more: files that may not grow, threads that cannot be started.

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

/// How large the stack of a thread is asked to be: larger than any machine gives.
const NO_THREADS: (&str, &str) = ("RUST_MIN_STACK", "1152921504606846976");

#[test]
fn without_threads_commands_say_so_or_do_without() {
    let dir = Dir::new();
    dir.file("a.jsonl", articles(0..20)).run("update -q a.jsonl --index news.idx").exits(0);
    let run = |arguments: &str| {
        let mut command = dir.command(arguments);
        ran(command.env(NO_THREADS.0, NO_THREADS.1).env("RAYON_NUM_THREADS", "2"))
    };
    for needs in [
        "cluster a.jsonl",
        "report a.jsonl",
        "report --index news.idx",
        "explain a1 a2 --in a.jsonl",
        "index export --index news.idx",
        "index forget --index news.idx a1",
    ] {
        run(needs).exits(2).says("samestory: cannot start the threads: ");
    }
    for does_without in
        ["cluster --threads 1 a.jsonl", "learn boilerplate a.jsonl -o b.toml", "clean a.jsonl"]
    {
        run(does_without).exits(0);
    }
}

/// Address space for so many threads that each ask for half a gigabyte.
#[test]
#[cfg(feature = "serve")]
fn a_service_has_all_of_its_threads_or_says_so() {
    for threads in 0..5 {
        let dir = Dir::new();
        let taken = format!("ulimit -v {}", (threads << 19) + (1 << 18));
        let mut command = under(&dir, &taken, &format!("{SERVE} --threads 1"));
        ran(command.env("RUST_MIN_STACK", (1 << 29).to_string()))
            .exits(2)
            .says("samestory: cannot start the threads: ");
        assert!(dir.names().is_empty(), "{:?}", dir.names());
    }
}
