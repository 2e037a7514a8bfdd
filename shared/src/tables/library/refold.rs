//! Going through all books; the keys of titles and authors that an older version of [`fold`](crate::values::fold) made, and
//! the copies that an older version left out of the desk's lists.
//!
//! | question                  | key                 | call                     | units               |
//! |---------------------------|---------------------|--------------------------|---------------------|
//! | which books are there     | index newest        | Query                    | ½ R for 4 KB        |
//! | write the keys anew       | index newest, book#b | Query; an UpdateItem each | ½ R, and 1 W + indexes where it differs |
//! | complete the desk's lists | book#b lending       | BatchGetItem, and see `lending::refold` | 1 R each |

use super::Library;
use super::book::{BOOK, BookKey, Record, Store, book_key};
use crate::tables::fault::Result;
use crate::tables::key::{Item, item};
use crate::tables::table::{Page, readable, to_value};
use crate::tables::write::Written;
use crate::values::BookId;

impl Library {
    /// Returns up to `limit` books of a store after one, in the order of their ids.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn walk(&self, store: Store, after: Option<BookId>, limit: usize) -> Result<Page<BookId, BookId>> {
        let start = after.map(|book| {
            item([("pk", to_value(BookKey(book))), ("sk", to_value(BOOK)), ("shelf", to_value(store.shelf()))])
        });
        let query = self.table.query("shelf = :shelf").index("newest").value(":shelf", store.shelf());
        let page = query.after(start).only("pk").items(limit).await?;
        let book = |item: &Item| Some(item.get("pk")?.as_s().ok()?.parse::<BookKey>().ok()?.0);
        Ok(Page { items: page.items.iter().filter_map(book).collect(), next: page.next.as_ref().and_then(book) })
    }

    /// Writes the index keys of all books, and of what is ready or out of them, anew where they differ. What is changed at the
    /// same time gets its keys by the change. Returns how many differed.
    ///
    /// # Errors
    /// A fault of the table. A second call goes on.
    pub async fn refold(&self) -> Result<usize> {
        let mut rewritten = 0;
        for store in [Store::Books, Store::Archive] {
            let mut after = None;
            loop {
                let query = self.table.query("shelf = :shelf").index("newest").value(":shelf", store.shelf());
                let page = query.after(after.take()).items(100).await?;
                let records: Vec<Record> = page.items.into_iter().filter_map(readable).collect();
                // Nothing of the archive is lent.
                if store == Store::Books {
                    rewritten += self.enlist(records.iter().map(|record| record.pk.0).collect()).await?;
                }
                for record in records {
                    if let Some((title_key, author_shelf)) = record.other_keys(store) {
                        let keys = "SET titleKey = :title, authorShelf = :author";
                        let update = self.table.update(book_key(record.pk.0), keys).if_version(record.version);
                        let update = update.value(":title", title_key).value(":author", author_shelf);
                        rewritten += usize::from(matches!(update.send().await?, Written::Done(_)));
                    }
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(rewritten)
    }
}
