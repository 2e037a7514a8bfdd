//! A plan that is kept, so that a file that comes in parts is read on as it was begun.

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

use crate::format::Format;
use crate::frame::Framing;
use crate::plan::Plan;
use crate::table::Table;

/// A plan as text.
#[derive(Serialize, Deserialize)]
struct Kept {
    format: String,
    encoding: String,
    named: Option<String>,
    begins: usize,
    table: Option<Table>,
}

impl Plan {
    /// Returns the plan as text. `None` for UTF-16: parts of it cannot be cut.
    pub fn keep(&self) -> Option<String> {
        let kept = Kept {
            format: self.format.word().to_owned(),
            encoding: self.encoding.name().to_owned(),
            named: self.named.map(|named| named.name().to_owned()),
            begins: self.begins,
            table: self.table.clone(),
        };
        serde_json::to_string(&kept).ok().filter(|_| self.wide.is_none())
    }

    /// Reads a plan that was kept.
    pub fn kept(text: &str) -> Option<Plan> {
        let Kept { format, encoding, named, begins, table } = serde_json::from_str(text).ok()?;
        let format: Format = format.parse().ok()?;
        let of = |name: &str| Encoding::for_label_no_replacement(name.as_bytes());
        let cells = table.as_ref().map(|table| Framing::Cells { delimiter: table.delimiter, quotes: table.quotes });
        Some(Plan {
            format,
            reasons: Vec::new(),
            unread: Vec::new(),
            framing: format.framing().or(cells)?,
            encoding: of(&encoding)?,
            named: named.as_deref().and_then(of),
            wide: None,
            table,
            begins,
        })
    }
}
