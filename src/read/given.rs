//! Articles that a program has at hand, held to what is asked of records.

use super::Parsed;
use super::identity::identity;
use crate::model::{Article, Refusal};

/// Why what says nothing is refused.
pub(super) const EMPTY: &str = "neither text nor title";

/// Articles as if they had been read: one without an id goes by its address or its content, and one with neither text nor title is
/// refused. Those that have no record are numbered from 1.
pub(crate) fn given(articles: Vec<Article>) -> Parsed {
    let mut parsed = Parsed::default();
    for (mut article, number) in articles.into_iter().zip(1..) {
        if article.record == 0 {
            article.record = number;
        }
        if article.title.trim().is_empty() && article.text.trim().is_empty() {
            let reason = EMPTY.to_owned();
            parsed.refusals.push(Refusal { file: article.file, record: article.record, reason });
            continue;
        }
        let id = std::mem::take(&mut article.id);
        article.id = identity(id, &article.url, None, &article.title, &article.text);
        parsed.articles.push(article);
    }
    parsed
}
