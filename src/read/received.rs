//! Records that arrived in memory, as JSON Lines.

use std::sync::Arc;

use super::Options;
use super::chunk::{Body, Chunk, Piece};
use super::lines::too_long;

/// The records of some bytes, a line each, numbered from 1 without the blank ones; `name` is what they came from.
///
/// ```
/// use std::sync::Arc;
/// use samestory::read::{Options, received};
///
/// let lines = b"{\"id\": \"a\", \"headline\": \"Pier reopens\"}\nnot JSON\n";
/// let parsed = received("body", lines, &Arc::new(Options::default())).parse();
/// assert_eq!(parsed.articles[0].title, "Pier reopens");
/// assert_eq!(parsed.refusals.len(), 1);
/// ```
pub fn received(name: &str, bytes: &[u8], options: &Arc<Options>) -> Chunk {
    let mut piece = Piece::new(name.into(), Body::Json { alone: false });
    let mut number = 0;
    let mut kept = Vec::with_capacity(bytes.len());
    for line in bytes.split(|&byte| byte == b'\n') {
        let line = line.trim_ascii();
        number += u64::from(!line.is_empty());
        if line.len() > options.max_record {
            piece.refuse(number, too_long("line", options.max_record));
        } else if !line.is_empty() {
            kept.extend_from_slice(line);
            piece.ends.push((number, kept.len()));
        }
    }
    piece.bytes = kept;
    Chunk { options: options.clone(), pieces: vec![piece] }
}
