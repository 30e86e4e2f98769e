//! HTML: the article on a page (stand-in until the extractor is merged).

/// What a page says about its article; an empty string means "not given".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extracted {
    /// The headline.
    pub title: String,
    /// The body as plain text.
    pub text: String,
    /// When it was published, as written.
    pub published: String,
    /// The outlet.
    pub source: String,
    /// The canonical address.
    pub url: String,
    /// The language, as declared.
    pub lang: String,
}

/// The article on a page.
pub fn extract(html: &str) -> Extracted {
    let (title, rest) = html
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"))
        .unwrap_or(("", html));
    let mut text = String::new();
    let mut inside = false;
    for c in rest.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    Extracted {
        title: title.trim().to_owned(),
        text: text.trim().to_owned(),
        ..Extracted::default()
    }
}
