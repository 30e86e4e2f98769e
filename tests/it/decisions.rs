//! Files of editors' decisions, as the commands take them.

use samestory::params::Params;
use samestory::pipeline::index::{Access, Index};

use crate::util::{Dir, check};

#[test]
fn editors_decide() {
    let dir = Dir::new();
    dir.file(
        "news.csv",
        "id,title,text,source\n\
         a,Harbour fire,\"A fire in the harbour of Merrin destroyed nine boats and a crane on Monday night.\",Ledger\n\
         b,Fire in Merrin,\"Nine boats burned when fire broke out in the Merrin harbour on Monday, and a crane fell.\",Mirror\n\
         c,Seeds,\"The public library of Aldmoor has begun to lend packets of seeds to its readers.\",Mirror\n",
    );
    dir.file(
        "decisions.csv",
        "decision,article_id,other_id,by,reason\n\
         cannot-link,a,b,Ann,two fires\n\
         must-link,a,c,Ben,\n\
         must-link,c,b,Ben,\n\
         representative,c,,Ann,\n\
         merge,a,b,,\n\
         lock,nobody,,,\n",
    );
    let run = dir.run("cluster news.csv --decisions decisions.csv --format jsonl").exits(0);
    check("cli/decisions.jsonl", &run.out);
    let run = run.says("decisions.csv: record 4: a and b, which this would link, were parted");
    run.says("decisions.csv: record 6: `merge` is not one of must-link, cannot-link");
    dir.run("cluster news.csv --decisions news.csv").exits(2).says("the columns decision and");
}

#[test]
fn each_command_says_which_decisions_it_does_not_take() {
    let dir = Dir::new();
    dir.file("news.jsonl", "{\"id\":\"a\",\"title\":\"One\"}\n{\"id\":\"b\",\"title\":\"Two\"}\n")
        .file("gold.csv", "id,cluster\na,1\nb,2\n")
        .file(
            "d.csv",
            "decision,article_id,other_id\nmust-link,a,b\nmustlink,a,b\ncannot-link,b,b\n",
        );
    dir.run("update -q --index news.idx news.jsonl -o /dev/null").exits(0);
    let commands = [
        ("cluster news.jsonl -o /dev/null --decisions d.csv", 0),
        ("report news.jsonl --decisions d.csv", 0),
        ("explain a b --in news.jsonl --decisions d.csv", 0),
        ("evaluate gold.csv --in news.jsonl --decisions d.csv", 0),
        ("evaluate gold.csv --in news.jsonl --decisions d.csv --sweep window=1d..2d:1d", 0),
        ("index decide --index news.idx d.csv", 3),
    ];
    for (command, code) in commands {
        let ran = dir.run(command).exits(code);
        let ran = ran.says("refused: d.csv: record 3: `mustlink` is not one of must-link,");
        ran.says("refused: d.csv: record 4: cannot-link needs two articles\n");
    }
    dir.run(commands[5].0).exits(3).says("2 of 3 decisions were refused");
    for command in ["report --index news.idx", "explain a b --index news.idx"] {
        let ran = dir.run(&format!("{command} --decisions d.csv"));
        ran.exits(2).says("an index has its own decisions");
    }
    dir.file("none.csv", "decision,article_id,other_id\nmustlink,a,b\n");
    dir.run("index decide --index news.idx none.csv")
        .exits(3)
        .says("1 of 1 decisions were refused");
}

#[test]
fn where_a_group_is_its_own_story_a_link_makes_no_other() {
    let dir = Dir::new();
    let article = |id: &str, title: &str| {
        format!("{{\"id\":\"{id}\",\"title\":\"{title}\",\"published\":\"2026-01-28\"}}\n")
    };
    let two = article("a", "Sarrel volcano closes harbour") + &article("b", "Ravenna beat leaders");
    dir.file("news.jsonl", two).file("later.jsonl", article("c", "Library lends seeds"));
    dir.file("d.csv", "decision,article_id,other_id\nmust-link,a,b\n");
    let update = "update -q --only duplicates --index news.idx -o /dev/null";
    dir.run(&format!("{update} news.jsonl")).exits(0);
    dir.run("index decide --index news.idx d.csv").exits(0).says("0 changes of stories");
    dir.run(&format!("{update} later.jsonl")).exits(0);
    let cluster = "cluster -q --only duplicates --decisions d.csv news.jsonl later.jsonl";
    for layout in ["articles", "stories"] {
        let layout = format!("--layout {layout}");
        let export = dir.run(&format!("index export --index news.idx {layout}")).exits(0).out;
        assert_eq!(export, dir.run(&format!("{cluster} {layout}")).exits(0).out);
    }
}

#[test]
fn a_file_of_no_decisions_is_said_why() {
    let dir = Dir::new();
    dir.file("page.md", "# Title\n\nSome, words\n").file("news.jsonl", "{\"title\":\"One\"}\n");
    for command in ["cluster news.jsonl --decisions", "index decide --index news.idx"] {
        let why = "page.md: record 2: CSV error: ";
        dir.run(&format!("{command} page.md")).exits(2).says(why);
        let why = "cannot read none.csv: No such file or directory";
        dir.run(&format!("{command} none.csv")).exits(2).says(why);
    }
}

#[test]
fn what_is_forgotten_unlocks_no_other_article() {
    let dir = Dir::new();
    let titles = [("a", "Whale stranded on Dutch beach"), ("b", "Chess champion withdraws")];
    let lines = titles.map(|(id, title)| format!("{{\"id\":\"{id}\",\"title\":\"{title}\"}}\n"));
    let decisions = "decision,article_id,other_id\nlock,a,\nmust-link,a,b\nundo,a,b\n";
    dir.file("news.jsonl", lines.concat()).file("d.csv", decisions);
    dir.run("update --index news.idx news.jsonl").exits(0);
    dir.run("index decide --index news.idx d.csv").exits(0);
    dir.run("index forget --index news.idx b").exits(0);
    let index = Index::open(&dir.path("news.idx"), Access::Read, &Params::default()).unwrap();
    let in_force: Vec<_> = index.in_force().unwrap().into_iter().map(|d| d.decision).collect();
    assert_eq!((in_force.len(), &*in_force[0].article), (1, "a"));
}
