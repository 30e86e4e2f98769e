//! A page as a tree that is small enough to be gone through.

use dom_query::{Document, NodeRef};
use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{ParseOpts, parse_document};

use super::{MAX_DEPTH, MAX_ELEMENTS};

/// So many bytes are parsed before what has become of them is looked at.
const PIECE: usize = 4096;

/// There may be so many nodes, texts and comments among them. Some tags are made again in each paragraph until they are closed,
/// so that a short page can be a large tree.
const MAX_NODES: usize = 4 * MAX_ELEMENTS;

/// There may be so many nodes on the way to any, those included that [`too_deep`](super::too_deep) does not count.
const MAX_WAY: usize = 2 * MAX_DEPTH;

/// After so many more nodes it is asked how deep they are.
const MORE_NODES: usize = 8192;

/// The attributes of each further `<html>` or `<body>` become those of the first, which has no more than this.
const MAX_ATTRIBUTES: usize = 1000;

/// The tree of a page; `None` if it would be too large.
pub(super) fn of(mut html: &str) -> Option<Document> {
    let tree_builder = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
    let options = ParseOpts { tree_builder, ..ParseOpts::default() };
    let mut parser = parse_document(Document::default(), options);
    let mut seen = 0;
    while !html.is_empty() {
        let end = (PIECE..html.len()).find(|&at| html.is_char_boundary(at));
        let (piece, rest) = html.split_at(end.unwrap_or(html.len()));
        parser.process(piece.into());
        html = rest;
        let page = &parser.tokenizer.sink.sink;
        let nodes = page.tree.len();
        if nodes > MAX_NODES || n_attributes(page) > MAX_ATTRIBUTES {
            return None;
        }
        if nodes > seen + MORE_NODES {
            seen = nodes;
            if is_deep(page.root()) {
                return None;
            }
        }
    }
    let page = parser.finish();
    (!is_deep(page.root())).then_some(page)
}

/// The number of attributes of a page as a whole.
fn n_attributes(page: &Document) -> usize {
    let both = [page.root().first_element_child(), page.tree.body()].into_iter().flatten();
    both.filter_map(|node| Some(node.element_ref()?.attrs.len())).sum()
}

/// Whether the way to a node below this one is too long.
fn is_deep(top: NodeRef<'_>) -> bool {
    let mut way = vec![top];
    while let Some(child) = way.last().map(NodeRef::first_child) {
        if way.len() > MAX_WAY {
            return true;
        }
        let mut next = child;
        while next.is_none()
            && let Some(done) = way.pop()
        {
            next = done.next_sibling();
        }
        way.extend(next);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_tree_of_the_whole() {
        let rows = "<tr>é<td>ü &amp; ö\r\n<b>“<p>½</b>✓</td>\n</tr>text<!-- é --><pre>\n¾</pre>"
            .repeat(300);
        for shift in 0..7 {
            let html = format!("{}<title>é</title><table>{rows}</table>", "x".repeat(shift));
            let page = of(&html).expect("it is small");
            assert_eq!(page.html(), Document::from(&*html).html());
        }
    }

    /// A page is too large with one piece more than `most`.
    #[track_caller]
    fn check(begin: &str, piece: &str, most: usize) {
        let page = |n: usize| begin.to_owned() + &piece.repeat(n);
        assert_eq!([most, most + 1].map(|n| of(&page(n)).is_some()), [true, false]);
    }

    #[test]
    fn large_trees_are_none() {
        // On the way to the last comment are the page, its <html> and its <body>.
        check("<body>", "<div><!--</div>-->", MAX_WAY - 4);
        let names: String = (0..200).map(|i| format!("<b id={i}>")).collect();
        assert!(of(&format!("<p>{names}</p>{}", "<p>x".repeat(900))).is_some());
        assert!(of(&format!("<p>{names}</p>{}", "<p>x".repeat(100_000))).is_none());
        let bodies = |n: usize| (0..n).map(|i| format!("<body a{i}></body>")).collect::<String>();
        assert_eq!([1000, 2000].map(|n| of(&bodies(n)).is_some()), [true, false]);
    }
}
