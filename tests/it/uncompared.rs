//! Texts that would match and that a run does not compare: `explain` says why.

use samestory::model::Article;
use samestory::model::explain::Relation;
use samestory::params::Params;
use samestory::pipeline::explain;

/// What keeps `a` and `b`, which match taken by themselves, in two groups.
#[track_caller]
fn check(given: Vec<Article>, expected: &str) {
    let found = explain([given], ["a", "b"], &Params::default()).unwrap().unwrap();
    assert!(found.text.matches() && found.verdict != Relation::Duplicates, "{:?}", found.text);
    assert_eq!(found.text.against, Some(expected));
}

/// An article of a day of March 2025.
fn article(id: &str, title: &str, text: &str, day: u32) -> Article {
    let published = format!("2025-03-{day:02}T08:00:00Z").parse().ok();
    let [id, title, text] = [id, title, text].map(str::to_owned);
    Article { id, title, text, published, ..Article::default() }
}

#[test]
fn a_summary_from_the_middle_of_a_long_text_has_another_sketch() {
    let sentence = |i: usize| (12 * i..12 * i + 12).map(|word| format!("w{word} ")).collect();
    let text = |sentences: &mut dyn Iterator<Item = usize>| {
        sentences.map(sentence).collect::<Vec<String>>().concat()
    };
    let (long, short) = (text(&mut (0..60)), text(&mut (20..50).step_by(5)));
    let mut given = vec![article("a", "", &long, 1), article("b", "", &short, 1)];
    let far = "their sketches have too little in common: a run does not compare them";
    check(given.clone(), far);
    // So has a copy that is earlier.
    given[1] = article("b", "", &short, 2);
    given.push(article("first", "", &short, 1));
    check(given, far);
}

#[test]
fn a_crowd_has_one_sketch() {
    let flash = |id, title, day| article(id, title, "The agency has no details as yet.", day);
    let jets = "Unidentified jets raid oil platforms";
    // Those of the first three days are compared with all, the others with the next.
    let given = vec![
        flash("owls", "Owls nest in mill", 1),
        flash("fares", "Ferry fares frozen", 2),
        flash("seeds", "Library lends books", 3),
        flash("a", jets, 4),
        flash("choir", "Prize for choir", 5),
        flash("b", jets, 6),
    ];
    check(given, "too many others have the same sketch: a run does not compare all of them");
}

#[test]
fn a_text_is_compared_by_its_earliest_article() {
    const WALL: &str = "The harbour wall of Merrin will be raised by a metre before the autumn storms, the port authority said. Work \
        begins when the ferries change to their summer timetable, and boats of the inner basin have to leave until snow falls.";
    let edited = WALL.replace("metre", "yard").replace("basin", "harbour");
    // Weeks later only the same words are a copy.
    let given = [("first", WALL, 1), ("a", WALL, 20), ("b", &*edited, 20)];
    let given = given.map(|(id, text, day)| article(id, "", text, day)).into();
    check(given, "a run compares the earliest articles of both texts, and finds no match");
}
