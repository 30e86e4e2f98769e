//! Plain text: a file with one article, its title on the first line that is content.

use super::chunk::{Parsed, Piece};
use super::draft::{Columns, Draft};
use super::encoding;
use super::fields::Field;
use crate::model::Article;
use crate::stages::clean::{boilerplate, boundary};

/// A longer first line is a paragraph, not a title.
const LONGEST_TITLE: usize = 300;

/// A longer block of lines is no menu, in bytes: every line may begin one, so that none is looked for further on.
const LONGEST_MENU: usize = 4096;

/// Parses the file of a piece.
pub(super) fn parse(piece: &Piece, columns: &mut Columns, parsed: &mut Parsed) {
    for (record, bytes) in piece.records() {
        let content = encoding::decode(bytes, None);
        let (title, text) = split_title(&content);
        let values = [(Field::Title, title.to_owned()), (Field::Text, text.to_owned())];
        piece.place(record, article(values, piece.path(), columns), parsed);
    }
}

/// The article of a one-article file, from the values of its fields.
pub(super) fn article<const N: usize>(
    values: [(Field, String); N],
    path: Option<&str>,
    columns: &mut Columns,
) -> Result<Option<Article>, String> {
    let mut draft = Draft::new(columns.options());
    for (field, value) in values {
        let number = columns.own(field);
        draft.put(columns, number, value.into());
    }
    draft.finish(columns, path)
}

/// The title, and what follows it; a title that is repeated counts once.
pub(super) fn split_title(content: &str) -> (&str, &str) {
    let mut rest = skip_noise(content);
    let (title, after) = first_line(rest);
    if title.chars().nth(LONGEST_TITLE).is_some() {
        return ("", rest.trim());
    }
    rest = after;
    loop {
        let (line, after) = first_line(rest.trim_start());
        if line.is_empty() || fold(line) != fold(title) {
            return (title, rest.trim());
        }
        rest = after;
    }
}

fn first_line(text: &str) -> (&str, &str) {
    let (line, rest) = text.split_once(['\n', '\r']).unwrap_or((text, ""));
    (line.trim(), rest)
}

/// The text from its first line of content on.
fn skip_noise(content: &str) -> &str {
    let mut rest = content.trim_start();
    // Where one comment has no end, none behind it has.
    let mut may_close = true;
    while !rest.is_empty() {
        if may_close && rest.starts_with("<!--") {
            match rest.split_once("-->") {
                Some((_, after)) => rest = after.trim_start(),
                None => may_close = false,
            }
            continue;
        }
        let (line, after) = first_line(rest);
        if !is_noise(line) {
            break;
        }
        rest = after_menu(rest).unwrap_or(after).trim_start();
    }
    rest
}

/// What follows the block of lines that a text begins with, if the block is a menu: two lines of navigation, then a
/// few words a line.
fn after_menu(text: &str) -> Option<&str> {
    let head = &text[..boundary(text, LONGEST_MENU)];
    if !head.lines().take(2).all(is_around) {
        return None;
    }
    let end = head.find("\n\n").or_else(|| head.find("\r\n\r\n"))?;
    let (block, after) = text.split_at(end);
    let short =
        |line: &str| line.split_whitespace().count() <= 3 && !line.trim_end().ends_with('.');
    (block.lines().all(short) && block.lines().count() > 2).then_some(after)
}

fn is_noise(line: &str) -> bool {
    let is_comment =
        line.starts_with("//") || line.starts_with("<!--") || line == "#" || line.starts_with("# ");
    let is_counter = line.chars().all(|c| c.is_numeric() || c.is_whitespace());
    is_comment || is_counter || is_around(line)
}

/// Whether a line belongs to the site around an article.
fn is_around(line: &str) -> bool {
    boilerplate(line).is_some()
}

/// A line without its quotes, case and spaces, which differ where a title is repeated.
fn fold(line: &str) -> String {
    let is_kept = |c: &char| {
        !c.is_whitespace() && !matches!(c, '\'' | '"' | '`' | '´' | '‘'..='‟' | '«' | '»')
    };
    line.chars().filter(is_kept).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_is_the_first_line_of_content() {
        for (content, title, text) in [
            ("Ship sinks\n\nAll are safe.\n", "Ship sinks", "All are safe."),
            (
                "// reload\n\nType to search\n\n0 113\nShip’s end\n\nSHIP'S  END\n\nAll.\n",
                "Ship’s end",
                "All.",
            ),
            (
                "<!-- a\nb -->\n# note\nMENU:\r\nShip sinks\r\nAll\r\n\r\nsafe.",
                "Ship sinks",
                "All\r\n\r\nsafe.",
            ),
            ("Home\nNews\nWorld\nSport\n\nShip sinks\n\nAll.", "Ship sinks", "All."),
            ("Search for:\n\nShip sinks\nAll.", "Ship sinks", "All."),
            ("#MeToo is back\n12 die", "#MeToo is back", "12 die"),
            ("<!-- never closed\nShip sinks", "Ship sinks", ""),
            ("Home\n12 34\n", "", ""),
            ("", "", ""),
        ] {
            assert_eq!(split_title(content), (title, text), "{content}");
        }
        let paragraph = "word ".repeat(100);
        assert_eq!(split_title(&paragraph), ("", paragraph.trim()));
    }

    /// Were each line of noise looked for in all of the text, this would take minutes.
    #[test]
    fn noise_before_a_long_text_costs_what_the_noise_is_long() {
        let text = "word ".repeat(1 << 23);
        for line in ["7\n", "<!-- a\n", "<!-- a -->", "Home\n"] {
            let content = line.repeat(1 << 12) + &text;
            assert_eq!(split_title(&content), ("", text.trim()), "{line}");
        }
    }
}
