//! Files of editors' decisions: CSV or JSON Lines with `decision`, `article_id`, `other_id`, `by` and `reason`, in the
//! order in which they were made.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, anyhow, ensure};

use super::exit::Failure;
use super::groups::Judging;
use super::rows;
use crate::model::{Decision, Refusal, Verdict};
use crate::stages::decide::in_force;

/// The columns by their names, the better ones first.
const COLUMNS: [&[&str]; 5] = [
    &["decision"],
    &["article_id", "article_id_a", "id1"],
    &["other_id", "article_id_b", "id2"],
    &["by", "editor"],
    &["reason"],
];

/// What a file of decisions comes to.
#[derive(Debug, Clone, Default)]
pub(super) struct Decided {
    /// Those in force.
    pub(super) decisions: Vec<Decision>,
    /// All that could be read, as they were made: an index has others beside them.
    pub(super) made: Vec<Decision>,
    /// The records that hold no decision.
    pub(super) unreadable: Vec<Refusal>,
    /// Those that contradict others of the file or make no sense.
    contradictory: Vec<Refusal>,
    file: Arc<str>,
    /// The record of each of those that were made.
    records: Vec<u64>,
}

impl Decided {
    /// The file as it was named.
    pub(super) fn file(&self) -> &Path {
        Path::new(&*self.file)
    }

    /// That one of those that were made is refused, by its position.
    pub(super) fn refusal(&self, position: usize, reason: String) -> Refusal {
        Refusal { file: self.file.clone(), record: self.records[position], reason }
    }
}

impl Judging {
    /// Adds the decisions that could not be taken to the other refusals of a run.
    pub(super) fn refuse(&self, refusals: &mut Vec<Refusal>) {
        if let Some(decided) = &self.decisions {
            refusals.extend(decided.unreadable.iter().chain(&decided.contradictory).cloned());
            refusals.sort();
        }
    }

    /// Refuses decisions where an index is asked, which keeps its own.
    pub(super) fn no_decisions(&self) -> Result<(), Failure> {
        if self.decisions.is_none() {
            return Ok(());
        }
        let hint = "`samestory index decide FILE` gives it decisions";
        Err(Failure::usage(anyhow!("an index has its own decisions")).hint(hint))
    }
}

/// Reads a file of decisions.
pub(super) fn decisions(typed: &str) -> Result<Arc<Decided>> {
    // The whole chain of causes in one message: of several the command line shows the first only.
    let rows = rows::read(Path::new(typed), COLUMNS).map_err(|error| anyhow!("{error:#}"))?;
    if let Some([decision, article, ..]) = rows.header {
        ensure!(decision && article, "{typed}: the columns decision and article_id must be there");
    }
    let mut decided = Decided { file: typed.into(), ..Decided::default() };
    for (record, row) in rows.rows {
        let record = record as u64;
        let [verdict, article, other, by, reason] = row.map(Option::unwrap_or_default);
        match verdict.parse::<Verdict>() {
            Ok(verdict) => {
                decided.records.push(record);
                decided.made.push(Decision { verdict, article, other, by, reason });
            }
            Err(unknown) => {
                let (file, reason) = (decided.file.clone(), unknown.to_string());
                decided.unreadable.push(Refusal { file, record, reason });
            }
        }
    }
    let found = in_force(&decided.made);
    decided.decisions = found.decisions;
    let refused = found.refused.into_iter();
    decided.contradictory = refused.map(|(i, reason)| decided.refusal(i, reason)).collect();
    Ok(Arc::new(decided))
}
