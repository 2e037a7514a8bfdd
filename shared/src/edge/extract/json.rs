//! JSON values. An object keeps the order of its fields, and repeated fields.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};

use crate::edge::error::Invalid;

/// The most levels of nested arrays and objects.
const LEVELS: usize = 16;

/// The fields of an object, in their order.
pub(super) type Fields = Vec<(String, Json)>;

/// What some programs write before the text that they store in UTF-8 (RFC 8259, 8.1: a reader may skip it).
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A value.
#[derive(Debug)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Whole(i64),
    /// A whole number over `i64::MAX`.
    Large(u64),
    Float(f64),
    Text(String),
    /// The value of a query parameter. It may be read as a number, because a query has no types.
    Parameter(String),
    /// The items, each with its index in the document.
    List(Vec<(usize, Json)>),
    Object(Fields),
    /// The value of a field that is given more than once. Two parsers could read two different values: one the first,
    /// the other the last.
    Repeated,
}

impl Json {
    /// Parses one JSON value.
    ///
    /// # Errors
    /// If it is not JSON, or has more than [`LEVELS`].
    pub(super) fn parse(bytes: &[u8]) -> Result<Json, Invalid> {
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        if std::str::from_utf8(bytes).is_err() {
            return Err(Invalid { pointer: String::new(), detail: "the body is not UTF-8; send UTF-8".into() });
        }
        let too_deep = RefCell::new(None);
        let mut parser = serde_json::Deserializer::from_slice(bytes);
        let parsed = Level { left: LEVELS, too_deep: &too_deep }.deserialize(&mut parser);
        parsed.and_then(|value| parser.end().map(|()| value)).map_err(|error| match too_deep.take() {
            Some(name) => {
                let pointer = name.map_or_else(String::new, |name| format!("/{}", escape(&name)));
                Invalid { pointer, detail: "is nested too deeply".into() }
            }
            None => Invalid { pointer: String::new(), detail: format!("the body is not JSON: {error}") },
        })
    }

    /// Removes the value at a path, so that the rest can be read.
    pub(super) fn remove(&mut self, path: &[String]) {
        let Some((name, rest)) = path.split_first() else { return };
        match self {
            Json::Object(fields) if rest.is_empty() => fields.retain(|(known, _)| known != name),
            Json::List(items) if rest.is_empty() => items.retain(|(index, _)| index.to_string() != *name),
            Json::Object(fields) => {
                fields.iter_mut().filter(|(known, _)| known == name).for_each(|(_, value)| value.remove(rest));
            }
            Json::List(items) => {
                let of_index = items.iter_mut().filter(|(index, _)| index.to_string() == *name);
                of_index.for_each(|(_, value)| value.remove(rest));
            }
            _ => {}
        }
    }
}

/// Returns the fields in their order, each once. A name that is repeated keeps its first place.
pub(super) fn unrepeated(fields: impl IntoIterator<Item = (String, Json)>) -> Fields {
    let (mut known, mut repeated, mut once) = (HashSet::new(), HashSet::new(), Fields::new());
    for (name, value) in fields {
        if known.insert(name.clone()) {
            once.push((name, value));
        } else {
            repeated.insert(name);
        }
    }
    once.iter_mut().filter(|(name, _)| repeated.contains(name)).for_each(|(_, value)| *value = Json::Repeated);
    once
}

/// Escapes a name for a JSON Pointer (RFC 6901, 3).
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Reads a value with at most `left` levels.
#[derive(Clone, Copy)]
struct Level<'a> {
    left: usize,
    /// Set if the value has more levels, to the outermost field that has them.
    too_deep: &'a RefCell<Option<Option<String>>>,
}

impl Level<'_> {
    fn below<E: de::Error>(self) -> Result<Self, E> {
        match self.left.checked_sub(1) {
            Some(left) => Ok(Level { left, ..self }),
            None => {
                *self.too_deep.borrow_mut() = Some(None);
                Err(E::custom("too many levels"))
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Level<'_> {
    type Value = Json;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Whole(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(i64::try_from(value).map_or(Json::Large(value), Json::Whole))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let below = self.below()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(below)? {
            list.push((list.len(), item));
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let below = self.below()?;
        let mut fields = Fields::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(below).inspect_err(|_| {
                // Each object overwrites the name with its own field, so the outermost one remains.
                self.too_deep.borrow_mut().iter_mut().for_each(|field| *field = Some(name.clone()));
            })?;
            fields.push((name, value));
        }
        Ok(Json::Object(unrepeated(fields)))
    }
}
