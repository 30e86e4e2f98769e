//! What a title says besides its headline: that it is an update, a correction, and whose it is.

use std::fmt;
use std::sync::LazyLock;

use super::MAX_LINE;

/// What the desk says about a version of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UpdateTag {
    /// The n-th update; 0 without a number.
    Update(u16),
    /// The n-th summary of several reports; 0 without a number.
    Wrapup(u16),
    /// It corrects an earlier version.
    Correction,
    /// It is sent once more, unchanged.
    Repeat,
    /// It is sent once more, with slips mended.
    Refile,
    /// Nobody else has it.
    Exclusive,
    /// It has just happened.
    Breaking,
}

impl fmt::Display for UpdateTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, number) = match self {
            Update(n) => ("UPDATE", *n),
            Wrapup(n) => ("WRAPUP", *n),
            Correction => ("CORRECTED", 0),
            Repeat => ("RPT", 0),
            Refile => ("REFILE", 0),
            Exclusive => ("EXCLUSIVE", 0),
            Breaking => ("BREAKING", 0),
        };
        f.write_str(word)?;
        if number > 0 { write!(f, " {number}") } else { Ok(()) }
    }
}

use UpdateTag::{Breaking, Correction, Exclusive, Refile, Repeat, Update, Wrapup};

/// The tags as the desks of several languages write them, longer ones before those that they begin with.
const TAGS: &[(&str, UpdateTag)] = &[
    ("UPDATED", Update(0)),
    ("UPDATE", Update(0)),
    ("ACTUALIZACIÓN", Update(0)),
    ("ACTUALIZA", Update(0)),
    ("AKTUALISIERUNG", Update(0)),
    ("AKTUALISIERT", Update(0)),
    ("ATUALIZAÇÃO", Update(0)),
    ("ATUALIZA", Update(0)),
    ("AGGIORNAMENTO", Update(0)),
    ("MISE À JOUR", Update(0)),
    ("ОБНОВЛЕНО", Update(0)),
    ("ОБНОВЛЕНИЕ", Update(0)),
    ("WRAPUP", Wrapup(0)),
    ("RESUMEN", Wrapup(0)),
    ("CORRECTED", Correction),
    ("CORRECTION", Correction),
    ("CORRECTIF", Correction),
    ("CORREGIDO", Correction),
    ("CORRECCIÓN", Correction),
    ("CORREÇÃO", Correction),
    ("CORRIGIDO", Correction),
    ("CORREZIONE", Correction),
    ("KORREKTUR", Correction),
    ("RECTIFICATIE", Correction),
    ("ИСПРАВЛЕНО", Correction),
    ("RPT", Repeat),
    ("REFILE", Refile),
    ("EXCLUSIVE", Exclusive),
    ("EXCLUSIVA", Exclusive),
    ("EXCLUSIF", Exclusive),
    ("EXKLUSIV", Exclusive),
    ("EXCLUSIVO", Exclusive),
    ("ESCLUSIVA", Exclusive),
    ("EXCLUSIEF", Exclusive),
    ("ЭКСКЛЮЗИВ", Exclusive),
    ("BREAKING NEWS", Breaking),
    ("BREAKING", Breaking),
    ("URGENT", Breaking),
    ("URGENTE", Breaking),
    ("ÚLTIMA HORA", Breaking),
    ("ULTIM'ORA", Breaking),
    ("EILMELDUNG", Breaking),
    ("EIL", Breaking),
    ("ALERTE", Breaking),
    ("СРОЧНО", Breaking),
    ("МОЛНИЯ", Breaking),
    ("速報", Breaking),
    ("快讯", Breaking),
    ("訂正", Correction),
    ("更正", Correction),
    ("更新", Update(0)),
];

/// For each first letter of a tag, the letters that can come next, where both are ASCII: few titles begin so.
static TAG_BEGINS: LazyLock<[u32; 32]> = LazyLock::new(|| {
    let mut begins = [0; 32];
    for pair in TAGS.iter().filter_map(|(tag, _)| tag.as_bytes().first_chunk()) {
        let [first, next] = pair.map(|b| b % 32);
        begins[usize::from(first)] |= 1 << next;
    }
    begins
});

/// What a name of an outlet behind a dash ends with; other dashes part the headline from who says so.
const OUTLET_WORDS: &[&str] = &[
    "News",
    "Times",
    "Post",
    "Herald",
    "Tribune",
    "Journal",
    "Gazette",
    "Magazine",
    "Newspaper",
    "Newspapers",
    "Guardian",
    "Telegraph",
    "Observer",
    "Chronicle",
    "Globe",
    "Digital",
    "Online",
    "Express",
    "Reuters",
    "CNN",
    "BBC",
    "NPR",
    "Noticias",
    "TV",
    "Zeitung",
    "ONLINE",
    "Diario",
    "Presse",
];

/// What a name of an outlet of more than one word ends with: alone, these say something of the headline. No surnames, and
/// nobody's office: `Medical Examiner` says what the headline says.
#[rustfmt::skip]
const OUTLET_LAST_WORDS: &[&str] = &[
    "Advocate", "Broadcasting", "Courier", "Dispatch", "Enquirer", "Independent", "Inquirer", "Press", "Radio", "Sentinel",
    "Television", "Weekly", "Abendblatt", "Allgemeine", "Anzeiger", "Courant", "Dagblad", "Folha", "Gazzetta", "Giornale",
    "Heraldo", "Jornal", "Kurier", "Messaggero", "Morgenpost", "Nachrichten", "Notícias", "Periódico", "Rundfunk",
    "Rundschau", "Tageblatt", "Tagblatt", "Vanguardia", "Ведомости", "Газета", "Новости",
];

/// The headline, and what the title said besides. A title as long as a paragraph is all headline.
pub(super) fn split(title: &str) -> (&str, Vec<UpdateTag>) {
    let mut tags = Vec::new();
    let mut title = title.trim();
    if title.len() > MAX_LINE {
        return (title, tags);
    }
    loop {
        let shorter = if let Some((tag, rest)) = leading(title).or_else(|| trailing(title)) {
            tags.push(tag);
            rest
        } else {
            without_outlet(title)
        };
        if shorter == title {
            tags.sort_unstable();
            tags.dedup();
            return (title, tags);
        }
        title = shorter;
    }
}

/// A tag at the beginning, such as `UPDATE 2-`, `(CORRECTED) -` or `Breaking: `. A title that is nothing else stays.
fn leading(title: &str) -> Option<(UpdateTag, &str)> {
    let open = title.trim_start_matches(['(', '[', '【', '（']);
    let bracketed = open.len() < title.len();
    let (tag, rest, capitals) = tag_at(open)?;
    let rest = if bracketed {
        let rest = rest.strip_prefix([')', ']', '】', '）'])?;
        rest.trim_start_matches(|c: char| c.is_whitespace() || "-–—:".contains(c))
    } else {
        separator(rest, capitals || tag == Exclusive)?
    };
    (!rest.is_empty()).then_some((tag, rest))
}

/// A bracketed tag at the end, such as `(Updated)`.
fn trailing(title: &str) -> Option<(UpdateTag, &str)> {
    let inner = title.strip_suffix([')', ']', '】', '）'])?;
    let (rest, tag) = inner.rsplit_once(['(', '[', '【', '（'])?;
    let (tag, after, _) = tag_at(tag)?;
    let rest = rest.trim();
    (after.is_empty() && !rest.is_empty()).then_some((tag, rest))
}

/// The tag that `text` begins with, its number read; what follows; and whether it is all capitals.
fn tag_at(text: &str) -> Option<(UpdateTag, &str, bool)> {
    if let [a, b, ..] = text.as_bytes()
        && a.is_ascii()
        && b.is_ascii()
        && TAG_BEGINS[usize::from(a % 32)] >> (b % 32) & 1 == 0
    {
        return None;
    }
    TAGS.iter().find_map(|&(name, tag)| {
        let found = prefix_in_any_case(text, name)?;
        let rest = &text[found..];
        let capitals = text[..found].chars().all(|c| !c.is_lowercase());
        let number = rest.trim_start_matches(' ');
        let digits = number.len() - number.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let spaced = number.len() < rest.len();
        match (tag, number[..digits].parse()) {
            (Update(_), Ok(n)) if spaced => Some((Update(n), &number[digits..], capitals)),
            (Wrapup(_), Ok(n)) if spaced => Some((Wrapup(n), &number[digits..], capitals)),
            _ => Some((tag, rest, capitals)),
        }
        .filter(|(_, rest, _)| !rest.starts_with(char::is_alphanumeric))
    })
}

fn prefix_in_any_case(text: &str, upper: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    for want in upper.chars() {
        let (_, c) = chars.next()?;
        if c != want && !c.to_uppercase().eq([want]) {
            return None;
        }
    }
    Some(chars.next().map_or(text.len(), |(at, _)| at))
}

/// Whether `text` is a tag and nothing else.
pub(super) fn is_tag(text: &str) -> bool {
    tag_at(text.trim()).is_some_and(|(_, rest, _)| rest.trim().is_empty())
}

/// What comes after the mark that parts a tag from its headline. A tight hyphen parts only what is in capitals:
/// `Update-Problem` is a word.
fn separator(text: &str, tight: bool) -> Option<&str> {
    let mark = text.trim_start();
    let rest =
        mark.strip_prefix("--").or_else(|| mark.strip_prefix([':', '–', '—', '|', '：', '-']))?;
    let hyphen = mark.starts_with('-') && !mark.starts_with("--");
    let loose = rest.starts_with(' ');
    (!hyphen || loose || (tight && mark.len() == text.len())).then_some(rest.trim_start())
}

/// The title without `| Outlet` of at most four words, or `- Outlet` that ends as outlets do.
fn without_outlet(title: &str) -> &str {
    if title.bytes().all(|b| b.is_ascii() && !matches!(b, b'|' | b'-')) {
        return title;
    }
    let cut = |rest: &'static str| {
        title.rsplit_once(rest).filter(|(head, _)| head.split_whitespace().nth(2).is_some())
    };
    if let Some((head, name)) = cut(" | ")
        && (1..=4).contains(&name.split_whitespace().count())
        && !name.ends_with(['?', '!', '.'])
    {
        return head.trim_end();
    }
    for dash in [" - ", " – ", " — "] {
        if let Some((head, name)) = cut(dash) {
            let words = name.split_whitespace().count();
            let capital =
                name.split_whitespace().all(|w| w.starts_with(|c: char| !c.is_lowercase()));
            let outlet = name.split_whitespace().next_back().is_some_and(|last| {
                OUTLET_WORDS.contains(&last) || (words > 1 && OUTLET_LAST_WORDS.contains(&last))
            });
            let site = words == 1
                && [".com", ".org", ".net", ".de", ".fr", ".it", ".ru", ".es", ".nl"]
                    .iter()
                    .any(|d| name.ends_with(d));
            if (outlet && capital && words <= 5) || site {
                return head.trim_end();
            }
        }
    }
    title
}
