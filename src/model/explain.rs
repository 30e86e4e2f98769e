//! Why two articles are together or not, and how a story came together, as data.

use serde::Serialize;

use super::Decision;

/// What decided about a pair of articles.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The two articles, as asked for.
    pub articles: [Party; 2],
    /// What came out.
    pub verdict: Relation,
    /// In a sentence, why.
    pub why: String,
    /// The decisions of editors that bear on it, in the order in which they were made.
    pub decisions: Vec<Decision>,
    /// What is needed for which answer.
    pub needs: Needs,
    /// The numbers of the near-duplicate level.
    pub text: TextNumbers,
    /// The numbers of the story level, between the groups that the two are in; `None` within one group, which is one
    /// report to that level, and where stories were not asked for.
    pub story: Option<StoryNumbers>,
    /// Whether both texts were at hand; without them, terms, passages and edits are not known.
    pub texts: bool,
    /// The terms that both have, the heaviest first.
    pub terms: Vec<SharedTerm>,
    /// What both texts say word for word, in the order of the second.
    pub passages: Vec<SharedPassage>,
    /// Stretches that differ between the same neighbours: of the first text, and of the second.
    pub edits: Vec<[String; 2]>,
    /// The nearest that their two stories come to each other; `None` within one story, and where nothing is near.
    pub nearest: Option<Nearest>,
    /// Both texts, cut where passages begin and end.
    #[serde(skip)]
    pub pieces: [Vec<Piece>; 2],
}

/// What a pair of articles is to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// In one near-duplicate group.
    Duplicates,
    /// In one story.
    Story,
    /// In two stories.
    Apart,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Party {
    /// As in the output.
    pub id: String,
    /// See [`Party::id`].
    pub title: String,
    /// See [`Party::id`].
    pub source: String,
    /// In UTC; `undated` when it is not known.
    pub published: String,
    /// See [`Party::id`].
    pub lang: String,
}

/// From when on a number is enough.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Needs {
    /// Least resemblance.
    pub resemblance: f64,
    /// Least containment.
    pub containment: f64,
    /// Least similarity that is kept as a match.
    pub similarity: f64,
    /// Least average score of one story.
    pub score: f64,
    /// Most days between two matched reports.
    pub window_days: f64,
}

/// The numbers of the near-duplicate level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TextNumbers {
    /// Whether the two are the same word for word.
    pub same_words: bool,
    /// 3-word shingles of the first, of the second, and of both.
    pub shingles: [usize; 3],
    /// Jaccard coefficient of the shingles.
    pub resemblance: f64,
    /// Share of the smaller set found in the other.
    pub containment: f64,
    /// From 1 on a match; less when something speaks against it, and below 0 where the two have next to nothing in common.
    pub strength: f64,
    /// What speaks against a match although resemblance or containment is enough for one; where the strength is enough as
    /// well, what keeps the two in two groups.
    pub against: Option<&'static str>,
    /// Days apart, where both are dated.
    pub days: Option<f64>,
    /// Numbers that only the first has, and only the second.
    pub numbers: [Vec<String>; 2],
    /// Names that only the first has, and only the second.
    pub names: [Vec<String>; 2],
}

impl TextNumbers {
    /// Whether the two match, taken by themselves.
    pub fn matches(&self) -> bool {
        self.strength >= 1.0
    }
}

/// The numbers of the story level; those that the run did not need are not known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoryNumbers {
    /// The ids of the articles by which the two groups are compared: the earliest of each.
    pub reports: [String; 2],
    /// Cosine of the weighted terms.
    pub cosine: f64,
    /// Closeness in time, 0 to 1.
    pub factor: f64,
    /// Cosine times factor, rounded as the run does.
    pub similarity: f64,
    /// The similarity under the weights of their neighbourhoods.
    pub corrected: Option<f64>,
    /// What is taken off for how crowded each of the two stands: a quarter of its crowding.
    pub crowding: [f64; 2],
    /// The corrected similarity less both of [`StoryNumbers::crowding`].
    pub score: Option<f64>,
    /// The score as the reports that are close to either find it.
    pub supported: Option<f64>,
    /// What speaks against a score although the similarity is enough for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<&'static str>,
    /// Average supported score between the two stories, or within the one over all its pairs of groups.
    pub average: f64,
    /// Pairs of groups that average is over.
    pub pairs: usize,
}

/// A term of both, and what it brings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharedTerm {
    /// The stem.
    pub term: String,
    /// Its share of the cosine.
    pub share: f64,
}

/// A run of words of both texts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharedPassage {
    /// How many.
    pub words: usize,
    /// As the second text has it.
    pub text: String,
}

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Whether the other text has it too.
    pub shared: bool,
    /// As it stands there.
    pub text: String,
}

/// A pair of reports of two stories.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nearest {
    /// Their ids, that of the first article's story first.
    pub ids: [String; 2],
    /// Cosine times closeness in time.
    pub similarity: f64,
    /// What crowding leaves of it.
    pub score: f64,
}

/// How a story came together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoryTree {
    /// As in the output.
    pub story_id: String,
    /// Articles.
    pub size: usize,
    /// Least average score of one story.
    pub needed: f64,
    /// One for each near-duplicate group, the story's representative first.
    pub reports: Vec<Report>,
    /// What was put together, leaves first; the last is the weakest link. One less than the reports.
    pub links: Vec<Link>,
}

/// A group by what stands for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The article that stands for it.
    #[serde(flatten)]
    pub article: Party,
    /// How many others are in the group.
    pub copies: usize,
}

/// Two parts that became one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Link {
    /// The two parts.
    pub parts: [Part; 2],
    /// Average supported score between them; `None` where an editor linked them.
    pub score: Option<f64>,
    /// Over how many pairs of groups.
    pub pairs: u64,
    /// The editor who linked them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Reports of both together.
    pub reports: usize,
}

/// A part of a story, by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// One of [`StoryTree::reports`].
    Report(usize),
    /// One of [`StoryTree::links`].
    Link(usize),
}
