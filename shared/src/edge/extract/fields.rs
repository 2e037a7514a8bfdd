//! Reads fields as a type, and collects the errors of all fields, with messages for clients.

use std::collections::HashSet;
use std::fmt::{self, Display};

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::edge::extract::json::{Json, unrepeated};

/// The message for a field or parameter that the operation does not have.
pub(crate) const NOT_KNOWN: &str = "is not known here";

const MISSING: &str = "is missing";

/// The message for text with U+FFFD. A sender or a gateway writes this character instead of bytes that are not UTF-8, so
/// the text is damaged.
const DAMAGED: &str = "has characters that were not sent in UTF-8; send UTF-8";

/// The most errors that are collected: a body of 64 KiB may have thousands.
const MOST: usize = 100;

/// The error of a field. Its message contains neither the value, which may be a password, nor the names of Rust types.
#[derive(Debug)]
pub(super) struct FieldError {
    /// The names from the outermost field to this one.
    pub(super) path: Vec<String>,
    pub(super) detail: String,
}

/// Reads the fields as a `T`. `required` returns the names of its required fields.
///
/// # Errors
/// The errors of all invalid fields in their order, and then of all missing fields.
pub(super) fn read<T: DeserializeOwned>(
    fields: impl IntoIterator<Item = (String, Json)>,
    required: impl FnOnce() -> Vec<String>,
) -> Result<T, Vec<FieldError>> {
    let fields = unrepeated(fields);
    let given: HashSet<String> = fields.iter().map(|(name, _)| name.clone()).collect();
    let mut rest = Json::Object(fields);
    let mut wrong: Vec<FieldError> = Vec::new();
    // serde stops at the first error. So the value with the error is removed, and the rest is read again.
    while wrong.len() < MOST {
        let next = match T::deserialize(&rest) {
            Ok(read) if wrong.is_empty() => return Ok(read),
            Ok(_) => break,
            Err(next) => next,
        };
        match (next.path.as_slice(), next.detail == MISSING) {
            ([], _) => {
                wrong.push(next);
                break;
            }
            // Missing fields are found last. This one is missing, or was removed.
            ([name], true) => {
                let mut missing = required();
                if !missing.contains(name) {
                    missing.push(name.clone());
                }
                missing.retain(|name| !given.contains(name));
                wrong.extend(missing.iter().map(|name| FieldError::at(name, MISSING)));
                break;
            }
            // Without it, the object that contains it cannot be read.
            ([object @ .., _], true) => {
                rest.remove(object);
                if !wrong.iter().any(|known| known.path.starts_with(&next.path)) {
                    wrong.push(next);
                }
            }
            (path, false) => {
                rest.remove(path);
                wrong.push(next);
            }
        }
    }
    Err(wrong)
}

impl FieldError {
    fn at(name: &str, detail: &str) -> Self {
        FieldError { path: vec![name.to_owned()], detail: detail.to_owned() }
    }

    fn within(mut self, name: impl Into<String>) -> Self {
        self.path.insert(0, name.into());
        self
    }
}

impl Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for FieldError {}

impl de::Error for FieldError {
    fn custom<T: Display>(message: T) -> Self {
        FieldError { path: Vec::new(), detail: message.to_string() }
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        // Replaces the names of Rust types by those of JSON.
        let expected = expected.to_string();
        let is_integer = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"].contains(&expected.as_str());
        Self::custom(match expected.split(' ').next() {
            Some("struct") => "should be an object".to_owned(),
            Some("enum") => "should be a string".to_owned(),
            _ if is_integer => "should be a whole number".to_owned(),
            _ => format!("should be {expected}"),
        })
    }

    fn invalid_value(sent: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(sent, expected)
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::invalid_type(Unexpected::Seq, expected)
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format_args!("should be `{}`", expected.join("` or `")))
    }

    fn unknown_field(name: &str, _: &'static [&'static str]) -> Self {
        Self::at(name, NOT_KNOWN)
    }

    fn missing_field(name: &'static str) -> Self {
        Self::at(name, MISSING)
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::at(name, "is given twice")
    }
}

impl<'de> Deserializer<'de> for &'de Json {
    type Error = FieldError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        match self {
            Json::Null => visitor.visit_unit(),
            Json::Bool(value) => visitor.visit_bool(*value),
            Json::Whole(value) => visitor.visit_i64(*value),
            Json::Large(value) => visitor.visit_u64(*value),
            Json::Float(value) => visitor.visit_f64(*value),
            Json::Text(value) | Json::Parameter(value) if value.contains(char::REPLACEMENT_CHARACTER) => {
                Err(de::Error::custom(DAMAGED))
            }
            Json::Text(value) | Json::Parameter(value) => visitor.visit_borrowed_str(value),
            Json::List(items) => visitor.visit_seq(Items(items.iter())),
            Json::Object(fields) => visitor.visit_map(Entries { fields, next: 0 }),
            Json::Repeated => Err(de::Error::custom("is given twice")),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        match self {
            Json::Parameter(value) => match value.parse() {
                Ok(number) => visitor.visit_i64(number),
                Err(_) => Err(de::Error::invalid_type(Unexpected::Str(value), &visitor)),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        match self {
            Json::Parameter(value) => match value.parse() {
                Ok(truth) => visitor.visit_bool(truth),
                Err(_) => Err(de::Error::invalid_type(Unexpected::Str(value), &visitor)),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        match self {
            Json::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        match self {
            Json::Text(value) | Json::Parameter(value) => {
                visitor.visit_enum::<StrDeserializer<'_, FieldError>>(value.as_str().into_deserializer())
            }
            Json::Repeated => self.deserialize_any(visitor),
            _ => Err(de::Error::invalid_type(Unexpected::Other("another type"), &visitor)),
        }
    }

    /// Refuses arrays: serde would read one as the values of the fields in their order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        match self {
            Json::List(_) => Err(de::Error::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

/// The items of an array.
struct Items<'de>(std::slice::Iter<'de, (usize, Json)>);

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = FieldError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, FieldError> {
        let Some((index, item)) = self.0.next() else { return Ok(None) };
        seed.deserialize(item).map(Some).map_err(|wrong| wrong.within(index.to_string()))
    }
}

/// The fields of an object.
struct Entries<'de> {
    fields: &'de [(String, Json)],
    next: usize,
}

impl<'de> de::MapAccess<'de> for Entries<'de> {
    type Error = FieldError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, FieldError> {
        let Some((name, _)) = self.fields.get(self.next) else { return Ok(None) };
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, FieldError> {
        let (name, value) = &self.fields[self.next];
        self.next += 1;
        seed.deserialize(value).map_err(|wrong| wrong.within(name))
    }
}
