//! Covers of books. A book has the version of its cover, so that a list shows it and no browser asks for one that is not
//! there.
//!
//! | question         | key             | call                            | units                             |
//! |------------------|-----------------|---------------------------------|-----------------------------------|
//! | a book's cover   | cover#b         | GetItem                         | ½ R each 4 KB                     |
//! | may it be set    | book#b          | GetItem, strong                 | 1 R                               |
//! | set or remove it | cover#b, book#b | GetItem, strong; one transaction | 1 R, 2 W each KB, 4 W + indexes  |

use super::Library;
use super::book::{Book, Store};
use super::books::{Edit, NotEdited, allowed};
use crate::tables::fault::{Failure, Result, as_a_reader};
use crate::tables::journal::{Action, Entry};
use crate::tables::key::{Key, item, key};
use crate::tables::picture::Picture;
use crate::tables::sessions::Needs;
use crate::tables::table::Consistency::{Eventual, Strong};
use crate::tables::table::to_value;
use crate::tables::write::{Committed, Write};
use crate::values::BookId;

key!(
    /// The partition of a cover. A cover is larger than all else of its book, which is read more often.
    CoverKey(BookId) = "cover#"
);

const COVER: &str = "cover";

fn cover_key(book: BookId) -> Key {
    Key::of(CoverKey(book)).and(COVER)
}

impl Library {
    /// Reads the cover of a book, if it has one.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn get_cover(&self, book: BookId) -> Result<Option<Picture>> {
        Ok(self.table.get_item(cover_key(book), Eventual).await?.and_then(Picture::of))
    }

    /// Checks that this edit may set the cover of a book: before an image is decoded.
    ///
    /// # Errors
    /// [`NotEdited`]; a fault of the table.
    pub async fn check_cover(&self, id: BookId, edit: &Edit<'_>) -> Result<(), Failure<NotEdited>> {
        allowed(self.book_record(id, Strong).await?, Store::Books, edit).map(drop)
    }

    /// Sets the cover of a book of the catalogue, or removes it if `cover` is `None`. If the book has this cover, nothing
    /// is written.
    ///
    /// # Errors
    /// [`NotEdited`]; a fault of the tables.
    pub async fn set_cover(
        &self,
        id: BookId,
        cover: Option<&Picture>,
        edit: &Edit<'_>,
    ) -> Result<Book, Failure<NotEdited>> {
        let tag = cover.map(|cover| cover.tag.clone());
        // An edit without versions is carried out even if the book changes in between.
        let mut retry = self.retry();
        loop {
            let old = allowed(self.book_record(id, Strong).await?, Store::Books, edit)?;
            if old.cover == tag {
                return Ok(old.into());
            }
            let new = old.with_cover(tag.clone(), edit.actor.at);
            let title = Some(new.details.title.clone());
            let mut transaction = self.sessions.transaction(&edit.actor.on_what_is_of(old.owner, Needs::Librarian));
            transaction.add_all([
                self.replace_book(&new, old.version),
                self.write_cover(id, cover),
                self.journal.put(edit.actor, Entry::of_book(Action::CoverChanged, id, title)),
            ]);
            let committed = transaction.commit().await.map_err(as_a_reader(NotEdited::NotYours))?;
            if let Committed::Done = committed {
                return Ok(new.into());
            }
            retry.again_or_busy().await?;
        }
    }

    /// Returns the write of a cover, or of its removal.
    pub(super) fn write_cover(&self, book: BookId, cover: Option<&Picture>) -> Write {
        let Some(cover) = cover else { return self.table.delete(cover_key(book)) };
        self.table.put_item(item([("pk", to_value(CoverKey(book))), ("sk", to_value(COVER)), cover.attribute()]))
    }
}
