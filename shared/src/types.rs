//! Values that are valid by construction: who holds one need not check it again.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// Defines an id: a UUID of its own type, so that a user's cannot stand where a book's should.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[schema(value_type = uuid::Uuid, example = "0192f3a4-5b6c-7d8e-9f01-23456789abcd")]
        pub struct $name(Uuid);

        impl $name {
            /// A new id. It holds the time of its making, so ids sort by age (RFC 9562, UUID version 7).
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
                $name(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// The id as its 16 bytes.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// When it was made.
            pub fn created_at(&self) -> Timestamp {
                let (seconds, nanos) = self.0.get_timestamp().map_or((0, 0), |time| time.to_unix());
                let millis = i64::try_from(seconds).unwrap_or_default() * 1000 + i64::from(nanos / 1_000_000);
                Timestamp::from_millisecond(millis).unwrap_or_default()
            }
        }

        impl From<[u8; 16]> for $name {
            fn from(bytes: [u8; 16]) -> Self {
                $name(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = &'static str;

            /// Takes the one usual spelling only: 36 characters, lower case, hyphens.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let id = Uuid::try_parse(text).map_err(|_| "should be an id such as 0192f3a4-5b6c-7d8e-9f01-23456789abcd")?;
                if id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) != text {
                    return Err("should be an id such as 0192f3a4-5b6c-7d8e-9f01-23456789abcd");
                }
                Ok($name(id))
            }
        }
    };
}

id!(
    /// Names a book, in either store.
    BookId
);
id!(
    /// Names a user.
    UserId
);
id!(
    /// Names one sign-in of a user.
    SessionId
);

/// Names a reservation: the book's id and an id of its own, since that is where it is stored. Made of 32 bytes,
/// written as 43 characters of base64url (RFC 4648, 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReservationId {
    /// The book.
    pub book: BookId,
    /// Which of the book's reservations.
    pub(crate) own: Uuid,
}

impl fmt::Display for ReservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        BASE64.encode([*self.book.as_bytes(), *self.own.as_bytes()].concat()).fmt(f)
    }
}

impl FromStr for ReservationId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = BASE64.decode(text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let (book, own) = bytes
            .as_ref()
            .and_then(|bytes| bytes.split_first_chunk::<16>())
            .ok_or("should be the id of a reservation")?;
        Ok(ReservationId { book: (*book).into(), own: Uuid::from_slice(own).unwrap_or_default() })
    }
}

impl Serialize for ReservationId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ReservationId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl PartialSchema for ReservationId {
    fn schema() -> RefOr<Schema> {
        // The last character holds the last 4 of 256 bits, and two that are 0.
        let text = ObjectBuilder::new().schema_type(Type::String);
        let text = text.pattern(Some("^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"));
        let text = text.description(Some("Names a reservation."));
        text.examples(["AZLzpFtsfY6fASNFZ4mrzQGS86RbbH2OnwEjRWeJq80"]).into()
    }
}

impl ToSchema for ReservationId {
    fn name() -> Cow<'static, str> {
        "ReservationId".into()
    }
}

/// An IP address, as far as it tells one caller from another: of IPv6 the first 64 bits, since whoever has one has
/// all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// The address that API Gateway saw, never one that the client claims.
    pub fn new(source_ip: &str) -> Self {
        Address(match source_ip.parse() {
            Ok(IpAddr::V6(v6)) => {
                let [a, b, c, d, ..] = v6.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            Ok(IpAddr::V4(v4)) => v4.to_string(),
            Err(_) => "unknown".to_owned(),
        })
    }

    /// The library's own doing: no request caused it.
    pub fn of_the_library() -> Self {
        Address("library".to_owned())
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// A reader: everything that is theirs.
    Member,
    /// A librarian: everything.
    Admin,
}

/// One line of text: 1 to `MAX` characters of any script, no control characters, no space around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What `char::is_control` and `str::trim` find, for a pattern (ECMA-262): not every engine knows classes by their names.
const CONTROL: &str = r"\u0000-\u001F\u007F-\u009F";
const SPACE: &str = r"\u0020\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000";

impl<const MAX: usize> FromStr for Text<MAX> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Before the spaces go: a line break at the end is one of them, and no less a control character.
        if text.chars().any(char::is_control) {
            return Err("should have no control characters".into());
        }
        let text = text.trim();
        if text.is_empty() || text.chars().count() > MAX {
            return Err(format!("should have 1 to {MAX} characters"));
        }
        Ok(Text(text.to_owned()))
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl<const MAX: usize> PartialSchema for Text<MAX> {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(MAX));
        text.pattern(Some(format!("^[^{CONTROL}]*[^{CONTROL}{SPACE}][^{CONTROL}]*$"))).into()
    }
}

impl<const MAX: usize> ToSchema for Text<MAX> {
    fn name() -> Cow<'static, str> {
        format!("TextTo{MAX}").into()
    }
}

/// The name of a person, a country, a language.
pub type Name = Text<100>;

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Bounded<const MIN: i32, const MAX: i32>(i32);

impl<const MIN: i32, const MAX: i32> Bounded<MIN, MAX> {
    /// The number; a constant outside the bounds does not compile.
    pub const fn of<const NUMBER: i32>() -> Self {
        const { assert!(MIN <= NUMBER && NUMBER <= MAX) };
        Bounded(NUMBER)
    }

    /// The number.
    pub fn get(self) -> i32 {
        self.0
    }
}

impl<'de, const MIN: i32, const MAX: i32> Deserialize<'de> for Bounded<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(Whole::<MIN, MAX>)
    }
}

/// Takes 5.0 for 5, as JSON Schema does: in JSON there are numbers, and no kinds of them.
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
            // What is beyond any i64 becomes the nearest, which is beyond MIN and MAX as well.
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

/// A day, written `2024-05-31` (RFC 3339 full-date).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = Date, example = "1979-06-01")]
pub struct Day(Date);

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // The parser knows more spellings than the RFC; only the one that it would write itself is taken.
        match text.parse::<Date>() {
            Ok(date) if date.to_string() == text && text.len() == 10 => Ok(Day(date)),
            _ => Err("should be a day such as 2024-05-31"),
        }
    }
}

/// A field of a merge patch (RFC 7396): `null` removes it, a value sets it, its absence leaves it alone.
///
/// Goes with `#[serde(default, deserialize_with = "removable")]`.
///
/// # Errors
/// Where the value is neither `null` nor a `T`.
pub fn removable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A field of a merge patch that every resource has: a value sets it, `null` is refused.
///
/// # Errors
/// Where the value is not a `T`.
pub fn required<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    match Option::deserialize(deserializer)? {
        None => Err(de::Error::custom("cannot be removed")),
        some => Ok(some),
    }
}
