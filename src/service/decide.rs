//! What editors wish for, as decisions on articles.

use foldhash::HashSet;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Problem;
use super::review;
use super::state::App;
use super::version::version;
use super::writer;
use crate::model::{Decision, Verdict};
use crate::pipeline::index::{Author, Index, Told};

/// A wish with its author and what the author saw.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) action: Action,
    pub(super) by: String,
    pub(super) reason: String,
    /// The versions of the stories that the author looked at; those not named are not asked about.
    pub(super) versions: Vec<(String, String)>,
}

/// What is wished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Action {
    /// The stories tell one story.
    Merge {
        /// Two or more stories.
        stories: Vec<String>,
    },
    /// Some articles of a story tell another one together.
    Split {
        /// The story.
        story: String,
        /// Those that leave it, not all of it.
        articles: Vec<String>,
    },
    /// An article belongs to another story.
    Move {
        /// The article.
        article: String,
        /// The story that it belongs to.
        story: String,
    },
    /// Two articles tell one story.
    MustLink {
        /// The one.
        article: String,
        /// The other.
        other: String,
    },
    /// Two articles are in no story together.
    CannotLink {
        /// The one.
        article: String,
        /// The other.
        other: String,
    },
    /// The article stands for its group and its story.
    Representative {
        /// The article.
        article: String,
    },
    /// No other report joins the story; copies of what is in it do.
    Lock {
        /// The story.
        story: String,
    },
    /// A locked story is open again.
    Unlock {
        /// The story.
        story: String,
    },
    /// What was decided together no longer holds.
    Undo {
        /// The number of one of the decisions; those made together with it are undone with it.
        number: i64,
    },
}

/// What came of a wish.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Outcome {
    /// The number of the first decision that it took: what `undo` asks for.
    pub(super) number: i64,
    /// How many decisions it took.
    pub(super) decisions: usize,
    /// The stories that it concerns as they are now, the first that of the first article named.
    pub(super) stories: Vec<String>,
}

/// Most articles that one wish can name, so that it stays a matter of some hundred decisions.
const MOST: usize = 200;

/// Makes decisions of a wish, and stories of the decisions.
pub(super) fn apply(app: &App, index: &mut Index, wish: &Wish) -> Result<Outcome, Problem> {
    for (story, seen) in &wish.versions {
        let told = app.find(index, story)?;
        let now = version(index, &told)?;
        if now != *seen || told.story.id != *story {
            let what = format!("story {story} was changed by somebody else since you looked at it");
            return Err(Problem::stale(what));
        }
    }
    let decisions = decisions(app, index, wish)?;
    let before = index.log_end()?;
    if let Some(reason) = index.contradiction(&decisions)? {
        return Err(Problem::conflict(reason));
    }
    let (night, _) = index.decide(&decisions, Timestamp::now())?;
    review::take_up(app, &night.grouping);
    app.metrics.decisions.inc();
    writer::tell(app, index, before, 0);
    let mut stories: Vec<String> = Vec::new();
    for id in decisions.iter().flat_map(|d| [&d.article, &d.other]) {
        if let Some((_, story)) = index.placed(id)?.filter(|(_, s)| !stories.contains(&s.id)) {
            stories.push(story.id);
        }
    }
    let number = index.decided_before(i64::MAX, 1)?.first().map_or(0, |last| last.first);
    Ok(Outcome { number, decisions: decisions.len(), stories })
}

/// The decisions that a wish takes.
fn decisions(app: &App, index: &Index, wish: &Wish) -> Result<Vec<Decision>, Problem> {
    let author = Author { by: &wish.by, reason: &wish.reason };
    let decision = |(verdict, article, other)| Decision {
        verdict,
        article,
        other,
        by: wish.by.clone(),
        reason: wish.reason.clone(),
    };
    Ok(match &wish.action {
        Action::Undo { number } => undo(index, *number, author)?,
        Action::Unlock { story } => unlock(index, &app.find(index, story)?, author)?,
        action => verdicts(app, index, action)?.into_iter().map(decision).collect(),
    })
}

type Verdicts = Vec<(Verdict, String, String)>;

fn verdicts(app: &App, index: &Index, action: &Action) -> Result<Verdicts, Problem> {
    use Verdict::{CannotLink, Lock, MustLink, Representative};
    let alone = |verdict, id: String| vec![(verdict, id, String::new())];
    Ok(match action {
        Action::Merge { stories } => merge(app, index, stories)?,
        Action::Split { story, articles } => split(&app.find(index, story)?, articles)?,
        Action::Move { article, story } => moved(app, index, article, story)?,
        Action::MustLink { article, other } | Action::CannotLink { article, other } => {
            let verdict =
                if matches!(action, Action::MustLink { .. }) { MustLink } else { CannotLink };
            if article == other {
                return Err(Problem::bad("name two articles"));
            }
            vec![(verdict, known(index, article)?, known(index, other)?)]
        }
        Action::Representative { article } => alone(Representative, known(index, article)?),
        Action::Lock { story } => alone(Lock, lead(&app.find(index, story)?)),
        Action::Unlock { .. } | Action::Undo { .. } => Vec::new(),
    })
}

fn known(index: &Index, article: &str) -> Result<String, Problem> {
    let found = index.placed(article)?;
    found.map(|_| article.to_owned()).ok_or_else(|| Problem::missing("article", article))
}

/// The id of the article that stands for a story.
fn lead(told: &Told) -> String {
    told.lead().map_or(String::new(), |a| a.entry.id.to_string())
}

fn merge(app: &App, index: &Index, stories: &[String]) -> Result<Verdicts, Problem> {
    // Each is looked for, so they are counted before, one that is named often once.
    let mut seen: HashSet<&str> = HashSet::default();
    let named: Vec<&String> = stories.iter().filter(|story| seen.insert(story)).collect();
    let refused = || Problem::bad(format!("a merger takes 2 to {MOST} different stories"));
    if named.len() > MOST {
        return Err(refused());
    }
    let mut leads: Vec<String> = Vec::new();
    for story in named {
        let lead = lead(&app.find(index, story)?);
        if !leads.contains(&lead) {
            leads.push(lead);
        }
    }
    let (first, others) = leads.split_first().ok_or_else(refused)?;
    if others.is_empty() {
        return Err(refused());
    }
    Ok(others.iter().map(|other| (Verdict::MustLink, first.clone(), other.clone())).collect())
}

/// Those that leave hold together, and stay away from every group that is left and from copies among them.
fn split(told: &Told, articles: &[String]) -> Result<Verdicts, Problem> {
    // Each is looked for in the whole story, so a list that names one a million times names it once.
    let mut named: Vec<&str> = articles.iter().map(String::as_str).collect();
    named.sort_unstable();
    named.dedup();
    let leaves = |id: &str| named.binary_search(&id).is_ok();
    let (leaving, staying): (Vec<_>, Vec<_>) =
        told.articles.iter().partition(|a| leaves(&a.entry.id));
    if leaving.is_empty() || staying.is_empty() || named.len() > MOST {
        let what = format!("name 1 to {MOST} articles of the story, not all of it");
        return Err(Problem::bad(what));
    }
    let is_strange = |id: &&&str| told.articles.iter().all(|a| *a.entry.id != ***id);
    if let Some(stranger) = named.iter().find(is_strange) {
        return Err(Problem::bad(format!("{stranger:?} is no article of the story")));
    }
    let id = |a: &crate::pipeline::index::Located| a.entry.id.to_string();
    let first = id(leaving[0]);
    let mut verdicts: Verdicts =
        leaving[1..].iter().map(|a| (Verdict::MustLink, first.clone(), id(a))).collect();
    let mut groups: HashSet<&str> = HashSet::default();
    for stays in &staying {
        let of_leaving: Vec<_> = leaving.iter().filter(|a| a.group == stays.group).collect();
        // Copies of what leaves must be parted one by one; of the others one of each group is enough.
        if groups.insert(&stays.group) || !of_leaving.is_empty() {
            verdicts.push((Verdict::CannotLink, first.clone(), id(stays)));
        }
        let parted = of_leaving.iter().filter(|a| id(a) != first);
        verdicts.extend(parted.map(|a| (Verdict::CannotLink, id(a), id(stays))));
        if verdicts.len() > 10 * MOST {
            return Err(Problem::bad(too_much(leaving.len(), told.articles.len())));
        }
    }
    Ok(verdicts)
}

/// What is said of a split that takes too many decisions: how many articles can leave at once, though all were copies.
fn too_much(leaving: usize, all: usize) -> String {
    let takes = |leave: usize| leave - 1 + leave * (all - leave);
    match (1..leaving).rev().find(|&leave| takes(leave) <= 10 * MOST) {
        Some(leave) => format!("that is too much to part at once: split off {leave} or fewer"),
        None => "the story has more copies of that than can be parted".to_owned(),
    }
}

fn moved(app: &App, index: &Index, article: &str, story: &str) -> Result<Verdicts, Problem> {
    let (_, from) = index.placed(article)?.ok_or_else(|| Problem::missing("article", article))?;
    let (from, to) = (app.find(index, &from.id)?, app.find(index, story)?);
    if from.story.story == to.story.story {
        return Err(Problem::bad("the article is in that story already"));
    }
    let mut verdicts =
        if from.articles.len() > 1 { split(&from, &[article.to_owned()])? } else { Vec::new() };
    verdicts.push((Verdict::MustLink, article.to_owned(), lead(&to)));
    Ok(verdicts)
}

fn unlock(index: &Index, told: &Told, author: Author<'_>) -> Result<Vec<Decision>, Problem> {
    let inside = |id: &str| told.articles.iter().any(|a| *a.entry.id == *id);
    match index.unlocking(inside, author)? {
        made if made.is_empty() => Err(Problem::conflict("the story is not locked")),
        made => Ok(made),
    }
}

/// Undoes a decision with those made together with it, as far as they are still in force.
fn undo(index: &Index, number: i64, author: Author<'_>) -> Result<Vec<Decision>, Problem> {
    match index.undoing(number, author)? {
        None => Err(Problem::missing("decision", &number.to_string())),
        Some(made) if made.is_empty() => {
            Err(Problem::conflict("this was undone already, or decided anew since"))
        }
        Some(made) => Ok(made),
    }
}
