//! What changes an index: batches in one transaction.

use rusqlite::{Connection, params};

use super::tables::{Member, Named, Stored, Story};
use super::{Error, Store, crash};
use crate::model::{Change, Decision};

/// What a run did.
#[derive(Debug, Clone, Default)]
pub struct RunLine {
    /// When it began.
    pub at: String,
    /// What was asked for.
    pub command: &'static str,
    /// What came of it.
    pub counts: RunCounts,
}

/// What a run counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunCounts {
    /// Articles read.
    pub read: i64,
    /// Articles added.
    pub added: i64,
    /// Of these: new versions of older ones.
    pub replaced: i64,
    /// Articles removed.
    pub removed: i64,
    /// Articles that came once more.
    pub repeated: i64,
    /// Records refused.
    pub refused: i64,
}

/// All that one run changes.
#[derive(Debug, Default)]
pub struct Batch {
    /// New segments.
    pub segments: Vec<Named>,
    /// The numbers of segments that no longer count.
    pub replaced_segments: Vec<u32>,
    /// New articles.
    pub articles: Vec<Stored>,
    /// Texts of new articles as delivered, packed, by row.
    pub texts: Vec<(u32, Vec<u8>)>,
    /// Texts of articles published, or else seen, before this second are let go; it is spelled without the Z at its end.
    pub texts_before: Option<String>,
    /// Decisions that editors made, and when.
    pub decisions: Vec<Decision>,
    /// Rows of articles that are no more.
    pub removed: Vec<u32>,
    /// The ids of articles of which nothing is to be left: what editors decided about them holds no longer.
    pub forgotten: Vec<String>,
    /// Articles that belong elsewhere now.
    pub members: Vec<Member>,
    /// New and changed stories.
    pub stories: Vec<Story>,
    /// Stories that are no more, with the one that their name leads to now.
    pub gone: Vec<(Story, Option<u32>)>,
    /// What happened to stories.
    pub log: Vec<Change>,
    /// What the run did.
    pub run: RunLine,
}

impl Store {
    /// Begins a change: what is written from now on counts when it is committed, all of it or nothing.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn begin(&self) -> Result<(), Error> {
        self.db.execute_batch("BEGIN IMMEDIATE").map_err(self.sql())
    }

    /// Writes a batch, for which a change was begun. Its segments must be on the disk.
    ///
    /// # Errors
    /// The database cannot be written; the change is to be undone.
    pub fn write(&self, batch: &Batch) -> Result<(), Error> {
        crash::point("written");
        self.sync()?;
        crash::point("synced");
        write(&self.db, batch).map_err(self.sql())
    }

    /// Makes a change count.
    ///
    /// # Errors
    /// The database cannot be written; the change is to be undone.
    pub fn commit(&self) -> Result<(), Error> {
        crash::point("transaction");
        self.db.execute_batch("COMMIT").map_err(self.sql())?;
        crash::point("committed");
        self.note_runs();
        self.bound_log();
        Ok(())
    }

    /// Undoes a change that was begun; the index is then as it was.
    pub fn undo(&self) {
        // The database undoes a change by itself when it is closed, or where it cannot go on.
        if !self.db.is_autocommit() {
            let _ = self.db.execute_batch("ROLLBACK");
        }
    }
}

fn write(db: &Connection, batch: &Batch) -> rusqlite::Result<()> {
    write_rows(db, batch)?;
    write_texts_and_decisions(db, batch)?;
    write_stories(db, batch)?;
    let RunLine { at, command, counts } = &batch.run;
    let RunCounts { read, added, replaced, removed, repeated, refused } = counts;
    db.prepare_cached("INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?.execute(
        params![
            at,
            command,
            env!("CARGO_PKG_VERSION"),
            read,
            added,
            replaced,
            removed,
            repeated,
            refused
        ],
    )?;
    let run = db.last_insert_rowid();
    let mut log = db.prepare_cached("INSERT INTO log VALUES (NULL, ?, ?, ?, ?, ?, ?)")?;
    for line in &batch.log {
        log.execute(params![
            run,
            line.story_id,
            line.change,
            line.from,
            line.articles_added,
            line.reason
        ])?;
    }
    Ok(())
}

fn write_rows(db: &Connection, batch: &Batch) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached("INSERT INTO segments VALUES (?, ?, ?, ?, ?)")?;
    for s in &batch.segments {
        insert.execute(params![s.number, s.kind, s.first_row, s.rows, s.bytes])?;
    }
    let mut delete = db.prepare_cached("DELETE FROM segments WHERE number = ?")?;
    batch.replaced_segments.iter().try_for_each(|number| delete.execute([number]).map(drop))?;
    let mut insert =
        db.prepare_cached("INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    for Stored { row, entry } in &batch.articles {
        let time = |time: Option<jiff::Timestamp>| time.map(|time| time.to_string());
        let kept = (!entry.kept.is_empty())
            .then(|| serde_json::to_string(&entry.kept).expect("strings can be written"));
        insert.execute(params![
            row,
            entry.id,
            entry.title,
            entry.source,
            entry.lang,
            entry.url,
            &*entry.file,
            kept,
            time(entry.published()),
            time(entry.seen()),
            entry.fingerprint as i64
        ])?;
    }
    let mut article = db.prepare_cached("DELETE FROM articles WHERE row = ?")?;
    let mut member = db.prepare_cached("DELETE FROM members WHERE row = ?")?;
    for row in &batch.removed {
        article.execute([row])?;
        member.execute([row])?;
    }
    let mut place = db.prepare_cached("INSERT OR REPLACE INTO members VALUES (?, ?, ?, ?)")?;
    batch
        .members
        .iter()
        .try_for_each(|m| place.execute([m.row, m.story, m.group, m.first]).map(drop))
}

fn write_texts_and_decisions(db: &Connection, batch: &Batch) -> rusqlite::Result<()> {
    let mut text = db.prepare_cached("DELETE FROM texts WHERE row = ?")?;
    batch.removed.iter().try_for_each(|row| text.execute([row]).map(drop))?;
    let mut text = db.prepare_cached("INSERT INTO texts VALUES (?, ?)")?;
    batch
        .texts
        .iter()
        .try_for_each(|(row, packed)| text.execute(params![row, packed]).map(drop))?;
    if let Some(before) = &batch.texts_before {
        let old = "SELECT row FROM articles WHERE IFNULL(published, seen) < ?";
        db.execute(&format!("DELETE FROM texts WHERE row IN ({old})"), [before])?;
    }
    let mut decide = db.prepare_cached("INSERT INTO decisions VALUES (NULL, ?, ?, ?, ?, ?, ?)")?;
    for d in &batch.decisions {
        let verdict = d.verdict.as_str();
        decide.execute(params![batch.run.at, verdict, d.article, d.other, d.by, d.reason])?;
    }
    // Who decided what and when stays in the log. Without the article it is about a decision cannot hold, and what undid one about two
    // articles undoes nothing that was decided about the other alone.
    let mut forget = db.prepare_cached(
        "UPDATE decisions SET article_id = IIF(article_id = ?1 OR decision = 'undo', '', article_id), \
         other_id = IIF(other_id = ?1, '', other_id), reason = '' WHERE ?1 IN (article_id, other_id)",
    )?;
    let mut named = batch.forgotten.iter().filter(|id| !id.is_empty());
    named.try_for_each(|id| forget.execute([id]).map(drop))
}

fn write_stories(db: &Connection, batch: &Batch) -> rusqlite::Result<()> {
    // A story keeps its name, so that the index of names is not written again.
    let mut put = db.prepare_cached(
        "INSERT INTO stories VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (story) DO UPDATE SET \
         representative = excluded.representative, size = excluded.size, \
         duplicate_groups = excluded.duplicate_groups, first = excluded.first, last = excluded.last",
    )?;
    for s in &batch.stories {
        put.execute(params![s.story, s.id, s.representative, s.size, s.groups, s.first, s.last])?;
    }
    let mut delete = db.prepare_cached("DELETE FROM stories WHERE story = ?")?;
    let mut follow = db.prepare_cached("UPDATE redirects SET story = ? WHERE story = ?")?;
    let mut forget = db.prepare_cached("DELETE FROM redirects WHERE story = ?")?;
    let mut redirect = db.prepare_cached("INSERT OR REPLACE INTO redirects VALUES (?, ?)")?;
    for (story, into) in &batch.gone {
        delete.execute([story.story])?;
        match into {
            Some(into) => {
                follow.execute([into, &story.story])?;
                redirect.execute(params![story.id, into])?;
            }
            None => forget.execute([story.story]).map(drop)?,
        }
    }
    Ok(())
}
