//! Cleaning: the cases in `tests/cases/clean` (title, text, `----`, what is left), and what holds for any text.

use std::borrow::Cow;

use proptest::prelude::*;
use samestory::model::Article;
use samestory::stages::clean::{Dropped, UpdateTag, clean, clean_and_tell, clean_of};
use samestory::stages::learn::Repeated;
use samestory::text::boilerplate::Support;

use crate::util::Dir;

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
            clean_and_tell(None, "", title, text).1
        );
        ran += 1;
    }
    assert!(ran >= 6);
}

/// `n` bytes of capital words.
fn names(n: usize) -> String {
    "Annapoe ".repeat(n / 8) + &"A".repeat(n % 8)
}

/// Checks that of a text this is left, or all of it stays.
#[track_caller]
pub(crate) fn check_left(text: &str, left: &str, goes: bool) {
    assert_eq!(clean("", text).text, if goes { left } else { text });
}

/// Checks what stands above a story, or that it stays.
#[track_caller]
fn check_above(above: &str, goes: bool) {
    check_left(&format!("{above}\n\nThe pier fell at dawn."), "The pier fell at dawn.", goes);
}

#[test]
fn names_and_dates_above_a_story() {
    let by = |n: usize| format!("By {} {}", "A".repeat(n), "P".repeat(198));
    let long = |n: usize| format!("Ann {}", "P".to_owned() + &"o".repeat(n - 5));
    for above in [
        "Jane Doe",
        &long(60),
        "By Ann Poe",
        "By Ann Poe and Children’s Desk",
        &by(198),
        "4 May 2025",
        "May 4, 2025",
        "2025-05-04",
        "31.12.2025",
        "Ann Poe, 4/5/2025",
        "Ann Poe, May 4, 2025 14:32",
        "11. Juni 2024, 14:32 Uhr",
        "11.06.2024 14:32",
        "11 июня 2024, 14:32",
        "2024-06-11 14:32:05",
        "2024年6月11日",
        "2024年6月11日14:32",
        "2024年6月11日（火） 14時32分",
        "6/11(火) 14:32配信",
        &format!("{} May 4, 2025", names(78)),
        "Von Max Mustermann, dpa",
        "Par Jean Dupont avec AFP",
        "di Mario Rossi",
        "김철수 기자",
        "LONDON (Reuters) - Share this article",
        "LONDON (Reuters) - Terms of use.",
    ] {
        check_above(above, true);
    }
    for above in [
        "Jane",
        &long(61),
        "By Ann Poe.",
        "di Mario che rise",
        "항구에 온 김철수 기자",
        "Par Jean avec deux amis",
        &by(199),
        "May 4, 2025.",
        "4 Boats 2025",
        "Ann Poe 4 5 2025",
        "Ann Poe 1 5 4",
        "Ann Poe 2025 5 4",
        "99.12.2025",
        "12.99.2025",
        "031.12.2025",
        "12.12.9999",
        "May 4, 2025 24:32",
        "May 4, 2025 14:32:05:06",
        "May 4, 14:32",
        "14:32 Uhr",
        "Beginn: 4. Mai 2025, 14:32 Uhr",
        "码头倒于2024年6月11日",
        "6月11日 14:32",
        "10/3から全5話配信",
        &format!("{} May 4, 2025", names(79)),
    ] {
        check_above(above, false);
    }
    // What wraps a line of a hundred bytes is no paragraph, and who goes on in lower case has not ended.
    for line in ["Jane Doe", "May 4, 2025"] {
        let wrapped = |n: usize| format!("{line}\nThe pier fell{}.", "s".repeat(n - 14));
        assert_eq!(clean("", &wrapped(100)).text, wrapped(100));
        assert_eq!(clean("", &wrapped(101)).text, wrapped(101)[line.len() + 1..]);
    }
    let goes_on = "Jane Doe\n\nthe pier fell at dawn.";
    assert_eq!(clean("", goes_on).text, goes_on);
}

/// Checks a line in the middle of a story, or that it stays.
#[track_caller]
fn check_inside(line: &str, goes: bool) {
    let text = format!("The pier fell.\n{line}\nIt was old.");
    check_left(&text, "The pier fell.\nIt was old.", goes);
}

#[test]
fn lines_inside_a_story() {
    let buttons = |n: usize| "Accept all ".repeat(n) + "Home";
    let updated = |n: usize| format!("Updated: 3{}", "x".repeat(n - 2));
    for line in [
        "Share this",
        "Terms of use.",
        "VER MÁS",
        "Ascolta l’articolo",
        "Leggi l’articolo completo",
        "©2025 Harbour News",
        "We’ll assume you’re OK with this.",
        "本サイトではクッキーを使用しています。",
        "Comments 12",
        &buttons(36),
        "Updated: 3 May 2025",
        &updated(60),
        "dpa",
        "reuter reuter reuter dpa",
        "Jane Doe in Sandby contributed to this report.",
        "Jane Doe contributed to this story",
        "Jetzt Newsletter abonnieren",
        "Mit Material von dpa",
        "Externer Inhalt von YouTube",
        "Melden Sie sich an, um diesen Artikel zu lesen.",
        "Avec AFP",
        "Vous aimerez aussi",
        "Tiempo de lectura: 3 min",
        "Sigue leyendo",
        "Нашли ошибку? Выделите её и нажмите Ctrl+Enter",
        "Материалы по теме",
        "Рекомендуем",
        "Facebookでシェア",
        "（共同）",
        "この記事は有料会員限定です。残り1200文字",
        "更新日時：2024年6月11日",
        "© EFE 2025. Está expresamente prohibida la redistribución y la redifusión de todo o parte de los contenidos de los servicios de Efe, sin previo y expreso consentimiento de la Agencia EFE S.A.",
        "kimcs@yna.co.kr",
        "<저작권자(c) 연합뉴스, 무단 전재-재배포, AI 학습 및 활용 금지>",
        "2025/09/03 16:05 송고",
        "댓글 12",
        "구독하기",
        "קראו גם: מה לעשות",
        "כל הזכויות שמורות",
        "यह भी पढ़ें: बिहार में अलर्ट",
        "शेयर करें",
        "本網站之文字、圖片及影音，非經授權，不得轉載、公開播送或公開傳輸及利用。",
        "延伸閱讀：台股收紅",
        "Czytaj także: Zderzenie promów",
        "Wszelkie prawa zastrzeżone",
        "แชร์ข่าวนี้",
        "สงวนลิขสิทธิ์",
        "Xem thêm: Hai phà va chạm",
        "Bình luận",
        "بیشتر بخوانید: برخورد دو کشتی",
        "اشتراک‌گذاری",
    ] {
        check_inside(line, true);
    }
    for line in [
        "Settings.",
        "Comments many",
        "Comments 12th",
        "Reporting by candlelight is hard",
        "Melden Sie sich an, um beim Aufbau zu helfen, bat der Rat.",
        "Mit Material von der Baustelle wird die Mole geflickt.",
        "Avec AFP, le port a un témoin.",
        "Sigue leyendo libros a los noventa años.",
        "Рекомендуем не выходить на лёд, сообщил совет.",
        "Материалы по теме дела переданы в суд.",
        "コメントを書く人が増えた。",
        "저작권자의 동의 없이 사진을 썼다.",
        "관련기사가 이어졌다.",
        "공유하기로 했다고 시장이 말했다.",
        "תגובות הציבור יידונו ביום שני.",
        "शेयर बाजार में बढ़त रही।",
        "版權所有人提告。",
        "Zobacz, co się stało, powiedział burmistrz.",
        "Podziel się chlebem, powiedział ksiądz.",
        "Chia sẻ với báo chí, ông nói bến tàu đã cũ.",
        "نظرات شهردار روشن است.",
        "共同で埠頭を再建する。",
        &buttons(37),
        "Updated: 3 May 2025.",
        "Updated: yesterday",
        &updated(61),
        "reuter reuter reuter reuter",
        "“Nobody” contributed to this report",
        "The pier fell. Jane Doe contributed to this report.",
        // Numbers next to other lines are a table's.
        "12 34",
        "\n12 34",
        "12 34\n",
    ] {
        check_inside(line, false);
    }
    assert_eq!(
        clean("", "The pier fell.\n\n1234  1234  1234\n\nIt was old.").text,
        "The pier fell.\n\nIt was old."
    );
    let around = samestory::stages::clean::boilerplate;
    assert_eq!([36, 37].map(|n| around(&buttons(n))), [Some("cookies"), None]);
}

/// To look through all that follows each of them would take minutes.
#[test]
fn a_paragraph_of_what_is_glued_is_gone_through_once() {
    let glued = |piece: &str, left: &str| piece.repeat(20_000) + left;
    let left = "The pier fell at dawn.";
    check_left(&glued("Read more: about the pier here now. ", left), left, true);
    check_left(&glued("Read more- about the pier here now. ", "It fell"), "", false);
}

#[test]
fn what_is_dropped_is_told_with_its_rule() {
    let text = "The pier fell.\n\nShare this\nIt was old.";
    let (cleaned, dropped) = clean_and_tell(None, "", "", text);
    assert_eq!(cleaned, clean("", text));
    assert_eq!(dropped, [Dropped { rule: "share", text: "Share this".to_owned() }]);
    let dir = Dir::new();
    dir.file("a.csv", "id,title,text\na,Pier,\"The pier fell.\n\nShare this\nIt was old.\"\n");
    let plain = dir.run("clean a.csv").exits(0);
    let told = dir.run("clean -v a.csv").exits(0);
    assert_eq!((told.out, told.err), (plain.out, plain.err + "a: share: Share this\n"));
}

#[test]
fn what_is_in_one_piece_is_not_copied() {
    for text in ["The pier fell.", "The pier fell.\nIt was old.\n\nShare this"] {
        assert!(matches!(clean("", text).text, Cow::Borrowed(_)), "{text}");
    }
}

#[test]
fn what_is_left_of_a_last_line_goes_by_its_own_rule() {
    let text = "The pier fell.\nAnn Poe contributed to this report. Share this article";
    assert_eq!(clean("", text).text, "The pier fell.");
}

#[test]
fn what_a_repeated_line_hid_is_cleaned_too() {
    let line = "Free to read for all";
    let mut repeated = Repeated::default();
    for title in ["Pier", "Ferry", "Fog"] {
        let text = format!("{line}\nOf {title} only.");
        let (title, source) = (title.to_owned(), "Mirror".to_owned());
        let article = Article { title, source, ..Article::default() };
        repeated.add(&article, &clean(&article.title, &text));
    }
    let learnt = repeated.learn(Support { min_articles: 3, min_days: 3, min_share: 0.5 });
    let text = format!("{line}\nLONDON (Reuters) - The pier fell.");
    let cleaned = clean_of(Some(&learnt), "Mirror", "UPDATE 2-Pier falls", &text);
    assert_eq!((&*cleaned.text, cleaned.agency), ("The pier fell.", Some("Reuters")));
    assert_eq!((&*cleaned.title, &cleaned.tags[..]), ("Pier falls", &[UpdateTag::Update(2)][..]));
    assert_eq!(clean_of(Some(&learnt), "Globe", "", &text).text, text);
}

#[test]
fn teasers_are_short() {
    let text =
        |n: usize| format!("The pier fell.\n\nYou may also like\n{}\n\nIt was old.", "T".repeat(n));
    assert_eq!(clean("", &text(160)).text, "The pier fell.\n\nIt was old.");
    assert_eq!(clean("", &text(161)).text, text(161).replace("You may also like\n", ""));
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
        "【ロンドン共同】",
        "(Adds details)",
        "* Talks go on",
        "* ",
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
