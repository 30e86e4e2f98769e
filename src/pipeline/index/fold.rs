//! Articles that are the same word for word, where something came or went.
//!
//! They depend on those of the same words alone. Who tells them apart is an editor, or a source that has one text under
//! headlines of several things: where none of a source came, what it was before tells, and no headline is read.

use foldhash::HashSet;

use super::Error;
use super::lists::{Headlines, Wanted};
use super::rows::Brief;
use super::work::Work;
use super::world::aside;
use crate::kernel::filter::Rare;
use crate::kernel::hash::hash;
use crate::pipeline::exact::{may_be_notice, notices};
use crate::stages::decide::bind;

/// Folds what is the same word for word. Gives the articles that stand for these texts.
pub(super) fn fold(work: &mut Work<'_>) -> Result<Vec<u32>, Error> {
    let again = again(work);
    let gone = work.removed.iter().chain(&work.named);
    let upset: HashSet<u64> = gone.map(|&row| work.state.of(row).content).collect();
    let (mut folds, mut whole, mut open) = (Vec::new(), Vec::new(), Vec::new());
    let mut quiet: Vec<&[Text]> = Vec::new();
    for same in again.chunk_by(|x, y| x.content == y.content) {
        if same[0].content == 0 {
            folds.extend(rows(same).map(|row| (row, row)));
        } else if upset.contains(&same[0].content) {
            whole.extend(rows(same));
        } else {
            quiet.push(same);
            let of_one = same.chunk_by(|x, y| x.source == y.source);
            of_one.filter(|of_one| is_open(work, of_one)).for_each(|some| open.extend(rows(some)));
        }
    }
    folds.extend(fold_whole(work, &whole)?);
    let headlines = work.state.headlines(&open)?;
    let mut next = 0;
    for same in quiet {
        fold_quiet(work, (&headlines, &mut next), same, &mut folds);
    }
    for &(row, first) in &folds {
        work.state.now[row as usize].first = first;
    }
    Ok(folds.into_iter().filter(|(row, first)| row == first).map(|(row, _)| row).collect())
}

/// What is looked at of an article to fold it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Text {
    content: u64,
    source: u64,
    identity: u64,
    row: u32,
}

fn rows(texts: &[Text]) -> impl Iterator<Item = u32> + Clone {
    texts.iter().map(|text| text.row)
}

/// The articles of all texts of which one came, went or is decided on: text by text, source by source, and in the order of a
/// corpus.
fn again(work: &Work<'_>) -> Vec<Text> {
    let state = &work.state;
    let concerned = || work.added.iter().chain(&work.removed).chain(&work.named);
    let contents = concerned().map(|&row| state.of(row).content);
    let contents = Rare::new(contents.filter(|content| *content != 0));
    let mut is_concerned = vec![false; state.rows.len()];
    concerned().for_each(|&row| is_concerned[row as usize] = true);
    let all = state.select(|row| {
        let is_one = || is_concerned[row as usize] || contents.has(state.of(row).content);
        state.now(row).is_there() && is_one()
    });
    let text = |row: u32| {
        let &Brief { content, source, identity, .. } = state.of(row);
        Text { content, source, identity, row }
    };
    let mut again: Vec<Text> = all.into_iter().map(text).collect();
    again.sort_unstable();
    again
}

/// Whether headlines can part articles of one source and text.
fn may_be_parted(work: &Work<'_>, of_one: &[Text]) -> bool {
    let article = work.state.of(of_one[0].row);
    may_be_notice(of_one.len(), article.n_words, article.source != hash(b""))
}

/// Whether only their headlines tell how these articles are folded now: one came.
fn is_open(work: &Work<'_>, of_one: &[Text]) -> bool {
    may_be_parted(work, of_one) && rows(of_one).any(|row| !work.state.was(row).is_there())
}

/// Folds articles that an editor may part, or one of which went, as a run over them would.
fn fold_whole(work: &Work<'_>, whole: &[u32]) -> Result<Vec<(u32, u32)>, Error> {
    let corpus = work.texts(whole, Wanted::Headline)?;
    let constraints = bind(&work.params.decisions, |id| corpus.position(id));
    let exact = corpus.fold_exact(&constraints).map_err(aside)?;
    let row = |i: u32| corpus.row(i);
    Ok((0..).zip(exact.first()).map(|(i, first)| (row(i), row(first))).collect())
}

/// Folds the articles of one text that nobody decided on, and of which none went; `next` is the first of the headlines that is
/// of the open ones among them, or after.
fn fold_quiet(
    work: &Work<'_>,
    (headlines, next): (&Headlines, &mut usize),
    same: &[Text],
    folds: &mut Vec<(u32, u32)>,
) {
    let mut fold = |alike: &[u32]| {
        let earliest = alike.iter().copied().min_by_key(|&row| work.state.ages[row as usize]);
        folds.extend(alike.iter().copied().zip(earliest.into_iter().cycle()));
    };
    let mut one_text: Vec<u32> = Vec::new();
    for of_one in same.chunk_by(|x, y| x.source == y.source) {
        let parts = if is_open(work, of_one) {
            let (begin, all) = (*next, rows(of_one).collect::<Vec<u32>>());
            *next += all.len();
            notices(&all, |k| headlines.of(begin + k)).unwrap_or_default()
        } else if may_be_parted(work, of_one) {
            parts_before(work, of_one)
        } else {
            Vec::new()
        };
        match parts.len() {
            0 | 1 => one_text.extend(rows(of_one)),
            _ => parts.iter().for_each(|part| fold(part)),
        }
    }
    fold(&one_text);
}

/// Articles of one source and text as they were folded before: into parts where they are a notice.
fn parts_before(work: &Work<'_>, of_one: &[Text]) -> Vec<Vec<u32>> {
    let first = |row: &u32| work.state.was(*row).first;
    let mut all: Vec<u32> = rows(of_one).collect();
    all.sort_unstable_by_key(first);
    all.chunk_by(|i, j| first(i) == first(j)).map(<[u32]>::to_vec).collect()
}
