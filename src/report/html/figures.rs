//! The pictures of the page, laid out here and drawn by the template.

use crate::report::flows::Flow;
use crate::report::overview::{BARS, Hours, Overview};
use crate::report::shown::{lag, shown, thousands};

/// All pictures are so wide and scale with the column that they stand in.
const WIDTH: f64 = 340.0;

/// One picture.
pub(super) enum Figure {
    /// Rows of bars, each with a name and a number.
    Rows(Rows),
    /// Columns over an axis.
    Columns(Bars),
}

/// See [`Figure::Rows`].
pub(super) struct Rows {
    pub(super) title: &'static str,
    pub(super) height: f64,
    pub(super) rows: Vec<Row>,
    pub(super) caption: String,
}

pub(super) struct Row {
    pub(super) name: String,
    pub(super) number: String,
    /// The middle of the row.
    pub(super) y: f64,
    pub(super) width: f64,
    /// Where the number stands.
    pub(super) end: f64,
}

/// See [`Figure::Columns`].
pub(super) struct Bars {
    pub(super) title: String,
    pub(super) bars: Vec<Bar>,
    pub(super) ticks: Vec<Tick>,
    /// Where a threshold lies, with what it is.
    pub(super) mark: Option<Tick>,
    pub(super) most: String,
    pub(super) caption: String,
}

pub(super) struct Bar {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// It is the part that stands out.
    pub(super) strong: bool,
}

pub(super) struct Tick {
    pub(super) x: f64,
    pub(super) anchor: &'static str,
    pub(super) name: String,
}

/// Height of the columns.
const TALL: f64 = 110.0;
/// Where they stand.
const FLOOR: f64 = 130.0;
/// Height of a row.
const ROW: f64 = 24.0;

/// The pictures of a report, those that have something to show.
pub(super) fn all(overview: &Overview<'_>) -> Vec<Figure> {
    let mut figures = vec![Figure::Rows(sizes(overview))];
    figures.extend(overview.hours().map(|hours| Figure::Columns(over_time(&hours))));
    let [copies, reports] = overview.similarities();
    let thresholds = overview.material.thresholds;
    let likenesses = [
        (
            "Copies by resemblance",
            copies,
            thresholds.resemblance,
            "Of all matches that are not word for word. Left of the line: cut or padded copies, which match by containment.",
        ),
        (
            "Reports by similarity",
            reports,
            thresholds.similarity,
            "Cosine of weighted terms times closeness in time. The darker part of a column was grouped; the rest stands between two stories.",
        ),
    ];
    for (title, counts, threshold, caption) in likenesses {
        if counts[0].iter().any(|&count| count > 0) {
            figures.push(Figure::Columns(likeness(title, &counts, threshold, caption)));
        }
    }
    figures
}

fn sizes(overview: &Overview<'_>) -> Rows {
    let sizes = overview.sizes();
    let most = sizes.iter().map(|size| size.1).max().unwrap_or(0).max(1);
    const LEFT: f64 = 64.0;
    let row = |(i, (name, count)): (usize, &(&str, usize))| {
        let width = round((WIDTH - LEFT - 48.0) * *count as f64 / most as f64);
        let y = ROW * i as f64 + ROW / 2.0;
        Row {
            name: (*name).to_owned(),
            number: thousands(*count as u64),
            y,
            width,
            end: round(LEFT + width + 6.0),
        }
    };
    Rows {
        title: "Stories by size",
        height: ROW * sizes.len() as f64,
        rows: sizes.iter().enumerate().map(row).collect(),
        caption: "Articles a story, copies included.".to_owned(),
    }
}

fn over_time(hours: &Hours) -> Bars {
    let title = match hours.step {
        1 => "Articles by hour".to_owned(),
        24 => "Articles by day".to_owned(),
        168 => "Articles by week".to_owned(),
        step if step % 24 == 0 => format!("Articles by {} days", step / 24),
        step => format!("Articles by {step} hours"),
    };
    let name = |step: usize| {
        let seconds = hours.start + step as i64 * hours.step * 3600;
        let format = if hours.step < 24 { "%-d %b %H:%M" } else { "%-d %b %Y" };
        jiff::Timestamp::from_second(seconds)
            .map_or(String::new(), |t| t.strftime(format).to_string())
    };
    let last = hours.counts.len() - 1;
    let mut ticks = vec![Tick { x: 0.0, anchor: "start", name: name(0) }];
    if last > 0 {
        ticks.push(Tick { x: WIDTH, anchor: "end", name: name(last) });
    }
    Bars {
        title,
        bars: bars(&hours.counts, &hours.counts),
        ticks,
        mark: None,
        most: most(&hours.counts),
        caption: "By when they were published, UTC.".to_owned(),
    }
}

fn likeness(
    title: &str,
    [all, inside]: &[[usize; BARS]; 2],
    threshold: f64,
    caption: &str,
) -> Bars {
    let at = |share: f64| round(share * WIDTH);
    let tick = |tenths: u32| {
        let share = f64::from(tenths) / 10.0;
        let anchor = if tenths == 0 {
            "start"
        } else if tenths == 10 {
            "end"
        } else {
            "middle"
        };
        Tick { x: at(share), anchor, name: format!("{share}") }
    };
    let anchor = if threshold > 0.7 { "end" } else { "start" };
    Bars {
        title: title.to_owned(),
        bars: bars(all, inside),
        ticks: [0, 2, 4, 6, 8, 10].map(tick).into(),
        mark: Some(Tick { x: at(threshold), anchor, name: format!("from {threshold}") }),
        most: most(all),
        caption: caption.to_owned(),
    }
}

/// Columns of all, and in front of them those of the part that stands out.
fn bars(all: &[usize], strong: &[usize]) -> Vec<Bar> {
    let most = all.iter().copied().max().unwrap_or(0).max(1) as f64;
    let step = WIDTH / all.len() as f64;
    let bar = |i: usize, count: usize, strong: bool| {
        let height = round((TALL * count as f64 / most).max(1.5));
        let gap = if step > 4.0 { 1.0 } else { 0.0 };
        let width = round((step - gap).min(24.0));
        Bar { x: round(step * i as f64), y: round(FLOOR - height), width, height, strong }
    };
    let columns = all.iter().zip(strong).enumerate();
    let both = columns.flat_map(|(i, (&all, &strong))| {
        let rest = (all > strong).then(|| bar(i, all, false));
        rest.into_iter().chain((strong > 0).then(|| bar(i, strong, true)))
    });
    both.collect()
}

fn most(counts: &[usize]) -> String {
    thousands(counts.iter().copied().max().unwrap_or(0) as u64)
}

/// Coordinates have one decimal.
pub(super) fn round(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

/// Who copies whom.
pub(super) struct Flows {
    pub(super) height: f64,
    pub(super) rows: Vec<FlowRow>,
    /// Pairs of outlets that are not drawn.
    pub(super) more: usize,
}

pub(super) struct FlowRow {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) copies: String,
    pub(super) lag: String,
    pub(super) y: f64,
    pub(super) width: f64,
}

impl Flows {
    /// The pairs of outlets with the most copies.
    pub(super) fn new(flows: &[Flow<'_>]) -> Self {
        const ROWS: usize = 10;
        const TALL: f64 = 40.0;
        let most = flows.first().map_or(1, |flow| flow.copies) as f64;
        let row = |(i, flow): (usize, &Flow<'_>)| FlowRow {
            from: shown(flow.from, 22),
            to: shown(flow.to, 22),
            copies: thousands(flow.copies as u64),
            lag: lag(flow.lag),
            y: TALL * i as f64,
            width: round((WIDTH * flow.copies as f64 / most).max(2.0)),
        };
        let rows: Vec<FlowRow> = flows.iter().take(ROWS).enumerate().map(row).collect();
        Self { height: TALL * rows.len() as f64, more: flows.len() - rows.len(), rows }
    }
}
