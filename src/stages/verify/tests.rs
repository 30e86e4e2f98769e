//! The exact check, number by number.

use super::*;

#[derive(Clone)]
struct Made {
    shingles: Vec<u32>,
    details: Vec<u32>,
    headline: Vec<u32>,
    time: Option<i64>,
    content: u64,
}

impl Made {
    /// Of these shingles, one behind the other.
    fn of(shingles: &[u32], content: u64) -> Self {
        let part = |i: usize| (i * shingle::PARTS / shingles.len()) as u32;
        let element = |(i, id): (usize, &u32)| id * shingle::PARTS as u32 + part(i);
        Self {
            shingles: shingles.iter().enumerate().map(element).collect(),
            details: Vec::new(),
            headline: Vec::new(),
            time: Some(9 * DAY),
            content,
        }
    }
}

/// Two articles of `n` and `m` shingles, with the last of the one and the first of the other in common.
fn two(n: u32, m: u32, common: u32) -> [Made; 2] {
    let of = |from, to, content| Made::of(&(from..to).collect::<Vec<_>>(), content);
    [of(0, n, 1), of(n - common, n - common + m, 2)]
}

/// The same, but each with so many of its own `numbers`, or words of its `headline`, beside common ones.
fn with(mut two: [Made; 2], numbers: [u32; 2], headline: [u32; 2], seconds: i64) -> [Made; 2] {
    let set = |[common, own]: [u32; 2], i: u32| {
        (0..common).chain(100 * i..100 * i + own).collect::<Vec<u32>>()
    };
    for (made, i) in two.iter_mut().zip(1..) {
        (made.details, made.headline) = (set(numbers, i), set(headline, i));
    }
    two[1].time = two[0].time.map(|time| time + seconds);
    two
}

/// The strength in thousandths, and how the reason against a match begins.
#[track_caller]
fn check(two: &[Made; 2], strength: i64, against: &str) {
    let [a, b] = two.each_ref().map(|made| Compared {
        shingles: &made.shingles,
        details: &made.details,
        headline: Headline::new(&made.headline),
        time: made.time,
        content: made.content,
    });
    for (a, b) in [(&a, &b), (&b, &a)] {
        let found = near(a, b, &Params::default());
        let why = found.against.unwrap_or_default();
        assert_eq!((found.strength * 1000.0).round() as i64, strength, "{why}");
        assert!(why.starts_with(against) && why.is_empty() == against.is_empty(), "{why}");
    }
}

const NONE: [u32; 2] = [0, 0];

#[test]
fn the_larger_of_resemblance_and_containment_tells() {
    check(&two(100, 100, 60), 1008, ""); // 60 / 140 of .425
    check(&two(80, 300, 60), 1103, ""); // 60 / 80 of .68
    check(&two(79, 300, 59), 934, "too few words"); // 59 / 79 of .8
    check(&two(50, 300, 34), 850, "too few words");
    check(&two(50, 300, 33), 825, "");
    check(&two(100, 300, 68), 1000, "");
    check(&two(28, 300, 25), 1116, "");
    check(&two(26, 300, 24), 187, "too few words"); // 24 / 302 of .425
    check(&two(100, 100, 100), 1500, "");
    let mut same = two(100, 100, 100);
    same[1].content = same[0].content;
    check(&same, 0, "the same words");
}

#[test]
fn under_one_headline_less_is_enough() {
    let retold = |common, numbers, headline, seconds| {
        with(two(2 * common, 300, common), numbers, headline, seconds)
    };
    check(&retold(40, NONE, [4, 0], 2 * DAY), 1050, ""); // 1 / 2 of .476
    check(&retold(40, [4, 1], [4, 0], 0), 1050, "");
    check(&retold(50, NONE, [5, 0], 0), 1050, "");
    for other in [
        retold(39, NONE, [4, 0], 0),
        retold(40, NONE, [3, 0], 0),
        retold(40, NONE, [4, 1], 0),
        retold(40, [3, 1], [4, 0], 0),
        retold(40, NONE, [4, 0], 2 * DAY + 1),
    ] {
        check(&other, 625, "");
    }
}

#[test]
fn numbers_are_to_agree() {
    let numbers = |common, own, seconds| with(two(100, 100, 70), [common, own], NONE, seconds);
    check(&numbers(3, 2, 2 * DAY), 1267, "");
    check(&numbers(1, 1, 0), 1267, "");
    check(&numbers(0, 1, 0), 0, "too many numbers");
    check(&numbers(1, 2, 0), 0, "too many numbers");
    check(&numbers(4, 3, 0), 0, "too many numbers");
    let apart = |common, own| with(two(130, 130, 90), [common, own], NONE, 2 * DAY + 1);
    check(&apart(4, 1), 1246, "");
    check(&apart(7, 2), 0, "too many numbers");
    let undated = |common, own| {
        let [a, b] = numbers(common, own, 0);
        [a, Made { time: None, ..b }]
    };
    check(&undated(2, 1), 1267, "");
    check(&undated(3, 2), 0, "too many numbers");
    // A correction may be of two of them, or of most.
    check(&with(two(100, 100, 95), [0, 2], NONE, 0), 1500, "");
    check(&with(two(100, 100, 95), [0, 3], NONE, 0), 0, "too many numbers");
    check(&with(two(100, 100, 95), [3, 6], NONE, 0), 1500, "");
    check(&with(two(100, 100, 95), [3, 7], NONE, 0), 0, "too many numbers");
    check(&with(two(87, 88, 75), [3, 6], NONE, 0), 1500, "");
    check(&with(two(87, 88, 74), [3, 6], NONE, 0), 0, "too many numbers");
    // Who has fewer is asked: what the other says besides contradicts nothing.
    let mut longer = numbers(3, 2, 0);
    longer[1].details.extend(900..950);
    check(&longer, 1267, "");
}

#[test]
fn short_texts_with_much_of_their_own_are_forms() {
    check(&two(27, 27, 20), 0, "short, and much");
    check(&two(28, 28, 20), 1307, "");
    check(&two(27, 27, 23), 1500, "");
    let apart = |n, m, common| with(two(n, m, common), NONE, NONE, 2 * DAY + 1);
    check(&apart(127, 127, 90), 0, "short, and much");
    check(&apart(128, 128, 90), 1276, "");
    // From these limits on, and at strength 1 not below them.
    check(&apart(50, 100, 43), 1075, "");
    check(&apart(85, 85, 70), 1500, "");
    check(&apart(85, 86, 51), 0, "short, and much");
}

#[test]
fn another_headline_and_other_numbers_tell_a_form() {
    let form = |n, numbers, headline| with(two(n, n, 7 * n / 10), numbers, headline, 0);
    check(&form(159, [5, 2], [9, 5]), 1262, "");
    check(&form(159, [5, 2], [3, 2]), 0, "another headline");
    check(&form(159, [5, 2], [0, 4]), 0, "another headline");
    check(&form(159, [6, 4], [0, 4]), 0, "another headline");
    check(&form(159, [5, 2], [0, 3]), 1262, "");
    check(&form(159, [5, 1], [0, 4]), 1262, "");
    check(&form(160, [5, 2], [0, 4]), 1267, "");
    check(&with(two(99, 99, 86), [5, 3], [0, 4], 0), 1500, "");
    let mut exactly = form(159, [5, 2], [9, 5]);
    exactly[1].headline.push(900);
    check(&exactly, 0, "another headline"); // 9 / 20
}

#[test]
fn headlines_that_name_something_else_tell_a_form() {
    // Each headline has some common words, common names and names of its own; so have the texts, and more.
    let form_with = |numbers, n, common, [shared, own]: [u32; 2]| {
        let mut two = with(two(n, n, common), numbers, [2, 0], 0);
        for (made, i) in two.iter_mut().zip(1..) {
            let (shared, own) = (10..10 + shared, 100 * i..100 * i + own);
            made.headline.extend(shared.clone().chain(own.clone()));
            made.details.extend((10..14).chain(own).map(|name| name | NAME));
        }
        two
    };
    let form = |n, common, names| form_with([3, 0], n, common, names);
    check(&form(159, 110, [0, 1]), 0, "each headline names");
    check(&form(159, 150, [0, 2]), 0, "each headline names"); // 150 / 168
    check(&form(159, 151, [0, 2]), 1500, "");
    check(&form_with([2, 1], 159, 151, [0, 2]), 0, "each headline names");
    check(&form(159, 110, [1, 1]), 0, "each headline names");
    check(&form(159, 110, [0, 0]), 1244, "");
    let mut mentioned = form(159, 110, [0, 1]);
    mentioned[1].details.insert(7, 100 | NAME);
    check(&mentioned, 1244, "");
    let mut headed = form(159, 110, [0, 1]);
    headed[1].headline.insert(2, 100);
    check(&headed, 1244, "");
    let mut corrected = form(159, 110, [0, 1]);
    corrected[1].details.push(CORRECTION);
    check(&corrected, 1244, "");
}

#[test]
fn tables_of_the_same_figures_may_be_short() {
    let tables = |common, numbers, seconds| with(two(43, 140, common), numbers, NONE, seconds);
    check(&tables(28, [8, 2], 0), 1008, ""); // 28 / 43 of .95 x .68
    check(&tables(28, [8, 3], 0), 814, "");
    check(&tables(28, [7, 1], 0), 814, "");
    check(&tables(27, [8, 2], 0), 785, "");
    check(&tables(28, [8, 2], 2 * DAY + 1), 814, "");
    let headed = |headline| with(two(43, 140, 28), [8, 1], headline, 0);
    check(&headed([3, 7]), 1008, ""); // 3 / 17
    check(&headed([2, 7]), 814, ""); // 2 / 16
}

#[test]
fn a_few_words_under_far_headlines_are_a_form() {
    let form = |n, headline, untold: &[usize]| {
        let mut form = with(two(n, n, n - 2), [3, 0], headline, 0);
        untold.iter().for_each(|&i| form[i].headline.push(u32::MAX));
        form
    };
    check(&form(27, [3, 4], &[0, 1]), 0, "a few words"); // 3 / 11
    check(&form(28, [3, 4], &[0, 1]), 1500, "");
    check(&form(27, [3, 3], &[0, 1]), 1500, "");
    check(&form(27, [3, 4], &[0]), 0, "a few words");
    check(&form(27, [3, 4], &[]), 1500, "");
}

#[test]
fn a_few_words_say_the_same_of_something_else_on_another_day() {
    let flash = |n, seconds| with(two(n, n, n), NONE, NONE, seconds);
    check(&flash(24, 2 * DAY), 1500, "");
    check(&flash(24, 2 * DAY + 1), 0, "one as short as a headline");
    check(&flash(25, 2 * DAY + 1), 1500, "");
    check(&with(two(24, 60, 24), NONE, NONE, 2 * DAY + 1), 0, "one as short as a headline");
}

#[test]
fn weeks_later_only_the_same_words_are_a_copy() {
    let later = |[n, m, common]: [u32; 3], seconds| with(two(n, m, common), NONE, NONE, seconds);
    check(&later([127, 127, 120], 4 * DAY), 1500, ""); // 120 / 134
    check(&later([127, 127, 120], 4 * DAY + 1), 0, "of other weeks");
    check(&later([127, 127, 121], 4 * DAY + 1), 1500, "");
    check(&later([128, 128, 120], 4 * DAY + 1), 1500, "");
    check(&later([100, 300, 95], 4 * DAY + 1), 1397, ""); // a part of the other
    check(&later([100, 300, 94], 4 * DAY + 1), 0, "of other weeks");
}

#[test]
fn an_update_changes_numbers_and_says_more() {
    let update = |common, headline, seconds| with(two(100, 140, common), [0, 4], headline, seconds);
    check(&update(90, [5, 3], 0), 1412, ""); // 90 / 150
    check(&update(89, [5, 3], 0), 0, "too many numbers");
    check(&update(90, [0, 5], 0), 0, "too many numbers");
    check(&update(90, [5, 3], 2 * DAY + 1), 0, "too many numbers");
}

#[test]
fn headlines_that_say_other_things_are_of_no_update() {
    // Two numbers of each headline are in its text; with a word that is none, each says something of its own.
    let versions = |numbers, with_words: &[usize]| {
        let mut two = with(two(100, 100, 95), numbers, [9, 2], 0);
        with_words.iter().for_each(|&i| two[i].headline.push(900 + i as u32));
        two
    };
    for numbers in [[3, 6], [0, 4]] {
        check(&versions(numbers, &[]), 1500, "");
        check(&versions(numbers, &[1]), 1500, "");
        check(&versions(numbers, &[0, 1]), 0, "too many numbers");
    }
    check(&versions([0, 2], &[0, 1]), 1500, "");
}

#[test]
fn sentences_scattered_in_another_text_are_no_copy() {
    // Of each so many shingles of the one the other takes the first ones, and then has some of its own.
    let scattered = |n: u32, [taken, of]: [u32; 2], own: u32| {
        let taken = (0..n).filter(|i| i % of < taken).chain(n..n + own);
        [Made::of(&(0..n).collect::<Vec<_>>(), 1), Made::of(&taken.collect::<Vec<_>>(), 2)]
    };
    check(&scattered(300, [2, 3], 60), 667, "sentences of one");
    check(&scattered(300, [2, 3], 30), 1426, ""); // 200 / 230 is nearly all
    check(&scattered(120, [2, 3], 20), 689, "sentences of one");
    check(&scattered(120, [2, 3], 19), 1354, "");
    check(&scattered(532, [3, 7], 68), 429, "sentences of one"); // 228 / 600
    check(&scattered(532, [3, 7], 69), 1129, "");
}

#[test]
fn what_cannot_match_is_told_by_the_sizes() {
    let least = |n, m| (least_resemblance(n, m, &Params::default()) * 1000.0).round();
    assert_eq!([least(100, 100), least(20, 100), least(100, 20)], [425.0, 128.0, 128.0]);
    assert_eq!([least(0, 0), least(0, 9)], [0.0, 0.0]);
}

#[test]
fn what_was_put_between_the_paragraphs_of_one_report_is_no_mixture() {
    // The end of one is cut, and in two places the other has something of its own.
    let own = |after: u32| (1000 * after + 1..1000 * after + 61).collect::<Vec<_>>();
    let text = |from: u32, to: u32| (from..to).map(|i| 1000 * i).collect::<Vec<u32>>();
    let cut = [text(0, 100), own(99), text(100, 180), own(179), text(180, 240)].concat();
    let under =
        |headline| with([Made::of(&text(0, 300), 1), Made::of(&cut, 2)], [2, 0], headline, DAY);
    check(&under([5, 1]), 678, "sentences of one");
    check(&under([5, 0]), 1500, "");
}

#[test]
fn strangers_speak_against_a_group() {
    check(&two(100, 100, 5), 60, ""); // 5 / 195 of .425
    check(&two(100, 100, 4), -8000, "");
    check(&two(25, 300, 1), -8000, "");
    check(&two(24, 300, 1), 7, "");
}
