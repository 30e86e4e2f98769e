//! The manifest of a run, as JSON: what made the output, and how it can be recognised.

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::settings::Setting;
use crate::params::Params;
use crate::pipeline::Run;
use crate::report::output::Digest;
use crate::report::{Story, loosest};

/// Loose stories that are named.
const LOOSE: usize = 10;

/// Writes the manifest; only the seconds differ between two runs over the same input.
pub(super) fn write_summary(
    out: &mut dyn Write,
    run: &Run,
    digests: &[Digest],
    inputs: &[PathBuf],
    settings: &[Setting],
    params: &Params,
) -> io::Result<()> {
    let settings: Map<String, Value> = settings
        .iter()
        .map(|s| (s.name.clone(), json!({ "value": s.value, "origin": s.origin })))
        .collect();
    let output = |d: &Digest| json!({ "file": d.target, "bytes": d.bytes, "xxh3": format!("{:016x}", d.xxh3) });
    let stage = |s: &crate::pipeline::StageCount| json!({ "stage": s.stage, "count": s.count, "unit": s.unit, "seconds": (s.seconds * 1e3).round() / 1e3 });
    let loose = |(story, weakest): &(Story<'_>, f32)| json!({ "story_id": story.id(), "articles": story.size(), "weakest_link": (f64::from(*weakest) * 1e4).round() / 1e4 });
    let named = |digest: Option<u64>| digest.map(|digest| format!("{digest:016x}"));
    let boilerplate = named(params.boilerplate.as_ref().map(|learnt| learnt.digest()));
    let terms = named(params.terms.as_ref().map(|learnt| learnt.digest()));
    let manifest = json!({
        "samestory": env!("CARGO_PKG_VERSION"),
        "inputs": inputs.iter().map(|input| input.to_string_lossy()).collect::<Vec<_>>(),
        "settings": settings,
        "artefacts": { "boilerplate": boilerplate, "terms": terms },
        "outputs": digests.iter().map(output).collect::<Vec<_>>(),
        "counts": {
            "articles": run.grouping.articles.len(),
            "duplicate_groups": run.grouping.group_ids.len(),
            "stories": run.grouping.story_ids.len(),
            "matches": run.grouping.matches.len(),
            "refused": run.refusals.len(),
            "repeated": run.counts.repeated,
            "undated": run.counts.undated,
            "without_text": run.counts.without_text,
            "largest_bucket": run.counts.largest_bucket,
        },
        "loosest_stories": loosest(Story::all(&run.grouping), LOOSE).iter().map(loose).collect::<Vec<_>>(),
        "stages": run.stages.iter().map(stage).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &manifest)?;
    writeln!(out)
}
