//! Changes of bytes.

use crate::random::Random;

/// What breaks readers: the marks of every format, of URLs, tokens and numbers.
const MARKS: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b"\r",
    b"\n",
    b"\r\n",
    b"\0",
    b",",
    b";",
    b"\t",
    b"'",
    b"=",
    b"\x1d",
    b"\x1e",
    b"\x1f",
    b"\x1b$1",
    b"\x1b(2",
    b"\x1b",
    b"\xe2",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\xf0\x9f\x9a\x80",
    b"</record>",
    b"<record>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<!DOCTYPE",
    b"&",
    b"&#x110000;",
    b"99999",
    b"2147483648",
    b"18446744073709551616",
    b"-",
    b"{",
    b"}",
    b"[",
    b"\\ud800",
    b"\\u0000",
    b"9780306406157",
    b"9.78E+12",
    b".",
    b"..",
    b"/",
    b"#",
    b"?",
    b"%00",
    b"%ff",
    b"+",
    b"_",
    b" ",
    // Letters that change when they are folded or normalised: a long s, a dotted capital I, a ligature, an accent alone, a
    // letter that turns the direction of writing, Hangul, and two scripts in which words are syllables.
    "\u{17f}\u{130}\u{fb03}\u{301}\u{202e}\u{ac00}\u{96ea}\u{30ac}".as_bytes(),
    "\u{dc}\u{df}".as_bytes(),
];

/// Returns one of the inputs, changed in one to eight places.
///
/// # Panics
/// If there is no input.
pub fn changed(random: &mut Random, inputs: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = random.one_of(inputs).clone();
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(40)).min(bytes.len());
        match random.below(7) {
            0 if at < bytes.len() => bytes[at] = random.number().to_le_bytes()[0],
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, part);
            }
            3 => bytes.truncate(at.max(1)),
            4 => {
                let other = random.one_of(inputs);
                let from = random.below(other.len());
                let part = other[from..(from + 60).min(other.len())].to_vec();
                bytes.splice(at..at, part);
            }
            5 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            _ => drop(bytes.splice(at..at, random.one_of(MARKS).iter().copied())),
        }
    }
    bytes
}
