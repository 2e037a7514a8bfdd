//! Invalid books: the refusal names the invalid part, and nothing changes.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Library, Person};

use crate::books::{assert_unchanged, kindred, unique_isbn};

/// Registers a reader with one book.
async fn reader_with_a_book(library: &Library) -> (Person, Answer) {
    let reader = library.reader().await;
    let mut book = kindred();
    book["isbn"] = json!(unique_isbn()[0]);
    let book = reader.post("/books", book).await.expect(201);
    (reader, book)
}

/// Returns the three operations that take a book in the body: add, replace and change.
fn operations(book: &Answer) -> [(Method, String); 3] {
    let path = format!("/books/{}", book.string("id"));
    [(Method::POST, "/books".into()), (Method::PUT, path.clone()), (Method::PATCH, path)]
}

/// Asserts that the book is unchanged, and is the reader's only one.
async fn assert_nothing_changed(reader: &Person, book: &Answer) {
    assert_unchanged(reader, book).await;
    assert_eq!(reader.get("/books?owner=me").await.expect(200).each("id"), [book.string("id")]);
}

#[tokio::test]
async fn in1_a_body_that_is_not_a_json_object_is_refused() {
    let library = Library::behind_gateway().await;
    let (reader, book) = reader_with_a_book(&library).await;
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let deep_field = format!(r#"{{"title":{}"#, r#"{"a":"#.repeat(10_000));
    let bodies = [
        "",
        " ",
        "{",
        "}",
        "kindred",
        "null",
        "true",
        "1",
        r#""Kindred""#,
        "[]",
        r#"["Kindred","Octavia E. Butler"]"#,
        r#"[{"title":"Dawn","author":"A"}]"#,
        r#"{"title":"Dawn","author":"A"}}"#,
        r#"{"title":"Dawn","author":"A"} {}"#,
        r#"{"title":"Dawn","author":"A"}x"#,
        r#"{"title":"Dawn","author":"A",}"#,
        r#"{"title":"Dawn" "author":"A"}"#,
        r#"{'title':'Dawn','author':'A'}"#,
        r#"{title:"Dawn",author:"A"}"#,
        r#"{"title":"Dawn","author":"A"#,
        "\u{feff}\u{feff}{\"title\":\"Dawn\",\"author\":\"A\"}",
        "{\"title\":\"Da\nwn\",\"author\":\"A\"}",
        r#"{"title":"\ud83d","author":"A"}"#,
        r#"{"title":"\ude00\ud83d","author":"A"}"#,
        r#"{"\ud800":"Dawn"}"#,
        r#"{"title":"\x41","author":"A"}"#,
        r#"{"title":"Dawn","author":"A","pages":NaN}"#,
        r#"{"title":"Dawn","author":"A","pages":012}"#,
        &deep,
    ];
    for (method, path) in operations(&book) {
        for body in bodies {
            reader.ask(method.clone(), &path).body("application/json", body.to_owned()).await.invalid("");
        }
        for body in [&b"\xff\xfe{\x00}\x00"[..], b"\x00"] {
            reader.ask(method.clone(), &path).body("application/json", body).await.invalid("");
        }
        // API Gateway hands on U+FFFD for what is not UTF-8.
        let latin1 = &b"{\"title\":\"\xff\",\"author\":\"A\"}"[..];
        reader.ask(method.clone(), &path).body("application/json", latin1).await.invalid("/title");
        reader.ask(method.clone(), &path).body("application/json", deep_field.clone()).await.invalid("/title");
        reader.ask(method, &path).header("content-type", "application/json").await.invalid("");
    }
    assert_nothing_changed(&reader, &book).await;
}

#[tokio::test]
async fn an_invalid_field_is_named() {
    let library = Library::start().await;
    let (reader, book) = reader_with_a_book(&library).await;
    let texts = |most: usize| {
        let texts =
            ["", " ", "\u{3000}\u{a0}", "a\u{0}b", "a\nb", "\tab", "ab\r\n", "a\u{7f}", "a\u{85}b", "\u{1b}[31m"];
        let long = ["a".repeat(most + 1), "龍".repeat(most + 1), format!("a{}", "\u{301}".repeat(most + 1))];
        let wrong_types = [json!(1), json!(true), json!(["a"]), json!({"a": "b"}), json!(1.5)];
        let texts = texts.into_iter().map(ToOwned::to_owned).chain(long).map(Value::from);
        texts.chain(wrong_types).collect::<Vec<_>>()
    };
    let numbers = |least: i64, most: i64| {
        let out = [least - 1, most + 1, i64::MIN, i64::MAX, 1 << 32, (1 << 32) + 5];
        let wrong = [json!(u64::MAX), json!(1.5), json!(1e300), json!("5"), json!(true), json!([5]), json!({})];
        out.into_iter().map(Value::from).chain(wrong).collect::<Vec<_>>()
    };
    let isbn = ["", "-", "X", "kindred", "978080708369", "97808070836977", "1230306406157", "978080708369X"];
    let day = [
        "",
        "1979",
        "1979-06",
        "1979-6-1",
        "01.06.1979",
        "1979-02-29",
        "1979-13-01",
        "1979-06-00",
        "19790601",
        "1979-06-01T00:00:00Z",
        "1979-06-01 ",
        "+001979-06-01",
        "-001979-06-01",
        "1979-W22-5",
        "yesterday",
    ];
    let of_text =
        |wrong: &[&str]| wrong.iter().map(|wrong| json!(wrong)).chain([json!(1979), json!([])]).collect::<Vec<_>>();
    let fields = [
        ("title", texts(500)),
        ("author", texts(200)),
        ("country", texts(100)),
        ("language", texts(100)),
        ("title", vec![json!(null)]),
        ("author", vec![json!(null)]),
        ("copies", vec![json!(null)]),
        ("isbn", of_text(&isbn)),
        ("releaseDate", of_text(&day)),
        ("publicationYear", numbers(-9_999, 9_999)),
        ("pages", numbers(1, 100_000)),
        ("copies", numbers(0, 10_000)),
    ];
    for (method, path) in operations(&book) {
        for (field, wrong) in &fields {
            for wrong in wrong {
                let body = json!({"title": "Dawn", "author": "Octavia E. Butler", *field: wrong});
                reader.ask(method.clone(), &path).json(&body).await.invalid(&format!("/{field}"));
            }
        }
    }
    assert_nothing_changed(&reader, &book).await;
}

#[tokio::test]
async fn an_integer_may_be_written_as_a_decimal_or_with_an_exponent() {
    let library = Library::start().await;
    let (reader, book) = reader_with_a_book(&library).await;
    let path = format!("/books/{}", book.string("id"));
    let changed = reader.patch(&path, json!({"publicationYear": -8e2, "pages": 5.0, "copies": 1e4})).await.expect(200);
    for (field, number) in [("publicationYear", -800), ("pages", 5), ("copies", 10_000)] {
        assert_eq!(changed.json()[field], json!(number));
    }
}

#[tokio::test]
async fn the_refusal_of_a_wrong_check_digit_names_the_right_one() {
    let library = Library::start().await;
    let (reader, book) = reader_with_a_book(&library).await;
    for (method, path) in operations(&book) {
        for (isbn, right) in
            [("9780807083698", '7'), ("978-0-8070-8369-0", '7'), ("0-8044-2957-3", 'X'), ("0807083691", '0')]
        {
            let body = json!({"title": "Dawn", "author": "Octavia E. Butler", "isbn": isbn});
            let problem = reader.ask(method.clone(), &path).json(&body).await.invalid("/isbn").json();
            assert_eq!(problem["errors"][0]["detail"], format!("the check digit should be {right}"), "{isbn}");
        }
    }
    assert_nothing_changed(&reader, &book).await;
}

#[tokio::test]
async fn az2_fields_that_the_library_sets_are_refused_in_a_body() {
    let library = Library::start().await;
    let (reader, book) = reader_with_a_book(&library).await;
    let other = library.reader().await;
    let fields = [
        ("id", json!("0192f3a4-5b6c-7d8e-9f01-23456789abcd")),
        ("owner", json!(other.id)),
        ("version", json!(7)),
        ("createdAt", json!("1979-06-01T00:00:00Z")),
        ("updatedAt", json!("1979-06-01T00:00:00Z")),
        ("role", json!("admin")),
        ("passwordHash", json!("x")),
        ("pk", json!("book#1")),
        ("titleKey", json!("dawn")),
        ("shelf", json!("books")),
        ("Title", json!("Dawn")),
        ("publication_year", json!(1979)),
        ("", json!(1)),
        ("a`b", json!(1)),
        ("__proto__", json!({"isAdmin": true})),
        ("id", json!(null)),
    ];
    for (method, path) in operations(&book) {
        for (field, value) in &fields {
            let body = json!({"title": "Dawn", "author": "Octavia E. Butler", *field: value});
            reader.ask(method.clone(), &path).json(&body).await.invalid(&format!("/{field}"));
        }
        let body = json!({"title": "Dawn", "author": "Octavia E. Butler", "a/b~c": 1});
        reader.ask(method, &path).json(&body).await.invalid("/a~1b~0c");
    }
    assert_nothing_changed(&reader, &book).await;
}

#[tokio::test]
async fn a_missing_or_repeated_field_is_named() {
    let library = Library::start().await;
    let (reader, book) = reader_with_a_book(&library).await;
    for (method, path) in operations(&book) {
        for (body, field) in [
            (r#"{"title":"Dawn","author":"A","title":"Dawn"}"#, "/title"),
            (r#"{"title":"Dawn","author":"A","author":"B"}"#, "/author"),
            (r#"{"title":"Dawn","author":"A","pages":1,"pages":null}"#, "/pages"),
            (r#"{"title":"Dawn","author":"A","copies":1,"\u0063opies":1}"#, "/copies"),
        ] {
            reader.ask(method.clone(), &path).body("application/json", body).await.invalid(field);
        }
        // A `PATCH` may leave out every field.
        if method != Method::PATCH {
            reader.ask(method.clone(), &path).json(&json!({"author": "Octavia E. Butler"})).await.invalid("/title");
            reader.ask(method.clone(), &path).json(&json!({"title": "Dawn"})).await.invalid("/author");
            reader.ask(method, &path).json(&json!({})).await.invalid("/title");
        }
    }
    assert_nothing_changed(&reader, &book).await;
}

#[tokio::test]
async fn a_body_with_another_content_type_than_json_is_refused() {
    let library = Library::start().await;
    let (reader, book) = reader_with_a_book(&library).await;
    let body = kindred().to_string();
    for (method, path) in operations(&book) {
        let types = [
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=a",
            "application/xml",
            "application/jsonx",
            "json",
            "",
            "application/json, text/plain",
        ];
        for content_type in types {
            let answer = reader.ask(method.clone(), &path).body(content_type, body.clone()).await;
            answer.problem(415, "unsupported-media-type");
        }
        // A request without a body has no content type either.
        reader.ask(method, &path).await.invalid("");
    }
    assert_nothing_changed(&reader, &book).await;
    let path = format!("/books/{}", book.string("id"));
    for content_type in ["application/json;charset=utf-8", "Application/JSON; charset=\"UTF-8\"", "application/json"] {
        reader.ask(Method::PUT, &path).body(content_type, body.clone()).await.expect(200);
    }
}

#[tokio::test]
async fn a_body_without_a_content_type_is_refused() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let token = reader.access_token.clone().unwrap_or_default();
    let mut request = tests::client(None).post(format!("{}/books", library.url())).bearer_auth(token);
    if let Ok(key) = std::env::var("API_KEY") {
        request = request.header("x-api-key", key);
    }
    let answer = request.body(kindred().to_string()).send().await.expect("an answer");
    assert_eq!(answer.status(), 415);
}

#[tokio::test]
async fn in1_a_body_has_at_most_64_kib() {
    let library = Library::start().await;
    let (reader, book) = reader_with_a_book(&library).await;
    let padded = |bytes: usize| {
        let book = kindred().to_string();
        format!("{book}{}", " ".repeat(bytes - book.len()))
    };
    for (method, path) in operations(&book) {
        for bytes in [64 * 1024 + 1, 1024 * 1024] {
            let answer = reader.ask(method.clone(), &path).body("application/json", padded(bytes)).await;
            answer.problem(413, "too-large");
        }
    }
    assert_nothing_changed(&reader, &book).await;
    reader.ask(Method::POST, "/books").body("application/json", padded(64 * 1024)).await.expect(201);
}

#[tokio::test]
async fn an_unknown_book_is_not_found() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let ids = [
        "0192f3a4-5b6c-7d8e-9f01-23456789abcd",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        &reader.id,
    ];
    for id in ids {
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
            reader.ask(method, &format!("/books/{id}")).json(&kindred()).await.problem(404, "not-found");
        }
    }
}

#[tokio::test]
async fn an_invalid_id_is_refused() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let ids = [
        "kindred",
        "1",
        "-1",
        "0192f3a45b6c7d8e9f0123456789abcd",
        "%7B0192f3a4-5b6c-7d8e-9f01-23456789abcd%7D",
        "urn:uuid:0192f3a4-5b6c-7d8e-9f01-23456789abcd",
        "0192f3a4-5b6c-7d8e-9f01-23456789abcd%20",
        "0192f3a4-5b6c-7d8e-9f01-23456789abc",
        "%00",
        "book%230192f3a4",
        "..%2f",
        "%E2%80%AE",
        &"1".repeat(2_000),
    ];
    for id in ids {
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
            reader.ask(method, &format!("/books/{id}")).json(&kindred()).await.invalid("{bookId}");
        }
    }
}
