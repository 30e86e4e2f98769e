//! Titles: what desks and outlets put around a headline is cut off, and nothing else; one alone is compared as a text is.

use samestory::stages::clean::{UpdateTag, clean};

use crate::util::Dir;

#[track_caller]
fn check_title(title: &str, want: &str, tags: &[UpdateTag]) {
    let cleaned = clean(title, "");
    assert_eq!((cleaned.title.as_str(), cleaned.tags.as_slice()), (want, tags));
}

#[test]
fn titles() {
    use UpdateTag::{Breaking, Correction, Exclusive, Repeat, Update, Wrapup};
    check_title("UPDATE 2-Pier to be rebuilt", "Pier to be rebuilt", &[Update(2)]);
    check_title("RPT-WRAPUP 3-Pier to be rebuilt", "Pier to be rebuilt", &[Wrapup(3), Repeat]);
    check_title("(CORRECTED) - PIER TO BE REBUILT", "PIER TO BE REBUILT", &[Correction]);
    check_title("(Updated)\n\u{2000}0\n", "0", &[Update(0)]);
    check_title("Pier to be rebuilt (updated)", "Pier to be rebuilt", &[Update(0)]);
    check_title("Breaking: Pier breaks", "Pier breaks", &[Breaking]);
    check_title("ÚLTIMA HORA: Cae el muelle", "Cae el muelle", &[Breaking]);
    check_title("СРОЧНО: Рухнул причал", "Рухнул причал", &[Breaking]);
    check_title("EXKLUSIV - Mole bricht", "Mole bricht", &[Exclusive]);
    check_title("【速報】埠頭が崩壊", "埠頭が崩壊", &[Breaking]);
    check_title("Pier to be rebuilt | Local | Harbour News", "Pier to be rebuilt", &[]);
    check_title("Breaking:Pier breaks", "Pier breaks", &[Breaking]);
    check_title("Pier is rebuilt | Harbour News", "Pier is rebuilt", &[]);
    check_title("Pier to be rebuilt - The Harbour Times", "Pier to be rebuilt", &[]);
    check_title("Pier to be rebuilt - The New Old Harbour Times", "Pier to be rebuilt", &[]);
    check_title("Pier to be rebuilt - harbour.com", "Pier to be rebuilt", &[]);
    for outlet in [
        "Red Deer Advocate",
        "Stettler Independent",
        "Harbour Radio",
        "Free Press",
        "Der Hafen Kurier",
        "La Vanguardia",
        "O Jornal",
        "Российская Газета",
    ] {
        check_title(&format!("Pier to be rebuilt - {outlet}"), "Pier to be rebuilt", &[]);
    }
    for title in [
        "Update-Problem bei Fähren",
        "Pier to fall - minister",
        "Live | Pier",
        "Breaking bread",
        "UPDATE 2-",
        "Pier 2-1",
        "UPDATE2-Pier",
        "WRAPUP3-Pier",
        "Pier to be rebuilt (update on works)",
        "Pier to be rebuilt - says The Harbour Times",
        "Pier to be rebuilt - The New Old Little Harbour Times",
        "Pier to be rebuilt - says harbour.com",
        "Pier to be rebuilt - Advocate",
        "Mayor to run once more - Independent",
        "Pier to be rebuilt - Rock Star",
        "Pier to be rebuilt - Council Leader",
        "Poet did not drown - Medical Examiner",
        "Who wrote that song - Freddie Mercury",
        "Ferry crosses in nine minutes - World Record",
        "Pier to be rebuilt - says The Independent",
        "Pier to be rebuilt - Ann Poe",
    ] {
        check_title(title, title, &[]);
    }
}

#[test]
fn what_is_longer_than_a_line_is_all_headline() {
    let title = |n: usize| "Pier to be rebuilt ".to_owned() + &"x".repeat(n - 34);
    check_title(&format!("{} - Harbour News", title(400)), &title(400), &[]);
    let longer = format!("UPDATE 2-{} - Harbour News", title(392));
    check_title(&longer, &longer, &[]);
    // To cut one outlet after another would take minutes.
    let outlets = "Pier to be rebuilt".to_owned() + &" - Harbour News".repeat(1 << 17);
    check_title(&outlets, &outlets, &[]);
}

/// To look for its first letter below each byline would take minutes.
#[test]
fn a_title_without_letters_is_gone_through_once() {
    let title = "!".repeat(1 << 20);
    let bylines = "By Ann Poe\n\n".repeat(1 << 14);
    assert_eq!(clean(&title, &format!("{bylines}The pier fell.")).text, "The pier fell.");
}

#[test]
fn the_numbers_of_titles_alone_are_told() {
    let dir = Dir::new();
    let told = |titles: [&str; 2], command: &str| {
        let rows = ["a", "b"].into_iter().zip(titles);
        let rows = rows.map(|(id, title)| format!("{id},\"{title}\",2026-03-03T05:00:00Z\n"));
        dir.file("news.csv", format!("id,title,published\n{}", rows.collect::<String>()));
        dir.run(&format!("{command} news.csv")).exits(0).out
    };
    let derails = |dead: &str, more: &str| {
        format!("Night express derails at Lower Brask early on Friday, killing {dead} people{more}")
    };
    let more = ", emergency ministry of Varonia says, rescue goes on with dogs, cranes and lamps";
    let [a, b] = ["50", "5"].map(|dead| derails(dead, more));
    let clusters = told([&a, &b], "cluster -q");
    assert!(clusters.contains("; numbers 50 -> 5,"), "{clusters}");
    let [a, b] = ["50", "5"].map(|dead| derails(dead, ""));
    let explained = told([&a, &b], "explain a b --in");
    assert!(explained.contains("too many numbers differ\n"), "{explained}");
    assert!(explained.contains("numbers only in A          50\n"), "{explained}");
    // What stands in capitals throughout has no names.
    assert!(!explained.contains("names only in"), "{explained}");
    // A text without a shingle is compared behind its title, in every script.
    let explained = told(["3人死亡", "4人死亡"], "explain a b --in");
    assert!(explained.contains("numbers only in B          4\n"), "{explained}");
}
