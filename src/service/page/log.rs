//! What editors decided, who, when and why, to be undone.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use super::today::titled;
use super::{Frame, clock_of, rendered};
use crate::model::Verdict;
use crate::pipeline::index::Index;
use crate::report::{counted, shown};
use crate::service::api::{DecisionOut, listed};
use crate::service::problem::Problem;
use crate::service::state::App;
use crate::service::tokens::Who;

/// Lines that are shown.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "log.html", config = "src/service/page/askama.toml")]
struct Log {
    frame: Frame,
    count: String,
    lines: Vec<Line>,
}

/// What was decided together, or happened.
pub(super) struct Line {
    pub(super) at: String,
    pub(super) when: String,
    pub(super) what: String,
    /// The number of the decision to undo; 0 for none.
    pub(super) undo: i64,
    pub(super) story: Option<(String, String)>,
}

/// A line for those of some decisions that were made together, in their order.
pub(super) fn lines_of(decisions: &[DecisionOut]) -> Vec<Line> {
    let line = |together: &[DecisionOut]| {
        let first = together.last().expect("there is one");
        let of = |verdict: Verdict| together.iter().filter(|d| d.decision == verdict).count();
        let (linked, parted) = (of(Verdict::MustLink), of(Verdict::CannotLink));
        let what = match first.decision {
            Verdict::Undo => "undid an earlier decision".to_owned(),
            Verdict::Lock => "locked the story".to_owned(),
            Verdict::Representative => "chose what stands for it".to_owned(),
            _ if parted == 0 => format!(
                "said that {} one story",
                counted(linked + 1, "article tells", "articles tell")
            ),
            _ if linked == 0 => format!("parted {}", counted(parted, "pair", "pairs")),
            _ => "split or moved articles".to_owned(),
        };
        let why = if first.reason.is_empty() {
            String::new()
        } else {
            format!(": {}", shown(&first.reason, 300))
        };
        let undone = if together.iter().any(|d| d.in_force) { "" } else { " (no longer in force)" };
        let by = if first.by.is_empty() { "somebody" } else { &first.by };
        let stands = together.iter().any(|d| d.stands);
        let undone = if first.decision == Verdict::Undo { "" } else { undone };
        Line {
            when: clock_of(&first.at),
            what: format!("{} {what}{why}{undone}", shown(by, 60)),
            at: first.at.clone(),
            undo: if stands { first.first } else { 0 },
            story: None,
        }
    };
    decisions.chunk_by(|x, y| x.first == y.first).map(line).collect()
}

pub(super) async fn page(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
) -> Result<Response, Problem> {
    let look = move |_: &App, index: &Index| {
        let mut made = index.decided()?;
        made.reverse();
        let counts: Vec<usize> = made.chunk_by(|x, y| x.first == y.first).map(<[_]>::len).collect();
        made.truncate(counts.iter().take(SHOWN).sum());
        let decisions = listed(index, made)?;
        let mut lines = lines_of(&decisions);
        let firsts =
            decisions.chunk_by(|x, y| x.first == y.first).filter_map(|together| together.last());
        for (line, first) in lines.iter_mut().zip(firsts) {
            line.story =
                index.placed(&first.article_id)?.map(|(a, s)| (s.id, titled(&a.entry.title)));
        }
        let count = counted(counts.len(), "decision", "decisions");
        Ok(Log { frame: Frame::new("log", &who), count, lines })
    };
    rendered(&app.look(look).await?)
}
