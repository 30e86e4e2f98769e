//! The service through a real port: hand-over of a nightly batch, events, shutdown, `kill -9`.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use samestory::store::{Arrivals, Journal};
use serde_json::json;

use crate::util::{Dir, ran};

/// A running `samestory serve`.
pub(crate) struct Served {
    pub(crate) child: Child,
    address: String,
    /// What it says.
    said: BufReader<ChildStderr>,
}

/// What runs it.
pub(crate) const SERVE: &str = "serve --index news.idx --listen 127.0.0.1:0";

impl Served {
    pub(crate) fn start(dir: &Dir) -> Self {
        Self::by(&mut dir.command(SERVE))
    }

    pub(crate) fn by(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        said.read_line(&mut line).unwrap();
        let address =
            line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}"));
        Self { address: address.to_owned(), child, said }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// Status and all that was answered; none if the other side went away.
    pub(crate) fn ask(&self, what: &str, body: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
        let length = body.len();
        let kind = if what.ends_with(":batch") { "x-ndjson" } else { "json" };
        let head = format!(
            "{what} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/{kind}\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let status = answer.split(' ').nth(1)?.parse().ok()?;
        Some((status, answer.split_once("\r\n\r\n")?.1.to_owned()))
    }

    /// What is told from now on, after more headers.
    pub(crate) fn listen(&self, headers: &str) -> BufReader<TcpStream> {
        let mut stream = self.connect();
        let head = format!("GET /v1/events HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut events = BufReader::new(stream);
        let mut head = String::new();
        while head.lines().last() != Some("") {
            events.read_line(&mut head).unwrap();
        }
        // The first byte comes at once: a proxy may wait for it. It stands in a chunk of its own.
        let mut first = [String::new(), String::new()];
        for line in &mut first {
            events.read_line(line).unwrap();
        }
        assert_eq!(first[1], ": begin\n");
        events
    }

    pub(crate) fn signal(&mut self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn line(id: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"title\":\"Ferry {id} runs aground off Pellin\",\"published\":\"2026-05-04T08:00:00Z\"}}\n"
    )
}

#[test]
fn a_nightly_batch_goes_through_the_service() {
    let dir = Dir::new();
    let articles = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/articles");
    std::os::unix::fs::symlink(articles, dir.path("articles")).unwrap();
    let outputs = |name: &str| {
        format!(
            "articles --now 2026-05-04T00:00:00Z -o {name}.csv --changes {name}-changes.csv --unique {name}.jsonl"
        )
    };
    dir.run(&format!("update --index alone.idx {}", outputs("alone"))).exits(0);
    let mut served = Served::start(&dir);
    dir.run(&format!("update --index news.idx {}", outputs("served")))
        .exits(0)
        .says("32 new stories");
    for output in [".csv", "-changes.csv", ".jsonl"] {
        assert_eq!(
            dir.read(&format!("served{output}")),
            dir.read(&format!("alone{output}")),
            "{output}"
        );
    }
    let (status, stories) = served.ask("GET /v1/stories?limit=200", "").unwrap();
    assert_eq!((status, stories.matches("\"story_id\"").count()), (200, 32));

    // Somebody listens, is told, and does not hold the end up.
    let mut events = served.listen("");
    served.ask("POST /v1/articles:batch", &line("one")).filter(|answer| answer.0 == 201).unwrap();
    let mut heard = String::new();
    while !heard.contains("event: settled") {
        assert!(events.read_line(&mut heard).unwrap() > 0, "{heard}");
    }
    assert!(heard.contains("event: story") && heard.contains("\"change\":\"new\""), "{heard}");
    let asked = Instant::now();
    served.signal("-TERM");
    events.read_to_string(&mut heard).unwrap();
    assert!(served.child.wait().unwrap().success());
    assert!(asked.elapsed() < Duration::from_secs(15));
    dir.run("index check --index news.idx").exits(0);
    assert!(!dir.path("news.idx/service/door").exists());
}

#[test]
fn what_is_handed_over_is_found_until_it_expires() {
    let dir = Dir::new();
    let served = Served::start(&dir);
    let found = || {
        let (status, answer) = served.ask("POST /v1/articles:match", &line("old")).unwrap();
        assert_eq!(status, 200, "{answer}");
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        answer["copies"].to_string() + &answer["reports"].to_string()
    };
    dir.file("one.jsonl", line("old").replace("\"old\"", "\"one\""));
    dir.run("update --index news.idx one.jsonl -o o.csv").exits(0);
    assert!(found().contains("\"article_id\":\"one\""), "{}", found());
    dir.file("two.jsonl", line("two").replace("2026-05", "2026-09").replace("Ferry", "Library"));
    dir.run("update --index news.idx two.jsonl --retain 30d --now 2026-09-05T00:00:00Z -o o.csv")
        .exits(0);
    assert!(!found().contains("\"one\""), "{}", found());
}

/// The numbers of the lines of the log that are told, up to one.
fn told(events: &mut BufReader<TcpStream>, last: i64) -> Vec<i64> {
    let (mut told, started) = (Vec::new(), Instant::now());
    while told.last() != Some(&last) {
        let mut line = String::new();
        assert!(events.read_line(&mut line).unwrap() > 0, "{told:?}");
        assert!(started.elapsed() < Duration::from_secs(60), "{told:?}");
        told.extend(line.strip_prefix("id: ").map(|id| id.trim().parse::<i64>().unwrap()));
    }
    told
}

#[test]
fn who_comes_back_is_told_everything_once() {
    let dir = Dir::new();
    dir.file("one.jsonl", line("one")).run("update --index news.idx one.jsonl").exits(0);
    let index = rusqlite::Connection::open(dir.path("news.idx/index.sqlite")).unwrap();
    let lines = "WITH RECURSIVE n(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < 2500) \
                 INSERT INTO log SELECT n, 1, 's' || n, 'new', '', 1, '' FROM n";
    index.execute(lines, []).unwrap();
    drop(index);
    let served = Served::start(&dir);
    let add = |id: &str| served.ask("POST /v1/articles:batch", &line(id)).unwrap().0;
    for (since, first) in [(0, 1), (1_499, 1_500)] {
        let mut events = served.listen(&format!("last-event-id: {since}\r\n"));
        assert_eq!(told(&mut events, 2_500), (first..=2_500).collect::<Vec<i64>>());
    }
    // Whoever had more than there is was told by another index.
    let mut others =
        [2_500, 9_999].map(|since| served.listen(&format!("last-event-id: {since}\r\n")));
    assert_eq!(add("two"), 201);
    for events in &mut others {
        assert_eq!(told(events, 2_501), [2_501]);
    }
}

#[test]
fn a_batch_for_a_service_has_the_settings_of_the_index() {
    let dir = Dir::new();
    let article = |id: &str, text: &str, hour: u32| {
        let title = "Ferry runs aground off Pellin";
        let published = format!("2026-05-04T{hour:02}:00:00Z");
        let article = json!({"id": id, "title": title, "text": text, "published": published});
        format!("{article}\n")
    };
    let text = "The ferry from Pellin ran aground on a sandbank at dawn, and some three hundred people were taken off it by \
        fishing boats before noon, the coast guard said. Nobody was hurt, and the next tide is to lift it off the bank.";
    let longer = format!("{text} It was the second time this year that a ferry did.");
    dir.file("a.jsonl", article("short", text, 8) + &article("longer", &longer, 9));
    let served = Served::start(&dir);
    let update = |options: &str| dir.run(&format!("update --index news.idx a.jsonl {options}"));
    update("--window 3d").exits(2).says("window=7d, not window=3d");
    update("--only duplicates --preset strict --min-similarity 0.5")
        .exits(2)
        .says("min-similarity=0.15, not min-similarity=0.5");
    // Who stands for a group may change from night to night.
    let stands = update("--representative longest").exits(0).out;
    assert!(stands.contains(",longer,representative,"), "{stands}");
    drop(served);
}

#[test]
fn decisions_are_not_given_to_a_service() {
    let dir = Dir::new();
    dir.file("decided.csv", "decision,article_id,other_id\nmust-link,one,two\n");
    dir.run("serve --index news.idx --listen 127.0.0.1:0 --decisions decided.csv")
        .exits(2)
        .says("an index has its own decisions");
    assert!(!dir.path("news.idx").exists());
}

#[test]
fn what_has_no_text_is_said_as_without_a_service() {
    let dir = Dir::new();
    let article = |id: &str| json!({"id": id, "title": id, "text": "Share this article"});
    dir.file("a.jsonl", format!("{}\n{}\n", article("one"), article("two")));
    let said = "2 of 2 articles without a text";
    dir.run("update --index alone.idx a.jsonl").exits(0).says(said);
    let _served = Served::start(&dir);
    dir.run("update --index news.idx a.jsonl").exits(0).says(said);
}

#[test]
fn why_the_index_stands_still_is_said() {
    let dir = Dir::new();
    dir.file("one.jsonl", line("one")).run("update --index news.idx one.jsonl").exits(0);
    let mut served = Served::start(&dir);
    for entry in fs::read_dir(dir.path("news.idx/segments")).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        bytes[20] ^= 1;
        fs::write(&path, &bytes).unwrap();
    }
    let add = |id: &str| served.ask("POST /v1/articles:batch", &line(id)).unwrap().0;
    assert_eq!(add("two"), 201);
    let started = Instant::now();
    while served.ask("GET /readyz", "").unwrap().0 != 503 {
        assert!(started.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(20));
    }
    served.signal("-TERM");
    let mut said = String::new();
    served.said.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("samestory: the index does not take articles"), "{said}");
    assert!(said.contains(".seg: damaged"), "{said}");
}

/// An older version is accepted while a newer one is on its way by another command.
#[test]
fn what_is_accepted_and_refused_by_the_index_is_told() {
    let dir = Dir::new();
    let newer = line("one").replace("aground", "afloat").replace("08:00", "09:00");
    dir.file("night.jsonl", newer);
    let mut served = Served::start(&dir);
    dir.run("update --index news.idx night.jsonl").exits(0);
    let options = samestory::read::Options::default().into();
    let older = samestory::read::received("http", line("one").as_bytes(), &options).parse();
    let batch = Arrivals { articles: &older.articles, key: None };
    Journal::open(&dir.path("news.idx")).unwrap().accept(&[batch]).unwrap();
    let mut events = served.listen("");
    assert_eq!(served.ask("POST /v1/articles:batch", &line("two")).unwrap().0, 201);
    let mut heard = String::new();
    while !heard.contains("event: settled") {
        assert!(events.read_line(&mut heard).unwrap() > 0, "{heard}");
    }
    assert!(heard.contains("event: refused") && heard.contains("\"record\":1"), "{heard}");
    served.signal("-TERM");
    let mut said = String::new();
    served.said.read_to_string(&mut said).unwrap();
    assert!(said.contains("refused: http: record 1: id \"one\" has other content"), "{said}");
}

#[test]
fn the_client_examples_work() {
    let dir = Dir::new();
    // The id of the last one is such as an address cannot have.
    dir.file("news.jsonl", line("one") + &line(r#"a \"b\\/ü?"#));
    let served = Served::start(&dir);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = |program: &str, script: &str| {
        let mut command = Command::new(program);
        command.arg(root.join("examples").join(script)).arg(dir.path("news.jsonl"));
        ran(command
            .env("SAMESTORY_URL", format!("http://{}", served.address))
            .env_remove("SAMESTORY_TOKEN"))
        .exits(0)
        .out
    };
    let said = run("bash", "client.sh");
    assert!(said.contains("\"accepted\":2") && said.contains("\"items\":[{"), "{said}");
    let said = run("python3", "client.py");
    assert!(said.starts_with("2 accepted, 0 refused\n"), "another key, the same articles: {said}");
    assert!(said.contains(" articles: Ferry"), "{said}");
}

#[test]
fn what_was_acknowledged_survives_being_killed() {
    let dir = Dir::new();
    let rounds = if std::env::var_os("SAMESTORY_FULL").is_some() { 50 } else { 3 };
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..rounds {
        let mut served = Served::start(&dir);
        let ends = Duration::from_millis(100 + 137 * (round % 9));
        std::thread::scope(|scope| {
            let served = &served;
            let sender = |n: usize| {
                move || {
                    let mut done = Vec::new();
                    for batch in 0.. {
                        let ids: Vec<String> =
                            (0..10).map(|i| format!("r{round}s{n}b{batch}i{i}")).collect();
                        let body: String = ids.iter().map(|id| line(id)).collect();
                        match served.ask("POST /v1/articles:batch", &body) {
                            Some((201, _)) => done.extend(ids),
                            Some((503, _)) => {}
                            _ => return done,
                        }
                    }
                    done
                }
            };
            let senders: Vec<_> = (0..3).map(|n| scope.spawn(sender(n))).collect();
            std::thread::sleep(ends);
            let id = served.child.id().to_string();
            assert!(Command::new("kill").args(["-9", &id]).status().unwrap().success());
            for sender in senders {
                acknowledged.extend(sender.join().unwrap());
            }
        });
        let _ = served.child.wait();
    }
    assert!(!acknowledged.is_empty());
    // What waited when it was killed is taken up at the next start.
    let mut served = Served::start(&dir);
    served.signal("-TERM");
    served.child.wait().unwrap();
    dir.run("index check --index news.idx").exits(0);
    let export = dir.run("index export --index news.idx").exits(0).out;
    let mut reader = csv::Reader::from_reader(export.as_bytes());
    let there: Vec<String> = reader.records().map(|row| row.unwrap()[4].to_owned()).collect();
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !there.contains(id)).collect();
    assert!(lost.is_empty(), "{lost:?} of {}", acknowledged.len());
}

#[test]
fn connections_that_never_end_are_ended() {
    let dir = Dir::new();
    let served = Served::start(&dir);
    let answer = |bytes: &[u8]| {
        let mut stream = served.connect();
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    };
    let endless =
        format!("GET / HTTP/1.1\r\nhost: localhost\r\n{}", "x-more: and more\r\n".repeat(20_000));
    assert!(answer(endless.as_bytes()).starts_with("HTTP/1.1 431"));
    assert!(answer(b"\x16\x03\x01 not http\r\n\r\n").starts_with("HTTP/1.1 400"));
    let half = Instant::now();
    let said = answer(b"GET / HTTP/1.1\r\nhost: loc");
    assert!(half.elapsed() < Duration::from_secs(30) && !said.contains("200 OK"), "{said}");
    assert_eq!(served.ask("GET /healthz", "").unwrap().0, 200);
}
