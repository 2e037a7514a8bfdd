//! MARC-8: the encoding of catalogues before Unicode (Library of Congress, "Character Sets and Encoding Options").
//!
//! All its sets are read but the East Asian one (EACC), whose 16,000 characters would cost more than the rest of this crate.

mod sets;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use crate::text::{character, name_before_semicolon};

/// A text of MARC-8.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The text in Unicode's composed form. U+FFFD stands for what cannot be read.
    pub(crate) text: String,
    /// Whether some of it is in the East Asian set.
    pub(crate) has_eacc: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    Ascii,
    Of(&'static [char; 94]),
    Eacc,
}

const ESCAPE: u8 = 0x1b;

/// Decodes the text of one subfield. Each begins with the sets of Latin.
pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    let mut decoded = Decoded::default();
    let mut low = Set::Ascii;
    let mut high = Set::Of(&sets::ANSEL);
    let mut marks: Vec<char> = Vec::new();
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == ESCAPE {
            match escape(after) {
                Some((is_high, set, length)) => {
                    *(if is_high { &mut high } else { &mut low }) = set;
                    rest = after.get(length..).unwrap_or_default();
                }
                None => {
                    decoded.text.push('\u{fffd}');
                    rest = after.get(unknown_escape(after)..).unwrap_or_default();
                }
            }
            continue;
        }
        let set = if byte < 0x80 { low } else { high };
        let letter = match (byte, set) {
            (0x20 | 0xa0, Set::Ascii | Set::Of(_)) => ' ',
            // What begins and ends the part of a title that is not sorted; and controls.
            (0x00..0x20 | 0x7f | 0x80..=0x8c | 0x8f..=0x9f, Set::Ascii | Set::Of(_)) => {
                if byte < 0x20 || byte == 0x7f {
                    decoded.text.push(char::from(byte));
                }
                continue;
            }
            (0x8d, _) => '\u{200d}',
            (0x8e, _) => '\u{200c}',
            (_, Set::Eacc) => {
                decoded.has_eacc = true;
                // Three bytes each.
                rest = rest.get(2..).unwrap_or_default();
                '\u{fffd}'
            }
            (_, Set::Ascii) => char::from(byte & 0x7f),
            (_, Set::Of(letters)) => usize::from(byte & 0x7f)
                .checked_sub(0x21)
                .and_then(|place| letters.get(place).copied())
                .unwrap_or('\u{fffd}'),
        };
        match letter {
            // Halves of a mark above two letters. In Unicode it is one mark, between them.
            '\u{fe20}' => marks.push('\u{361}'),
            '\u{fe22}' => marks.push('\u{360}'),
            '\u{fe21}' | '\u{fe23}' => {}
            _ if is_mark(letter) => marks.push(letter),
            _ => {
                decoded.text.push(letter);
                decoded.text.extend(marks.drain(..));
            }
        }
    }
    if decoded.text.contains("&#x") {
        decoded.text = with_references(&decoded.text);
    }
    decoded.text = decoded.text.nfc().collect();
    decoded
}

/// Returns whether a letter is a mark that stands before its letter. The superscript alef has a place of its own.
fn is_mark(letter: char) -> bool {
    canonical_combining_class(letter) != 0 && letter != '\u{670}'
}

/// Reads an escape sequence: whether it is for the codes above 0x80, the set, and the bytes after the escape.
fn escape(after: &[u8]) -> Option<(bool, Set, usize)> {
    let (is_high, is_multiple, prefix) = match after {
        [b's', ..] => return Some((false, Set::Ascii, 1)),
        [b'b', ..] => return Some((false, Set::Of(&sets::SUBSCRIPTS), 1)),
        [b'g', ..] => return Some((false, Set::Of(&sets::GREEK_SYMBOLS), 1)),
        [b'p', ..] => return Some((false, Set::Of(&sets::SUPERSCRIPTS), 1)),
        [b'$', b'(' | b',', ..] => (false, true, 2),
        [b'$', b')' | b'-', ..] => (true, true, 2),
        [b'$', ..] => (false, true, 1),
        [b'(' | b',', ..] => (false, false, 1),
        [b')' | b'-', ..] => (true, false, 1),
        _ => return None,
    };
    let name = after.get(prefix..)?;
    let (set, length) = match name {
        [b'1', ..] if is_multiple => (Set::Eacc, 1),
        _ if is_multiple => return None,
        [b'B', ..] => (Set::Ascii, 1),
        [b'!', b'E', ..] => (Set::Of(&sets::ANSEL), 2),
        [b'E', ..] => (Set::Of(&sets::ANSEL), 1),
        [b'2', ..] => (Set::Of(&sets::HEBREW), 1),
        [b'3', ..] => (Set::Of(&sets::ARABIC), 1),
        [b'4', ..] => (Set::Of(&sets::EXTENDED_ARABIC), 1),
        [b'N', ..] => (Set::Of(&sets::CYRILLIC), 1),
        [b'Q', ..] => (Set::Of(&sets::EXTENDED_CYRILLIC), 1),
        [b'S', ..] => (Set::Of(&sets::GREEK), 1),
        _ => return None,
    };
    Some((is_high, set, prefix + length))
}

/// Returns how many bytes after an escape belong to a sequence that is not known.
fn unknown_escape(after: &[u8]) -> usize {
    match after {
        [b'(' | b')' | b',' | b'-' | b'$', b'\x21'..=b'\x7e', ..] => 2,
        _ => 0,
    }
}

/// Letters that MARC-8 lacks stand as `&#x4E2D;` there.
fn with_references(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("&#x") {
        plain.push_str(before);
        let digits = name_before_semicolon(after).filter(|(digits, _)| (1..=6).contains(&digits.len()));
        let letter = digits.and_then(|(digits, _)| character(&format!("#x{digits}")));
        match (letter, digits) {
            (Some(letter), Some((_, tail))) => {
                plain.push_str(&letter);
                rest = tail;
            }
            _ => {
                plain.push_str("&#x");
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn marks_stand_before_their_letters() {
        for (bytes, text) in [
            (&b"P\xe3\xf2a double"[..], "Pậ double"),
            (b"\xe2El\xe2egies", "Élégies"),
            (b"CO\x1bb2\x1bs and H", "CO₂ and H"),
            (b"\xebi\xeca", "i\u{361}a"),
            (b"\xfan\xfbg", "n\u{360}g"),
            (b"\x1b(NkNIGA\x1b(B = Book", "Книга = Book"),
            (b"\x1bgabc\x1bs and \x1b(SAB\x1b(B", "αβγ and ΑΒ"),
            (b"Lost &#x4E2D;&#x6587; here", "Lost 中文 here"),
            (b"\x88The \x89Skipped", "The Skipped"),
            (b"Bad \x1b(Z escape", "Bad \u{fffd} escape"),
            (b"at the end \xe2", "at the end "),
            (b"&#x; &#xzz; &#xD800;", "&#x; &#xzz; &#xD800;"),
            (b"\x1b", "\u{fffd}"),
        ] {
            assert_eq!(decode(bytes).text, text, "{bytes:?}");
        }
        assert!(decode(b"\x1b$1!0(!0A\x1b(B /").has_eacc);
        assert!(decode(b"\x1b$1!0(!0A\x1b(B /").text.ends_with(" /"));
    }
}
