//! Files of editors' decisions: CSV or JSON Lines with `decision`, `article_id`, `other_id`, `by` and `reason`, in the
//! order in which they were made.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, ensure};

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
    /// Those that contradict others or make no sense.
    pub(super) refusals: Vec<Refusal>,
}

/// Reads a file of decisions.
pub(super) fn decisions(typed: &str) -> Result<Arc<Decided>> {
    let rows = rows::read(Path::new(typed), COLUMNS)?;
    if let Some([decision, article, ..]) = rows.header {
        ensure!(decision && article, "{typed}: the columns decision and article_id must be there");
    }
    let (mut records, mut decisions, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (record, row) in rows.rows {
        let [verdict, article, other, by, reason] = row.map(Option::unwrap_or_default);
        match verdict.parse::<Verdict>() {
            Ok(verdict) => {
                records.push(record);
                decisions.push(Decision { verdict, article, other, by, reason });
            }
            Err(unknown) => refused.push((record, unknown.to_string())),
        }
    }
    let found = in_force(&decisions);
    refused.extend(found.refused.into_iter().map(|(i, reason)| (records[i], reason)));
    let file: Arc<str> = typed.into();
    let refusal = |(record, reason): (usize, String)| Refusal {
        file: file.clone(),
        record: record as u64,
        reason,
    };
    let refusals = refused.into_iter().map(refusal).collect();
    Ok(Arc::new(Decided { decisions: found.decisions, made: decisions, refusals }))
}
