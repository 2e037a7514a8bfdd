//! A book looked up by its ISBN in the catalogues of others. Most tests have a case that people met elsewhere.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream;
use serde_json::{Value, json};
use tests::{Answer, Catalogue, Library};

const KINDRED: &str = "9780807083697";
const OTHER: &str = "9780141439518";

/// Starts a library that asks these catalogues.
async fn asking(sources: &[String]) -> Library {
    let sources = sources.to_vec();
    Library::own().settings(|settings| settings.metadata_sources = sources).standing_clock().start().await
}

async fn looks_up(library: &Library, isbn: &str) -> Answer {
    library.reader().await.get(&format!("/metadata/{isbn}")).await
}

/// An answer of SRU with records, each the datafields of one.
fn sru(records: &[&str]) -> String {
    let records: String = records
        .iter()
        .map(|fields| {
            format!(
                "<record><recordSchema>MARC21-xml</recordSchema><recordData><record \
                 xmlns=\"http://www.loc.gov/MARC21/slim\" type=\"Bibliographic\"><leader>00000nam a2200000 c 4500</leader>{fields}\
                 </record></recordData></record>"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><searchRetrieveResponse xmlns=\"http://www.loc.gov/zing/srw/\">\
         <version>1.1</version><numberOfRecords>1</numberOfRecords><records>{records}</records></searchRetrieveResponse>"
    )
}

fn field(tag: &str, subfields: &[(&str, &str)]) -> String {
    let subfields: String =
        subfields.iter().map(|(code, text)| format!("<subfield code=\"{code}\">{text}</subfield>")).collect();
    format!("<datafield tag=\"{tag}\" ind1=\" \" ind2=\" \">{subfields}</datafield>")
}

fn marc(isbns: &[(&str, &str)], author: Option<&str>, title: &str) -> String {
    let isbns: String = isbns.iter().map(|isbn| field("020", &[*isbn])).collect();
    let author = author.map(|author| field("100", &[("a", author)])).unwrap_or_default();
    format!("{isbns}{author}{}", field("245", &[("a", title)]))
}

/// An answer of Open Library.
fn edition(isbn: &str, edition: &Value) -> String {
    json!({format!("ISBN:{isbn}"): edition}).to_string()
}

fn kindred() -> String {
    edition(
        KINDRED,
        &json!({"title": "Kindred", "subtitle": "a novel", "authors": [{"name": "Octavia E. Butler", "url": "https://openlibrary.org/authors/OL1A"}],
            "identifiers": {"isbn_10": ["0807083690"]}, "publish_date": "February 1, 2004", "number_of_pages": 287,
            "subjects": [{"name": "Time travel", "url": "https://openlibrary.org/subjects/time_travel"}, {"name": "Slavery"}]}),
    )
}

#[tokio::test]
async fn a_book_is_looked_up_for_whoever_adds_it() {
    let catalogue = Catalogue::start(|_| kindred()).await;
    let library = asking(&[catalogue.setting("openlibrary")]).await;
    let found = looks_up(&library, "0-8070-8369-0").await.expect(200).json();
    assert_eq!(
        found,
        json!({"isbn": KINDRED, "source": "openlibrary", "title": "Kindred: a novel", "author": "Octavia E. Butler",
            "publicationYear": 2004, "pages": 287, "subjects": ["Time travel", "Slavery"]})
    );
    // What was found makes a book, as it is.
    let mut book = found;
    book.as_object_mut().expect("an object").remove("source");
    library.reader().await.post("/books", book).await.expect(201);
    // The catalogue knows whom to write to.
    let [asked] = &*catalogue.asked() else { panic!("{:?}", catalogue.asked()) };
    assert_eq!(asked.path, format!("/{KINDRED}"));
    assert!(asked.user_agent.starts_with("Carrel/") && asked.user_agent.contains("(library@localhost)"), "{asked:?}");
}

#[tokio::test]
async fn an_answer_is_stored_for_thirty_days_and_that_there_is_none_for_one() {
    let catalogue = Catalogue::start(|path| if path.ends_with(KINDRED) { kindred() } else { "{}".to_owned() }).await;
    let library = asking(&[catalogue.setting("openlibrary")]).await;
    for _ in 0..2 {
        looks_up(&library, KINDRED).await.expect(200);
        looks_up(&library, OTHER).await.refused(404, "no-such-record");
    }
    assert_eq!(catalogue.asked().len(), 2);
    let day = 24 * 60 * 60;
    library.wait(day + 1);
    looks_up(&library, KINDRED).await.expect(200);
    looks_up(&library, OTHER).await.refused(404, "no-such-record");
    assert_eq!(catalogue.asked().len(), 3);
    library.wait(29 * day);
    looks_up(&library, KINDRED).await.expect(200);
    assert_eq!(catalogue.asked().len(), 4);
}

#[tokio::test]
async fn im63_marks_and_entities_of_the_german_national_library_are_read() {
    let mut fields = marc(&[("a", KINDRED)], Some("Käfer, Franz"), "");
    fields = fields.replace(
        &field("245", &[("a", "")]),
        &field("245", &[("a", "\u{98}Die\u{9c} Bru\u{308}cke"), ("b", "Recht &amp;amp; Ordnung")]),
    );
    fields.push_str(&field("700", &[("a", "Möller, Jörg"), ("e", "Übersetzer")]));
    let catalogue = Catalogue::start(move |_| sru(&[&fields])).await;
    let library = asking(&[catalogue.setting("dnb")]).await;
    let found = looks_up(&library, KINDRED).await.expect(200).json();
    assert_eq!(
        found,
        json!({"isbn": KINDRED, "source": "dnb", "title": "Die Brücke: Recht & Ordnung", "author": "Franz Käfer"})
    );
}

#[tokio::test]
async fn im64_a_record_without_the_names_of_its_authors_is_not_the_last_word() {
    let by_key =
        json!({"title": "Kindred", "authors": [{"key": "/authors/OL1A"}], "identifiers": {"isbn_13": [KINDRED]}});
    let first = Catalogue::start(move |_| edition(KINDRED, &by_key)).await;
    let second = Catalogue::start(|_| sru(&[&marc(&[("a", KINDRED)], Some("Butler, Octavia E."), "Kindred")])).await;
    let library = asking(&[first.setting("openlibrary"), second.setting("dnb")]).await;
    let found = looks_up(&library, KINDRED).await.expect(200).json();
    assert_eq!((&found["source"], &found["author"]), (&json!("dnb"), &json!("Octavia E. Butler")));

    // Alone, it is answered without an author, and asked again after a day.
    let library = asking(&[first.setting("openlibrary")]).await;
    let found = looks_up(&library, KINDRED).await.expect(200).json();
    assert_eq!(found, json!({"isbn": KINDRED, "source": "openlibrary", "title": "Kindred"}));
    let asked = first.asked().len();
    library.wait(24 * 60 * 60 + 1);
    looks_up(&library, KINDRED).await.expect(200);
    assert_eq!(first.asked().len(), asked + 1);
}

#[tokio::test]
async fn im65_im66_another_edition_is_not_taken() {
    let volume = json!({"title": "Volume Five", "authors": [{"name": "Ann Ott"}], "identifiers": {"isbn_13": [OTHER]}});
    let first = Catalogue::start(move |_| edition(KINDRED, &volume)).await;
    let cancelled = marc(&[("a", OTHER), ("z", KINDRED)], Some("Ott, Ann"), "The Print Edition");
    let second = Catalogue::start(move |_| sru(&[&cancelled])).await;
    let library = asking(&[first.setting("openlibrary"), second.setting("dnb")]).await;
    looks_up(&library, KINDRED).await.refused(404, "no-such-record");
}

#[tokio::test]
async fn a_later_record_and_a_second_number_of_a_record_are_found() {
    let others = marc(&[("a", OTHER)], Some("Ott, Ann"), "The Other Edition");
    let own = marc(&[("a", "9780306406157"), ("a", KINDRED)], Some("Butler, Octavia E."), "Kindred");
    let catalogue = Catalogue::start(move |_| sru(&[&others, &own])).await;
    let library = asking(&[catalogue.setting("dnb")]).await;
    let found = looks_up(&library, KINDRED).await.expect(200).json();
    assert_eq!((&found["isbn"], &found["title"]), (&json!(KINDRED), &json!("Kindred")));
}

/// Answers that are none.
fn rubbish(path: &str) -> Response {
    match path.trim_start_matches('/').split('/').next() {
        Some("page") => "<!DOCTYPE html><html><title>Just a moment...</title></html>".into_response(),
        Some("error") => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some("long") => "x".repeat((1 << 20) + 1).into_response(),
        Some("entities") => "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"b\">]><searchRetrieveResponse>&a;</searchRetrieveResponse>".into_response(),
        Some("cut") => "{\"ISBN:9780807083697\": {\"title\": \"Kin".into_response(),
        Some("list") => "[[[[[[[[".into_response(),
        // The end never comes.
        _ => Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>()).into_response(),
    }
}

#[tokio::test]
async fn im67_what_is_no_answer_is_neither_taken_nor_stored() {
    let bad = Catalogue::start(rubbish).await;
    for kind in ["page", "error", "long", "entities", "cut", "list"] {
        let sources =
            ["dnb", "openlibrary"].map(|name| bad.setting(name).replace("/{isbn}", &format!("/{kind}/{{isbn}}")));
        let library = asking(&sources).await;
        for _ in 0..2 {
            let before = bad.asked().len();
            let answer = looks_up(&library, KINDRED).await.refused(503, "catalogues-away");
            assert_eq!(answer.header("retry-after"), "1", "{kind}");
            assert_eq!(bad.asked().len(), before + 2, "{kind}");
        }
        // The next one has it.
        let good = Catalogue::start(|_| kindred()).await;
        let library = asking(&[sources[0].clone(), good.setting("openlibrary")]).await;
        looks_up(&library, KINDRED).await.expect(200);
        // One that did not answer may have it: nothing is stored.
        let empty = Catalogue::start(|_| "{}").await;
        let library = asking(&[sources[0].clone(), empty.setting("openlibrary")]).await;
        for _ in 0..2 {
            looks_up(&library, KINDRED).await.refused(404, "no-such-record");
        }
        assert_eq!(empty.asked().len(), 2, "{kind}");
    }
}

#[tokio::test]
async fn a_catalogue_has_two_seconds_for_its_last_byte() {
    let slow = Catalogue::start(rubbish).await;
    let good = Catalogue::start(|_| kindred()).await;
    let library = asking(&[slow.setting("dnb"), good.setting("openlibrary")]).await;
    let reader = library.reader().await;
    let began = Instant::now();
    let found = reader.get(&format!("/metadata/{KINDRED}")).await.expect(200).json();
    assert_eq!(found["source"], "openlibrary");
    assert!(began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_catalogue_redirects_once_and_to_itself_only() {
    let elsewhere = Catalogue::start(|_| kindred()).await;
    let address = elsewhere.setting("").trim_matches(['=']).replace("{isbn}", KINDRED);
    let answer = move |path: &str| match path.split('/').nth(1) {
        Some("away") => Redirect::temporary(&address).into_response(),
        Some("twice") => Redirect::temporary("/once/1").into_response(),
        Some("once") => Redirect::temporary("/there").into_response(),
        _ => kindred().into_response(),
    };
    let catalogue = Catalogue::start(answer).await;
    for (path, status) in [("away", 503), ("twice", 503), ("once", 200)] {
        let source = catalogue.setting("openlibrary").replace("/{isbn}", &format!("/{path}/{{isbn}}"));
        looks_up(&asking(&[source]).await, KINDRED).await.expect(status);
    }
    assert_eq!(elsewhere.asked(), []);
}

#[tokio::test]
async fn who_may_not_add_a_book_looks_none_up() {
    let catalogue = Catalogue::start(|_| kindred()).await;
    let source = catalogue.setting("openlibrary");
    let library = Library::own().settings(|settings| {
        settings.metadata_sources = vec![source];
        settings.admins_only_writes = true;
    });
    let library = library.start().await;
    library.reader().await.get(&format!("/metadata/{KINDRED}")).await.refused(403, "librarians-add-books");
    library.stranger().get(&format!("/metadata/{KINDRED}")).await.expect(401);
    library.admin().await.get(&format!("/metadata/{KINDRED}")).await.expect(200);
    assert_eq!(catalogue.asked().len(), 1);
}

#[tokio::test]
async fn a_library_without_catalogues_says_so_and_a_wrong_number_is_refused() {
    let library = Library::start().await;
    let reader = library.reader().await;
    reader.get(&format!("/metadata/{KINDRED}")).await.refused(404, "look-up-off");
    reader.get("/metadata/9780807083690").await.invalid("{isbn}");
    reader.get("/metadata/..%5Cevil%3Fx").await.invalid("{isbn}");
}
