//! Each function's IAM policy allows what its code does, and nothing more.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tests::{Catalogue, Library};
use yaml_serde::Value;

use crate::access::call_every_operation;

/// What a function may do, or does: `PutItem carrel-library`, `Query carrel-library/index/title`.
pub(crate) type Permissions = BTreeMap<String, BTreeSet<String>>;

/// Returns what a template allows each function to do with DynamoDB.
pub(crate) fn allowed(template: &str) -> Permissions {
    let template: Value = yaml_serde::from_str(template).expect("YAML");
    let mut allowed = Permissions::new();
    for (_, resource) in template["Resources"].as_mapping().expect("resources") {
        let Some(binary) = resource["Metadata"]["BuildProperties"]["Binary"].as_str() else { continue };
        let permissions = allowed.entry(binary.to_owned()).or_default();
        // A policy that depends on a parameter is one of a list: `!If [condition, policy, …]`.
        let policies = &resource["Properties"]["Policies"];
        let policies = policies.as_sequence().map_or_else(|| vec![policies], |list| list.iter().collect());
        let policies = policies.into_iter().map(|policy| match policy {
            Value::Tagged(tagged) => &tagged.value[1],
            policy => policy,
        });
        for statement in policies.flat_map(|policy| policy["Statement"].as_sequence().into_iter().flatten()) {
            assert_eq!(statement["Effect"], "Allow", "{binary}");
            let actions: Vec<_> = texts(&statement["Action"]);
            let tables = texts(&statement["Resource"]);
            // Lambda reads the stream for the function.
            for resource in
                tables.iter().filter(|resource| !resource.contains("StreamArn") && !resource.contains("/stream/"))
            {
                let actions = actions.iter().filter_map(|action| action.strip_prefix("dynamodb:"));
                permissions.extend(actions.map(|action| format!("{action} {}", named(resource))));
            }
        }
    }
    allowed
}

fn texts(list: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::Tagged(tagged) => tagged.value.as_str().map(ToOwned::to_owned),
        value => value.as_str().map(ToOwned::to_owned),
    };
    list.as_sequence().into_iter().flatten().map(|value| text(value).unwrap_or_else(|| panic!("{value:?}"))).collect()
}

/// Returns the name that the local runner has for `LibraryTable.Arn` or `${LibraryTable.Arn}/index/title`.
fn named(resource: &str) -> String {
    let (table, index) = resource.trim_start_matches("${").split_once("Table.Arn").unwrap_or((resource, ""));
    format!("carrel-{}{}", table.to_lowercase(), index.trim_start_matches('}'))
}

/// Takes lending through its cases: returned, cancelled, lapsed and added copies; waiting, reminded and deleted readers.
async fn take_lending_through_its_cases(library: &Library) {
    let [owner, second, third, gone] =
        [library.reader().await, library.reader().await, library.reader().await, library.reader().await];
    let admin = library.admin().await;
    let book = owner.adds("Parable of the Sower", "Octavia E. Butler").await;
    let reservation = owner.reserves(&book).await.expect(201).string("id");
    for reader in [&second, &third, &gone] {
        reader.reserves(&book).await.expect(202);
    }
    gone.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
    gone.delete("/users/me").json(&json!({"password": tests::PASSWORD})).await.expect(204);
    owner.patch("/users/me", json!({"keepHistory": true})).await.expect(200);
    admin.steps(&reservation, "checkout").await.expect(200);
    admin.get(&format!("/activity?book={book}")).await.expect(200);
    admin.get("/reservations?due=today").await.expect(200);
    admin.get(&format!("/books/{book}/reservations")).await.expect(200);
    owner.patch(&format!("/books/{book}"), json!({"copies": 2})).await.expect(200);
    admin.get(&format!("/activity?user={}", owner.id)).await.expect(200);
    library.local().drained().await;
    // One monitor disconnects, and one is disconnected.
    drop(admin.watches().await);
    let mut socket = admin.watches().await;
    admin.ask(reqwest::Method::POST, "/auth/logout").await.expect(200);
    library.local().drained().await;
    socket.closed().await;
    let lapsing = owner.adds("Parable of the Talents", "Octavia E. Butler").await;
    second.reserves(&lapsing).await.expect(201);
    library.wait(4 * 24 * 60 * 60);
    library.admin().await.ask(reqwest::Method::POST, &format!("/books/{lapsing}/archive")).await.expect(200);
    library.wait(16 * 24 * 60 * 60);
    library.local().run_schedule("dispatch").await.expect("the sweep runs");
    let admin = library.admin().await;
    admin.steps(&reservation, "return").header("idempotency-key", "once").await.expect(200);
    admin.steps(&reservation, "return").header("idempotency-key", "once").await.expect(200);
    // At the desk: a loan of a book that was never lent, one that is promised to somebody, a return, a lost copy.
    let admin = library.admin().await;
    let book = admin.adds("Clay's Ark", "Octavia E. Butler").await;
    let [reader, other] = [library.reader().await, library.reader().await];
    admin.lends(&reader, &book).header("idempotency-key", "lend").await.expect(201);
    admin.lends(&reader, &book).await.refused(409, "already-held");
    admin.lends(&other, &book).await.refused(409, "no-copy-free");
    admin.takes_back(&book).await.expect(200);
    let loan = admin.lends(&other, &book).await.expect(201).json()["reservation"]["id"].clone();
    admin.steps(loan.as_str().unwrap_or_default(), "lost").await.expect(200);
    library.local().drained().await;
}

#[tokio::test]
async fn iam1_each_functions_policy_allows_exactly_what_its_code_does() {
    let catalogue = Catalogue::start(|_| "{}").await;
    let source = catalogue.setting("openlibrary");
    let library = Library::own().settings(|settings| settings.metadata_sources = vec![source]).metered().start().await;
    call_every_operation(&library, &["anonymous", "other", "assistant", "admin", "owner"]).await;
    // One call of each operation does not use every index, change an ISBN or list a favorite.
    let reader = library.reader().await;
    for order in ["title", "-createdAt"] {
        for list in ["/books?", "/books?author=a&", "/books?owner=me&"] {
            reader.get(&format!("{list}sort={order}")).await.expect(200);
        }
    }
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "isbn": "9780807083697"});
    let id = reader.post("/books", book).header("idempotency-key", "once").await.expect(201).string("id");
    reader.patch(&format!("/books/{id}"), json!({"isbn": "9780141439518"})).await.expect(200);
    reader.ask(reqwest::Method::POST, &format!("/books/{id}/barcodes")).await.expect(201);
    reader.get("/books?barcode=2900000000018").await.expect(200);
    library.local().drained().await;
    reader.get("/search?q=9780141439518").await.expect(200);
    reader.get("/search?q=kindred").await.expect(200);
    reader.get("/exports/books?owner=me").await.expect(200);
    crate::imports::import_and_read_an_import(&reader).await;
    crate::members::bring_members_and_take_them_out(&library).await;
    let stored = library.reader().await;
    crate::own_data::does_everything(&library, &stored, &library.admin().await).await;
    stored.get("/users/me/data").await.expect(200);
    let done = library.local().call("indexer", json!({"task": "reindex"})).await.expect("done");
    assert_eq!(done["more"], false);
    reader.post(&format!("/favorites/{id}"), json!({})).await.expect(201);
    reader.get("/favorites").await.expect(200);
    reader.delete("/users/me").json(&json!({"password": tests::PASSWORD})).await.expect(204);
    let other = library.reader().await;
    let book = other.adds("Dawn", "Octavia E. Butler").await;
    other.post(&format!("/favorites/{book}"), json!({})).await.expect(201);
    let labelled = other.adds("Survivor", "Octavia E. Butler").await;
    other.ask(reqwest::Method::PUT, &format!("/books/{labelled}/barcodes/B0001")).await.expect(204);
    other.delete(&format!("/books/{labelled}")).await.expect(204);
    library.admin().await.delete(&format!("/users/{}", other.id)).await.expect(204);
    crate::pictures::upload_and_delete_pictures(&library).await;
    let shown = library.reader().await.adds("Wild Seed", "Octavia E. Butler").await;
    library.stranger().get(&format!("/web/books/{shown}")).await.expect(200);
    // A letter that is refused first is sent by an operator.
    let late = tests::unique_email();
    library.post().refuses(&late);
    library.stranger().post("/auth/register", json!({"email": late, "password": tests::PASSWORD})).await.expect(201);
    library.local().drained().await;
    library.post().takes_again(&late);
    let done = library.local().call("dispatch", json!({"task": "redrive"})).await;
    assert_eq!(done, Ok(json!({"done": 1})));
    take_lending_through_its_cases(&library).await;
    let held = library.reader().await;
    held.reserves(&shown).await.expect(201);
    library.admin().await.delete(&format!("/users/{}", held.id)).await.expect(204);
    // Accounts with a new card and with an old one end.
    for age in [0, 3_600] {
        let (admin, reader) = (library.admin().await, library.reader().await);
        let card = json!({"card": format!("7000{age}")});
        admin.put(&format!("/users/{}/card", reader.id), card).await.expect(200);
        library.wait(age);
        let reader = library.signs_in(&reader).await;
        reader.delete("/users/me").json(&json!({"password": tests::PASSWORD})).await.expect(204);
    }
    library.admin().await.get("/users?query=70000").await.expect(200);

    let mut done = Permissions::new();
    for call in library.proxy().take() {
        let permissions = call.permissions.into_iter().map(|(action, resource)| format!("{action} {resource}"));
        done.entry(call.function).or_default().extend(permissions);
    }
    for (function, allowed) in allowed(include_str!("../../template.yaml")) {
        let done = done.remove(&function).unwrap_or_default();
        let [missing, needless]: [Vec<_>; 2] =
            [done.difference(&allowed).collect(), allowed.difference(&done).collect()];
        assert!(missing.is_empty(), "{function} does what its policy does not allow: {missing:?}");
        assert!(needless.is_empty(), "{function}'s policy allows what it never does: {needless:?}");
    }
}
