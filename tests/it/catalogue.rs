//! Lists of books: their filters and their order.

use serde_json::json;
use tests::{Library, unique};

use crate::books::unique_isbn;

#[tokio::test]
async fn an_empty_catalogue_is_an_empty_list() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    for list in
        ["/books", "/books?sort=-createdAt", "/books?title=a", "/books?author=a&owner=me", "/books?isbn=9780807083697"]
    {
        let page = reader.get(list).await.expect(200);
        assert_eq!((page.json(), page.header("link")), (json!({"items": []}), ""));
    }
}

#[tokio::test]
async fn titles_are_sorted_without_regard_to_case_accents_and_punctuation() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let sorted = [
        "1984",
        "Ada",
        "Éclair",
        "emma",
        "Emma Bovary",
        "Emma’s",
        "Emmanuel",
        "Œdipe",
        "Ørsted",
        "zola",
        "Ιλιάς",
        "源氏物語",
    ];
    for title in sorted.iter().rev() {
        reader.adds(title, "A").await;
    }
    assert_eq!(library.stranger().get("/books").await.expect(200).each("title"), sorted);
}

#[tokio::test]
async fn the_newest_book_comes_first() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let mut books = Vec::new();
    for title in ["B", "A", "C", "A"] {
        books.insert(0, reader.adds(title, "A").await);
        library.wait(1);
    }
    // A change does not make a book newer.
    reader.patch(&format!("/books/{}", books[3]), json!({"title": "A"})).await.expect(200);
    assert_eq!(reader.get("/books?sort=-createdAt").await.expect(200).each("id"), books);
    let equal = [0, 2, 3].map(|at: usize| books[at].clone());
    assert_eq!(reader.get("/books?title=a&sort=-createdAt").await.expect(200).each("id"), equal);
}

#[tokio::test]
async fn case_and_accents_do_not_matter_in_a_search() {
    let library = Library::start().await;
    let reader = library.reader().await;
    for (stored, asked) in [
        ("Charlotte Brontë", "charlotte BRONTË"),
        ("Charlotte Brontë", "CHARLOTTE  bronte "),
        ("Charlotte Bronte\u{308}", "Charlotte Brontë"),
        ("STRASSE", "Straße"),
        ("Łódź", "lodz"),
        ("ΟΔΥΣΣΕΥΣ", "Οδυσσεύς"),
        ("Чайковский", "ЧАЙКОВСКИЙ"),
        ("ｋａｗａｂａｔａ", "Kawabata"),
        ("L’Étranger", "l'etranger"),
        ("שִׁיר", "שיר"),
    ] {
        // The unique word stands in front, because a Greek sigma has another form at the end of a word.
        let ours = unique("ours");
        let (stored, asked) = (format!("{ours} {stored}"), format!("{ours} {asked}"));
        let book = reader.adds(&stored, &stored).await;
        for filter in ["title", "titlePrefix", "author"] {
            let found = reader.get(&format!("/books?{filter}={asked}")).await.expect(200);
            assert_eq!(found.each("id"), [book.as_str()], "{filter} {asked} finds {stored}");
        }
    }
}

#[tokio::test]
async fn different_titles_stay_different() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let long = "龍".repeat(499);
    for [one, other] in [
        [&format!("{long}a"), &format!("{long}b")],
        [&"राम".to_owned(), &"रम".to_owned()],
        [&"กา กิน".to_owned(), &"กา กน".to_owned()],
        [&"が".to_owned(), &"か".to_owned()],
        [&"東京".to_owned(), &"凍狂".to_owned()],
        [&"C".to_owned(), &"C++".to_owned()],
        [&"Emma".to_owned(), &"Emma 2".to_owned()],
    ] {
        let books = [reader.adds(one, "A").await, reader.adds(other, "A").await];
        for (title, book) in [one, other].into_iter().zip(books) {
            let title = title.replace('+', "%2B");
            let found = reader.get(&format!("/books?owner=me&title={title}")).await.expect(200);
            assert_eq!(found.each("id"), [book], "{title}");
        }
    }
}

#[tokio::test]
async fn a_list_applies_all_its_filters() {
    let library = Library::start().await;
    let [reader, other] = [library.reader().await, library.reader().await];
    let [title, author] = [unique("Emma "), unique("Austen ")];
    let ours = reader.adds(&title, &author).await;
    let theirs = other.adds(&title, &author).await;
    let another = reader.adds(&unique("Persuasion "), &author).await;
    let elsewhere = reader.adds(&title, &unique("Another ")).await;
    for (query, mut expected) in [
        (format!("author={author}&title={title}"), vec![&ours, &theirs]),
        (format!("author={author}&titlePrefix=Emma"), vec![&ours, &theirs]),
        (format!("author={author}&owner=me"), vec![&ours, &another]),
        (format!("title={title}&owner=me"), vec![&ours, &elsewhere]),
        (format!("title={title}&author={author}&owner=me"), vec![&ours]),
        (format!("titlePrefix=persu&author={author}&owner=me"), vec![&another]),
        ("owner=me".into(), vec![&ours, &another, &elsewhere]),
        (format!("author={title}"), vec![]),
    ] {
        expected.sort();
        let mut found = reader.get(&format!("/books?{query}")).await.expect(200).each("id");
        found.sort();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    library.stranger().get("/books?owner=me").await.problem(401, "unauthenticated");
    reader.with_token("nonsense").get("/books?owner=me").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn an_isbn_finds_its_book_in_any_spelling() {
    let library = Library::start().await;
    let [reader, other] = [library.reader().await, library.reader().await];
    let [ten, thirteen] = unique_isbn();
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "isbn": ten});
    let book = reader.post("/books", book).await.expect(201).json();
    let hyphens = format!("{}-{}", &thirteen[..3], &thirteen[3..]);
    for query in [
        ten,
        thirteen.clone(),
        hyphens,
        format!("{thirteen}&title=KINDRED"),
        format!("{thirteen}&titlePrefix=kin&author=octavia%20e.%20butler&owner=me"),
        format!("{thirteen}&limit=1&sort=-createdAt"),
    ] {
        let found = reader.get(&format!("/books?isbn={query}")).await.expect(200);
        assert_eq!((found.json(), found.header("link")), (json!({"items": [book]}), ""), "{query}");
    }
    for query in [
        format!("{thirteen}&title=Dawn"),
        format!("{thirteen}&author=Butler"),
        format!("{thirteen}&titlePrefix=Kindreds"),
    ] {
        assert_eq!(
            reader.get(&format!("/books?isbn={query}")).await.expect(200).json(),
            json!({"items": []}),
            "{query}"
        );
    }
    let others = format!("/books?isbn={thirteen}&owner=me");
    assert_eq!(other.get(&others).await.expect(200).json(), json!({"items": []}));
    library.stranger().get(&others).await.problem(401, "unauthenticated");
    let problem = reader.get("/books?isbn=9780807083698").await.invalid("?isbn").json();
    assert_eq!(problem["errors"][0]["detail"], "the check digit should be 7");
}

#[tokio::test]
async fn a_book_is_found_by_its_new_values_and_not_by_its_old_ones() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let [title, author, new_title, new_author] = ["Dawn ", "Butler ", "Imago ", "Estelle "].map(unique);
    let book = reader.adds(&title, &author).await;
    let path = format!("/books/{book}");
    let found = async |query: String| reader.get(&format!("/books?{query}")).await.expect(200).each("id");

    reader.patch(&path, json!({"title": new_title})).await.expect(200);
    assert_eq!(found(format!("title={title}")).await, [""; 0]);
    assert_eq!(found(format!("title={new_title}&author={author}")).await, [book.as_str()]);
    reader.put(&path, json!({"title": new_title, "author": new_author})).await.expect(200);
    assert_eq!(found(format!("author={author}")).await, [""; 0]);
    assert_eq!(found(format!("author={new_author}&sort=-createdAt")).await, [book.as_str()]);

    reader.delete(&path).await.expect(204);
    for query in [format!("author={new_author}"), format!("title={new_title}"), "owner=me".into()] {
        assert_eq!(found(query).await, [""; 0]);
    }
}

#[tokio::test]
async fn in3_an_invalid_query_is_refused() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let long = |most: usize| "a".repeat(most + 1);
    let mut queries: Vec<(String, &str)> = Vec::new();
    for limit in ["0", "-1", "101", "1e9", "1000000000", "99999999999999999999", "ten", "", "1.0", "%2010", "0x10"] {
        queries.push((format!("limit={limit}"), "?limit"));
    }
    for (name, most) in [("title", 500), ("titlePrefix", 100), ("author", 200)] {
        let pointer =
            ["?title", "?titlePrefix", "?author"].into_iter().find(|pointer| pointer[1..] == *name).unwrap_or("");
        for text in ["", "%20", "a%00b", "a%0Ab", "%7F", &long(most)] {
            queries.push((format!("{name}={text}"), pointer));
        }
        queries.push((format!("{name}=a&{name}=a"), pointer));
        queries.push((name.to_owned(), pointer));
    }
    for (query, pointer) in [
        ("isbn=", "?isbn"),
        ("isbn=kindred", "?isbn"),
        ("isbn=9780807083697&isbn=9780807083697", "?isbn"),
        ("owner=you", "?owner"),
        ("owner=", "?owner"),
        ("owner=Me", "?owner"),
        ("owner=0192f3a4-5b6c-7d8e-9f01-23456789abcd", "?owner"),
        ("owner=me&owner=me", "?owner"),
        ("sort=createdAt", "?sort"),
        ("sort=-title", "?sort"),
        ("sort=", "?sort"),
        ("sort=author", "?sort"),
        ("sort=title&sort=title", "?sort"),
        ("limit=1&limit=2", "?limit"),
        ("cursor=a&cursor=a", "?cursor"),
        ("titlePrefix=a&sort=-createdAt", "?sort"),
        ("titlePrefix=a&author=a&owner=me&sort=-createdAt", "?sort"),
        ("title=a&titlePrefix=a", "?titlePrefix"),
        ("year=1979", "?year"),
        ("Title=a", "?Title"),
        ("title_prefix=a", "?title_prefix"),
        ("page=2", "?page"),
        ("=a", "?"),
        ("title%5B%5D=a", "?title[]"),
    ] {
        queries.push((query.into(), pointer));
    }
    for (query, pointer) in queries {
        reader.get(&format!("/books?{query}")).await.invalid(pointer);
    }
    for (query, pointer) in [
        ("", "?title"),
        ("?title=", "?title"),
        ("?title=a&title=b", "?title"),
        ("?title=a&author=b", "?author"),
        ("?isbn=1", "?isbn"),
    ] {
        reader.delete(&format!("/books{query}")).await.invalid(pointer);
    }
    reader.delete(&format!("/books?title={}", long(500))).await.invalid("?title");
    for query in ["limit=1", "limit=100", "sort=title", "", "&", "limit=20&&", "author=%CC%81"] {
        reader.get(&format!("/books?{query}")).await.expect(200);
    }
}
