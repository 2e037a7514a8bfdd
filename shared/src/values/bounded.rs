//! Whole numbers with bounds.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use super::stored::Stored;

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Bounded<const MIN: i32, const MAX: i32>(i32);

impl<const MIN: i32, const MAX: i32> Bounded<MIN, MAX> {
    /// Returns the number `NUMBER`. A number outside the bounds does not compile.
    pub const fn of<const NUMBER: i32>() -> Self {
        const { assert!(MIN <= NUMBER && NUMBER <= MAX) };
        Bounded(NUMBER)
    }

    /// Returns a number that was stored, and that may be outside the current bounds.
    pub fn stored(number: i32) -> Self {
        Bounded(number)
    }

    /// Returns the number.
    pub fn get(self) -> i32 {
        self.0
    }
}

impl<'de, const MIN: i32, const MAX: i32> Deserialize<'de> for Bounded<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(Whole::<MIN, MAX>)
    }
}

/// Reads a whole number. 5.0 is one, as in JSON Schema: JSON has a single type for numbers.
struct Whole<const MIN: i32, const MAX: i32>;

impl<const MIN: i32, const MAX: i32> de::Visitor<'_> for Whole<MIN, MAX> {
    type Value = Bounded<MIN, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {MIN} to {MAX}")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        let number = i32::try_from(number).ok().filter(|number| (MIN..=MAX).contains(number));
        number.map(Bounded).ok_or_else(|| E::custom(format_args!("should be a whole number from {MIN} to {MAX}")))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
        if number.fract() == 0.0 {
            // The cast saturates, and the bounds of an i64 are outside MIN and MAX.
            self.visit_i64(number as i64)
        } else {
            Err(E::invalid_type(de::Unexpected::Float(number), &self))
        }
    }
}

impl<const MIN: i32, const MAX: i32> PartialSchema for Bounded<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        let integer = ObjectBuilder::new().schema_type(Type::Integer);
        integer.format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32))).minimum(Some(MIN)).maximum(Some(MAX)).into()
    }
}

impl<const MIN: i32, const MAX: i32> ToSchema for Bounded<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        let sign = if MIN < 0 { "Minus" } else { "" };
        format!("From{sign}{}To{MAX}", MIN.unsigned_abs()).into()
    }
}

impl<const MIN: i32, const MAX: i32> Stored for Bounded<MIN, MAX> {
    type Raw = i32;

    fn from_raw(raw: i32) -> Option<Self> {
        Some(Bounded(raw))
    }
}

impl<const MIN: i32, const MAX: i32> Default for Bounded<MIN, MAX> {
    /// Returns the value that replaces a stored number that cannot be read.
    fn default() -> Self {
        Bounded(MIN)
    }
}

/// A year. It is negative before our era.
pub type Year = Bounded<-9999, 9999>;
/// The number of a book's pages.
pub type Pages = Bounded<1, 100_000>;
/// The number of a book's copies. A book whose last copy was lost has none.
pub type Copies = Bounded<0, 10_000>;

impl Copies {
    /// Returns the number, or the largest one that there may be.
    #[must_use]
    pub fn at_most(number: u32) -> Self {
        Bounded(i32::try_from(number).unwrap_or(i32::MAX).min(10_000))
    }

    /// Returns the number without one copy.
    #[must_use]
    pub fn one_less(self) -> Self {
        Bounded((self.0 - 1).max(0))
    }
}
