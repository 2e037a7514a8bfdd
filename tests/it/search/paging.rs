//! Pages and filters.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Library, Person};

use super::asked;

async fn add(library: &Library, owner: &Person, books: Vec<Value>) {
    for answer in join_all(books.into_iter().map(|book| async { owner.post("/books", book).await })).await {
        answer.expect(201);
    }
    library.local().drained().await;
}

fn harbour(numbers: std::ops::RangeInclusive<u32>) -> Vec<Value> {
    numbers.map(|number| json!({"title": "Harbour Lights", "author": format!("Author {number:02}")})).collect()
}

/// Returns the ids of each page of a search.
async fn pages(library: &Library, query: &[(&str, &str)], between: impl AsyncFn()) -> Vec<Vec<String>> {
    let (mut pages, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut query = query.to_vec();
        if let Some(cursor) = &cursor {
            query.push(("cursor", cursor));
        }
        let page = library.stranger().get(&asked("/search", &query)).await.expect(200);
        pages.push(page.each("id"));
        let Some(next) = page.json()["nextCursor"].as_str().map(ToOwned::to_owned) else { return pages };
        assert!(page.header("link").contains("rel=\"next\""));
        cursor = Some(next);
        between().await;
    }
}

#[tokio::test]
async fn se64_se65_equal_books_have_a_fixed_order_whatever_is_added_meanwhile() {
    let library = Library::own().start().await;
    let owner = library.reader().await;
    add(&library, &owner, harbour(1..=45)).await;
    let query = [("q", "harbour lights"), ("limit", "20")];
    let all = pages(&library, &query, async || {}).await;
    assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [20, 20, 5]);
    let before: Vec<String> = all.concat();
    let unique: std::collections::HashSet<&String> = before.iter().collect();
    assert_eq!(unique.len(), 45);
    let added = std::cell::Cell::new(50);
    let again = pages(&library, &query, async || {
        let number = added.replace(added.get() + 5);
        if number == 50 {
            add(&library, &owner, harbour(50..=54)).await;
        }
    })
    .await
    .concat();
    for book in &before {
        assert_eq!(again.iter().filter(|found| *found == book).count(), 1, "once");
    }
    assert!(again.len() <= 50);
}

#[tokio::test]
async fn se66_se67_a_filter_cuts_no_page_short() {
    let library = Library::own().start().await;
    let owner = library.reader().await;
    let book = |number: u32| {
        let language = if number.is_multiple_of(3) { "French" } else { "English" };
        json!({"title": format!("Stone Garden {number:02}"), "author": format!("Ann Ott{number}"), "language": language,
            "publicationYear": 1960 + number})
    };
    add(&library, &owner, (1..=60).map(book).collect()).await;
    let french = pages(&library, &[("q", "stone garden"), ("language", "FRENCH"), ("limit", "20")], async || {}).await;
    assert_eq!(french.iter().map(Vec::len).collect::<Vec<_>>(), [20]);
    let of_year = pages(&library, &[("q", "stone garden"), ("year", "1961")], async || {}).await;
    assert_eq!(of_year.iter().map(Vec::len).collect::<Vec<_>>(), [1]);
    let by_author = pages(&library, &[("q", "stone garden"), ("author", "ann ott7")], async || {}).await;
    assert_eq!(by_author.iter().map(Vec::len).collect::<Vec<_>>(), [1]);
    // A title's words are not the author's, and a filter that no book meets changes no word.
    for query in [("author", "stone"), ("language", "Welsh"), ("year", "-3")] {
        let found = library.stranger().get(&asked("/search", &[("q", "stone garden"), query])).await.expect(200).json();
        assert_eq!(found, json!({"items": []}), "{query:?}");
    }
}

#[tokio::test]
async fn a_page_that_an_isbn_fills_leaves_out_no_book_of_the_words() {
    let library = Library::own().start().await;
    let owner = library.reader().await;
    let books = [
        json!({"title": "Dune", "author": "Frank Herbert", "isbn": "9780441172719"}),
        json!({"title": "Dune Messiah",
        "author": "Frank Herbert"}),
    ];
    add(&library, &owner, books.into()).await;
    for limit in ["1", "2"] {
        let all = pages(&library, &[("q", "herbert 9780441172719"), ("limit", limit)], async || {}).await.concat();
        assert_eq!(all.len(), 2, "{all:?}");
    }
}

#[tokio::test]
async fn a_list_longer_than_a_read_is_shown_whole() {
    let library = Library::own().start().await;
    let owner = library.reader().await;
    // The lists of both words have all books. The words that make a book the best are in the second half of the lists.
    let book = |number: u32| match number % 20 {
        0 => json!({"title": format!("A Quite Long Title Of Garden Stone {number}"), "author": "Ann Ott"}),
        1 => json!({"title": format!("A Quite Long Title Of Stone Garden {number}"), "author": "Ann Ott"}),
        _ => json!({"title": "Stone Garden", "author": format!("Garden Stone {number}")}),
    };
    for part in 0..12 {
        add(&library, &owner, (part * 50..part * 50 + 50).map(book).collect()).await;
    }
    let all = pages(&library, &[("q", "stone garden"), ("limit", "100")], async || {}).await.concat();
    let unique: std::collections::HashSet<&String> = all.iter().collect();
    assert_eq!((all.len(), unique.len()), (600, 600));
}
