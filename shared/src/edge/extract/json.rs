//! JSON values. An object keeps the order of its fields, and repeated fields.

use std::cell::RefCell;
use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};

use crate::edge::error::Invalid;

/// The most levels of nested arrays and objects.
const LEVELS: usize = 16;

/// The fields of an object, in their order.
pub(super) type Fields = Vec<(String, Json)>;

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
    List(Vec<Json>),
    Object(Fields),
}

impl Json {
    /// Parses one JSON value.
    ///
    /// # Errors
    /// If it is not JSON, or has more than [`LEVELS`].
    pub(super) fn parse(bytes: &[u8]) -> Result<Json, Invalid> {
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
            list.push(item);
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
        Ok(Json::Object(fields))
    }
}
