//! Pictures in items: of users in the Accounts table, and covers in the Library table.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use sha2::{Digest, Sha256};

use super::key::Item;

/// An encoded image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The bytes of a JPEG.
    pub bytes: Vec<u8>,
    /// A hash of the bytes; the `ETag`.
    pub tag: String,
}

impl Picture {
    /// Makes a picture of these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        let hash = Sha256::digest(&bytes);
        Picture { tag: hash[..12].iter().map(|byte| format!("{byte:02x}")).collect(), bytes }
    }

    /// Returns the picture of an item.
    pub(super) fn of(mut item: Item) -> Option<Self> {
        let bytes = item.remove("bytes")?.as_b().ok()?.clone();
        Some(Picture::new(bytes.into_inner()))
    }

    /// Returns the attribute of an item. serde would write the bytes as a list of numbers.
    pub(super) fn attribute(&self) -> (&'static str, AttributeValue) {
        ("bytes", AttributeValue::B(Blob::new(self.bytes.clone())))
    }
}
