//! Puts books into a library, and their lists into its index.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use shared::values::BookId;
use shared::words::{Clause, Posting, Query, element, is_syllabic};
use tests::Library;

use super::books::Book;

/// The most writes of a batch.
const BATCH: usize = 25;
/// How many books of a list are written where only lists are: more than a query reads.
const LONGEST: usize = 2_500;
/// How many books of a list a query reads, and how many of the best it shows on its first page.
const READ: usize = 1_820;
const SHOWN: usize = 20;

/// The id of a book, by its number: spread evenly, as random ones are.
pub(super) fn id(number: usize) -> BookId {
    let spread = (number as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    let mut bytes = spread.to_be_bytes();
    (bytes[6], bytes[8]) = (0x70 | bytes[6] & 0x0f, 0x80 | bytes[8] & 0x3f);
    bytes.into()
}

async fn put(library: &Library, table: &str, items: impl IntoIterator<Item = Value>) {
    let database = library.dynamodb();
    let mut items = items.into_iter().map(|item| json!({"PutRequest": {"Item": item}})).peekable();
    while items.peek().is_some() {
        let batch: Vec<Value> = items.by_ref().take(BATCH).collect();
        database.call("BatchWriteItem", &json!({"RequestItems": {table: batch}})).await;
    }
}

/// Writes books to the table directly, as copies of a book's item. Their lists are not written.
pub(super) async fn books(library: &Library, books: impl IntoIterator<Item = (BookId, &Book)>) {
    let owner = library.reader().await;
    let model = owner.adds("A title", "A. N. Author").await;
    let key = json!({"pk": {"S": format!("book#{model}")}, "sk": {"S": "book"}});
    let found = library.dynamodb().call("GetItem", &json!({"TableName": "carrel-library", "Key": key})).await;
    owner.delete(&format!("/books/{model}")).await.expect(204);
    library.local().drained().await;
    let item = |(id, book): (BookId, &Book)| {
        let mut item = found["Item"].clone();
        item["pk"]["S"] = json!(format!("book#{id}"));
        item["title"]["S"] = json!(book.title);
        item["author"]["S"] = json!(book.author);
        if !book.subjects.is_empty() {
            let subjects: Vec<Value> = book.subjects.iter().map(|subject| json!({"S": subject})).collect();
            item["subjects"] = json!({"L": subjects});
        }
        if let Some(year) = book.year {
            item["publicationYear"] = json!({"N": year.to_string()});
        }
        item
    };
    put(library, "carrel-library", books.into_iter().map(item)).await;
}

/// What indexing has cost.
#[derive(Default)]
pub(super) struct Indexed {
    pub(super) books: f64,
    pub(super) calls: f64,
    pub(super) read: f64,
    pub(super) write: f64,
    /// The write units of a book of the last tenth: when most words are known.
    pub(super) last: f64,
}

/// Has the indexer go through all books.
pub(super) async fn index(library: &Library) -> Indexed {
    let (mut all, mut steps) = (Indexed::default(), Vec::new());
    loop {
        let before = (all.books, all.write);
        let done = library.local().call("indexer", json!({"task": "reindex"})).await.expect("the indexer answers");
        for call in library.proxy().take() {
            (all.calls, all.read, all.write) = (all.calls + 1.0, all.read + call.read, all.write + call.write);
        }
        all.books += done["written"].as_f64().unwrap_or_default();
        steps.push(before);
        if done["more"] == false {
            let tenth = steps.into_iter().rev().find(|(books, _)| *books <= all.books * 0.9);
            all.last = tenth.map_or(f64::NAN, |(books, write)| (all.write - write) / (all.books - books));
            return all;
        }
    }
}

/// Returns what the index has, without the versions of the books' items: how often one was written depends on what broke off.
async fn content(library: &Library) -> BTreeSet<String> {
    let items = library.dynamodb().scan("carrel-search").await;
    let content = items.into_iter().map(|mut item| {
        item["version"].take();
        // A set has no order.
        if let Some(numbers) = item["books"]["NS"].as_array_mut() {
            numbers.sort_by_key(Value::to_string);
        }
        item.to_string()
    });
    content.collect()
}

/// Deletes the index and has it made anew, by a run that is killed so often. Returns how many items there are, and how many
/// differ from those before.
pub(super) async fn index_killed(library: &Library, kills: u32, after: Duration) -> (usize, usize) {
    let before = content(library).await;
    let items = library.dynamodb().scan("carrel-search").await;
    let delete = |item: &Value| json!({"DeleteRequest": {"Key": {"pk": item["pk"], "sk": item["sk"]}}});
    for batch in items.chunks(BATCH) {
        let deletes: Vec<Value> = batch.iter().map(delete).collect();
        let request = json!({"RequestItems": {"carrel-search": deletes}});
        library.dynamodb().call("BatchWriteItem", &request).await;
    }
    for _ in 0..kills {
        let run = library.local().call("indexer", json!({"task": "reindex"}));
        let _ = tokio::time::timeout(after, run).await;
        // The next may go on where nobody can be at work any more.
        library.wait(125);
    }
    index(library).await;
    (before.len(), before.symmetric_difference(&content(library).await).count())
}

/// A list in memory: the places, each with the number of its book among those that there are.
type Lists<'a> = BTreeMap<&'a str, Vec<(Vec<u8>, usize)>>;

/// Writes the lists that queries read, and only those, as they would be if the library had every book `copies` times; and the
/// books that stand first in them.
pub(super) async fn lists(library: &Library, all: &[Book], copies: usize, queries: &[String]) {
    let clauses: Vec<Vec<Clause>> = queries.iter().map(|query| Clause::all(query)).collect();
    let words: BTreeSet<String> = clauses.iter().flatten().flat_map(Clause::forms).map(ToOwned::to_owned).collect();
    let (mut lists, mut counts): (Lists<'_>, HashMap<&str, BTreeSet<u32>>) = (BTreeMap::new(), HashMap::new());
    let mut postings: Vec<Vec<u8>> = Vec::new();
    for (number, book) in all.iter().enumerate() {
        let (impacts, posting) = book.source().postings();
        postings.push(posting);
        for (word, impact) in impacts {
            let Some(word) = words.get(&word) else { continue };
            for copy in 0..copies {
                let book = id(number + copy * all.len());
                lists.entry(word).or_default().push(([&[u8::MAX - impact], &book.as_bytes()[..]].concat(), number));
                counts.entry(word).or_default().insert(element(book));
            }
        }
    }
    lists.values_mut().for_each(|list| list.sort());
    let mut shown: HashMap<BookId, usize> = HashMap::new();
    for clauses in clauses {
        let query = Query { clauses, ..Query::default() };
        let of_query = query.clauses.iter().flat_map(Clause::forms).filter_map(|form| lists.get(form));
        let Some(rarest) = of_query.min_by_key(|list| list.len()) else { continue };
        let score = |number: usize| query.score(&Posting::read(&postings[number])?);
        let read = rarest.iter().take(READ);
        let mut hits: Vec<_> = read.filter_map(|(place, number)| Some((score(*number)?, place, *number))).collect();
        hits.sort_by(|one, other| (other.0, one.1).cmp(&(one.0, other.1)));
        let first = hits.into_iter().take(SHOWN);
        shown.extend(
            first.filter_map(|(_, place, number)| Some((<[u8; 16]>::try_from(&place[1..]).ok()?.into(), number))),
        );
    }
    books(library, shown.into_iter().map(|(id, number)| (id, &all[number]))).await;
    let known = counts.into_iter().map(|(word, numbers)| {
        let letters = if word.chars().next().is_some_and(is_syllabic) { 1 } else { 2 };
        let beginning: String = word.chars().take(letters).collect();
        let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
        json!({"pk": {"S": format!("p#{beginning}")}, "sk": {"B": BASE64_STANDARD.encode(word)}, "books": {"NS": numbers}})
    });
    put(library, "carrel-search", known).await;
    let posting = |word: &str, (place, number): &(Vec<u8>, usize)| {
        json!({"pk": {"S": format!("w#{word}")}, "sk": {"B": BASE64_STANDARD.encode(place)},
            "x": {"B": BASE64_STANDARD.encode(&postings[*number])}})
    };
    let all = lists.iter().flat_map(|(word, list)| list.iter().take(LONGEST).map(move |one| posting(word, one)));
    put(library, "carrel-search", all).await;
}
