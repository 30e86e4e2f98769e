//! What is glued to a story, before its first sentence and behind its last, goes.

use samestory::stages::clean::clean;

use crate::clean::check_left;

#[test]
fn what_is_glued_behind_a_story() {
    for (story, glued) in [
        ("„Wir warten auf den Bescheid.“", " Lesen Sie auch: Streit um die Rente"),
        ("»Wir warten auf den Bescheid.«", " Lesen Sie auch: Streit um die Rente"),
        ("« Nous attendons la décision. »", " Lire aussi : Le trafic reprend"),
        ("«Esperamos la decisión.»", " Leer también: El tráfico vuelve"),
        ("Он сказал: «Мы ждем решения.»", " Читайте также: Движение восстановлено"),
        ("发言人说，会谈持续了两小时。", " 责任编辑：王五"),
        ("发言人说，会谈持续了两小时。", "责任编辑：王五"),
        ("首相は会見で、辞任を否定した。", "続きを読む"),
        ("राहत कार्य जारी है।", " © भाषा"),
    ] {
        check_left(&format!("{story}{glued}"), story, true);
    }
    for story in [
        "Le mot d’ordre : « Partager »",
        "Он написал Реклама",
        "Sie lasen »Werbung« und sahen weg",
        "他说。她没有评论",
    ] {
        check_left(story, "", false);
    }
}

#[test]
fn what_is_glued_before_a_story() {
    for (glued, goes) in [
        ("Terms of use. ", true),
        ("We value your privacy. ", true),
        ("Enable JavaScript in your browser. ", true),
        ("Terms of use. Accept all cookies ", true),
        ("We value your privacy ", false),
        ("Accept all! ", false),
        ("Accept all ", false),
        ("Post comment ", false),
    ] {
        check_left(&(glued.to_owned() + "The pier fell."), "The pier fell.", goes);
    }
    let text = "Terms of use. Post comment The pier fell.";
    assert_eq!(clean("", text).text, "Post comment The pier fell.");
    // What is longer is a paragraph, in which the dash is a sentence's.
    for (n, goes) in [(500, true), (501, false)] {
        let again = " again".repeat(n);
        let (again, _) = again.split_at(n - 24);
        let left = format!("It fell{again}");
        check_left(&format!("Read more - at the harbour! {left}"), &left, goes);
    }
}
