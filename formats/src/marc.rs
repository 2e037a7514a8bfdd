//! MARC 21 in its exchange format (ISO 2709): a leader, a directory, fields.
//!
//! What the leader and the directory count is often wrong. So fields end at 0x1E and records at 0x1D, and the numbers are
//! hints.

use encoding_rs::Encoding;
use unicode_normalization::UnicodeNormalization;

use crate::encoding::weigh;
use crate::marc8;
use crate::problem::{Code, Problem};
use crate::text::Notes;

pub(crate) const SUBFIELD: u8 = 0x1f;
pub(crate) const FIELD_END: u8 = 0x1e;
pub(crate) const RECORD_END: u8 = 0x1d;

/// The bytes of a leader.
const LEADER: usize = 24;
/// The bytes of a field's entry in the directory.
const ENTRY: usize = 12;

/// A record of MARC 21.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) fields: Vec<Field>,
}

/// A field of a record.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) tag: String,
    /// Both indicators. A missing indicator is a blank.
    pub(crate) indicators: [char; 2],
    /// Each subfield with its code. A control field has one, without a code: NUL.
    pub(crate) subfields: Vec<(char, String)>,
    /// Whether some of it is in the East Asian set of MARC-8.
    pub(crate) has_eacc: bool,
}

impl Record {
    /// Returns the fields with a tag.
    pub(crate) fn all<'a>(&'a self, tag: &'a str) -> impl Iterator<Item = &'a Field> {
        self.fields.iter().filter(move |field| field.tag == tag)
    }

    /// Returns the text of a control field.
    pub(crate) fn control(&self, tag: &str) -> &str {
        self.fields
            .iter()
            .find(|field| field.tag == tag)
            .and_then(|field| field.subfields.first())
            .map_or("", |(_, text)| text)
    }
}

impl Field {
    /// Returns the subfields with a code.
    pub(crate) fn all(&self, code: char) -> impl Iterator<Item = &str> {
        self.subfields.iter().filter(move |(other, _)| *other == code).map(|(_, text)| text.as_str())
    }

    /// Returns the first subfield with a code that is not empty.
    pub(crate) fn first(&self, code: char) -> &str {
        self.all(code).find(|text| !text.trim().is_empty()).unwrap_or("")
    }
}

/// How the texts of a record are encoded.
#[derive(Clone, Copy)]
enum Texts {
    Utf8,
    Marc8,
    Named(&'static Encoding),
}

/// Reads a record.
///
/// # Errors
/// If it has no directory.
pub(crate) fn read(notes: &mut Notes, bytes: &[u8], named: Option<&'static Encoding>) -> Result<Record, Problem> {
    let bad = |detail: &str| Problem::new(Code::MarcBad, detail);
    let leader = bytes.get(..LEADER).ok_or_else(|| bad("is shorter than a leader"))?;
    let rest = bytes.get(LEADER..).unwrap_or_default();
    let directory_end =
        rest.iter().position(|byte| *byte == FIELD_END).ok_or_else(|| bad("has no end of its directory"))?;
    let directory = rest.get(..directory_end).unwrap_or_default();
    if directory.len() < ENTRY {
        return Err(bad("has no directory"));
    }
    let data = rest.get(directory_end + 1..).unwrap_or_default();
    let data = data.strip_suffix(&[RECORD_END]).unwrap_or(data);
    let length = leader.get(..5).and_then(number);
    if length != Some(bytes.len()) && bytes.len() <= 99_999 {
        notes.add(Problem::new(Code::MarcLength, format!("has {} bytes, and its leader says otherwise", bytes.len())));
    }
    let texts = texts(notes, leader, bytes, named);
    let fields = slices(directory, data).unwrap_or_else(|| {
        notes.add(Problem::new(Code::MarcDirectory, "its directory is wrong; the ends of the fields were followed"));
        directory.chunks(ENTRY).zip(data.split(|byte| *byte == FIELD_END)).collect()
    });
    Ok(Record { fields: fields.into_iter().map(|(entry, data)| field(notes, entry, data, texts)).collect() })
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

/// Returns the data of each field as the directory says, if it is right.
fn slices<'a>(directory: &'a [u8], data: &'a [u8]) -> Option<Vec<(&'a [u8], &'a [u8])>> {
    let entries = directory.chunks_exact(ENTRY);
    if !entries.remainder().is_empty() {
        return None;
    }
    let mut total = 0_usize;
    entries
        .map(|entry| {
            let (length, start) = (number(entry.get(3..7)?)?, number(entry.get(7..12)?)?);
            // Fields do not overlap: else a megabyte could say that it is a gigabyte.
            total += length;
            let field = data.get(start..start.checked_add(length)?).filter(|_| total <= data.len())?;
            let before = start.checked_sub(1).and_then(|before| data.get(before)).copied().unwrap_or(FIELD_END);
            let field = field.strip_suffix(&[FIELD_END])?;
            (before == FIELD_END && !field.contains(&FIELD_END)).then_some((entry, field))
        })
        .collect()
}

/// Decides how the texts of a record are encoded: what they are counts, and the leader only where they may be both.
fn texts(notes: &mut Notes, leader: &[u8], bytes: &[u8], named: Option<&'static Encoding>) -> Texts {
    if let Some(encoding) = named {
        return Texts::Named(encoding);
    }
    let says_utf8 = leader.get(9) == Some(&b'a');
    if bytes.is_ascii() {
        return if says_utf8 { Texts::Utf8 } else { Texts::Marc8 };
    }
    let (valid, invalid) = weigh(bytes);
    let is_utf8 = invalid == 0 || (says_utf8 && valid > invalid);
    if is_utf8 != says_utf8 {
        let (is, says) = if is_utf8 { ("UTF-8", "MARC-8") } else { ("MARC-8", "UTF-8") };
        notes.add(Problem::new(Code::MarcEncoding, format!("its leader says {says}; it was read as {is}")));
    }
    if is_utf8 { Texts::Utf8 } else { Texts::Marc8 }
}

fn field(notes: &mut Notes, entry: &[u8], data: &[u8], texts: Texts) -> Field {
    let tag = String::from_utf8_lossy(entry.get(..3).unwrap_or(entry)).into_owned();
    let mut has_eacc = false;
    let mut text = |bytes: &[u8]| match texts {
        Texts::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Texts::Named(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        Texts::Marc8 => {
            let decoded = marc8::decode(bytes);
            has_eacc |= decoded.has_eacc;
            decoded.text
        }
    };
    if tag.starts_with("00") {
        let subfields = vec![('\0', text(data))];
        return Field { tag, indicators: [' '; 2], subfields, has_eacc };
    }
    let mut parts = data.split(|byte| *byte == SUBFIELD);
    let start = parts.next().unwrap_or_default();
    let indicator = |place: usize| start.get(place).map_or(' ', |byte| char::from(*byte));
    let indicators = [indicator(0), indicator(1)];
    let mut is_odd = start.len() != 2;
    let mut subfields: Vec<(char, String)> = parts
        .filter_map(|part| {
            // A blank in place of the code is not one: the code follows.
            let part = part.trim_ascii_start();
            let (code, rest) = part.split_first()?;
            if code.is_ascii() {
                return Some((char::from(*code), text(rest)));
            }
            // What was once an ASCII letter: with an accent, or with a bit too many.
            is_odd = true;
            if matches!(texts, Texts::Marc8) {
                return Some((char::from(code & 0x7f), text(rest)));
            }
            let part = text(part);
            let mut letters = part.chars();
            let code = letters.next()?.nfd().next()?;
            Some((code, letters.as_str().to_owned()))
        })
        .collect();
    if is_odd {
        notes.add(Problem::new(Code::MarcField, format!("the indicators or codes of field {tag} are wrong")));
    }
    if subfields.is_empty() && start.len() > 2 {
        subfields.push(('a', text(start.get(2..).unwrap_or_default())));
    }
    Field { tag, indicators, subfields, has_eacc }
}
