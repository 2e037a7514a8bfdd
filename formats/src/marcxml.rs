//! MARC 21 as XML. Names count without their prefixes, wrappers are passed over, and nothing is expanded.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::frame::Cut;
use crate::marc::{Field, Record};
use crate::problem::{Code, Problem};
use crate::text::character;

/// What a tag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    Other,
}

/// A tag: where it ends, and its name without a prefix.
struct Tag<'a> {
    kind: Kind,
    name: &'a [u8],
    start: usize,
    end: usize,
}

/// Returns the next tag from a place. `None`: it does not end in these bytes.
fn next_tag(bytes: &[u8], from: usize) -> Option<Tag<'_>> {
    let start = from + bytes.get(from..)?.iter().position(|byte| *byte == b'<')?;
    let inner = bytes.get(start + 1..)?;
    let until = |begin: &[u8], end: &[u8]| {
        let rest = inner.strip_prefix(begin)?;
        let at = rest.windows(end.len()).position(|window| window == end);
        Some(at.map(|at| Tag { kind: Kind::Other, name: b"", start, end: start + 1 + begin.len() + at + end.len() }))
    };
    if let Some(tag) = until(b"!--", b"-->").or_else(|| until(b"![CDATA[", b"]]>")).or_else(|| until(b"?", b"?>")) {
        return tag;
    }
    if [&b"!--"[..], b"![CDATA["].iter().any(|special| special.starts_with(inner)) {
        return None;
    }
    let mut quote = None;
    for (at, &byte) in inner.iter().enumerate() {
        match (byte, quote) {
            // Neither a name nor a value has this: the tag is broken, and another begins.
            (b'<', _) => return Some(Tag { kind: Kind::Other, name: b"", start, end: start + 1 + at }),
            (b'>', None) => return Some(named(inner.get(..at)?, start, start + at + 2)),
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    None
}

fn named(inner: &[u8], start: usize, end: usize) -> Tag<'_> {
    let (kind, inner) = match inner {
        [b'!', ..] => (Kind::Other, inner),
        [b'/', rest @ ..] => (Kind::Close, rest),
        _ => (Kind::Open, inner),
    };
    let name = inner.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').next().unwrap_or_default();
    Tag { kind, name: name.rsplit(|byte| *byte == b':').next().unwrap_or(name), start, end }
}

fn is_field(name: &[u8]) -> bool {
    matches!(name, b"leader" | b"controlfield" | b"datafield")
}

/// Finds the next record: the innermost element `record` that has fields. Comments and CDATA are passed over.
pub(crate) fn cut(bytes: &[u8], ended: bool) -> Cut {
    let mut record = None;
    let mut has_fields = false;
    let mut at = 0;
    while let Some(tag) = next_tag(bytes, at) {
        at = tag.end;
        match (tag.kind, tag.name, record) {
            (Kind::Open, b"record", Some(start)) if has_fields => {
                return Cut::Bad { start, end: tag.start, problem: bad("is not closed") };
            }
            (Kind::Open, b"record", _) => record = Some(tag.start),
            (Kind::Open, name, Some(_)) if is_field(name) => has_fields = true,
            (Kind::Close, b"record", Some(start)) if has_fields => return Cut::Record { start, end: at },
            (Kind::Close, b"record", _) => record = None,
            _ => {}
        }
    }
    match record {
        Some(start) if ended && has_fields => Cut::Bad { start, end: bytes.len(), problem: bad("is cut off") },
        _ if ended => Cut::Nothing(bytes.len()),
        Some(0) => Cut::More,
        Some(start) => Cut::Nothing(start),
        None if !bytes.contains(&b'<') => Cut::Nothing(bytes.len()),
        None if at > 0 => Cut::Nothing(at),
        None => Cut::More,
    }
}

fn bad(detail: &str) -> Problem {
    Problem::new(Code::XmlBad, detail)
}

/// Returns where the next element `record` begins.
pub(crate) fn next_record(bytes: &[u8], from: usize) -> Option<usize> {
    let starts = bytes.iter().enumerate().skip(from).filter(|(_, byte)| **byte == b'<').map(|(at, _)| at);
    starts.into_iter().find(|at| {
        let name = bytes.get(at + 1..).unwrap_or_default();
        let end = name.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b'<'));
        let name = end.and_then(|end| name.get(..end)).unwrap_or_default();
        name.rsplit(|byte| *byte == b':').next() == Some(b"record")
    })
}

/// Returns whether a file declares a document type.
pub(crate) fn has_doctype(head: &[u8]) -> bool {
    let mut at = 0;
    while let Some(tag) = next_tag(head, at) {
        let inner = head.get(tag.start + 2..tag.start + 9).unwrap_or_default();
        if tag.kind == Kind::Open {
            return false;
        }
        if inner.eq_ignore_ascii_case(b"DOCTYPE") {
            return true;
        }
        at = tag.end;
    }
    // A document type that does not end in these bytes.
    head.get(at..).unwrap_or_default().windows(9).any(|window| window.eq_ignore_ascii_case(b"<!DOCTYPE"))
}

/// Reads a record.
///
/// # Errors
/// If it is no XML, or has an entity that nothing declares.
pub(crate) fn read(text: &str) -> Result<Record, Problem> {
    let mut reader = Reader::from_str(text);
    let mut record = Record::default();
    let mut value: Option<String> = None;
    loop {
        let event = reader.read_event().map_err(|wrong| bad(&format!("is no XML: {wrong}")))?;
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "controlfield" => {
                    record.fields.push(field(&tag));
                    value = Some(String::new());
                }
                "datafield" => record.fields.push(field(&tag)),
                "subfield" => {
                    if let Some(field) = record.fields.last_mut() {
                        let code = attribute(&tag, "code").chars().find(|code| *code != ' ').unwrap_or('a');
                        field.subfields.push((code, String::new()));
                        value = Some(String::new());
                    }
                }
                _ => {}
            },
            Event::End(tag) => match (tag.local_name().as_ref(), value.take()) {
                ("controlfield", Some(text)) => {
                    if let Some(field) = record.fields.last_mut() {
                        field.subfields = vec![('\0', text)];
                    }
                }
                ("subfield", Some(text)) => {
                    if let Some((_, value)) = record.fields.last_mut().and_then(|field| field.subfields.last_mut()) {
                        *value = text;
                    }
                }
                (_, other) => value = other,
            },
            Event::Text(part) => {
                if let Some(value) = &mut value {
                    value.push_str(&part);
                }
            }
            Event::CData(part) => {
                if let Some(value) = &mut value {
                    value.push_str(&part);
                }
            }
            Event::GeneralRef(name) => {
                let unknown = || Problem::new(Code::XmlEntity, format!("the entity {} is not known", &*name)).of(&name);
                let letters = character(&name).ok_or_else(unknown)?;
                if let Some(value) = &mut value {
                    value.push_str(&letters);
                }
            }
            Event::DocType(_) => return Err(Problem::new(Code::XmlDoctype, "a document type is not read")),
            Event::Eof => return Ok(record),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

fn field(tag: &BytesStart<'_>) -> Field {
    let indicator = |name: &str| attribute(tag, name).chars().next().unwrap_or(' ');
    let indicators = [indicator("ind1"), indicator("ind2")];
    Field { tag: attribute(tag, "tag"), indicators, ..Field::default() }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> String {
    let mut attributes = tag.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name);
    found.map_or_else(String::new, |attribute| attribute.value.into_owned())
}
