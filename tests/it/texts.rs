//! Texts of all scripts, as people type and paste them: what counts as the same, what is shown, and what is refused.

use serde_json::{Value, json};
use tests::{Library, PASSWORD, unique};

use crate::books::{count, unique_isbn, with_isbn};

/// Percent-encodes every byte of `text`.
fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn fl1_an_address_with_a_turkish_i_is_registered_and_read_as_i() {
    let library = Library::own().start().await;
    let stranger = library.stranger();
    let register = |email: &str| stranger.post("/auth/register", json!({"email": email, "password": PASSWORD}));
    let welcome = register("İpek@example.com").await.expect(201);
    assert_eq!(welcome.json()["user"]["email"], "ipek@example.com");
    let reader = stranger.with_tokens(&welcome);
    assert_eq!(reader.get("/users/me").await.expect(200).string("email"), "ipek@example.com");
    for spelling in ["İPEK@example.com", "ipek@example.com", "i\u{307}pek@example.com", "\u{200e}İpek@example.com "] {
        library.login(spelling, PASSWORD).await.expect(200);
        register(spelling).await.refused(409, "email-taken");
    }
    stranger.post("/auth/reset-password-request", json!({"email": "İpek@example.com"})).await.expect(202);
    // In lower case, 32 times Ⱥ has more bytes than an address may have.
    register(&format!("{}@example.com", "Ⱥ".repeat(32))).await.invalid("/email");
    let librarian = library.admin().await;
    assert!(librarian.get("/users").await.expect(200).each("email").contains(&"ipek@example.com".to_owned()));
}

#[tokio::test]
async fn fc3_an_address_that_no_letter_reaches_is_refused() {
    let library = Library::start().await;
    for email in ["josé@example.com", "иван@example.com", "mıke@example.com"] {
        let registration = json!({"email": email, "password": PASSWORD});
        let refused = library.stranger().post("/auth/register", registration).await.invalid("/email");
        assert!(refused.string("detail").contains("before the @"), "{}", refused.text);
        // A sign-in is refused as one of an unknown name.
        library.login(email, PASSWORD).await.refused(401, "wrong-credentials");
    }
    let registration = json!({"email": format!("{}@bücher.example", unique("jane")), "password": PASSWORD});
    let welcome = library.stranger().post("/auth/register", registration).await.expect(201);
    assert!(welcome.json()["user"]["email"].as_str().is_some_and(|email| email.ends_with("@xn--bcher-kva.example")));
}

#[tokio::test]
async fn fl4_names_of_all_scripts_are_usernames_and_the_error_says_what_is_wrong() {
    let library = Library::own().start().await;
    let rename = |name: &str| {
        let (library, name) = (&library, name.to_owned());
        async move {
            library
                .reader()
                .await
                .ask(reqwest::Method::PUT, "/users/me/username")
                .json(&json!({"username": name}))
                .await
        }
    };
    for name in ["முருகன்", "कृष्ण", "శ్రీనివాస్", "শ্রীকান্ত", "សុខា", "ọ́lá", "ශ්\u{200d}රී", "น้ำฝน", "မောင်မောင်", "فاطمة", "דָּוִד"]
    {
        let renamed = rename(name).await.expect(200);
        let shown = renamed.string("username");
        let found = library.reader().await.get(&format!("/users/by-username/{}", encode(name))).await.expect(200);
        assert_eq!(found.string("username"), shown);
        library.stranger().post("/auth/login", json!({"username": name, "password": PASSWORD})).await.expect(200);
    }
    for (name, reason) in [
        ("\u{301}\u{302}\u{303}", "a letter before each mark"),
        ("jаne", "one script"),
        ("\u{3164}\u{3164}\u{3164}", "3 to 32 characters"),
        ("jane doe", "letters, digits"),
        ("דוד_", "from the right"),
    ] {
        let refused = rename(name).await.invalid("/username");
        assert!(refused.string("detail").contains(reason), "{}", refused.text);
    }
}

/// Adds a book with each title, and asserts that each title finds all of them and no other book.
async fn assert_one_title(titles: &[&str]) {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    reader.adds("Another", "Someone Else").await;
    for title in titles {
        reader.adds(title, title).await;
    }
    for title in titles {
        for filter in ["title", "titlePrefix", "author"] {
            let found = reader.get(&format!("/books?{filter}={}", encode(title))).await.expect(200);
            assert_eq!(found.each("title").len(), titles.len(), "{filter}={title:?}: {}", found.text);
        }
    }
}

#[tokio::test]
async fn fl5_a_title_is_found_in_its_other_case() {
    assert_one_title(&["Əli və Nino", "əli və nino", "ƏLİ VƏ NİNO"]).await;
    assert_one_title(&["Ɓoko Ɗan Ƙasa", "ɓoko ɗan ƙasa", "ƁOKO ƊAN ƘASA"]).await;
    assert_one_title(&["Οδυσσέας", "οδυσσέας", "ΟΔΥΣΣΕΑΣ"]).await;
}

#[tokio::test]
async fn fl6_invisible_characters_count_for_nothing_and_stay_in_what_is_shown() {
    assert_one_title(&["Dune", "\u{feff}Dune", "Du\u{200b}ne", "Dune\u{200e}", "D\u{ad}une"]).await;
    assert_one_title(&["می\u{200c}خواهم", "میخواهم"]).await;
    let library = Library::own().start().await;
    let reader = library.reader().await;
    for title in ["\u{feff}Emma", "Zorba", "\u{200b}Aeneid", "می\u{200c}خواهم", "👩\u{200d}🚀"] {
        let book = reader.post("/books", json!({"title": title, "author": "A"})).await.expect(201);
        assert_eq!(book.string("title"), title);
    }
    let listed = reader.get("/books").await.expect(200).each("title");
    assert_eq!(listed[..3], ["\u{200b}Aeneid", "\u{feff}Emma", "Zorba"], "they sort by what is seen");
    for (field, text) in [
        ("title", "\u{200b}"),
        ("author", "\u{feff}\u{200e}"),
        ("country", "\u{3164}"),
        ("language", "\u{2060} \u{ad}"),
    ] {
        let mut book = json!({"title": "Emma", "author": "Jane Austen"});
        book[field] = json!(text);
        reader.post("/books", book).await.invalid(&format!("/{field}"));
    }
    let name = unique("Jane");
    let registration = json!({"username": format!("\u{200e}{name}\u{feff}"), "password": PASSWORD});
    let welcome = library.stranger().post("/auth/register", registration).await.expect(201);
    assert_eq!(welcome.json()["user"]["username"], name);
    for pasted in [format!("\u{feff}{name}"), format!("{name}\u{200b}"), name.clone()] {
        library.stranger().post("/auth/login", json!({"username": pasted, "password": PASSWORD})).await.expect(200);
    }
}

#[tokio::test]
async fn fl7_one_dash_is_every_dash_and_one_apostrophe_every_apostrophe() {
    assert_one_title(&["Dracula — A Mystery Story", "Dracula - A Mystery Story", "Dracula − A Mystery Story"]).await;
    assert_one_title(&[
        "Alice's ‘Adventures’",
        "Alice’s «Adventures»",
        "Aliceʼs „Adventures“",
        "Alice′s \"Adventures\"",
    ])
    .await;
    assert_one_title(&["ʿAbd al-Qadir", "ʻAbd al‐Qadir", "'Abd al-Qadir"]).await;
}

#[tokio::test]
async fn fl8_a_pasted_isbn_is_stored_and_found() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let spellings: [fn(&str, &str) -> String; 7] = [
        |_, thirteen| format!("978\u{2011}{}", &thirteen[3..]),
        |_, thirteen| format!("\u{200e}{thirteen}\t\n"),
        |_, thirteen| format!("ISBN-13 \u{200f}: \u{200e} 978-{}", &thirteen[3..]),
        |ten, _| format!("ISBN-10: {ten}"),
        |_, thirteen| format!("urn:isbn:{thirteen}"),
        |ten, _| format!("{ten} (pbk.)"),
        |_, thirteen| format!("978\u{a0}{}", &thirteen[3..]),
    ];
    for spelling in spellings {
        let [ten, thirteen] = unique_isbn();
        let pasted = spelling(&ten, &thirteen);
        assert_eq!(reader.post("/books", with_isbn(&pasted)).await.expect(201).string("isbn"), thirteen);
        assert_eq!(reader.get(&format!("/books?isbn={}", encode(&pasted))).await.expect(200).each("isbn"), [thirteen]);
    }
    let [[one, _], [_, other]] = [unique_isbn(), unique_isbn()];
    let wrong = [
        format!("{one} {other}"),
        format!("{one} ({other})"),
        "B000FC1PJI".to_owned(),
        "ISBN 978-0-306-40615-8".to_owned(),
    ];
    for text in wrong {
        reader.post("/books", with_isbn(&text)).await.invalid("/isbn");
    }
}

#[tokio::test]
async fn fl10_ids_in_capitals_are_read_and_answered_in_lower_case() {
    let library = Library::start().await;
    let (reader, librarian) = (library.reader().await, library.admin().await);
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    let capitals = book.to_uppercase();
    assert_eq!(reader.get(&format!("/books/{capitals}")).await.expect(200).string("id"), book);
    reader.ask(reqwest::Method::POST, &format!("/favorites/{capitals}")).await.expect(201);
    assert_eq!(reader.get("/favorites").await.expect(200).each("id"), *std::slice::from_ref(&book));
    let user = reader.id.to_uppercase();
    assert_eq!(librarian.get(&format!("/users/{user}")).await.expect(200).string("id"), reader.id);
    reader.reserves(&capitals).await.expect(201);
    let sessions = reader.get("/auth/sessions").await.expect(200).each("id");
    reader.delete(&format!("/auth/sessions/{}", sessions[0].to_uppercase())).await.expect(204);
    reader.get(&format!("/books/{{{book}}}")).await.invalid("{bookId}");
    reader.get(&format!("/books/{}", book.replace('-', ""))).await.invalid("{bookId}");
}

#[tokio::test]
async fn fl20_texts_are_composed_before_they_are_counted_and_stored() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let decomposed = |letters: usize| "e\u{301}".repeat(letters);
    let book = json!({"title": decomposed(500), "author": decomposed(200), "country": decomposed(100), "language": decomposed(100)});
    let book = reader.post("/books", book).await.expect(201);
    assert_eq!(book.string("title"), "é".repeat(500));
    assert_eq!(book.string("author"), "é".repeat(200));
    reader.patch("/users/me", json!({"firstName": decomposed(100)})).await.expect(200);
    reader.post("/books", json!({"title": decomposed(501), "author": "A"})).await.invalid("/title");
    let found = reader.get(&format!("/books?owner=me&title={}", encode(&decomposed(500)))).await.expect(200);
    assert_eq!(count(&[found.expect(200)], 200), 1);
}

#[tokio::test]
async fn fl22_arabic_and_persian_letters_and_all_digits_are_one_title() {
    assert_one_title(&["كتاب علي", "کتاب علی", "كتـــاب علي"]).await;
    assert_one_title(&["1984", "۱۹۸۴", "١٩٨٤", "१९८४", "１９８４"]).await;
}

#[tokio::test]
async fn fl24_a_prefix_that_is_nothing_is_refused() {
    let library = Library::start().await;
    for prefix in ["\u{301}", "\u{301}\u{302}", "ـ"] {
        for list in ["/books", "/archive/books"] {
            library.stranger().get(&format!("{list}?titlePrefix={}", encode(prefix))).await.invalid("?titlePrefix");
        }
    }
}

#[tokio::test]
async fn fl16_times_have_three_digits_after_the_second() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let mut times = Vec::new();
    for number in 0..20 {
        let book = reader.post("/books", json!({"title": format!("Book {number}"), "author": "A"})).await.expect(201);
        times.push(book.string("createdAt"));
        times.push(
            reader
                .patch(&format!("/books/{}", book.string("id")), json!({"pages": 1}))
                .await
                .expect(200)
                .string("updatedAt"),
        );
    }
    // The client of the tests checks each answer of each test; these are all kinds of answers with times.
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    let reserved = reader.reserves(&book).await.expect(201);
    times.extend([reserved.string("reservedAt"), reserved.string("readyUntil")]);
    times.push(reader.get("/users/me").await.expect(200).string("createdAt"));
    let sessions = reader.get("/auth/sessions").await.expect(200);
    times.extend([sessions.each("createdAt"), sessions.each("lastUsedAt")].concat());
    assert!(times.iter().all(|time| time.len() == "2024-05-31T12:00:00.000Z".len()), "{times:?}");
    library.admin().await.get("/activity").await.expect(200);
}

#[tokio::test]
async fn fc18_a_session_is_never_used_before_it_began() {
    let library = Library::own().start().await;
    for _ in 0..10 {
        let sessions = library.reader().await.get("/auth/sessions").await.expect(200);
        assert_eq!(sessions.each("createdAt"), sessions.each("lastUsedAt"));
    }
}

#[tokio::test]
async fn every_invalid_field_of_a_body_is_named_in_order() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let body =
        r#"{"pages": 0, "colour": "red", "title": "", "isbn": "1", "copies": 1, "copies": 2, "country": 7, "size": 1}"#;
    let refused = reader.ask(reqwest::Method::POST, "/books").body("application/json", body).await;
    let named: Vec<_> =
        errors(&refused.problem(400, "invalid-input").json()).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(named, ["/pages", "/colour", "/title", "/isbn", "/copies", "/country", "/size", "/author"]);
    let refused = reader.post("/books", json!({})).await.problem(400, "invalid-input");
    let missing = ["/title", "/author"].map(|pointer| (pointer.to_owned(), "is missing".to_owned()));
    assert_eq!(errors(&refused.json()), missing);
    let registration = json!({"email": "jane", "username": "j", "password": "short", "firstName": "", "colour": 1});
    let refused = library.stranger().post("/auth/register", registration).await.problem(400, "invalid-input");
    assert_eq!(errors(&refused.json()).len(), 5, "{}", refused.text);
}

#[tokio::test]
async fn fl17_a_byte_order_mark_is_skipped_and_an_encoded_body_refused() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = r#"{"title": "Emma", "author": "Jane Austen"}"#;
    let add = |body: String| reader.ask(reqwest::Method::POST, "/books").body("application/json", body);
    add(format!("\u{feff}{book}")).await.expect(201);
    add(book.into()).header("content-encoding", "identity").await.expect(201);
    for coding in ["gzip", "br", "identity, gzip", "x-unknown"] {
        let refused = add(book.into()).header("content-encoding", coding).await.refused(415, "encoded-body");
        assert!(refused.string("detail").contains("Content-Encoding"), "{}", refused.text);
    }
    let picture = reader.ask(reqwest::Method::PUT, "/users/me/picture").body("image/png", "no picture");
    picture.header("content-encoding", "gzip").await.refused(415, "encoded-body");
}

#[tokio::test]
async fn fc5_a_body_that_was_not_sent_in_utf_8_is_refused() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let refused = reader.post("/books", json!({"title": "J\u{fffd}rg", "author": "A"})).await.invalid("/title");
    assert!(refused.string("detail").contains("send UTF-8"), "{}", refused.text);
    let latin = b"{\"title\": \"J\xf6rg\", \"author\": \"A\"}".to_vec();
    let refused =
        reader.ask(reqwest::Method::POST, "/books").body("application/json", latin).await.problem(400, "invalid-input");
    assert!(refused.string("detail").contains("send UTF-8"), "{}", refused.text);
    library.stranger().get("/books?title=J%F6rg").await.invalid("?title");
}

#[tokio::test]
async fn nam1_a_username_that_looks_like_anothers_or_the_librarys_is_refused() {
    let library = Library::own().start().await;
    let register =
        |name: &str| library.stranger().post("/auth/register", json!({"username": name, "password": PASSWORD}));
    let jose = library.stranger().with_tokens(&register("jose").await.expect(201));
    for name in ["јоѕе", "JOSE", "Jоѕе"] {
        let answer = register(name).await;
        assert!([400, 409].contains(&answer.status), "{name}: {answer:?}");
    }
    register("јоѕе").await.refused(409, "username-taken");
    let other = library.stranger().with_tokens(&register("marla").await.expect(201));
    let renamed = |person: &tests::Person, name: &str| person.put("/users/me/username", json!({"username": name}));
    renamed(&other, "rnarla").await.expect(200);
    register("marla").await.refused(409, "username-taken");
    renamed(&other, "јоѕе").await.refused(409, "username-taken");
    // A look is free once its user has another name, or is gone.
    renamed(&jose, "josefine").await.expect(200);
    let again = library.stranger().with_tokens(&register("јоѕе").await.expect(201));
    again.ask(reqwest::Method::DELETE, "/users/me").json(&json!({"password": PASSWORD})).await.expect(204);
    register("jose").await.expect(201);
    for name in ["administrator", "support", "library", "Librarian", "1ogin", "no-reply", "postmaster"] {
        let refused = register(name).await.invalid("/username");
        assert!(refused.string("detail").contains("reserved"), "{}", refused.text);
        renamed(&other, name).await.invalid("/username");
    }
    library.reader().await.get("/users/by-username/administrator").await.refused(404, "no-such-user");
}

#[tokio::test]
async fn pw3_words_of_the_library_and_of_its_user_are_no_passwords() {
    let library = Library::start().await;
    let name = unique("Octavia");
    for password in ["carrelcarrel", "library1", "Library-2024", &format!("{name}1"), "butler1234"] {
        let registration =
            json!({"username": name, "password": password, "firstName": "Octavia", "lastName": "Butler"});
        library.stranger().post("/auth/register", registration).await.invalid("/password");
    }
    let reader = library.reader().await;
    let change = json!({"currentPassword": PASSWORD, "newPassword": "carrelcarrel"});
    reader.put("/auth/password", change).await.invalid("/newPassword");
}

#[tokio::test]
async fn fl21_a_password_is_the_same_with_every_blank() {
    let library = Library::start().await;
    let name = unique("jane");
    let registration = json!({"username": name, "password": "correct\u{a0}horse\u{3000}battery"});
    library.stranger().post("/auth/register", registration).await.expect(201);
    for password in
        ["correct horse battery", "correct\u{a0}horse\u{3000}battery", "correct\u{202f}horse\u{2003}battery"]
    {
        library.stranger().post("/auth/login", json!({"username": name, "password": password})).await.expect(200);
    }
}

/// Returns the pointers and details of the errors of a refusal.
fn errors(problem: &Value) -> Vec<(String, String)> {
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let text = |error: &Value, field: &str| error[field].as_str().unwrap_or_default().to_owned();
    errors.iter().map(|error| (text(error, "pointer"), text(error, "detail"))).collect()
}

#[tokio::test]
async fn fl24_a_limit_and_an_order_are_refused_in_our_words() {
    let library = Library::start().await;
    for (query, detail) in [
        ("limit=", "should be a whole number from 1 to 100"),
        ("limit=x", "should be a whole number from 1 to 100"),
        ("limit=99999999999999999999", "should be a whole number from 1 to 100"),
        ("sort=x", "should be `title` or `-createdAt`"),
        ("owner=", "should be `me`"),
    ] {
        let refused = library.stranger().get(&format!("/books?{query}")).await.problem(400, "invalid-input");
        let name = query.split('=').next().unwrap_or_default();
        assert_eq!(errors(&refused.json()), [(format!("?{name}"), detail.to_owned())]);
    }
}
