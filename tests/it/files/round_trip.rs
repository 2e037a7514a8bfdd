//! Export, import into an empty library, export: the same file.

use local::client::Account;
use serde_json::{Value, json};
use tests::{Library, Person};

use super::{Folder, exporting::export, import, options};

/// Adds books with all fields, and texts that programs misread.
async fn add_books(person: &Person) {
    let titles = [
        "=1+1",
        "-30-: The End",
        "A \"quoted\"; title, with commas",
        "源氏物語",
        "'Tis",
        "Été",
        "<b>&amp;</b>",
        "|a $b",
    ];
    for (place, title) in titles.into_iter().enumerate() {
        let book = json!({"title": title, "author": "A. N. Author; Second, Jr.", "publicationYear": -380, "pages": 7,
            "country": "France", "language": "French", "releaseDate": "2001-02-03", "shelfMark": "=A1",
            "copies": place + 1, "subjects": ["One; two", "@Three"], "isbn": super::super::books::unique_isbn()[1]});
        person.post("/books", book).await.expect(201);
        person.post("/books", json!({"title": title, "author": format!("Author {place}")})).await.expect(201);
    }
}

/// Returns the ids of the books, in the order of an export.
async fn ids(person: &Person) -> Vec<String> {
    let page = person.get("/exports/books?format=jsonl").await.expect(200);
    let id =
        |line: &str| serde_json::from_str::<Value>(line).expect("JSON")["id"].as_str().unwrap_or_default().to_owned();
    page.text.lines().map(id).collect()
}

#[tokio::test]
async fn a_library_that_is_exported_and_imported_elsewhere_exports_the_same_file() {
    let first = Library::own().start().await;
    let admin = first.admin().await;
    add_books(&admin).await;
    let folder = Folder::new();
    for name in ["books.csv", "books.jsonl", "books.mrc", "books.xml", "books.csv.gz"] {
        export(&folder, name, first.url()).await.expect(name);
        let second = Library::own().start().await;
        let account = Account {
            url: second.url().to_owned(),
            email: "johndoe@example.com".into(),
            password: None,
            api_key: None,
        };
        let (done, said) = import(options(folder.0.join(name), account)).await;
        assert_eq!(done.map(|counts| (counts.added, counts.failed)), Ok((16, 0)), "{said}");
        let again = format!("again-{}", name.trim_end_matches(".gz"));
        export(&folder, &again, second.url()).await.expect(name);
        let mut text = folder.read(&again);
        let (old, new) = (ids(&admin).await, ids(&second.admin().await).await);
        for (old, new) in old.iter().zip(&new) {
            text = text.replace(new, old);
        }
        assert_eq!(text, folder.read(name.trim_end_matches(".gz")), "{name}");
    }
}
