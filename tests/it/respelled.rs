//! What is only written in another way is no change between two copies.

use crate::util::Dir;

/// Checks what the reason of the second says of two copies of a text.
#[track_caller]
fn check_changes(lang: &str, texts: [&str; 2], changes: &str) {
    let dir = Dir::new();
    let line = |id: &str, text: &str| {
        format!(
            "{}\n",
            serde_json::json!({ "id": id, "lang": lang, "title": "Kai", "published": "2025-09-03T06:00:00Z", "text": text })
        )
    };
    dir.file("news.jsonl", line("a", texts[0]) + &line("b", texts[1]));
    let rows = dir.run("cluster news.jsonl -q --format jsonl").exits(0).out;
    let row = rows.lines().find(|row| row.contains("\"article_id\":\"b\"")).unwrap_or_default();
    let row: serde_json::Value = serde_json::from_str(row).expect("a row");
    let reason = row["reason"].as_str().unwrap_or_default();
    let (copy, changed) = reason.split_once("; ").unwrap_or((reason, ""));
    assert!(copy.starts_with("same text") || copy.starts_with("near-dup"), "{lang}: {reason}");
    assert_eq!(changed, changes, "{lang}: {reason}");
}

/// A time, thousands of India, quotation marks, accents behind their letters, money and the endings of names.
#[test]
fn what_only_looks_like_another_number_or_name_is_no_change() {
    let german = "Der Zug entgleiste um 12.15 Uhr kurz hinter dem Bahnhof. „Es hätte schlimmer kommen können.“ Danach sprach er mit den Helfern, die aus der ganzen Region gekommen waren.";
    let other = german.replace("12.15", "12:15").replace('„', "»").replace('“', "«");
    check_changes("de", [german, &other], "");
    let french = "Le train a déraillé à 11h36 près de Garmisch. « C’est un miracle. » Il a ensuite parlé avec les secouristes venus de toute la région, a dit José Catalá.";
    let other = french.replace("11h36", "11 h 36").replace("« ", "«").replace(" »", "»");
    let other = other.replace('é', "e\u{301}").replace('á', "a\u{301}");
    check_changes("fr", [french, &other], "");
    let indian = "The state government will pay Rs 2,00,000 to the families of those who died in the floods, and will repair the roads that the rain has washed away in the districts along the river.";
    check_changes("en", [indian, &indian.replace("2,00,000", "200,000")], "");
    let spanish = "La empresa anunció el miércoles una inversión de US$500 millones en su planta de Rosario, que dará empleo a unas trescientas personas durante los próximos años, según informó el directorio en un comunicado. El gobernador celebró la decisión y prometió mejorar los accesos viales a la zona industrial de la ciudad.";
    check_changes("es", [spanish, &spanish.replace("US$500", "US$ 500")], "");
    check_changes("es", [spanish, &spanish.replace("US$500", "US$700")], "numbers 500 -> 700");
    let russian = "О ходе расследования доложит глава ведомства Александр Бастрыкин, который приехал на место в среду утром. «Все живы...» После этого он уехал, не ответив на вопросы журналистов.";
    let other = russian.replace("Александр Бастрыкин", "Александром Бастрыкиным");
    check_changes("ru", [russian, &other.replace(['«', '»'], "\"")], "");
    let turkish = "Olay yerine itfaiye ekipleri sevk edildi, patlamanın etkisiyle binanın bir bölümü çöktü ve bakan da Ankara'dan kente geldi, soruşturma için üç savcı görevlendirildi.";
    check_changes("tr", [turkish, &turkish.replace("Ankara'dan", "Ankara'ya")], "");
    check_changes(
        "tr",
        [turkish, &turkish.replace("Ankara", "Adana")],
        "names Ankara'dan -> Adana'dan",
    );
}
