//! The subjects of a book.

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::stored::Stored;
use super::text::Text;

/// What a book is about.
pub type Subject = Text<100>;

/// The most subjects of a book.
const MOST: usize = 20;

/// The subjects of a book, in the order in which they were sent: at most 20.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[serde(transparent)]
pub struct Subjects(Vec<Subject>);

impl Subjects {
    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns each subject.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Text::as_str)
    }
}

impl<'de> Deserialize<'de> for Subjects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let subjects = Vec::deserialize(deserializer)?;
        if subjects.len() > MOST {
            return Err(de::Error::custom(format_args!("should have at most {MOST} subjects")));
        }
        Ok(Subjects(subjects))
    }
}

impl PartialSchema for Subjects {
    fn schema() -> RefOr<Schema> {
        let subjects = ArrayBuilder::new().items(Subject::schema()).max_items(Some(MOST));
        subjects.description(Some("What the book is about.")).examples([["Time travel", "Slavery"]]).into()
    }
}

impl ToSchema for Subjects {}

impl Stored for Subjects {
    type Raw = Vec<String>;

    fn from_raw(raw: Vec<String>) -> Option<Self> {
        raw.into_iter().map(Subject::from_raw).collect::<Option<_>>().map(Subjects)
    }
}
