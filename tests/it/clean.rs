//! Cleaning: the cases in `tests/cases/clean` (title, text, `----`, what is left), and what holds for any text.

use proptest::prelude::*;
use samestory::stages::clean::{UpdateTag, clean, dropped};

#[test]
fn cases() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/clean");
    let mut ran = 0;
    for entry in std::fs::read_dir(folder).expect("the cases are there") {
        let path = entry.expect("a case").path();
        let case = std::fs::read_to_string(&path).expect("a text");
        let (input, want) = case.split_once("\n----\n").expect("a line of four dashes");
        // A case from the web begins as a text file does: its title is the first line that is an article's.
        let title = input
            .lines()
            .find(|l| !l.is_empty() && samestory::stages::clean::boilerplate(l).is_none());
        let title = title.unwrap_or_default();
        let text = input.strip_prefix(title).unwrap_or(input);
        assert_eq!(
            clean(title, text).text,
            want.trim_end(),
            "{}: {:#?}",
            path.display(),
            dropped(title, text)
        );
        ran += 1;
    }
    assert!(ran >= 6);
}

#[track_caller]
fn check_title(title: &str, want: &str, tags: &[UpdateTag]) {
    let cleaned = clean(title, "");
    assert_eq!((cleaned.title.as_str(), cleaned.tags.as_slice()), (want, tags));
}

#[test]
fn titles() {
    use UpdateTag::{Breaking, Correction, Exclusive, Repeat, Update, Wrapup};
    check_title("UPDATE 2-Pier to be rebuilt", "Pier to be rebuilt", &[Update(2)]);
    check_title("RPT-WRAPUP 3-Pier to be rebuilt", "Pier to be rebuilt", &[Wrapup(3), Repeat]);
    check_title("(CORRECTED) - PIER TO BE REBUILT", "PIER TO BE REBUILT", &[Correction]);
    check_title("(Updated)\n\u{2000}0\n", "0", &[Update(0)]);
    check_title("Pier to be rebuilt (updated)", "Pier to be rebuilt", &[Update(0)]);
    check_title("Breaking: Pier breaks", "Pier breaks", &[Breaking]);
    check_title("ÚLTIMA HORA: Cae el muelle", "Cae el muelle", &[Breaking]);
    check_title("СРОЧНО: Рухнул причал", "Рухнул причал", &[Breaking]);
    check_title("EXKLUSIV - Mole bricht", "Mole bricht", &[Exclusive]);
    check_title("【速報】埠頭が崩壊", "埠頭が崩壊", &[Breaking]);
    check_title("Pier to be rebuilt | Local | Harbour News", "Pier to be rebuilt", &[]);
    check_title("Pier to be rebuilt - The Harbour Times", "Pier to be rebuilt", &[]);
    for title in [
        "Update-Problem bei Fähren",
        "Pier to fall - minister",
        "Live | Pier",
        "Breaking bread",
        "UPDATE 2-",
        "Pier 2-1",
    ] {
        check_title(title, title, &[]);
    }
}

#[test]
fn datelines() {
    for (line, agency) in [
        ("LONDON, March 3 (Reuters) - The pier fell.", Some("Reuters")),
        ("WASHINGTON — The pier fell.", None),
        ("SEOUL (AP) - The pier fell.", Some("AP")),
        ("BERLIN (dpa) - The pier fell.", Some("dpa")),
        ("(ANSA) - ROMA, 3 MAR - The pier fell.", Some("ANSA")),
        ("ATLANTA, Ga. -- The pier fell.", None),
        ("МОСКВА, 3 марта. /ТАСС/. The pier fell.", Some("TASS")),
    ] {
        let cleaned = clean("", line);
        assert_eq!((&*cleaned.text, cleaned.agency), ("The pier fell.", agency), "{line}");
    }
    for line in [
        "NATO — the alliance — met.",
        "A FIRE - Suspected arson - broke out.",
        "GOLD PRICES - MARCH 5",
        "BUS,PRS HARBOUR CLSG - Cod 12",
    ] {
        assert_eq!(clean("", line).text, line);
    }
}

/// Texts made of what rules look at, so that they meet.
fn messy() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "Jane Doe",
        "Share",
        "Share.",
        "September 4, 2025",
        "By Ann Poe, 4 May 2025",
        "You may also like",
        "Read more: Fog at sea",
        "0 113",
        "12",
        "",
        "By Ann Poe",
        "LONDON (Reuters) - ",
        "reuter",
        ". ",
        "Reuter",
        " ",
        "The pier fell.",
        "We use cookies to improve it. ",
        "Accept all ",
        "All rights reserved. ",
        "&amp;",
        "&lt;p&gt;",
        "<p>",
        "</p>",
        "“Yes,” he said.",
        "share",
        "ROMA, 3 MAR - ",
        "The Pier",
        "UPDATE 1-",
        "BREAKING: ",
        " | Harbour News",
        "(Updated)",
        "©",
        "速報",
        "関連記事：",
        "Copyright 2025 X. ",
        "contributed to this report",
        "Foto: ",
        "The harbour council decided on Tuesday that the northern pier was to be rebuilt in May, at great cost, for all",
    ]);
    let part = prop_oneof![8 => piece.prop_map(str::to_owned), 1 => "\\PC{0,6}"];
    let end = prop::sample::select(vec!["\n", "\n\n", " ", ""]);
    prop::collection::vec((part, end), 0..16)
        .prop_map(|parts| parts.into_iter().map(|(a, b)| a + b).collect())
}

proptest! {
    #[test]
    fn cleaning_twice_changes_nothing(title in messy(), text in messy()) {
        let once = clean(&title, &text);
        let twice = clean(&once.title, &once.text);
        prop_assert_eq!((&once.title, &once.text), (&twice.title, &twice.text));
    }

    #[test]
    fn what_is_left_was_there(title in messy(), text in messy()) {
        let plain = samestory::text::markup::strip(&text).into_owned();
        let cleaned = clean(&title, &text).text;
        let mut lines = plain.lines();
        for line in cleaned.lines() {
            prop_assert!(line.is_empty() || lines.any(|l| l.contains(line)), "{line:?} of {plain:?}");
        }
    }

    #[test]
    fn a_story_stays_as_it_is(sentences in prop::collection::vec("[A-Z][a-z]{2,9}( [a-z]{1,9}){7,30}", 1..12)) {
        let text = sentences.iter().map(|s| format!("The pier: {s}.")).collect::<Vec<_>>().join("\n\n");
        prop_assert_eq!(clean("Pier", &text).text, text.as_str());
    }
}
