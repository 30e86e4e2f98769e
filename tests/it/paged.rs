//! The editors' page by its requests, without a port: what it says, and what its forms send.

use axum::body::Body;
use serde_json::json;

use crate::asked::{Answer, Asked, TOKENS, options, percent};
use crate::util::Dir;

/// A service that has the news, grouped.
fn asked(dir: &Dir) -> Asked {
    let asked = Asked::with_news(dir);
    asked.settled("seeds");
    asked
}

/// A page as a browser asks for it.
fn page(asked: &Asked, path: &str) -> Answer {
    asked.ask(&format!("GET {path}"), &[("accept", "text/html")], Body::empty())
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// What a form of the page sends, and what a reader is shown then.
fn sent(asked: &Asked, fields: &str) -> Answer {
    asked.ask("POST /decide", &[FORM, ("accept", "text/html")], fields.to_owned())
}

#[test]
fn the_enter_key_decides_nothing() {
    let dir = Dir::new();
    let asked = asked(&dir);
    let story = format!("/stories/{}", asked.story_of("wire"));
    for path in ["/compare?article=wire&article=mirror", &story] {
        let page = page(&asked, path).is(200).text;
        let (_, form) = page.split_once("<form method=\"post\" action=\"/decide\"").unwrap();
        let (_, button) = form.split_once("<button").unwrap();
        assert!(button.starts_with(" class=\"unseen\""), "{path}: {button}");
    }
    let nothing = sent(&asked, &format!("story={}&article=mirror", asked.story_of("wire"))).is(400);
    assert!(nothing.text.contains("Press the button"), "{}", nothing.text);
    asked.stop();
}

#[test]
fn what_the_page_says_is_so() {
    let dir = Dir::new();
    let asked = asked(&dir);
    let front = page(&asked, "/?hours=0").is(200).text;
    assert!(front.contains("2 reports, 1 copy ·"), "{front}");

    let story = asked.story_of("wire");
    let back = format!("back=/stories/{story}");
    let link = format!("<a class=\"button\" href=\"/stories/{story}\">Go back</a>");
    let open = sent(&asked, &format!("action=unlock&story={story}&{back}")).is(409).text;
    assert!(open.contains("The story is not locked.") && open.contains(&link), "{open}");
    assert!(!open.contains("Somebody else"), "{open}");
    let nothing = sent(&asked, &format!("action=split&story={story}&{back}")).is(400).text;
    assert!(nothing.contains("Tick the articles that leave") && nothing.contains(&link));
    asked.stop();
}

#[test]
fn a_split_of_many_copies_says_how_many_can_leave() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let text = "A herd of goats lay down between two bends of the Wendel pass on Monday and ate the signpost, the road office said.";
    let copy = |n: u32| {
        let title = "Goats block the Wendel pass";
        json!({"id": format!("a{n}"), "title": title, "text": text, "source": format!("Paper {n}")})
    };
    let copies: Vec<String> = (0..499).map(|n| copy(n).to_string()).collect();
    asked.batch(&copies.join("\n")).is(201);
    asked.settled("a498");
    let story = asked.story_of("a0");
    let split = |n: u32| {
        let leave: String = (0..n).map(|n| format!("&article=a{n}")).collect();
        sent(&asked, &format!("action=split&story={story}{leave}"))
    };
    let much = split(5).is(400).text;
    assert!(much.contains("split off 4 or fewer"), "{much}");
    split(4).is(303);
    asked.stop();
}

#[test]
fn who_signs_in_is_led_to_what_was_asked_for() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, Some(TOKENS)));
    let to =
        |path: &str| page(&asked, path).is(303).headers["location"].to_str().unwrap().to_owned();
    assert_eq!(to("/"), "/login");
    let login = to("/review?n=2");
    assert_eq!(login, "/login?to=%2freview%3fn%3d2");
    let shown = page(&asked, &login).is(200).text;
    assert!(shown.contains("name=\"to\" value=\"/review?n=2\""), "{shown}");
    let sign_in = |token: &str, to: &str| {
        asked.ask("POST /login", &[FORM], format!("token={}&to={to}", token.repeat(20)))
    };
    let wrong = sign_in("x", "/review").is(403).text;
    assert!(wrong.contains("name=\"to\" value=\"/review\""), "{wrong}");
    for (to, led) in [
        ("/review?n=2", "/review?n=2"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/%09/evil.example", "/"),
        ("/%5Cevil.example", "/"),
    ] {
        let signed = sign_in("c", to).is(303);
        assert_eq!(signed.headers["location"], led, "{to}");
        // A link from elsewhere comes with it.
        let cookie = signed.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("; SameSite=Lax;"), "{cookie}");
    }
    asked.stop();
}

/// How much a page says that it has seen.
fn seen(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"seen\" value=\"").unwrap();
    rest.split('"').next().unwrap()
}

#[test]
fn a_merger_of_what_changed_is_asked_about() {
    let dir = Dir::new();
    let asked = asked(&dir);
    let [story, seeds] = ["wire", "seeds"].map(|id| asked.story_of(id));
    let front = || page(&asked, "/?hours=0").is(200).text;
    let merge = |shown: &str| {
        let seen = seen(shown);
        sent(&asked, &format!("action=merge&stories={story}&stories={seeds}&seen={seen}&back=/"))
    };
    let before = front();
    asked.post("/v1/decisions", &json!({"action": "lock", "story": seeds})).is(201);
    let stale = merge(&before).is(409).text;
    assert!(stale.contains("This story has changed"), "{stale}");
    assert_ne!(asked.story_of("seeds"), asked.story_of("wire"));
    merge(&stale).is(303);
    assert_eq!(asked.story_of("seeds"), asked.story_of("wire"));
    asked.stop();
}

#[test]
fn a_merger_beside_what_changed_is_not_asked_about() {
    let dir = Dir::new();
    let asked = asked(&dir);
    let [story, seeds] = ["wire", "seeds"].map(|id| asked.story_of(id));
    let before = page(&asked, "/?hours=0").is(200).text;
    let later = json!({"id": "later", "title": "Ferry aground off Pellin", "source": "Mirror"});
    asked.post("/v1/articles", &later).is(201);
    asked.settled("later");
    asked.post("/v1/decisions", &json!({"action": "representative", "article": "later"})).is(201);
    let seen = seen(&before);
    sent(&asked, &format!("action=merge&stories={story}&stories={seeds}&seen={seen}")).is(303);
    asked.stop();
}

/// What a page sends as a hidden field of a name, as often as it does.
fn hidden<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let field = format!("name=\"{name}\" value=\"");
    page.split(&*field).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn an_answer_about_two_that_changed_is_asked_about() {
    let dir = Dir::new();
    let asked = asked(&dir);
    let compare = || page(&asked, "/compare?article=wire&article=seeds").is(200).text;
    let answer = |shown: &str, action: &str| {
        let versions = hidden(shown, "version").into_iter().map(|v| format!("&version={v}"));
        let versions: String = versions.collect();
        sent(&asked, &format!("action={action}&article=wire&article=seeds{versions}"))
    };
    let before = compare();
    answer(&before, "must-link").is(303);
    assert_eq!(asked.story_of("seeds"), asked.story_of("wire"));
    let stale = answer(&before, "cannot-link").is(409).text;
    assert!(stale.contains("This story has changed"), "{stale}");
    assert_eq!(asked.story_of("seeds"), asked.story_of("wire"));
    // Who has seen it, or wants it nevertheless, is obeyed.
    answer(&stale, "cannot-link").is(303);
    assert_ne!(asked.story_of("seeds"), asked.story_of("wire"));
    answer(&compare(), "must-link").is(303);
    asked.stop();
}

#[test]
fn who_goes_back_finds_what_was_searched_for() {
    let dir = Dir::new();
    let asked = asked(&dir);
    let front = page(&asked, "/?hours=72&outlets=2&q=volcano&lang=en").is(200).text;
    let back = hidden(&front, "back")[0].replace("&#38;", "&").replace("&amp;", "&");
    assert_eq!(back, "/?hours=72&outlets=2&q=volcano&lang=en");
    let fields = format!("action=merge&back={}", percent(&back));
    let failed = sent(&asked, &fields).is(400).text.replace("&#38;", "&").replace("&amp;", "&");
    assert!(failed.contains(&format!("href=\"{back}\">Go back</a>")), "{failed}");
    asked.stop();
}

#[test]
fn of_copies_what_differs_is_marked_and_nothing_else() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let text = "台风“海燕”周三凌晨在福建沿海登陆，造成至少七人死亡，数十人失踪。当地政府已经紧急转移了两万多名居民，并要求所有渔船回港避风。\
        气象部门说，台风将继续向西北方向移动，预计周四进入江西境内。";
    let article = |id: &str, text: &str| {
        json!({"id": id, "title": "台风登陆福建", "text": text, "source": id, "lang": "zh"})
            .to_string()
    };
    // What a terminal would ring at is not shown; nothing is cut off for that.
    let copy = text.replace('七', "九") + "\u{7}";
    asked.batch(&[article("a", text), article("b", &copy)].join("\n")).is(201);
    assert_eq!(asked.story_of("a"), asked.story_of("b"));
    let compared = page(&asked, "/compare?article=a&article=b").is(200).text;
    assert!(compared.contains("至少<del>七</del>人") && compared.contains("至少<ins>九</ins>人"));
    assert_eq!(["<del>", "<ins>", "…"].map(|mark| compared.matches(mark).count()), [1, 1, 0]);
    asked.stop();
}
