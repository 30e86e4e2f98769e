//! What is said about a run: how the input was understood, what came out, and what deserves a look.

use super::tell::{Tell, counted, thousands};
use crate::pipeline::{Counts, Run};
use crate::read::{self, Notes};
use crate::report::{Story, loosest};

/// Loose stories that are named.
const LOOSE: usize = 3;

/// How the input was understood.
pub(super) fn say_notes(
    notes: &Notes,
    asked: &read::Options,
    &Counts { read, added, without_text, .. }: &Counts,
    tell: &Tell,
) {
    if !notes.aliases.is_empty() {
        let taken = notes.aliases.iter().map(|(column, field)| format!("{column} as {field}"));
        tell.note(&format!("note: columns taken: {}", taken.collect::<Vec<_>>().join(", ")));
    }
    if notes.unreadable_dates > 0 {
        let dates = thousands(notes.unreadable_dates);
        tell.note(&format!("note: unreadable dates: {dates}; these articles count as undated"));
    }
    if notes.unread_texts > 0 {
        let texts = thousands(notes.unread_texts);
        tell.note(&format!(
            "warning: texts and titles of an unknown shape: {texts}; they are not read"
        ));
    }
    if without_text * 5 > added {
        let without = thousands(without_text);
        let cure = "--field text=COLUMN names the column of the text";
        tell.note(&format!(
            "warning: {without} of {} articles without a text; {cure}",
            thousands(added)
        ));
    }
    if read > 0 {
        say_absent(notes, asked, tell);
    }
}

/// Columns that the user named and that no record has, which is often a slip of the finger.
fn say_absent(notes: &Notes, asked: &read::Options, tell: &Tell) {
    let fields = asked.fields.iter().map(|(field, name)| (format!("--field {field}={name}"), name));
    let id = asked.id.iter().map(|name| (format!("--id {name}"), name));
    let keep = asked.keep.iter().map(|name| (format!("--keep {name}"), name));
    for (typed, _) in fields.chain(id).chain(keep).filter(|(_, name)| !notes.met.contains(name)) {
        tell.note(&format!("warning: {typed}: no record has this column"));
    }
}

/// Editors' links that do not hold.
pub(super) fn say_unmet(unmet: u64, tell: &Tell) {
    if unmet > 0 {
        let why = "copies tie them to what is to be apart";
        tell.note(&format!("warning: must-links that cannot hold: {}; {why}", thousands(unmet)));
    }
}

/// What came out.
pub(super) fn say_outcome(run: &Run, tell: &Tell) {
    say_unmet(run.counts.unmet, tell);
    tell.stages(&run.stages);
    say_remarks(run, tell);
    let counts = [
        counted(run.grouping.articles.len(), "article", "articles"),
        counted(run.grouping.story_ids.len(), "story", "stories"),
        counted(run.grouping.group_ids.len(), "near-duplicate group", "near-duplicate groups"),
        counted(run.refusals.len(), "refused", "refused"),
    ];
    tell.note(&counts.join(", "));
}

/// What deserves a look: articles of no date, a crowded bucket, stories that hold together by little.
fn say_remarks(run: &Run, tell: &Tell) {
    let counts = &run.counts;
    let remarks = [
        ("undated", counts.undated),
        ("given once more", counts.repeated),
        ("in the largest bucket", counts.largest_bucket),
    ];
    let remarks = remarks.iter().filter(|(_, count)| *count > 0);
    let remarks: Vec<_> =
        remarks.map(|(what, count)| format!("{} {what}", thousands(*count))).collect();
    if !remarks.is_empty() {
        tell.detail(&format!("articles: {}", remarks.join(", ")));
    }
    for (story, weakest) in loosest(Story::all(&run.grouping), LOOSE) {
        let size = counted(story.size(), "article", "articles");
        let (id, title) = (story.id(), story.lead().title.chars().take(60).collect::<String>());
        tell.detail(&format!("loosest: {id}, {size}, weakest link {weakest:.4}: {title}"));
    }
}
