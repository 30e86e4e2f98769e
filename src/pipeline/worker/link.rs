//! Average linkage: one round of it by the edges of one group each, and the end of it once what is left fits one place.

use std::ops::RangeInclusive;

use super::rows::Rows;
use super::wire::Kind::{Flag, Long};
use super::wire::{Column, Out, Row};
use super::writer::Writer;
use super::{Error, Settings};
use crate::kernel::linkage::{self, Average, Edge, Linkage};
use crate::kernel::time::ONE;

/// The columns of an edge between some before and some after them.
macro_rules! edge {
    ([$($before:expr),*] [$($after:expr),*]) => {
        &[
            $($before,)*
            ("a", Long),
            ("b", Long),
            ("a_time", Long),
            ("b_time", Long),
            ("a_size", Long),
            ("b_size", Long),
            ("a_penalty", Long),
            ("b_penalty", Long),
            ("sum", Long),
            ("examined", Long),
            $($after,)*
        ]
    };
}

/// An edge between two groups that carries what is known of both: when their lowest items are from (which orders them
/// before their numbers do), how many items they have, and the sum of their penalties.
pub(super) const EDGE: &[Column] = edge!([] []);
/// An edge at one of its ends.
pub(super) const END: &[Column] = edge!([("end_item", Long)] []);
/// Whether an edge is the way from that end to its nearest, and whether there is any way from there.
pub(super) const NEAREST: &[Column] = edge!([] [("near", Flag), ("alive", Flag)]);
/// A group, and the one that it became part of.
pub(super) const LABEL: &[Column] = &[("item", Long), ("root", Long)];

/// Which linkage, and from where on two groups are close.
pub(super) type Rule = (Average, i64);

pub(super) const COPIES: Rule = (Average::ExaminedPairs, ONE);

pub(super) fn stories(settings: &Settings) -> Rule {
    (Average::AllPairs, settings.params.fixed_story_cut())
}

/// What one group's edges say of where it is nearest.
pub(super) fn nearest(rows: &mut Rows<'_>, out: &mut Writer<'_>, rule: Rule) -> Result<(), Error> {
    while let Some(mut group) = rows.group()? {
        let all = group.all()?;
        let end = all[0].long(0)?;
        let part = Part::new(&all, 1)?;
        let nearest = part.linkage(rule).nearest(&part.edges);
        let own = nearest[part.position(end)];
        for (i, row) in all.iter().enumerate() {
            let mut copied: Vec<Out<'_>> = (1..END.len()).map(|column| row.copy(column)).collect();
            copied.extend([Out::Flag(own == i as u32), Out::Flag(own != linkage::NONE)]);
            out.row(&copied)?;
        }
    }
    Ok(())
}

/// Merges until nothing is close.
pub(super) fn finish(rows: &mut Rows<'_>, out: &mut Writer<'_>, rule: Rule) -> Result<(), Error> {
    let mut all = Vec::new();
    while let Some(row) = rows.row()? {
        all.push(row);
    }
    let part = Part::new(&all, 0)?;
    drop(all);
    let label = part.linkage(rule).finish(part.edges.clone()).label;
    for (node, &into) in part.nodes.iter().zip(&label) {
        out.row(&[Out::Long(node.item), Out::Long(part.nodes[into as usize].item)])?;
    }
    Ok(())
}

/// With more, products of sums and sizes would not fit into 128 bits.
const MOST_ITEMS: i64 = 1 << 24;
/// See [`MOST_ITEMS`].
const MOST_PENALTY: i64 = 1 << 40;
/// See [`MOST_ITEMS`].
const MOST_SUM: i64 = 1 << 62;

fn bounded(row: &Row, column: usize, bounds: RangeInclusive<i64>) -> Result<i64, Error> {
    let value = row.long(column)?;
    if bounds.contains(&value) { Ok(value) } else { Err(row.bad(column, "is out of bounds")) }
}

/// What an edge carries of one of its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Node {
    time: i64,
    item: i64,
    size: u64,
    penalty: i64,
}

/// Some edges between groups that are numbered here, in their order.
struct Part {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

impl Part {
    /// Edges whose columns begin at `from`.
    fn new(rows: &[Row], from: usize) -> Result<Self, Error> {
        let node = |row: &Row, side: usize| -> Result<Node, Error> {
            let [item, time, size, penalty] = [0, 2, 4, 6].map(|column| from + column + side);
            Ok(Node {
                time: row.long(time)?,
                item: row.long(item)?,
                size: bounded(row, size, 1..=MOST_ITEMS)?.unsigned_abs(),
                penalty: bounded(row, penalty, -MOST_PENALTY..=MOST_PENALTY)?,
            })
        };
        let both = |row: &Row| Ok([node(row, 0)?, node(row, 1)?]);
        let ends: Vec<[Node; 2]> = rows.iter().map(both).collect::<Result<_, Error>>()?;
        let mut nodes: Vec<Node> = ends.iter().flatten().copied().collect();
        nodes.sort_unstable();
        nodes.dedup();
        let position = |node: &Node| nodes.partition_point(|other| other < node) as u32;
        let edge = |(row, [a, b]): (&Row, &[Node; 2])| {
            let sum = bounded(row, from + 8, -MOST_SUM..=MOST_SUM)?;
            let examined = bounded(row, from + 9, 0..=u32::MAX.into())?;
            Ok(Edge { a: position(a), b: position(b), sum, examined: examined as u32 })
        };
        let edges = rows.iter().zip(&ends).map(edge).collect::<Result<_, Error>>()?;
        Ok(Self { nodes, edges })
    }

    fn linkage(&self, (average, cut): Rule) -> Linkage {
        let sizes = self.nodes.iter().map(|node| node.size).collect();
        let penalties = self.nodes.iter().map(|node| node.penalty).collect();
        Linkage::new(sizes, penalties, average, cut)
    }

    /// Where the group of this number stands.
    fn position(&self, item: i64) -> usize {
        self.nodes.iter().position(|node| node.item == item).unwrap_or(0)
    }
}
