//! The command as people meet it: help, errors, exit codes, settings, outputs that are whole or not there.

use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::util::{Dir, check, ran, transcript};

#[test]
fn help_has_no_option_that_is_always_refused() {
    let dir = Dir::new();
    let mut commands = vec!["update"];
    commands.extend(cfg!(feature = "serve").then_some("serve"));
    commands.extend(cfg!(feature = "parquet").then_some("worker"));
    for command in commands {
        let said = dir.run(&format!("{command} --help")).exits(0).out;
        assert!(said.contains("--story-cut") && !said.contains("--decisions"), "{said}");
    }
    dir.file("d.csv", "decision,article_id,other_id,by,reason\n").file("n.jsonl", "");
    let refused = dir.run("update n.jsonl --index i --decisions d.csv").exits(2);
    refused.says("an index has its own decisions");
    let settings = dir.run("config show --decisions d.csv").exits(0).out;
    assert!(settings.contains("decisions"), "{settings}");
}

#[cfg(feature = "serve")]
#[test]
fn a_service_takes_no_kind_of_input() {
    let said = Dir::new().run("serve --input-format csv --index i").exits(2);
    said.says("unexpected argument '--input-format'");
}

#[test]
fn help() {
    let text = transcript(
        &Dir::new(),
        &["--help", "cluster --help", "evaluate --help", "config --help", "", "index", "learn"],
    );
    check("cli/help.txt", &text);
}

#[test]
fn every_command_is_completed_and_has_a_manual_page() {
    let dir = Dir::new();
    let help = dir.run("help").exits(0).out;
    let list = help.split_once("Commands:").unwrap().1.split("\n\n").next().unwrap();
    let commands: Vec<&str> =
        list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let completions = dir.run("completions bash").exits(0).out;
    for command in &commands {
        assert!(completions.contains(&format!("samestory__subcmd__{command}")), "{command}");
        if *command != "help" {
            let page = dir.run(&format!("man {command}")).exits(0).out;
            assert!(page.contains(&format!(".TH samestory-{command} 1")), "{page}");
        }
    }
    assert!(commands.contains(&"cluster") && commands.contains(&"man"), "{commands:?}");
    assert!(dir.run("man").exits(0).out.contains("samestory\\-cluster(1)"));
    let page = dir.run("man index").exits(0).out;
    assert!(page.contains("samestory\\-index\\-expire(1)"), "{page}");
    assert!(!page.contains("help(1)") && !dir.run("man").exits(0).out.contains("help(1)"));
    assert!(dir.run("man index expire").exits(0).out.contains(".TH samestory-index-expire 1"));
    dir.run("man nothing").exits(2).says("no command `nothing`");
}

#[test]
fn mistakes_are_named_before_anything_is_written() {
    let dir = Dir::new();
    dir.file("a.jsonl", "{\"title\":\"One\"}\n").file("b.jsonl", "{\"title\":\"Two\"}\n");
    let commands = [
        "cluster",
        "cluster missing.jsonl",
        "cluster a.jsonl --window 7",
        "cluster a.jsonl --threads many",
        "cluster a.jsonl --threads 1025",
        "cluster a.jsonl --format xml",
        "cluster a.jsonl --field text",
        "cluster a.jsonl --timezone Mars/Olympus",
        "cluster a.jsonl --max-refused 200%",
        "cluster a.jsonl --representative newest",
        "cluster a.jsonl -o a.jsonl",
        "cluster a.jsonl -o x.csv --refusals x.csv",
        "cluster a.jsonl --summary -",
        "cluster - --unique x.jsonl",
        "cluster a.jsonl -q -v",
        "cluster a.jsonl --config missing.toml",
        "explain missing.txt a.jsonl",
        "evaluate missing.csv a.jsonl",
        "nonsense",
    ];
    let text = transcript(&dir, &commands);
    assert_eq!(text.matches("\n[2]\n").count(), commands.len(), "{text}");
    check("cli/mistakes.txt", &text);
    assert_eq!(dir.names(), ["a.jsonl", "b.jsonl"]);
}

#[test]
fn an_output_that_cannot_be_written_is_known_before_the_work() {
    let dir = Dir::new();
    dir.file("a.jsonl", "{\"title\":\"One\"}\n");
    fs::create_dir(dir.path("folder")).unwrap();
    let ended = dir.run("cluster a.jsonl -o none/x.csv").exits(6);
    assert_eq!(
        ended.err,
        "samestory: cannot write none/x.csv: No such file or directory (os error 2)\n"
    );
    dir.run("cluster a.jsonl -o folder").exits(6).says("cannot write folder: is a directory");
    // One bad target leaves no trace of the good ones.
    dir.run("cluster a.jsonl -o good.csv --summary none/x.json").exits(6);
    assert_eq!(dir.names(), ["a.jsonl", "folder"]);
}

#[test]
fn a_full_disk_is_an_unwritable_output() {
    let dir = Dir::new();
    dir.file("a.jsonl", "{\"title\":\"One\"}\n");
    if fs::metadata("/dev/full").is_ok() {
        dir.run("cluster a.jsonl -o /dev/full").exits(6).says("cannot write /dev/full: ");
        dir.run("cluster a.jsonl -o x.csv --summary /dev/full").exits(6);
        assert_eq!(dir.names(), ["a.jsonl"]);
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let dir = Dir::new();
    dir.file("a.jsonl", "{\"title\":\"One\"}\n");
    for command in ["cluster a.jsonl -q", "config show"] {
        let mut child =
            dir.command(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""), "{command}");
    }
}

#[test]
fn outputs_replace_what_was_there_and_are_for_everybody() {
    let dir = Dir::new();
    dir.file("a.jsonl", "{\"title\":\"One\"}\n").file("x.csv", "old");
    dir.run("cluster a.jsonl -o x.csv --refusals r.csv --summary s.json").exits(0);
    assert!(dir.read("x.csv").starts_with("story_id,"), "{}", dir.read("x.csv"));
    assert_eq!(dir.read("r.csv"), "file,record,reason\n");
    let summary: serde_json::Value = serde_json::from_str(&dir.read("s.json")).unwrap();
    assert_eq!(summary["outputs"][0]["file"], "x.csv");
    assert_eq!(summary["outputs"][0]["bytes"], dir.read("x.csv").len());
    assert_eq!(summary["settings"]["window"]["value"], "7d");
    assert_eq!(dir.names(), ["a.jsonl", "r.csv", "s.json", "x.csv"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name| fs::metadata(dir.path(name)).unwrap().permissions().mode();
        assert_eq!(mode("r.csv"), mode("a.jsonl"));
        std::os::unix::fs::symlink("x.csv", dir.path("link.csv")).unwrap();
        dir.run("cluster a.jsonl -o link.csv --format jsonl").exits(0);
        assert!(dir.path("link.csv").is_symlink() && !dir.read("x.csv").starts_with("story_id,"));
    }
}

/// A named pipe that nobody reads holds the command up once its first output is open.
#[test]
#[cfg(unix)]
fn an_interrupted_run_leaves_nothing_behind() {
    let dir = Dir::new();
    dir.file("a.jsonl", "{\"title\":\"One\"}\n").file("x.csv", "old");
    assert!(Command::new("mkfifo").arg(dir.path("pipe")).status().unwrap().success());
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut child = dir.command("cluster a.jsonl -o x.csv --refusals pipe").spawn().unwrap();
        while dir.names().len() == 3 {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(
            Command::new("kill")
                .args([signal, &child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert_eq!(dir.names(), ["a.jsonl", "pipe", "x.csv"]);
        assert_eq!(dir.read("x.csv"), "old");
    }
}

#[test]
fn each_layer_of_settings_goes_before_the_next() {
    let dir = Dir::new();
    let show = |arguments: &str, variable: &str| {
        let out =
            ran(dir.command(&format!("config show {arguments}")).env("SAMESTORY_WINDOW", variable))
                .exits(0)
                .out;
        let line = out.lines().find(|line| line.starts_with("window ")).unwrap();
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    let plain = dir.run("config show").exits(0).out;
    check("cli/config.txt", &plain);
    dir.file(
        "samestory.toml",
        "window = \"3d\"\nkeep = [\"a\", \"b\"]\nstrict = true\nmin-similarity = 0.2\n",
    );
    check("cli/config_file.txt", &dir.run("config show").exits(0).out);
    assert_eq!(show("", "36h"), "36h SAMESTORY_WINDOW");
    assert_eq!(show("--window 1d", "36h"), "1d --window");
    dir.file("other.toml", "window = \"2d\"\n");
    let out = dir.run("config show --config other.toml").exits(0).out;
    assert!(out.contains("2d        other.toml\n") && !out.contains("true"), "{out}");
}

#[test]
fn a_wrong_settings_file_is_named() {
    let dir = Dir::new();
    let mut text = String::new();
    for content in [
        "windw = \"3d\"\n",
        "window = 3\n",
        "window =\n",
        "window = { days = 3 }\n",
        "window = [\"1h\", \"30d\"]\n",
        "strict = [true, false]\n",
        "window = []\n",
        "keep = [\"a\", \"\"]\n",
        "format = \"xml\"\n",
    ] {
        dir.file("samestory.toml", content);
        text += &format!("{content}{}", transcript(&dir, &["config show"]));
    }
    assert_eq!(text.matches("[2]\n").count(), 9, "{text}");
    check("cli/settings_errors.txt", &text);
}

#[test]
fn a_wrong_variable_is_named() {
    let dir = Dir::new();
    dir.file("a.jsonl", "{\"title\":\"One\"}\n");
    let said = |arguments: &str, variable: &str, value: &str| {
        let ended = ran(dir.command(arguments).env(variable, value)).exits(2);
        ended.err.lines().next().unwrap().to_owned()
    };
    let cluster = "cluster a.jsonl -o x.csv";
    let window = said(cluster, "SAMESTORY_WINDOW", "3x");
    assert!(
        window.starts_with("samestory: SAMESTORY_WINDOW: invalid value '3x' for '--window <TIME>'"),
        "{window}"
    );
    let format = said(cluster, "SAMESTORY_FORMAT", "xml");
    assert!(format.starts_with("samestory: SAMESTORY_FORMAT: invalid value 'xml'"), "{format}");
    let strict = said(cluster, "SAMESTORY_STRICT", "maybe");
    assert!(strict.starts_with("samestory: SAMESTORY_STRICT: invalid value 'maybe'"), "{strict}");
    // What is typed goes before the variable and has itself to blame.
    for typed in ["--window=4x", "--window 4x"] {
        let window = said(&format!("{cluster} {typed}"), "SAMESTORY_WINDOW", "3d");
        assert!(window.starts_with("samestory: invalid value '4x'"), "{window}");
    }
}

#[test]
fn config_init_needs_a_folder_that_can_be_written() {
    // Not even root can put a file there.
    if fs::metadata("/proc/self").is_ok() {
        let mut init = Dir::new().command("config init");
        ran(init.current_dir("/proc")).exits(6).says("cannot write samestory.toml: ");
    }
}

#[test]
fn config_init_writes_a_file_that_changes_nothing() {
    let dir = Dir::new();
    let before = dir.run("config show").exits(0).out;
    dir.run("config init").exits(0);
    assert_eq!(dir.run("config show").exits(0).out, before);
    dir.run("config init").exits(2).says("samestory.toml");
    // Every setting stays as it is when its line is made to count: each alone, and all of them.
    let lines = dir.read("samestory.toml");
    let counted = |line: &str| {
        line.strip_prefix('#').filter(|l| !l.starts_with(' ')).map(|line| format!("{line}\n"))
    };
    let counted: Vec<String> = lines.lines().filter_map(counted).collect();
    assert_eq!(counted.len(), before.lines().count());
    dir.file("a.jsonl", "{\"title\":\"One\"}\n");
    let clusters = dir.run("cluster a.jsonl --config /dev/null").exits(0).out;
    for line in &counted {
        dir.file("samestory.toml", line);
        assert_eq!(dir.run("cluster a.jsonl").exits(0).out, clusters, "{line}");
    }
    dir.file("samestory.toml", counted.concat());
    let after = dir.run("config show").exits(0).out;
    assert_eq!(after.replace("samestory.toml", "default"), before);
    assert!(after.contains("7d        samestory.toml\n"), "{after}");
}

#[test]
fn names_from_outside_cannot_steer_the_terminal() {
    let dir = Dir::new();
    let ended = ran(dir.command("cluster").arg("\u{1b}[2Jmissing\u{202e}")).exits(2);
    assert_eq!(ended.err, "samestory: \\u{1b}[2Jmissing\\u{202e}: no such file or folder\n");
}

#[test]
fn bad_records_are_refused_and_the_rest_goes_on() {
    let dir = Dir::new();
    let long = "x".repeat(5000);
    dir.file(
        "broken.jsonl",
        "{\"title\":\"One\"}\n{\"title\":\n{\"id\":\"x\"}\n{\"title\":\"Two\"}\n",
    )
    .file(
        "long.jsonl",
        format!("{{\"title\":\"One\"}}\n{{\"title\":\"{long}\"}}\n{{\"title\":\"Two\"}}\n"),
    )
    .file("latin.jsonl", b"{\"title\":\"One\"}\n{\"title\":\"Stra\xdfe\"}\n")
    .file("columns.csv", "number,colour\n1,red\n")
    .file("cut.jsonl.gz", &gzip(&"{\"title\":\"One two three\"}\n".repeat(2000))[..40])
    .file("steer.jsonl", "{\"title\":\"One\"}\n{\"\u{1b}[2J\n")
    .file("twice.jsonl", "{\"id\":\"x\",\"title\":\"One\"}\n{\"id\":\"x\",\"title\":\"Two\"}\n")
    .file("many.jsonl", format!("{{\"title\":\"One\"}}\n{}", "{\n".repeat(7)))
    .file("empty.jsonl", "")
    .file("nothing/image.png", b"\x89PNG\r\n\x1a\n\0\0");
    let commands = [
        "cluster broken.jsonl -o x.csv",
        "cluster broken.jsonl -o x.csv -q",
        "cluster broken.jsonl -o x.csv --strict",
        "cluster broken.jsonl -o x.csv --max-refused 49%",
        "cluster broken.jsonl -o x.csv --max-refused 50% --refusals refused.csv",
        "cluster long.jsonl -o x.csv --max-record 1KB",
        "cluster latin.jsonl -o x.csv",
        "cluster broken.jsonl cut.jsonl.gz -o x.csv",
        "cluster steer.jsonl -o x.csv",
        "cluster twice.jsonl -o x.csv",
        "clean broken.jsonl",
        "cluster many.jsonl -o x.csv",
        "clean many.jsonl",
        "report many.jsonl --html x.html",
        "cluster columns.csv -o none.csv",
        "cluster empty.jsonl -o none.csv --refusals refused.csv",
        "cluster nothing -o none.csv",
    ];
    check("cli/bad_input.txt", &transcript(&dir, &commands));
    assert!(!dir.path("none.csv").exists());
    assert_eq!(dir.read("refused.csv"), "file,record,reason\nempty.jsonl,,empty\n");
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

const PREDICTED: &str = "article_id,story_id,duplicate_group_id\na,s1,g1\nb,s1,g1\nc,s1,g2\nd,s2,g3\ne,s2,g4\nx,s3,g5\n";

#[test]
fn evaluate_articles_and_pairs() {
    let dir = Dir::new();
    let gold = "{\"id\":\"a\",\"cluster\":1}\n{\"id\":\"b\",\"cluster\":1}\n\n{\"id\":\"c\",\"cluster\":\"two\"}\n\
                {\"id\":\"d\",\"cluster\":\"two\"}\n{\"id\":\"e\",\"cluster\":\"two\"}\n{\"id\":\"y\",\"cluster\":9}\n";
    dir.file("p.csv", PREDICTED).file("gold.jsonl", gold);
    dir.file("gold.csv", "\u{feff}id,cluster\na,1\nb,1\nc,two\nd,two\ne,two\ny,9\n");
    dir.file("pairs.csv", "id1,id2,label\na,b,1\na,c,0\nd,e,1\na,d,0\na,zzz,1\n");
    let commands = [
        "evaluate p.csv gold.jsonl",
        "evaluate p.csv gold.jsonl --format json",
        "evaluate p.csv gold.csv --level duplicate",
        "evaluate p.csv pairs.csv",
        "evaluate p.csv pairs.csv --format json --level duplicate",
        "evaluate p.csv p.csv",
    ];
    check("cli/evaluate.txt", &transcript(&dir, &commands));
    assert_eq!(dir.run(commands[0]).out, dir.run("evaluate p.csv gold.csv").out);
}

#[test]
fn evaluate_names_what_is_wrong_with_a_file() {
    let dir = Dir::new();
    dir.file("p.csv", PREDICTED).file("pairs.csv", "id1,id2,label\na,b,maybe\n");
    dir.file("twice.csv", "id,cluster\na,1\na,2\n")
        .file("short.csv", "id,cluster\na\n")
        .file("none.csv", "");
    dir.file("broken.jsonl", "{\"id\":\"a\",\"cluster\":1}\n{\"id\":\n")
        .file("no_id.jsonl", "{\"cluster\":1}\n");
    dir.file("other.csv", "id,cluster\nq,1\n");
    let commands = [
        "evaluate p.csv pairs.csv",
        "evaluate pairs.csv p.csv",
        "evaluate p.csv twice.csv",
        "evaluate p.csv short.csv",
        "evaluate p.csv none.csv",
        "evaluate p.csv broken.jsonl",
        "evaluate p.csv no_id.jsonl",
        "evaluate p.csv other.csv",
    ];
    let text = transcript(&dir, &commands);
    assert_eq!(text.matches("\n[2]\n").count(), commands.len(), "{text}");
    check("cli/evaluate_errors.txt", &text);
}
