//! Encodings: how one is guessed, and how a record is decoded.
//!
//! The encoding belongs to the whole file. One wrong byte in one record does not change how the others are read.

use std::borrow::Cow;

use encoding_rs::{Encoding, MACINTOSH, UTF_8, WINDOWS_1252};

use crate::problem::{Code, Problem};
use crate::text::Notes;

/// Counts the letters that are valid UTF-8 beyond ASCII, and the places that are not valid.
pub(crate) fn weigh(bytes: &[u8]) -> (usize, usize) {
    bytes.utf8_chunks().fold((0, 0), |(valid, bad), chunk| {
        let letters = chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        (valid + letters, bad + usize::from(!chunk.invalid().is_empty()))
    })
}

/// Guesses the encoding of bytes. `None`: they are ASCII, which all encodings share.
pub(crate) fn guess(bytes: &[u8]) -> Option<&'static Encoding> {
    if bytes.is_ascii() {
        return None;
    }
    let (valid, bad) = weigh(bytes);
    // The last letter may be cut where the bytes end.
    if valid >= bad || (valid == 0 && bad == 0) {
        return Some(UTF_8);
    }
    let only_returns = bytes.contains(&b'\r') && !bytes.contains(&b'\n');
    Some(if only_returns { MACINTOSH } else { WINDOWS_1252 })
}

/// Returns whether windows-1252 has a letter for each byte.
fn is_windows_1252(bytes: &[u8]) -> bool {
    !bytes.iter().any(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d))
}

/// Decodes a record. If the file is UTF-8 but the record is not, the record is read as windows-1252. This is not done if some
/// of its letters are UTF-8, or if it has bytes that windows-1252 does not define: then each invalid part becomes U+FFFD,
/// which is a problem only of the fields that are read.
pub(crate) fn decode<'a>(notes: &mut Notes, bytes: &'a [u8], encoding: &'static Encoding) -> Cow<'a, str> {
    if encoding != UTF_8 {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    if weigh(bytes).0 > 0 || !is_windows_1252(bytes) {
        return String::from_utf8_lossy(bytes);
    }
    notes.add(Problem::new(Code::BadBytes, "is not UTF-8 as the rest of the file, and was read as windows-1252"));
    WINDOWS_1252.decode_without_bom_handling(bytes).0
}

#[cfg(test)]
mod tests {
    use encoding_rs::{MACINTOSH, UTF_8, WINDOWS_1252};

    use super::guess;

    #[test]
    fn one_wrong_byte_does_not_change_the_encoding() {
        assert_eq!(guess(b"plain"), None);
        assert_eq!(guess("Été".as_bytes()), Some(UTF_8));
        assert_eq!(guess(b"\xc3\x89t\xc3\xa9 D\xe9j\xe0"), Some(UTF_8));
        assert_eq!(guess(b"D\xe9j\xe0 vu\n"), Some(WINDOWS_1252));
        assert_eq!(guess(b"Caf\x8e No\x91l\r"), Some(MACINTOSH));
    }
}
