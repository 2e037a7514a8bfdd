//! Keys of items. Each kind of key has a type, which parses the id in it.

use std::fmt::Display;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

/// An item as DynamoDB stores it.
pub(crate) type Item = std::collections::HashMap<String, AttributeValue>;

/// Makes an item of these attributes.
pub(crate) fn item<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    attributes.map(|(name, value)| (name.to_owned(), value)).into()
}

/// The primary key of an item: `pk`, and `sk` in tables that have one.
#[derive(Debug, Clone)]
pub(crate) struct Key(pub(super) Item);

impl Key {
    /// Makes a key of a partition key.
    pub(crate) fn of(pk: impl Display) -> Self {
        Key(item([("pk", AttributeValue::S(pk.to_string()))]))
    }

    /// Adds a sort key of bytes.
    #[must_use]
    pub(crate) fn and_bytes(mut self, sk: impl AsRef<[u8]>) -> Self {
        self.0.insert("sk".to_owned(), AttributeValue::B(Blob::new(sk.as_ref())));
        self
    }

    /// Returns it as a text, to compare keys by.
    pub(crate) fn text(&self) -> String {
        let part = |name: &str| self.0.get(name).and_then(|part| part.as_s().ok()).map_or("", String::as_str);
        format!("{} {}", part("pk"), part("sk"))
    }

    /// Returns it as the attributes of an item.
    pub(crate) fn into_item(self) -> Item {
        self.0
    }

    /// Adds a sort key.
    #[must_use]
    pub(crate) fn and(mut self, sk: impl Display) -> Self {
        self.0.insert("sk".to_owned(), AttributeValue::S(sk.to_string()));
        self
    }
}

/// Returns a time as text that sorts by time: always with three decimals.
pub(crate) fn sortable(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Defines the type of a key attribute that consists of a prefix and an id: `key!(BookKey(BookId) = "book#")`.
macro_rules! key {
    ($(#[$doc:meta])* $name:ident($id:ty) = $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) struct $name(pub(crate) $id);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}{}", $prefix, self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = &'static str;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let id = text.strip_prefix($prefix).and_then(|id| id.parse().ok());
                id.map($name).ok_or(concat!("should be the key ", $prefix, "ID"))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use key;

#[cfg(test)]
mod tests {
    use crate::values::UserId;

    key!(
        /// A key of this test.
        TestKey(UserId) = "test#"
    );

    #[test]
    fn a_key_reads_what_it_writes_and_nothing_else() {
        let key = TestKey([7; 16].into());
        let text = key.to_string();
        assert_eq!(text.parse(), Ok(key));
        for other in ["", "test#", "test#7", "tests#07070707-0707-0707-0707-070707070707", &text[5..]] {
            assert!(other.parse::<TestKey>().is_err(), "{other}");
        }
    }
}
