//! Two texts side by side, with a mark at each line: in both, in part, or not.

use std::io::{self, Write};

use super::width::columns;
use super::{Screen, Tone, fit};
use crate::model::explain::Piece;

/// Lines that are shown.
const LINES: usize = 40;

/// A line of one text.
#[derive(Default)]
struct Line {
    /// As it is painted.
    text: String,
    /// Columns that it takes.
    used: usize,
    /// Its words that the other text has too, and all.
    words: [usize; 2],
}

impl Line {
    fn mark(&self) -> char {
        match self.words {
            [0, _] => ' ',
            [shared, all] if shared == all => '=',
            _ => '~',
        }
    }
}

/// Writes both texts.
///
/// # Errors
/// Only those of `out`.
pub(super) fn side_by_side(
    out: &mut dyn Write,
    pieces: &[Vec<Piece>; 2],
    screen: Screen,
) -> io::Result<()> {
    let width = screen.width() / 2 - 4;
    let [left, right] = [0, 1].map(|side| lines(&pieces[side], width, screen));
    let empty = Line::default();
    for n in 0..left.len().max(right.len()).min(LINES) {
        let (a, b) = (left.get(n).unwrap_or(&empty), right.get(n).unwrap_or(&empty));
        let gap = " ".repeat(width - a.used);
        let line = format!("{}  {}{gap}  {}  {}", a.mark(), a.text, b.mark(), b.text);
        writeln!(out, "{}", line.trim_end())?;
    }
    let more = [left.len(), right.len()].map(|n| n.saturating_sub(LINES));
    if more != [0, 0] {
        let said = format!("{} more lines of A, {} of B", more[0], more[1]);
        writeln!(out, "{}", screen.paint(Tone::Faint, &said))?;
    }
    Ok(())
}

/// A text in lines of so many columns; what both have is faint, what differs stands out.
fn lines(pieces: &[Piece], width: usize, screen: Screen) -> Vec<Line> {
    let mut lines = vec![Line::default()];
    for piece in pieces {
        for word in piece.text.split_whitespace() {
            let length: usize = word.chars().take(width + 1).map(columns).sum();
            let word = fit(word, length.min(width));
            let length: usize = word.chars().map(columns).sum();
            let last = lines.last_mut().expect("there is always a line");
            let space = usize::from(last.used > 0);
            if last.used + space + length > width {
                lines.push(Line::default());
                if lines.len() > 100 * LINES {
                    return lines;
                }
            }
            let line = lines.last_mut().expect("there is always a line");
            let space = usize::from(line.used > 0);
            line.text.push_str(&" ".repeat(space));
            let tone = if piece.shared { Tone::Faint } else { Tone::Accent };
            line.text.push_str(&screen.paint(tone, &word));
            line.used += space + length;
            line.words[0] += usize::from(piece.shared);
            line.words[1] += 1;
        }
    }
    lines
}
