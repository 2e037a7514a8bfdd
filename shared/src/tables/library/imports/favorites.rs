//! Rows of a file that become favorites of whoever sends it.
//!
//! | question                        | key                       | call         | units                     |
//! |---------------------------------|---------------------------|--------------|---------------------------|
//! | which of these does the library have | isbn#i               | BatchGetItem | ½ R each                  |
//! | which of them are favorites     | user#u favorite#b         | BatchGetItem | ½ R each                  |
//! | make a book a favorite          | as by hand                |              | 1 R, 7 W                  |

use std::collections::{HashMap, HashSet};

use super::rows::{Holder, Importing, NewRow, Outcome, isbns_of};
use crate::tables::fault::Result;
use crate::tables::library::Library;
use crate::tables::library::favorites::{Added, OfRow};
use crate::tables::table::Consistency::Eventual;
use crate::values::BookId;

impl Library {
    /// Makes favorites of the books that rows name by their ISBN. What became of each row is in their order.
    ///
    /// # Errors
    /// A fault of the tables. Some of the books may be favorites then; a second call makes the others.
    pub async fn import_favorites(&self, importing: &Importing<'_>, rows: &[NewRow]) -> Result<Vec<Outcome>> {
        let Importing { import, dry_run, ref edit, .. } = *importing;
        let held = self.table.get_batch(isbns_of(rows), Eventual).await?;
        let books: HashMap<String, BookId> = held.into_iter().filter_map(holder).collect();
        let wanted: HashSet<BookId> = books.values().copied().collect();
        let favorites = self.which_are_favorites(edit.actor.id, &wanted).await?;
        let mut seen = HashSet::new();
        let of_row = |row: &NewRow| OfRow { id: import, row: row.row };
        let mut outcomes = Vec::with_capacity(rows.len());
        for row in rows {
            let book = row.details.isbn.as_ref().and_then(|isbn| books.get(&format!("isbn#{isbn}"))).copied();
            outcomes.push(match book {
                None => Outcome::Unknown,
                Some(book) if !seen.insert(book) => Outcome::There(Holder::Book(book)),
                // What was added before, by a request whose answer was lost.
                Some(book) if favorites.get(&book) == Some(&Some(of_row(row))) => Outcome::Favorite(book),
                Some(book) if favorites.contains_key(&book) => Outcome::There(Holder::Book(book)),
                Some(book) if dry_run => Outcome::Favorite(book),
                Some(book) => match self.add_favorite_of(Some(of_row(row)), book, edit.actor).await? {
                    None => Outcome::Unknown,
                    Some(Added::Before(_)) => Outcome::There(Holder::Book(book)),
                    Some(Added::Now(_)) => Outcome::Favorite(book),
                },
            });
        }
        Ok(outcomes)
    }
}

/// Reads which book has an ISBN.
fn holder(item: crate::tables::key::Item) -> Option<(String, BookId)> {
    let text = |name: &str| item.get(name)?.as_s().ok().cloned();
    Some((text("pk")?, text("book")?.parse().ok()?))
}
