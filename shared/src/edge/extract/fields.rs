//! Fields as a type has them: every one that is wrong is named, in our own words.

use std::fmt::{self, Display};

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::edge::extract::json::{Fields, Json};

/// What is said of a field or parameter that the operation does not have.
pub(crate) const NOT_KNOWN: &str = "is not known here";

/// So many are named at most: a body of 64 KiB may have thousands.
const MOST: usize = 20;

/// What is wrong, and where. It tells neither what was sent, which may be a password, nor the types of our own.
#[derive(Debug)]
pub(super) struct Wrong {
    /// The names on the way there, the outermost first.
    pub(super) path: Vec<String>,
    pub(super) detail: String,
}

/// Reads the fields as a `T`.
///
/// # Errors
/// Everything that is wrong: with the fields in their order, and the first that is missing.
pub(super) fn read<T: DeserializeOwned>(fields: Fields) -> Result<T, Vec<Wrong>> {
    let mut object = Json::Object(fields);
    let mut wrong: Vec<Wrong> = Vec::new();
    // A type is read until its first error. Without the field that was wrong, it is read again.
    loop {
        let next = match T::deserialize(&object) {
            Ok(read) if wrong.is_empty() => return Ok(read),
            Ok(_) => return Err(wrong),
            Err(next) => next,
        };
        let Some(name) = next.path.first().cloned() else {
            wrong.push(next);
            return Err(wrong);
        };
        // It is missing now because it was wrong before, or it is missing still.
        if wrong.iter().any(|known| known.path[0] == name) {
            return Err(wrong);
        }
        wrong.push(next);
        if wrong.len() == MOST {
            return Err(wrong);
        }
        if let Json::Object(fields) = &mut object {
            fields.retain(|(known, _)| *known != name);
        }
    }
}

impl Wrong {
    fn at(name: &str, detail: &str) -> Self {
        Wrong { path: vec![name.to_owned()], detail: detail.to_owned() }
    }

    fn within(mut self, name: impl Into<String>) -> Self {
        self.path.insert(0, name.into());
        self
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: Display>(message: T) -> Self {
        Wrong { path: Vec::new(), detail: message.to_string() }
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        // The names of Rust's types, in the words of JSON.
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
        Self::at(name, "is missing")
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::at(name, "is given twice")
    }
}

impl<'de> Deserializer<'de> for &'de Json {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self {
            Json::Null => visitor.visit_unit(),
            Json::Bool(value) => visitor.visit_bool(*value),
            Json::Whole(value) => visitor.visit_i64(*value),
            Json::Large(value) => visitor.visit_u64(*value),
            Json::Float(value) => visitor.visit_f64(*value),
            Json::Text(value) | Json::Parameter(value) => visitor.visit_borrowed_str(value),
            Json::List(items) => visitor.visit_seq(Items(items.iter().enumerate())),
            Json::Object(fields) => visitor.visit_map(Entries { fields, next: 0 }),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self {
            Json::Parameter(value) => match value.parse() {
                Ok(number) => visitor.visit_i64(number),
                Err(_) => Err(de::Error::invalid_type(Unexpected::Str(value), &visitor)),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self {
            Json::Parameter(value) => match value.parse() {
                Ok(truth) => visitor.visit_bool(truth),
                Err(_) => Err(de::Error::invalid_type(Unexpected::Str(value), &visitor)),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self {
            Json::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self {
            Json::Text(value) | Json::Parameter(value) => {
                visitor.visit_enum::<StrDeserializer<'_, Wrong>>(value.as_str().into_deserializer())
            }
            _ => Err(de::Error::invalid_type(Unexpected::Other("another type"), &visitor)),
        }
    }

    /// An array is no object, though serde would take one for the values of the fields in their order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
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
struct Items<'de>(std::iter::Enumerate<std::slice::Iter<'de, Json>>);

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
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
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        let Some((name, _)) = self.fields.get(self.next) else { return Ok(None) };
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Wrong> {
        let (name, value) = &self.fields[self.next];
        self.next += 1;
        // Whoever reads only the last, or only the first, could be told two things.
        if self.fields.iter().filter(|(other, _)| other == name).count() > 1 {
            return Err(Wrong::at(name, "is given twice"));
        }
        seed.deserialize(value).map_err(|wrong| wrong.within(name))
    }
}
