//! Lines over a knob, as an SVG that needs nothing else.

use std::fmt::Write as _;

use crate::report::printable;

/// What is drawn. Texts are escaped here.
pub(super) struct Plot<'a> {
    pub(super) title: String,
    pub(super) x_label: &'a str,
    /// Where on the x axis, ascending, and how it is written there.
    pub(super) xs: Vec<(f64, String)>,
    /// Names and colours with one height for each of `xs`, 0 to 1.
    pub(super) lines: Vec<(&'a str, &'a str, Vec<f64>)>,
    /// Places on the x axis to mark, with what they are.
    pub(super) marks: Vec<(f64, &'a str)>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 620.0;
const TOP: f64 = 60.0;
const BOTTOM: f64 = 360.0;

/// About how many numbers stand below the x axis.
const TICKS: usize = 8;

impl Plot<'_> {
    /// The picture; its bytes are a function of what is drawn.
    pub(super) fn svg(&self) -> String {
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
             font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n"
        );
        text(&mut out, LEFT, 28.0, "start", &self.title);
        self.axes(&mut out);
        for (number, (x, what)) in self.marks.iter().enumerate() {
            let x = self.x(*x);
            line(&mut out, [x, TOP, x, BOTTOM], "#999", Some("4 3"));
            text(&mut out, x, TOP - 4.0 - 12.0 * number as f64, "middle", what);
        }
        for (number, (name, colour, heights)) in self.lines.iter().enumerate() {
            let at: Vec<String> = self
                .xs
                .iter()
                .zip(heights)
                .map(|((x, _), height)| format!("{:.1},{:.1}", self.x(*x), y(*height)))
                .collect();
            let points = at.join(" ");
            let _ = writeln!(
                out,
                "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>"
            );
            for point in &at {
                let (x, y) = point.split_once(',').expect("a point has two numbers");
                let _ =
                    writeln!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"2.5\" fill=\"{colour}\"/>");
            }
            let legend = TOP + 18.0 * number as f64;
            line(&mut out, [RIGHT + 14.0, legend, RIGHT + 34.0, legend], colour, None);
            text(&mut out, RIGHT + 40.0, legend + 4.0, "start", name);
        }
        out + "</svg>\n"
    }

    fn axes(&self, out: &mut String) {
        for tick in 0..=5 {
            let height = f64::from(tick) / 5.0;
            line(out, [LEFT, y(height), RIGHT, y(height)], "#ddd", None);
            text(out, LEFT - 8.0, y(height) + 4.0, "end", &format!("{height:.1}"));
        }
        line(out, [LEFT, BOTTOM, RIGHT, BOTTOM], "#333", None);
        line(out, [LEFT, TOP, LEFT, BOTTOM], "#333", None);
        for (x, label) in self.xs.iter().step_by(self.xs.len().div_ceil(TICKS).max(1)) {
            text(out, self.x(*x), BOTTOM + 18.0, "middle", label);
        }
        text(out, (LEFT + RIGHT) / 2.0, BOTTOM + 42.0, "middle", self.x_label);
        text(out, 8.0, (TOP + BOTTOM) / 2.0, "start", "score");
    }

    /// Where a value lies; a single one in the middle.
    fn x(&self, value: f64) -> f64 {
        let (Some((first, _)), Some((last, _))) = (self.xs.first(), self.xs.last()) else {
            return LEFT;
        };
        let share = if last > first { (value - first) / (last - first) } else { 0.5 };
        LEFT + share * (RIGHT - LEFT)
    }
}

fn y(height: f64) -> f64 {
    BOTTOM - height * (BOTTOM - TOP)
}

fn line(out: &mut String, [x1, y1, x2, y2]: [f64; 4], colour: &str, dashes: Option<&str>) {
    let dashes = dashes.map_or(String::new(), |dashes| format!(" stroke-dasharray=\"{dashes}\""));
    let _ = writeln!(
        out,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\"{dashes}/>"
    );
}

fn text(out: &mut String, x: f64, y: f64, anchor: &str, text: &str) {
    let text = escaped(text);
    let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>");
}

/// Text as XML has it: no markup of its own, and none of the characters that XML does not know.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in printable(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}
