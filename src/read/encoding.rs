//! Encodings: bytes that may not be UTF-8, as text.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP};

/// The likely encoding of bytes that are not UTF-8.
pub(super) fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
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
