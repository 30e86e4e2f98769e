//! What is shown on a terminal: lines of a known width, in colour where that is wanted.

mod columns;
mod explain;
mod overview;
mod tree;
mod width;

pub use explain::write_explanation;
pub use overview::write_overview;
pub use tree::write_tree;

use std::borrow::Cow;

use super::shown::shown;
use width::columns;

/// What is written on.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Columns of a line; nothing is wider.
    pub width: usize,
    /// Whether colours are understood.
    pub colour: bool,
}

/// Narrower than this nothing is laid out.
const NARROWEST: usize = 40;

/// From this width on there is room for two columns.
const WIDE: usize = 120;

/// How a text stands out.
#[derive(Debug, Clone, Copy)]
enum Tone {
    Strong,
    Faint,
    Accent,
}

impl Screen {
    fn width(self) -> usize {
        self.width.max(NARROWEST)
    }

    fn is_wide(self) -> bool {
        self.width >= WIDE
    }

    /// A text in a tone; as it is without colours.
    fn paint(self, tone: Tone, text: &str) -> Cow<'_, str> {
        let code = match tone {
            Tone::Strong => "1",
            Tone::Faint => "2",
            Tone::Accent => "31",
        };
        match self.colour {
            true => Cow::Owned(format!("\u{1b}[{code}m{text}\u{1b}[0m")),
            false => Cow::Owned(text.to_owned()),
        }
    }
}

/// A text from outside in exactly so many columns, cut or padded.
fn fit(text: &str, width: usize) -> String {
    let shown = shown(text, 2 * width + 2);
    let wide = |text: &str| text.chars().map(columns).sum::<usize>();
    let (mut out, mut used) = (String::new(), 0);
    // What is short enough in characters may still be too long: some take two columns, or are escaped.
    let room = if wide(&shown) > width { width - 1 } else { width };
    for c in shown.chars() {
        used += columns(c);
        if used > room {
            used -= columns(c);
            out.push('…');
            used += 1;
            break;
        }
        out.push(c);
    }
    out.extend(std::iter::repeat_n(' ', width.saturating_sub(used)));
    out
}

/// Counts as a row of blocks, the largest as high as a line.
fn sparkline(counts: &[usize]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let block = |&count: &usize| match count {
        0 => '·',
        _ => BLOCKS[(count * 8).div_ceil(most) - 1],
    };
    counts.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_their_columns() {
        let width = |text: &str| text.chars().map(columns).sum::<usize>();
        for text in [
            "",
            "Train",
            "Train stops in Varonia",
            "潮浦市の水門が閉じられる",
            "a潮浦市",
            "e\u{301}e\u{301}e\u{301}",
        ] {
            for n in 1..14 {
                assert_eq!(width(&fit(text, n)), n, "{text} in {n}");
            }
        }
        assert_eq!(fit("潮浦市の水門", 12), "潮浦市の水門");
        assert_eq!(fit("潮浦市の水門", 11), "潮浦市の水…");
    }

    #[test]
    fn the_largest_count_is_the_highest_block() {
        assert_eq!(sparkline(&[0, 1, 4, 8]), "·▁▄█");
        assert_eq!(sparkline(&[0]), "·");
    }
}
