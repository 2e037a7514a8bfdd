//! Puts books into a library, and their lists into its index.

use std::collections::BTreeSet;
use std::fmt::{Display, Formatter};
use std::time::Instant;

use serde_json::{Value, json};
use shared::values::BookId;
use tests::database::Call;
use tests::{Library, Person};

use super::books::Book;

/// The most writes of a batch.
const BATCH: usize = 25;

/// The id of a book, by its number: spread evenly, as random ones are.
pub(crate) fn id(number: usize) -> BookId {
    let spread = (number as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    let mut bytes = spread.to_be_bytes();
    (bytes[6], bytes[8]) = (0x70 | bytes[6] & 0x0f, 0x80 | bytes[8] & 0x3f);
    bytes.into()
}

pub(super) async fn put(library: &Library, table: &str, items: impl IntoIterator<Item = Value>) {
    let database = library.dynamodb();
    let mut items = items.into_iter().map(|item| json!({"PutRequest": {"Item": item}})).peekable();
    while items.peek().is_some() {
        let batch: Vec<Value> = items.by_ref().take(BATCH).collect();
        database.call("BatchWriteItem", &json!({"RequestItems": {table: batch}})).await;
    }
}

/// Returns the item of a book of an owner, which is gone again.
pub(crate) async fn model(library: &Library, owner: &Person) -> Value {
    let model = owner.adds("A title", "A. N. Author").await;
    let key = json!({"pk": {"S": format!("book#{model}")}, "sk": {"S": "book"}});
    let mut found = library.dynamodb().call("GetItem", &json!({"TableName": "carrel-library", "Key": key})).await;
    owner.delete(&format!("/books/{model}")).await.expect(204);
    library.local().drained().await;
    // The dictionary keeps the words of a book that is gone, if it was indexed before it went.
    empty(library).await;
    found["Item"].take()
}

/// Writes books to the table directly, as copies of a book's item. Their lists are not written.
pub(crate) async fn books(library: &Library, model: &Value, books: impl IntoIterator<Item = (BookId, &Book)>) {
    let item = |(id, book): (BookId, &Book)| {
        let mut item = model.clone();
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
    calls: f64,
    read: f64,
    write: f64,
    /// The write units of a book of the last tenth: when most words are known.
    last: f64,
}

impl Indexed {
    fn add(&mut self, calls: Vec<Call>) {
        for call in calls.into_iter().filter(|call| call.function == "indexer") {
            (self.calls, self.read, self.write) = (self.calls + 1.0, self.read + call.read, self.write + call.write);
        }
    }
}

impl Display for Indexed {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let each = |what: f64| what / self.books;
        let (calls, read, write, last) = (each(self.calls), each(self.read), each(self.write), self.last);
        write!(
            f,
            "{calls:.1} calls, {read:.1} read units and {write:.1} write units a book; of the last tenth {last:.1}"
        )
    }
}

/// Has the indexer go through all books.
pub(super) async fn index(library: &Library) -> Indexed {
    let (mut all, mut steps, begun) = (Indexed::default(), Vec::new(), Instant::now());
    loop {
        let before = (all.books, all.write);
        let done = library.local().call("indexer", json!({"task": "reindex"})).await.expect("the indexer answers");
        all.add(library.proxy().take());
        all.books += done["written"].as_f64().unwrap_or_default();
        eprintln!("{} books are indexed after {:.0?}", all.books, begun.elapsed());
        steps.push(before);
        if done["more"] == false {
            let tenth = steps.into_iter().rev().find(|(books, _)| *books <= all.books * 0.9);
            all.last = tenth.map_or(f64::NAN, |(books, write)| (all.write - write) / (all.books - books));
            return all;
        }
    }
}

/// Has the indexer process books, as if the stream said that they are new.
pub(super) async fn index_these(library: &Library, books: &[BookId]) -> Indexed {
    let mut all = Indexed { last: f64::NAN, ..Indexed::default() };
    library.proxy().take();
    for batch in books.chunks(100) {
        let row =
            |id: &BookId| json!({"dynamodb": {"SequenceNumber": "1", "NewImage": {"book": {"M": {"id": {"S": id}}}}}});
        let rows: Vec<Value> = batch.iter().map(row).collect();
        library.local().call("indexer", json!({"Records": rows})).await.expect("the indexer answers");
        all.add(library.proxy().take());
        all.books += batch.len() as f64;
    }
    all
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

/// Deletes the index.
async fn empty(library: &Library) {
    let items = library.dynamodb().scan("carrel-search").await;
    let delete = |item: &Value| json!({"DeleteRequest": {"Key": {"pk": item["pk"], "sk": item["sk"]}}});
    for batch in items.chunks(BATCH) {
        let deletes: Vec<Value> = batch.iter().map(delete).collect();
        let request = json!({"RequestItems": {"carrel-search": deletes}});
        library.dynamodb().call("BatchWriteItem", &request).await;
    }
}

/// Has the index of a library made by a run that is killed so often, and that of another one by a run that is not. Returns how
/// many items there are, and how many differ.
pub(super) async fn index_killed(all: &[Book], kills: u32) -> (usize, usize) {
    let library = library_with(all).await;
    let begun = Instant::now();
    go_through(&library).await;
    let took = begun.elapsed();
    let whole = content(&library).await;
    drop(library);
    eprintln!("{} items are written after {took:.0?}", whole.len());
    let library = library_with(all).await;
    for _ in 0..kills {
        let _ = tokio::time::timeout(took / (kills + 2), go_through(&library)).await;
        // The next may go on where nobody can be at work any more.
        library.wait(125);
    }
    go_through(&library).await;
    (whole.len(), whole.symmetric_difference(&content(&library).await).count())
}

/// Starts a library that has the books, and no index.
async fn library_with(all: &[Book]) -> Library {
    let library = Library::own().standing_clock().start().await;
    let model = model(&library, &library.reader().await).await;
    books(&library, &model, all.iter().enumerate().map(|(number, book)| (id(number), book))).await;
    library
}

async fn go_through(library: &Library) {
    let begun = Instant::now();
    loop {
        match library.local().call("indexer", json!({"task": "reindex"})).await {
            Ok(done) if done["more"] == false => return,
            Ok(done) => eprintln!("{done} after {:.0?}", begun.elapsed()),
            // On a busy machine the answer of a call may be lost. A reserved book is free again later.
            Err(problem) => {
                eprintln!("{problem}");
                library.wait(125);
            }
        }
    }
}
