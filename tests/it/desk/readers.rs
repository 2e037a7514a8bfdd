//! What the desk knows and changes of a reader.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tests::{Library, PASSWORD, Person, time, unique};

/// Returns a user's item of the Sessions table.
async fn standing(library: &Library, user: &str) -> Value {
    let key = json!({"pk": {"S": format!("user#{user}")}});
    let get = json!({"TableName": "carrel-sessions", "Key": key});
    library.dynamodb().call("GetItem", &get).await["Item"].clone()
}

async fn now(person: &Person) -> Timestamp {
    time(&person.patch("/users/me", json!({"firstName": unique("Ada")})).await.expect(200).json()["updatedAt"])
}

#[tokio::test]
async fn dk30_a_block_ends_by_itself_after_its_last_day() {
    let library = Library::own().standing_clock().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let path = format!("/users/{}", reader.id);
    let tomorrow = now(&reader).await.to_zoned(TimeZone::UTC).date().tomorrow().expect("a day");
    let block = json!({"blocked": {"reason": "Two books are missing.", "until": tomorrow.to_string()}});
    let blocked = admin.patch(&path, block.clone()).await.expect(200).json();
    assert_eq!(blocked["blocked"]["reason"], "Two books are missing.");
    let end = tomorrow.tomorrow().and_then(|day| day.to_zoned(TimeZone::UTC)).expect("a day").timestamp();
    let last_minute = end.as_second() - 60 - now(&reader).await.as_second();
    library.wait(last_minute);
    let (admin, reader) = (library.signs_in(&admin).await, library.signs_in(&reader).await);
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    reader.reserves(&book).await.refused(409, "blocked");
    assert_eq!(reader.get("/users/me").await.expect(200).json()["blocked"]["until"], tomorrow.to_string());
    library.wait(60);
    assert!(reader.get("/users/me").await.expect(200).json().get("blocked").is_none());
    assert!(admin.get(&path).await.expect(200).json().get("blocked").is_none());
    reader.reserves(&book).await.expect(201);
    admin.patch(&path, block).await.invalid("/blocked/until");
}

#[tokio::test]
async fn dk30_a_block_without_a_last_day_ends_when_it_is_lifted() {
    let library = Library::own().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let path = format!("/users/{}", reader.id);
    let [book, lent] = [admin.adds("Kindred", "Octavia E. Butler").await, admin.adds("Dawn", "A").await];
    let loan = reader.reserves(&lent).await.expect(201).string("id");
    admin.steps(&loan, "checkout").await.expect(200);
    let aside = admin.adds("Wild Seed", "A").await;
    let ready = reader.reserves(&aside).await.expect(201).string("id");
    reader.patch(&path, json!({"blocked": null})).await.problem(403, "forbidden");
    for wrong in [json!({}), json!({"reason": ""}), json!({"reason": "x".repeat(201)}), json!({"reason": "x", "by": 1})]
    {
        admin.patch(&path, json!({"blocked": wrong})).await.problem(400, "invalid-input");
    }
    let block = json!({"blocked": {"reason": "A fee is open."}});
    let first = admin.patch(&path, block.clone()).await.expect(200).json();
    let again = admin.patch(&path, block).await.expect(200).json();
    assert_eq!(first, again, "the same block again changes nothing");
    // A blocked reader signs in, and sees why.
    let reader = library.signs_in(&reader).await;
    assert_eq!(reader.get("/users/me").await.expect(200).json()["blocked"]["reason"], "A fee is open.");
    reader.reserves(&book).await.refused(409, "blocked");
    reader.steps(&loan, "renew").await.refused(409, "blocked");
    admin.steps(&ready, "checkout").await.refused(409, "blocked");
    admin.patch(&path, json!({"blocked": null})).await.expect(200);
    admin.patch(&path, json!({"blocked": null})).await.expect(200);
    reader.reserves(&book).await.expect(201);
    admin.steps(&ready, "checkout").await.expect(200);
    reader.steps(&loan, "renew").await.refused(409, "too-early");
    library.local().drained().await;
    let log = admin.get(&format!("/activity?user={}&limit=100", admin_id(&admin).await)).await.expect(200).each("type");
    let of_blocks: Vec<_> = log.iter().filter(|what| what.contains("blocked")).collect();
    assert_eq!(of_blocks, ["user.unblocked", "user.blocked"]);
}

async fn admin_id(admin: &Person) -> String {
    admin.get("/users/me").await.expect(200).string("id")
}

#[tokio::test]
async fn a_librarian_puts_readers_in_groups() {
    let library = Library::own().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let path = format!("/users/{}", reader.id);
    assert_eq!(reader.get("/users/me").await.expect(200).json()["group"], "adults");
    for group in ["pupils", "staff", "adults"] {
        assert_eq!(admin.patch(&path, json!({"group": group})).await.expect(200).json()["group"], group);
        assert_eq!(reader.get("/users/me").await.expect(200).json()["group"], group);
    }
    for wrong in [json!("kings"), json!(null)] {
        admin.patch(&path, json!({"group": wrong})).await.invalid("/group");
    }
    reader.patch(&path, json!({"group": "staff"})).await.problem(403, "forbidden");
}

#[tokio::test]
async fn lending_knows_the_names_that_the_profile_has() {
    let library = Library::own().start().await;
    let username = unique("ada");
    let register = json!({"username": username, "password": PASSWORD, "firstName": "Ada", "lastName": "Lovelace"});
    let welcome = library.stranger().post("/auth/register", register).await.expect(201);
    let id = welcome.json()["user"]["id"].as_str().expect("an id").to_owned();
    let reader = library.stranger().with_tokens(&welcome);
    let person = async || standing(&library, &id).await["person"]["M"].clone();
    let named = |first: &str, username: &str| json!({"id": {"S": id}, "firstName": {"S": first}, "lastName": {"S": "Lovelace"}, "username": {"S": username}});
    assert_eq!(person().await, named("Ada", &username));
    reader.patch("/users/me", json!({"firstName": "Augusta"})).await.expect(200);
    assert_eq!(person().await, named("Augusta", &username));
    let renamed = unique("augusta");
    reader.put("/users/me/username", json!({"username": renamed})).await.expect(200);
    assert_eq!(person().await, named("Augusta", &renamed));
    // Earlier versions stored no names there.
    let key = json!({"pk": {"S": format!("user#{id}")}});
    let forget = json!({"TableName": "carrel-sessions", "Key": key, "UpdateExpression": "REMOVE person"});
    library.dynamodb().call("UpdateItem", &forget).await;
    let database = library.dynamodb();
    local::refold_at(database.endpoint(), database.access_key()).await.expect("rewritten");
    assert_eq!(person().await, named("Augusta", &renamed));
}

#[tokio::test]
async fn an_assistant_approves_blocks_and_groups_readers_and_gives_no_roles() {
    let library = Library::own().start().await;
    let (assistant, reader) = (library.with_role("assistant").await, library.newcomer().await);
    let path = format!("/users/{}", reader.id);
    let change = json!({"approved": true, "group": "pupils", "blocked": {"reason": "A fee is open."}});
    let changed = assistant.patch(&path, change.clone()).await.expect(200).json();
    assert_eq!([&changed["approved"], &changed["group"]], [&json!(true), &json!("pupils")]);
    for change in [json!({"role": "member"}), json!({"disabled": false}), json!({"role": "admin", "approved": true})] {
        assistant.patch(&path, change.clone()).await.refused(403, "librarians-change-roles");
        reader.patch(&path, change).await.refused(403, "desk-only");
    }
    reader.patch(&path, change).await.refused(403, "desk-only");
    let own = format!("/users/{}", assistant.id);
    assistant.patch(&own, json!({"blocked": null})).await.refused(409, "own-account");
}

#[tokio::test]
async fn the_desk_mends_the_names_of_a_reader() {
    let library = Library::own().start().await;
    let (assistant, reader) = (library.with_role("assistant").await, library.reader().await);
    let path = format!("/users/{}", reader.id);
    let mended = assistant.patch(&path, json!({"firstName": "Ada", "lastName": "Lovelace"})).await.expect(200).json();
    assert_eq!([&mended["firstName"], &mended["lastName"]], [&json!("Ada"), &json!("Lovelace")]);
    assert_eq!(reader.get("/users/me").await.expect(200).json()["firstName"], "Ada");
    assert_eq!(standing(&library, &reader.id).await["person"]["M"]["lastName"], json!({"S": "Lovelace"}));
    assert_eq!(assistant.get("/users?query=ada%20lovelace").await.expect(200).each("id"), [reader.id.as_str()]);
    let both = json!({"lastName": null, "group": "staff"});
    let changed = assistant.patch(&path, both.clone()).await.expect(200).json();
    assert_eq!((&changed["group"], changed.get("lastName")), (&json!("staff"), None));
    assert_eq!(assistant.patch(&path, both).await.expect(200).json(), changed, "the same again changes nothing");
    assert!(assistant.get("/users?query=lovelace").await.expect(200).each("id").is_empty());
    assistant.patch(&path, json!({"firstName": ""})).await.invalid("/firstName");
    reader.patch(&path, json!({"firstName": "Grace"})).await.refused(403, "desk-only");
    library.local().drained().await;
    let log = format!("/activity?user={}&limit=100", assistant.id);
    let log = library.admin().await.get(&log).await.expect(200).each("type");
    assert_eq!(log.iter().filter(|what| *what == "user.changed").count(), 2, "{log:?}");
}
