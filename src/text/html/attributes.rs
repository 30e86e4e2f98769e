//! How many attributes the tags of a page have, before it is parsed.

/// The parser holds each attribute of a tag against all before it: in no more pairs than this, which takes it about a second.
const MAX_PAIRS: i64 = 1 << 29;

/// Whether the tags of a page have so many attributes that the parser would be busy with them.
pub(super) fn are_too_many(html: &str) -> bool {
    of_tags(html.as_bytes()).map(|n| n * n / 2).sum::<i64>() > MAX_PAIRS
}

/// For each place where a tag may end the most attributes that it may have.
///
/// What stands in a script or in a comment is no tag, but what a script or a comment is only the parser can tell. So each `<`
/// before a letter begins a tag here, and all that have begun are read at once. No tag of the parser is left out, and of those
/// that are none nearly all end soon.
fn of_tags(html: &[u8]) -> impl Iterator<Item = i64> {
    let mut places = Places::NONE;
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            if places.most() < 0 {
                at += (at..html.len()).position(|at| begins(html, at))?;
            }
            let Some(&byte) = html.get(at) else {
                return Some(std::mem::replace(&mut places, Places::NONE).most());
            };
            if begins(html, at) {
                places.name = places.name.max(0);
            }
            let before = places;
            places = before.after(byte);
            at += 1;
            let most = Places { double: NOWHERE, single: NOWHERE, ..before }.most();
            if byte == b'>' && most >= 0 {
                return Some(most);
            }
        }
    })
}

/// Whether the name of a tag may begin here.
fn begins(html: &[u8], at: usize) -> bool {
    html[at].is_ascii_alphabetic() && (html[..at].ends_with(b"<") || html[..at].ends_with(b"</"))
}

/// For each place in a tag how many attributes have begun, if a tag is read that far; where several are, the most.
#[derive(Clone, Copy)]
struct Places {
    /// In its name.
    name: i64,
    /// Where an attribute may begin.
    between: i64,
    /// In the name of one.
    attribute: i64,
    /// Behind that, where a `=` may follow.
    behind: i64,
    /// Behind the `=`.
    equals: i64,
    /// In a value in double quotes.
    double: i64,
    /// In a value in single quotes.
    single: i64,
    /// In a value without quotes.
    bare: i64,
}

/// No tag is read that far: a number that stays below 0 however many attributes follow.
const NOWHERE: i64 = i64::MIN / 2;

impl Places {
    const NONE: Self = Self {
        name: NOWHERE,
        between: NOWHERE,
        attribute: NOWHERE,
        behind: NOWHERE,
        equals: NOWHERE,
        double: NOWHERE,
        single: NOWHERE,
        bare: NOWHERE,
    };

    /// The places behind one more byte, by the tokenizer of the HTML standard.
    fn after(self, byte: u8) -> Self {
        let Self { name, between, attribute, behind, equals, double, single, bare } = self;
        let quoted = Self { double, single, ..Self::NONE };
        match byte {
            b'>' => quoted,
            b'\t' | b'\n' | b'\x0C' | b'\r' | b' ' => {
                let between = name.max(between).max(bare);
                Self { between, behind: attribute.max(behind), equals, ..quoted }
            }
            b'/' => {
                let between = name.max(between).max(attribute).max(behind);
                Self { between, bare: equals.max(bare), ..quoted }
            }
            b'=' => {
                let bare = equals.max(bare);
                let equals = attribute.max(behind);
                Self { name, attribute: between + 1, equals, bare, ..quoted }
            }
            _ => {
                let attribute = attribute.max(between.max(behind) + 1);
                let rest = Self { name, attribute, bare, ..quoted };
                match byte {
                    b'"' => Self { between: double, double: equals, ..rest },
                    b'\'' => Self { between: single, single: equals, ..rest },
                    _ => Self { bare: equals.max(bare), ..rest },
                }
            }
        }
    }

    fn most(self) -> i64 {
        let Self { name, between, attribute, behind, equals, double, single, bare } = self;
        let unquoted = name.max(between).max(attribute).max(behind).max(equals).max(bare);
        unquoted.max(double).max(single)
    }
}

#[cfg(test)]
mod tests {
    use dom_query::Document;
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(html: &str, numbers: &[i64]) {
        assert_eq!(of_tags(html.as_bytes()).collect::<Vec<_>>(), numbers);
    }

    #[test]
    fn attributes_of_tags() {
        check("<p>a b</p>", &[0, 0]);
        check("<p a b=c d = e f>", &[4]);
        check("<a href='a b=c>d'class=\"x > y\"id=z/w>", &[3]);
        check("<br a/b/ c /></br d e>", &[3, 2]);
        check("<p \"a 'b = =c =d=e>", &[3]);
        // What begins in a value or in a script may be a tag, and what does not end too.
        check("<p title='<b c d>' e>", &[2, 2]);
        check("i<n; i += 1; a > b", &[3]);
        check("<p a='b c d' e", &[2]);
        check("5 < 6 > 4 <5 a b>", &[]);
    }

    #[test]
    fn long_values_are_no_attributes() {
        let image = "data:image/png;base64,".to_owned() + &"iVBORw0KGgo/AAA+".repeat(1 << 16);
        let data = "{\"text\": \"Nobody reads all of it\"} ".repeat(1 << 15);
        let page = format!("<img src=\"{image}\"><div data-all='{data}'>");
        assert!(!are_too_many(&page));
        let names = |n: usize| "a ".repeat(n);
        assert!(!are_too_many(&format!("<p {}>", names(1 << 15))));
        assert!(are_too_many(&format!("<p {}>", names((1 << 15) + 1))));
        assert!(are_too_many(&format!("<p {}>", names(1 << 14)).repeat(5)));
    }

    proptest! {
        #[test]
        fn no_tag_of_the_parser_has_more(
            html in "(<|</|<!--|-->|>|p|a|b|c|d|script|svg|title|textarea|=|\"|'|/| |\n){0,60}",
        ) {
            let most = of_tags(html.as_bytes()).max().unwrap_or_default();
            let page = Document::from(&*html);
            let attributes = |node: dom_query::NodeRef<'_>| node.attrs().len() as i64;
            prop_assert!(page.root().descendants_it().all(|node| attributes(node) <= most));
        }
    }
}
