//! Which words there are, how many books have each, and which are one slip apart.
//!
//! | question                       | key                      | call              | units            |
//! |--------------------------------|--------------------------|-------------------|------------------|
//! | how frequent are words         | p#ki / kindred           | BatchGetItem      | ½ R a word       |
//! | which words begin so           | p#ki / begins with kind  | Query             | ½ R for about 100 |
//! | which words are one slip apart | d#kindrd / begins with each | Query a remainder | ½ R each, ≤ 9 |
//! | add a word                     | p#ki / kindred, d#… / kindred | UpdateItem, BatchWriteItem | 1 W, ≤ 9 W if it is new |
//!
//! A word stays when its last book goes: the list of the word tells that.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{Search, bytes, bytes_of};
use crate::tables::fault::Result;
use crate::tables::key::{Item, Key, item};
use crate::tables::library::book::Store;
use crate::tables::table::Consistency::Eventual;
use crate::tables::table::to_value;
use crate::values::BookId;
use crate::words::{deletions, element, estimate, is_correctable, is_one_slip, is_syllabic};

/// The most keys of a BatchGetItem.
const MOST_KEYS: usize = 100;
/// The most calls at a time.
const AT_ONCE: usize = 8;
/// The most words that are looked through for those that begin so: about a unit.
const MOST_BEGINNINGS: usize = 150;
/// The most neighbours that are read for a remainder.
const MOST_NEIGHBOURS: usize = 50;
/// The set of the numbers that books have added.
const BOOKS: &str = "books";

/// Returns the partition of the words that begin like one: by one letter in scripts of many letters, else by two.
fn beginning(word: &str) -> String {
    let letters = if word.chars().next().is_some_and(is_syllabic) { 1 } else { 2 };
    format!("p#{}", word.chars().take(letters).collect::<String>())
}

fn word_key(word: &str) -> Key {
    Key::of(beginning(word)).and_bytes(word)
}

fn elements(item: &Item) -> impl Iterator<Item = u32> {
    let numbers = item.get(BOOKS).and_then(|set| set.as_ns().ok());
    numbers.into_iter().flatten().filter_map(|number| number.parse().ok())
}

fn word_of(item: &Item) -> Option<String> {
    String::from_utf8(bytes_of(item, "sk").to_vec()).ok()
}

impl Search {
    /// Returns the words of the dictionary among `words`, each with about how many books have it.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn frequencies<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Result<HashMap<String, u32>> {
        let found = self.words(words.into_iter().collect()).await?;
        Ok(found.into_iter().filter_map(|item| Some((word_of(&item)?, estimate(elements(&item))))).collect())
    }

    async fn words(&self, words: BTreeSet<&str>) -> Result<Vec<Item>> {
        let keys: Vec<Key> = words.into_iter().map(word_key).collect();
        let mut found = Vec::new();
        for keys in keys.chunks(MOST_KEYS) {
            found.extend(self.0.get_batch(keys.to_vec(), Eventual).await?);
        }
        Ok(found)
    }

    /// Returns words that begin so, the most frequent first.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn beginnings(&self, with: &str) -> Result<Vec<String>> {
        let query = self.0.query("pk = :beginning AND begins_with(sk, :with)").value(":beginning", beginning(with));
        let items = query.attribute(":with", bytes(with)).items(MOST_BEGINNINGS).await?.items;
        let counted = |item: Item| Some((estimate(elements(&item)), word_of(&item)?));
        let mut words: Vec<(u32, String)> = items.into_iter().filter_map(counted).collect();
        words.sort_by(|(one, word), (other, next)| (other, word).cmp(&(one, next)));
        Ok(words.into_iter().map(|(_, word)| word).collect())
    }

    /// Returns words that are one slip apart from a word, those with its first letter first.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn neighbours(&self, word: &str) -> Result<Vec<String>> {
        if !is_correctable(word) {
            return Ok(Vec::new());
        }
        let query = |remainder| self.0.query("pk = :remainder").value(":remainder", format!("d#{remainder}"));
        let reads: Vec<_> =
            deletions(word).into_iter().map(|remainder| query(remainder).items(MOST_NEIGHBOURS)).collect();
        let pages: Vec<_> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        let words = pages.iter().flat_map(|page| &page.items).filter_map(word_of);
        let words: BTreeSet<String> = words.filter(|other| is_one_slip(word, other)).collect();
        let mut words: Vec<String> = words.into_iter().collect();
        words.sort_by_key(|other| other.chars().next() != word.chars().next());
        Ok(words)
    }

    /// Adds the words of a book. Repeating it changes nothing.
    pub(super) async fn add_words(&self, words: BTreeSet<&str>, book: BookId) -> Result<()> {
        let number = element(book);
        let known = self.words(words.clone()).await?;
        let known: HashMap<String, bool> = known
            .iter()
            .filter_map(|item| Some((word_of(item)?, elements(item).any(|known| known == number))))
            .collect();
        let new = words.iter().filter(|word| !known.contains_key(**word) && is_correctable(word));
        let slips = new.flat_map(|word| deletions(word).into_iter().map(|remainder| (remainder, *word)));
        let slips =
            slips.map(|(remainder, word)| item([("pk", to_value(format!("d#{remainder}"))), ("sk", bytes(word))]));
        // First what leads to a word: whoever finds the word known takes all for written.
        self.0.write_batch(slips.collect(), Vec::new()).await?;
        let uncounted = words.into_iter().filter(|word| known.get(*word) != Some(&true));
        let set = AttributeValue::Ns(vec![number.to_string()]);
        let update =
            |word| self.0.update(word_key(word), format!("ADD {BOOKS} :number")).attribute(":number", set.clone());
        let writes: Vec<_> = uncounted.map(|word| update(word).send()).collect();
        let writes = stream::iter(writes).buffer_unordered(AT_ONCE);
        writes.try_for_each(|_| std::future::ready(Ok(()))).await
    }

    /// Returns whether a store has a book with a word.
    ///
    /// # Errors
    /// A fault of the table.
    pub async fn is_in_use(&self, store: Store, word: &str) -> Result<bool> {
        Ok(!self.list(store, word, None, None, 1).await?.entries.is_empty())
    }
}
