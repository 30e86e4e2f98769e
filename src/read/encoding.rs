//! Encodings: bytes that may not be UTF-8, as text.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8};

/// A text with so many characters of several bytes for each fault is UTF-8 that was damaged. In other encodings such
/// characters come about by chance: in Chinese, where that is likeliest, one for three faults.
const CHARACTERS_PER_FAULT: usize = 4;

/// The likely encoding of bytes that are not UTF-8, or not all of them.
pub(super) fn guess(bytes: &[u8]) -> &'static Encoding {
    if is_damaged_utf8(bytes) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether bytes are UTF-8 but for few faults; a last character that is cut short is none.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut characters, mut faults, mut is_cut) = (0, 0, false);
    for chunk in bytes.utf8_chunks() {
        characters += chunk.valid().bytes().filter(|b| *b >= 0xC0).count();
        faults += usize::from(!chunk.invalid().is_empty());
        is_cut = std::str::from_utf8(chunk.invalid()).is_err_and(|e| e.error_len().is_none());
    }
    characters > 0 && characters >= CHARACTERS_PER_FAULT * (faults - usize::from(is_cut))
}

/// The text: as UTF-8 where it is that, else in the encoding declared, else as guessed.
///
/// Valid UTF-8 goes before a declaration, which often stayed behind when a page was converted.
pub(super) fn decode<'a>(bytes: &'a [u8], declared: Option<&'static Encoding>) -> Cow<'a, str> {
    match std::str::from_utf8(bytes) {
        // The one encoding whose bytes all look like ASCII.
        Ok(_) if declared == Some(ISO_2022_JP) => ISO_2022_JP.decode_without_bom_handling(bytes).0,
        Ok(text) => Cow::Borrowed(text),
        Err(_) => declared.unwrap_or_else(|| guess(bytes)).decode_without_bom_handling(bytes).0,
    }
}
