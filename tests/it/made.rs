//! Made-up articles, from few texts so that copies, reports and look-alikes meet.

use jiff::Timestamp;
use proptest::prelude::*;
use samestory::model::Article;

/// Three events; the reports of one share names and facts, and its sentences are told in two ways.
const EVENTS: [[&str; 6]; 3] = [
    [
        "The flood barrier on the Yarrow will be closed on Tuesday, the port authority of Merrin said.",
        "Ferries to the outer islands stop at noon and 140 families will sleep in the school gym.",
        "Harbour master Ilse Brandt expects a storm surge of 3.4 metres around midnight.",
        "Merrin shuts the Yarrow flood gates on Tuesday as a surge of 3.4 metres nears, its port authority announced.",
        "Island ferries stay in harbour from noon, and 140 families move to the gym of the school.",
        "\"Once too often is better,\" said harbour master Ilse Brandt.",
    ],
    [
        "A night express derailed at Lower Brask early on Friday and 5 people died.",
        "Six of eleven carriages left the track on a bend below the quarry.",
        "The driver told police that he had felt a blow under the engine.",
        "Five were killed when the night train left the rails near Lower Brask, the ministry said.",
        "Firemen cut passengers from the second carriage, which lay on its side by the quarry.",
        "Police have heard the driver, who spoke of a blow from below.",
    ],
    [
        "潮浦市の水門が、高潮に備えて四日の夜に閉じられる。閉鎖は六年ぶりとなる。",
        "島への連絡船は正午から運休する。",
        "港長の伊勢清子さんは、閉めすぎるくらいでちょうどよいと話した。",
        "高潮に備え、潮浦の水門が六年ぶりに閉鎖される。",
        "低い土地の百四十世帯に避難が呼びかけられた。",
        "貨物船は翌朝まで湾内で待機する。",
    ],
];

/// What an article is made from.
#[derive(Debug, Clone)]
struct Recipe {
    event: usize,
    /// Which of its sentences, as bits.
    sentences: u8,
    titled: bool,
    hour: Option<i64>,
    source: usize,
    swap: Option<usize>,
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let hour = prop::option::weighted(0.8, 0i64..20 * 24);
    let swap = prop::option::weighted(0.3, 0usize..12);
    (0..EVENTS.len(), 0u8..64, any::<bool>(), hour, 0usize..4, swap).prop_map(
        |(event, sentences, titled, hour, source, swap)| Recipe {
            event,
            sentences,
            titled,
            hour,
            source,
            swap,
        },
    )
}

fn article(number: usize, recipe: &Recipe) -> Article {
    let told = EVENTS[recipe.event];
    let chosen = (0..6).filter(|i| recipe.sentences >> i & 1 == 1).map(|i| told[i]);
    let mut words: Vec<String> =
        chosen.collect::<Vec<_>>().join(" ").split(' ').map(str::to_owned).collect();
    if let Some(at) = recipe.swap.filter(|&at| at < words.len()) {
        words[at] = "zeppelin".to_owned();
    }
    Article {
        id: format!("a{number:02}"),
        title: if recipe.titled { told[0].to_owned() } else { String::new() },
        text: words.join(" "),
        published: recipe
            .hour
            .map(|hour| Timestamp::from_second(1_700_000_000 + hour * 3600).unwrap()),
        source: ["", "Norwire", "Harbour Post", "Valley Mirror"][recipe.source].to_owned(),
        ..Article::default()
    }
}

/// Some articles, by id.
pub(crate) fn articles() -> impl Strategy<Value = Vec<Article>> {
    let made = |recipes: Vec<_>| {
        let articles = recipes.iter().enumerate().map(|(i, r)| article(i, r));
        articles.filter(|a| !a.title.is_empty() || !a.text.is_empty()).collect()
    };
    prop::collection::vec(recipe(), 0..14).prop_map(made)
}
