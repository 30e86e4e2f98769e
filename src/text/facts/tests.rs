//! Numbers and names, word by word.

use super::*;
use crate::kernel::hash::hash;
use proptest::prelude::*;

/// What is found in a text that stands behind another one in the buffer.
fn in_tokens<T>(text: &str, look: impl FnOnce(Tokens<'_>, Begins) -> T) -> T {
    let mut words = Words::default();
    words.add("Before");
    let start = words.add(text);
    let tokens =
        Tokens { text, words: &words, list: &words.list()[1..], start, is_ascii: text.is_ascii() };
    let mut begins = Begins::default();
    find(tokens, &mut begins);
    look(tokens, begins)
}

fn numbers_of(text: &str) -> Vec<String> {
    in_tokens(text, |tokens, begins| {
        let mut found = Vec::new();
        numbers(tokens, &begins, |number, known| {
            assert!(known.is_none_or(|known| known == hash(plain(number).as_bytes())));
            found.push(number.to_owned());
        });
        found
    })
}

fn names_of(text: &str) -> Vec<(String, bool)> {
    in_tokens(text, |tokens, begins| {
        let mut found = Vec::new();
        names(tokens, &begins, |Name { text, is_first, hash: known }| {
            assert!(known.is_none_or(|known| known == hash(text.to_lowercase().as_bytes())));
            found.push((text.to_owned(), is_first));
        });
        found
    })
}

#[test]
fn numbers_and_names() {
    let text = "Officials said 1,000 of 5.93 mln, or 7. 12 others, on Sept 3rd. The mayor, Ana Ruiz’s aide, met Li";
    assert_eq!(numbers_of(text), ["1,000", "5.93", "7", "12", "3rd"]);
    let first = |name: &str| (name.to_owned(), ["Officials", "The"].contains(&name));
    assert_eq!(names_of(text), ["Officials", "Sept", "The", "Ana", "Ruiz", "Li"].map(first));
    assert_eq!(numbers_of("१२,३४५ और ۱۲٫۵"), ["12,345", "12.5"]);
}

#[test]
fn white_space_of_any_kind_parts_names() {
    let text = "Yes, Mr. Biden met M. Macron of France and l'Allemagne's Olaf Scholz.";
    let first = |name: &str| (name.to_owned(), ["Yes", "Biden", "Macron"].contains(&name));
    let names = ["Yes", "Mr", "Biden", "Macron", "France", "Olaf", "Scholz"].map(first);
    for space in [" ", "\x0b", "\u{85}", "\u{a0}", "\u{2009}", "\u{202f}", "\u{3000}"] {
        let spaced = text.replace(' ', space);
        assert_eq!(names_of(&spaced), names, "{space:?}");
        assert_eq!(names_of(&(spaced + "\n\né")), names, "{space:?}");
    }
}

#[test]
fn names_end_at_brackets_and_where_a_script_has_no_spaces() {
    for (text, names) in [
        ("【汐浦 9日 Norwire】大型で強い台風31号は、約1万2千世帯が停電した", "Norwire"),
        ("与NATO秘书长、EU（Brussels）及「Le Monde」", "NATO EU Brussels Le Monde"),
        ("NATOที่WHO่Aden", "NATO WHO Aden"),
        ("Halden(KX:Halden)[Corvex] iPhone O'Brien", "Halden KX:Halden Corvex O'Brien"),
        ("ЖD-Mole's d'Alembert Élan", "ЖD-Mole Élan"),
    ] {
        let found: Vec<String> = names_of(text).into_iter().map(|(name, _)| name).collect();
        assert_eq!(found.join(" "), names, "{text}");
    }
    assert_eq!(names_of("停電した。NATO"), [("NATO".to_owned(), false)]);
}

#[test]
fn sentences_begin_behind_quotation_marks_of_all_kinds() {
    for said in ["\"Yes.\"", "“Yes.”", "„Yes.“", "»Yes.«", "«Yes!»", "« Yes. »", "yes…", "«yes…»"]
    {
        let text = format!("He said {said} Then Ann Poe left.");
        let names = names_of(&text);
        let first = |name: &str| names.iter().find(|found| found.0 == name).map(|found| found.1);
        assert_eq!(["Then", "Ann"].map(first), [Some(true), Some(false)], "{said}");
    }
}

#[test]
fn an_accent_behind_its_letter_is_part_of_a_name_and_money_is_none() {
    let names = |text: &str| -> Vec<String> {
        names_of(text).iter().map(|(name, _)| typed(name).into_owned()).collect()
    };
    assert_eq!(names("a Jose\u{301} Catala\u{301}, Ann"), ["José", "Catalá", "Ann"]);
    assert_eq!(names("a Зеленськии\u{306}"), ["Зеленський"]);
    assert_eq!(names("of US$500 or R$2,5 and HK€5 (US$5), US$ 5, A$AP"), ["A$AP"]);
    assert!(names("a $AB$ and $US$5").is_empty(), "whatever sign stands before");
}

#[test]
fn times_and_lakhs_are_numbers_however_they_are_written() {
    assert_eq!(numbers_of("at 12:30, 12:30:15 or 8:15pm"), ["12:30", "12:30:15", "8:15pm"]);
    assert_eq!(numbers_of("um 11h36, 11 h 36, 11 h"), ["11h36", "11 h 36", "11"]);
    assert_eq!(
        numbers_of("2:1, 112:30, 12: 30, 5:123"),
        ["2", "1", "112", "30", "12", "30", "5", "123"]
    );
    for same in [["12:30", "12.30"], ["11h36", "11 h 36"], ["11h36", "11:36"], ["8:15pm", "8.15"]] {
        assert_eq!(plain(same[0]), plain(same[1]), "{same:?}");
    }
    let written =
        ["1,50,000", "12,34,56,789", "2,00,000.5", "1,500,000", "1,50", "1,5,000", "50,000"];
    let found = ["150000", "123456789", "200000.5", "1500000", "1.50", "1.5000", "50000"];
    assert_eq!(written.map(plain), found);
}

#[test]
fn a_name_is_compared_however_it_is_typed() {
    for name in ["O'Brien", "O’Brien", "Oʼ\u{42}rien", "O´Brien"] {
        assert_eq!(typed(name), "O'Brien", "{name}");
    }
    assert_eq!(typed("Jose\u{301}‑Marı\u{fb01}"), "José-Marıfi");
}

#[test]
fn thousands_are_joined_and_a_number_is_compared_however_it_is_written() {
    assert_eq!(
        numbers_of("10 000 of 1'234’567 m, 1 000 000"),
        ["10 000", "1'234’567", "1 000 000"]
    );
    assert_eq!(
        numbers_of("2.5 110,000, 1,000 500 and 10 000,5"),
        ["2.5", "110,000", "1,000", "500", "10 000,5"]
    );
    assert_eq!(
        numbers_of("in 2024 200 of 12 30 and 5  000"),
        ["2024", "200", "12", "30", "5", "000"]
    );
    let written = ["1,000.5", "1.000,5", "1'000.5kg", "12.4m", "9.5", "95", "2nd", "4x4", "0.125"];
    let plain = written.map(plain);
    assert_eq!(plain, ["1000.5", "1000.5", "1000.5", "12.4", "9.5", "95", "2", "4x4", "0125"]);
}

#[test]
fn words_without_capitals_may_be_names() {
    let found = |text: &str| {
        in_tokens(text, |tokens, _| {
            let mut found = Vec::new();
            uncased(tokens, |word| found.push(word));
            found
        })
    };
    let word = |is_pair: bool| move |text: &str| Uncased { hash: hash(text.as_bytes()), is_pair };
    assert_eq!(found("Aden, 5 और عدن 2"), ["और", "عدن"].map(word(false)));
    assert_eq!(found("嘉兴警方。78歳カ"), ["嘉兴", "兴警", "警方", "歳カ"].map(word(true)));
    assert_eq!(found("Aden"), []);
}

#[test]
fn every_capital_is_looked_at() {
    for c in ('\0'..=char::MAX).filter(|c| c.is_uppercase()) {
        assert!(may_begin_capital(c.to_string().as_bytes()[0]), "{c}");
    }
    assert!((0x80..0xC0).all(|b| !may_begin_capital(b)));
}

/// Token by token, a token being what stands between white space.
fn in_every_token(text: &str) -> Vec<(String, bool)> {
    let ends = |token: &str| {
        let marks = ['.', '!', '?', '…', ':', '"', '”', '“', '»', '«'];
        token.ends_with(marks) || !token.contains(is_word_char)
    };
    let (mut found, mut before) = (Vec::new(), None);
    for line in text.split('\n') {
        for token in line.split_whitespace() {
            let mut is_first = before.is_none_or(ends);
            for piece in token.split_inclusive(ends_name) {
                let name = piece.trim_end_matches(ends_name);
                // It begins with its capital, whatever sign stands before that.
                let name = name.trim_start_matches(is_mark);
                let bare = without_genitive(name.trim_end_matches(is_mark));
                if bare.len() > 1 && bare.starts_with(char::is_uppercase) && !is_money(name) {
                    found.push((bare.to_owned(), is_first));
                }
                is_first &= !piece.contains(is_word_char);
            }
            before = Some(token);
        }
        if line.trim().is_empty() {
            before = None;
        }
    }
    found
}

proptest! {
    #[test]
    fn names_equal_those_found_token_by_token(near in "([A-Za-z0-9]{1,3}|[ .!'\"(\n\t\r\x0b\x1c-]|'s |\n\n| \\(A){0,40}", far in "([A-Za0éÉжЖＡ中カท]{1,3}|[ .'$\n\u{301}\u{e48}\u{a0}\u{202f}\u{3000}\u{85}、。・】“”»…<]|’s |\n\u{a0}\n| 【A){0,40}") {
        for text in [&near, &far, &(far.clone() + &near)] {
            prop_assert_eq!(names_of(text), in_every_token(text));
        }
    }

    #[test]
    fn what_is_plain_without_more_ado_is_as_rewritten(number in "[0-9]{1,4}(([.,:h'][0-9]{0,4}){0,3}|(,[0-9]{3}){0,4})[a-zé]{0,3}") {
        prop_assert_eq!(plain(&number), rewritten(&number));
    }

    #[test]
    fn numbers_in_ascii_equal_those_found_word_by_word(text in "([A-Za-z0-9]{1,3}|[ .!'\"(\n\t\r\x0b\x1c-]|'s ){0,40}") {
        let slow = in_tokens(&text, |tokens, mut begins| {
            let words = (0..).zip(tokens.list);
            let digits = words.filter(|&(_, &word)| is_number(tokens.words, word));
            begins.digits = digits.map(|(i, _)| i).collect();
            let mut found = Vec::new();
            numbers(tokens, &begins, |number, _| found.push(number.to_owned()));
            found
        });
        prop_assert_eq!(numbers_of(&text), slow);
    }
}
