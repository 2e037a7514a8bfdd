//! What older rules stored: it is shown as far as it can be read, and a librarian can change and delete it.

use serde_json::{Value, json};
use tests::{Library, PASSWORD, unique};

/// Sets attributes of a stored item, as an older version would have.
async fn set(library: &Library, table: &str, key: Value, attributes: &[(&str, Value)]) {
    let (mut names, mut values, mut parts) = (json!({}), json!({}), Vec::new());
    for (number, (name, value)) in attributes.iter().enumerate() {
        names[format!("#n{number}")] = json!(name);
        values[format!(":v{number}")] = value.clone();
        parts.push(format!("#n{number} = :v{number}"));
    }
    let update = json!({"TableName": table, "Key": key, "UpdateExpression": format!("SET {}", parts.join(", ")),
        "ExpressionAttributeNames": names, "ExpressionAttributeValues": values});
    library.dynamodb().call("UpdateItem", &update).await;
}

fn book_key(id: &str) -> Value {
    json!({"pk": {"S": format!("book#{id}")}, "sk": {"S": "book"}})
}

fn user_key(id: &str) -> Value {
    json!({"pk": {"S": format!("user#{id}")}})
}

#[tokio::test]
async fn can1_a_book_of_older_rules_is_shown_changed_and_deleted() {
    let library = Library::own().start().await;
    let (reader, librarian) = (library.reader().await, library.admin().await);
    let [old, other] =
        [reader.adds("Kindred", "Octavia E. Butler").await, reader.adds("Dawn", "Octavia E. Butler").await];
    let wrong = [
        ("title", json!({"N": "7"})),
        ("author", json!({"S": "tab\tand\u{200b}"})),
        ("isbn", json!({"S": "1"})),
        ("pages", json!({"S": "many"})),
        ("country", json!({"L": []})),
        ("copies", json!({"N": "20000"})),
    ];
    set(&library, "carrel-library", book_key(&old), &wrong).await;
    let path = format!("/books/{old}");
    let shown = reader.get(&path).await.expect(200);
    assert_eq!((shown.string("title").as_str(), shown.string("author").as_str()), ("(unreadable)", "tab\tand\u{200b}"));
    assert_eq!((&shown.json()["isbn"], &shown.json()["copies"]), (&json!("1"), &json!(20_000)));
    assert!(shown.json().get("pages").is_none() && shown.json().get("country").is_none());
    let listed = reader.get("/books").await.expect(200).each("id");
    assert!(listed.contains(&old) && listed.contains(&other), "{listed:?}");

    let changed = librarian.patch(&path, json!({"author": "Octavia E. Butler"})).await.expect(200);
    assert_eq!(changed.string("title"), "(unreadable)", "what was not changed stays");
    librarian.put(&path, json!({"title": "Kindred", "author": "Octavia E. Butler"})).await.expect(200);
    assert_eq!(reader.get("/books?title=kindred").await.expect(200).each("id"), *std::slice::from_ref(&old));
    set(&library, "carrel-library", book_key(&old), &wrong).await;
    librarian.delete(&path).await.expect(204);
    assert_eq!(reader.get("/books").await.expect(200).each("id"), [other]);
}

#[tokio::test]
async fn can1_a_user_of_older_rules_is_shown_changed_and_deleted() {
    let library = Library::own().start().await;
    let librarian = library.admin().await;
    let name = unique("jane");
    let register = json!({"username": name, "password": PASSWORD});
    let welcome = library.stranger().post("/auth/register", register.clone()).await.expect(201);
    let (id, user) = (
        welcome.json()["user"]["id"].as_str().unwrap_or_default().to_owned(),
        library.stranger().with_tokens(&welcome),
    );
    let wrong = [
        ("email", json!({"S": "i\u{307}pek@exa mple"})),
        ("firstName", json!({"L": []})),
        ("lastName", json!({"S": "\u{200b}"})),
    ];
    set(&library, "carrel-accounts", user_key(&id), &wrong).await;
    let path = format!("/users/{id}");
    let shown = librarian.get(&path).await.expect(200);
    assert_eq!((shown.string("email").as_str(), shown.string("username")), ("i\u{307}pek@exa mple", name.clone()));
    assert!(shown.json().get("firstName").is_none());
    assert!(librarian.get("/users").await.expect(200).each("id").contains(&id));
    user.get("/users/me").await.expect(200);
    user.patch("/users/me", json!({"lastName": "Doe"})).await.expect(200);
    librarian.patch(&path, json!({"role": "admin"})).await.expect(200);
    librarian.patch(&path, json!({"role": "member"})).await.expect(200);
    library.stranger().post("/auth/login", register.clone()).await.expect(200);
    librarian.delete(&path).await.expect(204);
    librarian.get(&path).await.refused(404, "no-such-user");
    library.stranger().post("/auth/register", register).await.expect(201);
}

#[tokio::test]
async fn can1_a_user_whose_name_only_older_rules_accept_signs_in() {
    let library = Library::own().start().await;
    for (field, stored, typed) in [
        ("email", "josé@example.com", "José@Example.com"),
        ("username", "ㅋㅋㅋ", "ㅋㅋㅋ"),
        ("username", "jane\u{9ea}", "JANE\u{9ea}"),
    ] {
        let (name, login) = (unique("jane"), typed);
        let registration = json!({"username": name, "password": PASSWORD});
        library.stranger().post("/auth/register", registration).await.expect(201);
        let item = library.dynamodb().scan("carrel-accounts").await.into_iter();
        let mut item = item.into_iter().find(|item| item["pk"]["S"] == format!("login#{name}")).expect("a login");
        // In the form that the version before stored: NFKC for usernames.
        let key = if field == "username" && stored.starts_with('ㅋ') { "\u{110f}\u{110f}\u{110f}" } else { stored };
        item["pk"] = json!({"S": format!("login#{key}")});
        library.dynamodb().call("PutItem", &json!({"TableName": "carrel-accounts", "Item": item})).await;
        library.stranger().post("/auth/login", json!({field: login, "password": PASSWORD})).await.expect(200);
    }
}

#[tokio::test]
async fn can1_keys_of_an_older_folding_are_written_anew() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let book = reader.adds("Dracula — A Mystery", "Əli").await;
    let old_keys = [
        ("titleKey", json!({"S": format!("dracula -- a mystery\u{1f}{book}")})),
        ("authorShelf", json!({"S": "books#@li"})),
    ];
    set(&library, "carrel-library", book_key(&book), &old_keys).await;
    let archived = reader.adds("Dünyâ", "A").await;
    reader.ask(reqwest::Method::POST, &format!("/books/{archived}/archive")).await.expect(200);
    set(&library, "carrel-library", book_key(&archived), &[("titleKey", json!({"S": format!("d\u{1f}{archived}")}))])
        .await;
    // A username with İ had a login with the dot, and no look.
    let name = unique("ipek");
    let welcome =
        library.stranger().post("/auth/register", json!({"username": name, "password": PASSWORD})).await.expect(201);
    let id = welcome.json()["user"]["id"].as_str().unwrap_or_default().to_owned();
    let spelled = name.replacen('i', "İ", 1);
    set(&library, "carrel-accounts", user_key(&id), &[("username", json!({"S": spelled}))]).await;
    let call = |action: &'static str, request: Value| {
        let database = library.dynamodb();
        async move { database.call(action, &request).await }
    };
    let items = library.dynamodb().scan("carrel-accounts").await;
    let mut login = items.iter().find(|item| item["pk"]["S"] == format!("login#{name}")).cloned().expect("a login");
    let look = items
        .iter()
        .find(|item| item["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("look#")) && item["user"]["S"] == id);
    let look = look.cloned().expect("a look");
    for key in [&login["pk"], &look["pk"]] {
        call("DeleteItem", json!({"TableName": "carrel-accounts", "Key": {"pk": key}})).await;
    }
    login["pk"] = json!({"S": format!("login#{}", name.replacen('i', "i\u{307}", 1))});
    call("PutItem", json!({"TableName": "carrel-accounts", "Item": login})).await;
    call(
        "UpdateItem",
        json!({"TableName": "carrel-accounts", "Key": user_key(&id), "UpdateExpression": "REMOVE look"}),
    )
    .await;

    let version = reader.get(&format!("/books/{book}")).await.expect(200).header("etag").to_owned();
    assert_eq!(reader.get("/books?title=dracula%20-%20a%20mystery").await.expect(200).each("id"), [""; 0]);
    let database = library.dynamodb();
    let (endpoint, access_key) = (database.endpoint(), database.access_key());
    assert_eq!(local::refold_at(endpoint, access_key).await.expect("rewritten"), 4);
    assert_eq!(local::refold_at(endpoint, access_key).await.expect("rewritten"), 0, "all keys are new");
    assert_eq!(
        reader.get("/books?title=dracula%20-%20a%20mystery").await.expect(200).each("id"),
        *std::slice::from_ref(&book)
    );
    assert_eq!(reader.get("/books?author=%C9%99li").await.expect(200).each("id"), *std::slice::from_ref(&book));
    assert_eq!(reader.get("/archive/books?title=dunya").await.expect(200).each("id"), [archived]);
    assert_eq!(
        reader.get(&format!("/books/{book}")).await.expect(200).header("etag"),
        version,
        "the book is unchanged"
    );
    for typed in [&spelled, &name] {
        library.stranger().post("/auth/login", json!({"username": typed, "password": PASSWORD})).await.expect(200);
    }
    library
        .stranger()
        .post("/auth/register", json!({"username": name, "password": PASSWORD}))
        .await
        .refused(409, "username-taken");
}

#[tokio::test]
async fn what_an_older_version_lent_is_in_the_lists_of_the_desk_after_the_rewriting() {
    let library = Library::own().start().await;
    let (desk, reader) = (library.admin().await, library.reader().await);
    let [out, ready] = [reader.adds("Kindred", "Octavia E. Butler").await, reader.adds("Dawn", "A").await];
    let loan = desk.lends(&reader, &out).await.expect(201).json()["reservation"]["id"].clone();
    let promised = reader.reserves(&ready).await.expect(201).json()["id"].clone();
    let listed = async |list: &str| desk.get(&format!("/reservations?{list}")).await.expect(200).each("id");
    let reservations = library.dynamodb().scan("carrel-library").await;
    let keys = reservations.iter().filter(|item| item.get("deskOrder").is_some());
    for key in keys.map(|item| json!({"pk": item["pk"], "sk": item["sk"]})) {
        let forget = json!({"TableName": "carrel-library", "Key": key, "UpdateExpression": "REMOVE desk, deskOrder"});
        library.dynamodb().call("UpdateItem", &forget).await;
    }
    assert!(listed("ready=true").await.is_empty());
    let database = library.dynamodb();
    let rewrite = async || local::refold_at(database.endpoint(), database.access_key()).await.expect("rewritten");
    assert_eq!((rewrite().await, rewrite().await), (2, 0));
    assert_eq!(listed("ready=true").await, [promised.as_str().unwrap_or_default()]);
    let key = library.dynamodb().scan("carrel-library").await;
    assert_eq!(key.iter().filter(|item| item["desk"]["S"] == "out" && item["id"]["S"] == loan).count(), 1);
    desk.takes_back(&out).await.expect(200);
}
