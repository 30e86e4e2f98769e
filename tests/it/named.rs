//! Columns that the user names.

use crate::util::Dir;

#[test]
fn a_column_that_is_kept_has_a_name_of_its_own_in_the_output() {
    let dir = Dir::new();
    dir.file("n.jsonl", "{\"title\":\"One\",\"extra\":\"x\",\"role\":\"y\"}\n");
    let header = |arguments: &str| {
        let out = dir.run(&format!("cluster n.jsonl {arguments}")).exits(0).out;
        out.lines().next().unwrap().to_owned()
    };
    let once = header("--keep extra");
    assert!(once.ends_with(",file,extra"), "{once}");
    assert_eq!(header("--keep extra,extra --keep extra"), once);
    let line = header("--keep extra,extra --format jsonl");
    assert_eq!(line.matches("\"extra\"").count(), 1, "{line}");
    for commands in ["cluster n.jsonl", "update n.jsonl --index i", "index export --index i"] {
        let ended = dir.run(&format!("{commands} --keep extra,role")).exits(2);
        assert_eq!(
            ended.err,
            "samestory: --keep role: the output has a column of that name already\n"
        );
    }
    assert!(!dir.path("i").exists());
    // The other layouts carry nothing through.
    dir.run("cluster n.jsonl --keep role --layout stories").exits(0);
}
