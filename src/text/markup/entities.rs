//! Entities: `&amp;`, `&#8212;`, `&#x2014;`, with their semicolon.

use super::is_typesetting;

/// No entity is longer, the semicolon included.
const LONGEST: usize = 15;

/// Each name is followed by the character that it stands for.
const NAMED: &str = "amp& lt< gt> quot\" apos' ndash– mdash— hellip… lsquo‘ rsquo’ sbquo‚ ldquo“ rdquo” bdquo„ lsaquo‹ \
    rsaquo› laquo« raquo» bull• middot· copy© reg® trade™ euro€ pound£ yen¥ cent¢ curren¤ sect§ para¶ deg° plusmn± \
    times× divide÷ minus− frac12½ frac14¼ frac34¾ sup1¹ sup2² sup3³ microµ ordfª ordmº iexcl¡ iquest¿ not¬ macr¯ \
    acute´ cedil¸ uml¨ brvbar¦ dagger† Dagger‡ permil‰ prime′ Prime″ larr← rarr→ uarr↑ darr↓ le≤ ge≥ ne≠ OEligŒ oeligœ \
    zwnj\u{200c} ScaronŠ scaronš YumlŸ fnofƒ circˆ tilde˜ lsqb[ rsqb] lpar( rpar) num# colon: comma, period. excl! quest?";

/// Spaces of any width.
const BLANK: &[&str] = &["nbsp", "ensp", "emsp", "thinsp", "NewLine", "Tab"];
/// Names of what is typesetting, and goes.
const NOTHING: &[&str] = &["shy", "zwj", "lrm", "rlm", "NoBreak", "ZeroWidthSpace"];

/// The names of U+00C0 to U+00FF, in order.
const LATIN1: &str = "Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc \
    Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave \
    aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve \
    oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

/// What browsers make of the numbers 128 to 159: Windows-1252, which is what their writers meant.
const WINDOWS_1252: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/// What the entity at the beginning of `text` stands for (`None` when that is nothing visible), and its length.
pub(super) fn at(text: &str) -> Option<(Option<char>, usize)> {
    let body = text.strip_prefix('&')?;
    let len = body.bytes().take(LONGEST).position(|b| b == b';')?;
    let name = &body[..len];
    let decoded = match name.strip_prefix('#') {
        Some(number) => numeric(number)?,
        None => named(name)?,
    };
    Some((decoded, len + 2))
}

fn numeric(number: &str) -> Option<Option<char>> {
    let hex = number.strip_prefix(['x', 'X']);
    let digits = hex.unwrap_or(number);
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let code = u32::from_str_radix(digits, if hex.is_some() { 16 } else { 10 }).ok()?;
    match code {
        10 => Some(Some('\n')),
        0..=0x20 | 0xA0 => Some(Some(' ')),
        0x80..=0x9F => Some(WINDOWS_1252.chars().nth(code as usize - 0x80)),
        _ => char::from_u32(code).map(|c| Some(c).filter(|&c| !is_typesetting(c))),
    }
}

fn named(name: &str) -> Option<Option<char>> {
    if NOTHING.contains(&name) {
        return Some(None);
    }
    if BLANK.contains(&name) {
        return Some(Some(' '));
    }
    let mut pairs = NAMED
        .split(' ')
        .filter_map(|pair| pair.char_indices().next_back().map(|(i, c)| (&pair[..i], c)));
    if let Some((_, c)) = pairs.find(|(n, _)| *n == name) {
        return Some(Some(c));
    }
    let position = LATIN1.split(' ').position(|n| n == name)?;
    char::from_u32(0xC0 + u32::try_from(position).ok()?).map(Some)
}
