//! SEAM: stands in for `pipeline::cluster` and `explain` until they are connected.
//!
//! To connect: delete this file and call the real ones in `cluster.rs` and `explain.rs`.
#![allow(missing_docs, unreachable_pub)]

use crate::model::Article;
use crate::params::Params;
use crate::pipeline;
use crate::read::{Notes, Reader};

pub struct Run {
    pub run: pipeline::Run,
    pub notes: Notes,
    /// Articles that have a title only, for the warning when they are more than a fifth.
    pub without_text: u64,
}

/// The outcome of `pipeline::cluster(reader, params)`.
pub fn cluster(reader: Reader, params: &Params) -> Run {
    let (mut run, mut notes, mut without_text) = (pipeline::cluster(params), Notes::default(), 0);
    for parsed in reader.map(crate::read::Chunk::parse) {
        notes.merge(parsed.notes);
        run.refusals.extend(parsed.refusals);
        without_text +=
            parsed.articles.iter().filter(|article| article.text.is_empty()).count() as u64;
        for article in parsed.articles {
            let n = run.grouping.articles.len() as u32;
            run.grouping.order.push(n);
            run.grouping.groups.push(n);
            run.grouping.stories.push(n);
            run.grouping.group_ids.push(n.into());
            run.grouping.story_ids.push(n.into());
            run.grouping.related.push(None);
            run.grouping.best.push(None);
            run.grouping.changes.push("".into());
            run.grouping.group_reasons.push(crate::model::Reason::Alone);
            run.grouping.story_reasons.push(crate::model::Reason::Alone);
            run.grouping.articles.push(entry(article));
        }
    }
    let n = run.grouping.articles.len() as u32;
    run.grouping.groups.push(n);
    run.grouping.stories.push(n);
    Run { run, notes, without_text }
}

fn entry(article: Article) -> crate::model::Entry {
    crate::model::Entry {
        id: article.id.into(),
        title: article.title.into(),
        source: article.source.into(),
        lang: article.lang.into(),
        url: article.url.into(),
        file: article.file,
        kept: article.kept.into(),
        published: article.published,
        seen: article.seen,
        fingerprint: 0,
    }
}

/// Every number that decides about two articles, as text.
pub fn explain(a: &Article, b: &Article, _params: &Params) -> String {
    format!("{} {}\n", a.id, b.id)
}
