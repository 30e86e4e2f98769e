//! The dateline of texts in Chinese, Japanese and Korean.

use super::agencies::{AGENCIES, agency};
use super::datelines::head;

/// The length of the dateline of a text in Chinese, Japanese or Korean, and the agency named in it.
pub(super) fn dateline(line: &str) -> Option<(usize, Option<&'static str>)> {
    if line.starts_with(|c: char| c.is_ascii() && !"[(".contains(c)) {
        return None;
    }
    chinese(line).or_else(|| reported(line)).or_else(|| korean(line)).or_else(|| japanese(line))
}

/// What a text of these languages has in brackets at the beginning, with the opening bracket, and where the closing one ends.
fn bracketed(line: &str) -> Option<(char, &str, usize)> {
    const PAIRS: [(char, char); 6] =
        [('【', '】'), ('［', '］'), ('[', ']'), ('（', '）'), ('(', ')'), ('〔', '〕')];
    let head = head(line);
    let (open, close) = PAIRS.into_iter().find(|&(open, _)| head.starts_with(open))?;
    let (inside, _) = head[open.len_utf8()..].split_once(close)?;
    Some((open, inside, open.len_utf8() + inside.len() + close.len_utf8()))
}

/// `新华社北京3月3日电`, `新华社北京3月3日电（记者张三 李四）`
fn chinese(line: &str) -> Option<(usize, Option<&'static str>)> {
    const SIGNS: [&str; 7] =
        ["新华社", "新華社", "中新社", "中新网", "中国新闻社", "人民网", "中央社"];
    let head = head(line);
    let sign = SIGNS.iter().find(|&&sign| head.starts_with(sign))?;
    let end = ["日电", "日電"].iter().filter_map(|end| Some(head.find(end)? + end.len())).min()?;
    if head[..end].contains(['，', '。']) {
        return None;
    }
    let rest = line[end..].trim_start_matches(GAPS);
    let rest = match bracketed(rest) {
        Some((_, who, end)) if REPORTERS.iter().any(|of| who.starts_with(of)) => &rest[end..],
        _ => rest,
    };
    Some((line.len() - rest.trim_start_matches(GAPS).len(), agency(sign)))
}

/// What stands between a dateline and the text.
const GAPS: [char; 5] = [' ', '　', '，', '）', ')'];

/// How reporters are called in Chinese.
const REPORTERS: [&str; 2] = ["记者", "記者"];

/// `（中央社記者王小明台北3日電）`, `〔記者張三／台北報導〕`: who reports from where, and how.
fn reported(line: &str) -> Option<(usize, Option<&'static str>)> {
    const HOW: [&str; 5] = ["日電", "日电", "報導", "报道", "報道"];
    let (_, inside, end) = bracketed(line)?;
    let of_agency = inside.strip_prefix("中央社");
    let by_name = || REPORTERS.iter().any(|of| inside.starts_with(of));
    let is_report = of_agency.is_some() || (inside.contains(['／', '/']) && by_name());
    let is_dateline = is_report && HOW.iter().any(|how| inside.ends_with(how));
    let rest = line[end..].trim_start_matches(GAPS);
    is_dateline.then(|| (line.len() - rest.len(), of_agency.and_then(|_| agency("中央社"))))
}

/// `(서울=연합뉴스) 김철수 기자 = `, `[이데일리 김철수 기자] `
fn korean(line: &str) -> Option<(usize, Option<&'static str>)> {
    let (_, inside, end) = bracketed(line)?;
    let known = inside.split_once('=').and_then(|(_, sign)| agency(sign));
    let rest = line[end..].trim_start();
    let by = rest.split_once('=').filter(|(who, _)| is_reporter(who));
    let rest = by.map_or(rest, |(_, rest)| rest.trim_start());
    let is_dateline =
        known.is_some() || (by.is_some() && inside.contains('=')) || is_reporter(inside);
    is_dateline.then(|| (line.len() - rest.len(), known))
}

/// Whether a line is who wrote it in Korean: `김철수 기자`.
pub(super) fn is_byline(line: &str) -> bool {
    is_reporter(line) && line.split_whitespace().count() == 2
}

/// Whether a Korean text of a few words ends with what reporters are called.
fn is_reporter(who: &str) -> bool {
    let who = who.trim_end();
    ["기자", "특파원"].iter().any(|of| who.ends_with(of))
        && (2..=6).contains(&who.split_whitespace().count())
}

/// `【ロンドン 3日 共同】`, `［ロンドン　３日　ロイター］ - `, `【ロンドン共同】`: an agency behind a place and a day may be any.
fn japanese(line: &str) -> Option<(usize, Option<&'static str>)> {
    let (open, inside, end) = bracketed(line).filter(|(open, ..)| "【［[".contains(*open))?;
    let words: Vec<&str> =
        inside.split([' ', '　', '=', '＝']).filter(|word| !word.is_empty()).collect();
    let known = words.iter().find_map(|word| sign_behind(word));
    let is_dateline = match words[..] {
        [_, day, sign] if is_day(day) => !sign.contains(char::is_numeric),
        _ if words.iter().any(|word| is_day(word)) => known.is_some(),
        // What is no name of a place may stand in brackets of ASCII, and an agency alone may be what a column is called.
        [.., last] => {
            let (place, _) = sign_behind(last)?;
            open != '[' && (words.len() > 1 || !place.is_empty())
        }
        [] => false,
    };
    let rest = line[end..].trim_start_matches([' ', '　', '\u{A0}', '-', '－', '–', '—', '―']);
    is_dateline.then(|| (line.len() - rest.len(), known.map(|(_, known)| known)))
}

/// `3日`, `３月３日`
fn is_day(word: &str) -> bool {
    let digit = |c: char| c.is_numeric();
    let day = word.strip_suffix('日').unwrap_or_default();
    day.starts_with(digit) && day.chars().all(|c| digit(c) || c == '月')
}

/// What a word has before the sign of an agency that it ends with, and the agency: `ロンドン共同`.
fn sign_behind(word: &str) -> Option<(&str, &'static str)> {
    AGENCIES.iter().find_map(|&(sign, known)| {
        let place = word.strip_suffix(sign)?;
        (!place.ends_with(|c: char| c.is_ascii_alphanumeric())).then_some((place, known))
    })
}
