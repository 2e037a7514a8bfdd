//! Pages and cursors of the lists of books.

use std::cmp::Reverse;

use shared::edge::page;
use tests::{Library, Person};

/// Returns the ids of a whole list. Follows the `Link` from page to page.
async fn walk(person: &Person, list: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut path = list.to_owned();
    for _ in 0..200 {
        let page = person.get(&path).await.expect(200);
        ids.extend(page.each("id"));
        let (json, link) = (page.json(), page.header("link"));
        let Some(cursor) = json["nextCursor"].as_str() else {
            assert_eq!(link, "", "the last page of {list} has no Link");
            return ids;
        };
        let next = link.strip_prefix("</v1").and_then(|link| link.strip_suffix(">; rel=\"next\""));
        path = next.unwrap_or_else(|| panic!("{path} has the Link {link}")).to_owned();
        assert!(path.ends_with(&format!("cursor={cursor}")), "{path} has the cursor {cursor}");
    }
    panic!("{list} has no end");
}

/// A book of these tests.
struct Book {
    id: String,
    title: &'static str,
    author: &'static str,
    is_own: bool,
}

/// Adds 25 books with few titles, two authors and two owners, so that filters leave books out, and titles are equal.
async fn add_twenty_five_books(one: &Person, other: &Person) -> Vec<Book> {
    let titles = ["emma", "Zuleika Dobson", "Émma", "Emma Bovary", "EMMA", "Emmanuel", "A Room"];
    let authors = ["Jane Austen", "JANE  AUSTEN", "Émile Zola"];
    let mut books = Vec::new();
    for number in 0..25 {
        let (title, author) = (titles[number % titles.len()], authors[number % authors.len()]);
        let is_own = number % 4 != 0;
        let id = if is_own { one } else { other }.adds(title, author).await;
        books.push(Book { id, title, author, is_own });
    }
    books
}

/// Tells whether a filter matches a title or an author.
type Fits = fn(&str) -> bool;

/// Normalizes text, as far as the titles and authors of these tests need it.
fn plain(text: &str) -> String {
    text.to_lowercase().replace('é', "e").replace("  ", " ")
}

#[tokio::test]
async fn the_pages_of_every_list_have_all_of_its_books_exactly_once() {
    let library = Library::own().start().await;
    let [one, other] = [library.reader().await, library.reader().await];
    let books = add_twenty_five_books(&one, &other).await;
    let titles: [(&str, Fits); 5] = [
        ("", |_| true),
        ("&title=Emma", |title| title == "emma"),
        ("&titlePrefix=éMM", |title| title.starts_with("emm")),
        ("&titlePrefix=Emma%20", |title| title.starts_with("emma")),
        ("&title=Emma%20B", |_| false),
    ];
    let authors: [(&str, Fits); 3] =
        [("", |_| true), ("&author=jane%20austen", |author| author == "jane austen"), ("&author=Jane", |_| false)];
    for (title_filter, title_fits) in titles {
        for (author_filter, author_fits) in authors {
            for owner_filter in ["", "&owner=me"] {
                let mut expected: Vec<&Book> = books
                    .iter()
                    .filter(|book| title_fits(&plain(book.title)) && author_fits(&plain(book.author)))
                    .filter(|book| book.is_own || owner_filter.is_empty())
                    .collect();
                let filters = format!("{title_filter}{author_filter}{owner_filter}");
                for limit in [1, 4, 100] {
                    expected.sort_by_key(|book| (plain(book.title), &book.id));
                    let by_title: Vec<_> = expected.iter().map(|book| book.id.clone()).collect();
                    assert_eq!(walk(&one, &format!("/books?limit={limit}{filters}")).await, by_title, "{filters}");
                    assert_eq!(walk(&one, &format!("/books?sort=title&limit={limit}{filters}")).await, by_title);
                    if !filters.contains("titlePrefix") {
                        expected.sort_by_key(|book| Reverse(&book.id));
                        let newest: Vec<_> = expected.iter().map(|book| book.id.clone()).collect();
                        let list = format!("/books?limit={limit}{filters}&sort=-createdAt");
                        assert_eq!(walk(&one, &list).await, newest, "{list}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn pages_are_full_and_have_twenty_books_by_default() {
    let library = Library::own().start().await;
    let [one, other] = [library.reader().await, library.reader().await];
    add_twenty_five_books(&one, &other).await;
    let stranger = library.stranger();
    for (list, sizes) in [
        ("/books", &[20, 5][..]),
        ("/books?limit=25", &[25]),
        ("/books?limit=24&sort=-createdAt", &[24, 1]),
        ("/books?limit=12&sort=title", &[12, 12, 1]),
        ("/books?limit=5&author=jane%20austen", &[5, 5, 5, 2]),
        ("/books?limit=5&title=emma", &[5, 5, 1]),
        ("/books?limit=100", &[25]),
    ] {
        let (mut path, mut found) = (list.to_owned(), Vec::new());
        loop {
            let page = stranger.get(&path).await.expect(200);
            found.push(page.each("id").len());
            let Some(next) = page.header("link").split(['<', '>']).nth(1).map(ToOwned::to_owned) else { break };
            path = next.trim_start_matches("/v1").to_owned();
        }
        assert_eq!(found, sizes, "{list}");
    }
}

#[tokio::test]
async fn a_list_goes_on_although_books_are_deleted() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    for sort in ["title", "-createdAt"] {
        let mut books = Vec::new();
        for title in ["Dawn", "Dawn", "Imago", "Kindred", "Wild Seed"] {
            books.push(reader.adds(title, "Octavia E. Butler").await);
        }
        if sort == "-createdAt" {
            books.reverse();
        }
        let list = format!("/books?limit=2&sort={sort}");
        let cursor = reader.get(&list).await.expect(200).string("nextCursor");
        // The cursor has the position of the last book of the page, which is deleted.
        reader.delete(&format!("/books/{}", books[1])).await.expect(204);
        reader.delete(&format!("/books/{}", books[2])).await.expect(204);
        let rest = reader.get(&format!("{list}&cursor={cursor}")).await.expect(200);
        assert_eq!(rest.each("id"), books[3..]);
        for book in [0, 3, 4] {
            reader.delete(&format!("/books/{}", books[book])).await.expect(204);
        }
    }
}

#[tokio::test]
async fn in2_a_cursor_is_valid_only_for_its_own_list() {
    let library = Library::own().start().await;
    let [one, other] = [library.reader().await, library.reader().await];
    add_twenty_five_books(&one, &other).await;
    let lists = [
        "/books?limit=1",
        "/books?limit=1&sort=-createdAt",
        "/books?limit=1&title=emma",
        "/books?limit=1&titlePrefix=emma",
        "/books?limit=1&titlePrefix=emm",
        "/books?limit=1&author=jane%20austen",
        "/books?limit=1&author=%C3%89mile%20zola",
        "/books?limit=1&owner=me",
        "/books?limit=1&owner=me&author=jane%20austen",
        "/books?limit=1&title=emma&sort=-createdAt",
    ];
    for list in lists {
        let cursor = one.get(list).await.expect(200).string("nextCursor");
        for another in lists.into_iter().filter(|another| *another != list) {
            one.get(&format!("{another}&cursor={cursor}")).await.invalid("?cursor");
        }
        one.get(&format!("/books?isbn=9780807083697&cursor={cursor}")).await.invalid("?cursor");
        one.get(&format!("/favorites?cursor={cursor}")).await.invalid("?cursor");
        if list.contains("owner") {
            other.get(&format!("{list}&cursor={cursor}")).await.invalid("?cursor");
            library.stranger().get(&format!("{list}&cursor={cursor}")).await.problem(401, "unauthenticated");
        }
        // The limit is not a part of the list.
        one.get(&format!("{}&cursor={cursor}", list.replace("limit=1", "limit=2"))).await.expect(200);
    }
}

#[tokio::test]
async fn in2_a_changed_cursor_is_refused() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    for title in ["Dawn", "Imago"] {
        reader.adds(title, "Octavia E. Butler").await;
    }
    let cursor = reader.get("/books?limit=1").await.expect(200).string("nextCursor");
    let mut wrong: Vec<String> = ["", "x", "null", "AAAA", "%00", "=", "%7B%7D", "1"].map(String::from).into();
    wrong.extend([&cursor[1..], &cursor[..cursor.len() - 1], &cursor[..22]].map(String::from));
    wrong.extend([
        format!("{cursor}A"),
        format!("{cursor}="),
        format!("%20{cursor}"),
        cursor.repeat(2),
        "A".repeat(4_000),
    ]);
    for at in 0..cursor.len() {
        for other in ['A', '_', 'b', '%'] {
            if !cursor[at..].starts_with(other) {
                let other = if other == '%' { "%25".to_owned() } else { other.to_string() };
                wrong.push(format!("{}{other}{}", &cursor[..at], &cursor[at + 1..]));
            }
        }
    }
    for cursor in wrong {
        reader.get(&format!("/books?limit=1&cursor={cursor}")).await.invalid("?cursor");
    }
}

#[tokio::test]
async fn the_link_to_the_next_page_has_the_same_filters() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let title = "C++ & Rust: 100 %20 #1 = a?b; <Straße>, \"x\"";
    let mut books = Vec::new();
    for _ in 0..3 {
        books.push(reader.adds(title, title).await);
    }
    books.sort();
    let encoded: String = title.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for filter in ["title", "author", "titlePrefix"] {
        assert_eq!(walk(&reader, &format!("/books?limit=1&owner=me&{filter}={encoded}")).await, books, "{filter}");
    }
}

#[tokio::test]
async fn in2_a_forged_cursor_with_an_invalid_position_is_refused() {
    let library = Library::start().await;
    let reader = library.reader().await;
    // The seal has no secret: anyone who knows the code can seal any position.
    let id = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";
    let (book, favorite) = (format!("book#{id}"), format!("favorite#{id}"));
    // The format of a cursor has no field names, so that a tuple is read as the position with these fields.
    let of_books = async |key: Option<&str>| {
        let cursor = page::cursor("/v1/books", &(&book, key));
        reader.get(&format!("/books?cursor={cursor}")).await
    };
    let other = format!("a\u{1f}{}", id.replace('a', "b"));
    // DynamoDB refuses longer keys.
    let long = |bytes: usize| format!("{}\u{1f}{id}", "a".repeat(bytes - 37));
    of_books(Some(&long(1_024))).await.expect(200);
    of_books(Some(&long(1_025))).await.invalid("?cursor");
    for key in ["", "\n", "emma", id, "\u{1f}", "emma\u{1f}", "emma\u{1f}1", "\u{1f}\u{1f}", &other] {
        of_books(Some(key)).await.invalid("?cursor");
    }
    of_books(None).await.invalid("?cursor");
    // A valid position is only a place in the same list.
    of_books(Some(&format!("emma\u{1f}{id}"))).await.expect(200);
    for position in ["", "emma", id] {
        let cursor = page::cursor("/v1/books", &position);
        reader.get(&format!("/books?cursor={cursor}")).await.invalid("?cursor");
    }
    let of_favorites = async |whose: &str, key: &str, time: &str| {
        let cursor = page::cursor(&format!("/v1/favorites of {whose}"), &(key, time));
        reader.get(&format!("/favorites?cursor={cursor}")).await
    };
    let time = "2026-01-01T00:00:00Z";
    of_favorites(&reader.id, id, time).await.invalid("?cursor");
    of_favorites(&reader.id, &favorite, "x").await.invalid("?cursor");
    of_favorites(id, &favorite, time).await.invalid("?cursor");
    of_favorites(&reader.id, &favorite, time).await.expect(200);
}
