//! Users: their profiles, usernames and deletion, and what librarians may change.

use std::future::IntoFuture;

use serde_json::json;
use tests::{Library, PASSWORD, unique, unique_email};

#[tokio::test]
async fn a_reader_reads_and_changes_their_own_profile() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let me = reader.get("/users/me").await.expect(200);
    assert_eq!(me.json()["email"], reader.email);
    assert_eq!(me.json()["role"], "member");
    assert!(!me.text.contains("argon2") && !me.text.contains("hash"), "{}", me.text);

    let names = json!({"firstName": "Jane 📚", "lastName": "Doe"});
    let changed = reader.patch("/users/me", names).header_if_match(me.header("etag")).await.expect(200);
    assert_eq!(
        (changed.json()["firstName"].clone(), changed.json()["lastName"].clone()),
        (json!("Jane 📚"), json!("Doe"))
    );
    reader
        .patch("/users/me", json!({"lastName": "Roe"}))
        .header_if_match(me.header("etag"))
        .await
        .problem(412, "stale");
    let removed = reader.patch("/users/me", json!({"lastName": null})).await.expect(200);
    assert!(removed.json()["lastName"].is_null());
    let known = removed.header("etag").to_owned();
    reader.get("/users/me").header("if-none-match", &known).await.expect(304);
}

#[tokio::test]
async fn az2_users_cannot_write_the_fields_that_the_library_sets() {
    let library = Library::start().await;
    let reader = library.reader().await;
    for field in
        ["role", "id", "email", "emailVerified", "disabled", "passwordHash", "hash", "version", "username", "createdAt"]
    {
        reader.patch("/users/me", json!({"firstName": "Jane", field: "admin"})).await.invalid(&format!("/{field}"));
        let registration = json!({"email": unique_email(), "password": PASSWORD, field: "admin"});
        if !["email", "username"].contains(&field) {
            library.stranger().post("/auth/register", registration).await.invalid(&format!("/{field}"));
        }
        if !["id", "emailVerified"].contains(&field) {
            continue;
        }
        reader
            .put("/users/me/username", json!({"username": unique("reader"), field: "x"}))
            .await
            .invalid(&format!("/{field}"));
    }
    for field in ["owner", "id", "version", "shelf", "createdAt", "role"] {
        let book = json!({"title": "Kindred", "author": "Octavia E. Butler", field: "x"});
        reader.post("/books", book).await.invalid(&format!("/{field}"));
    }
    let me = reader.get("/users/me").await.expect(200).json();
    assert_eq!((me["role"].clone(), me["firstName"].clone()), (json!("member"), json!(null)));
}

#[tokio::test]
async fn only_the_user_and_librarians_see_the_email() {
    let library = Library::own().start().await;
    let [one, other] = [library.reader().await, library.reader().await];
    let path = format!("/users/{}", one.id);
    let seen = other.get(&path).await.expect(200);
    assert!(seen.json()["email"].is_null() && seen.json()["role"].is_null() && !seen.text.contains(&one.email));
    assert_eq!(one.get(&path).await.expect(200).json()["email"], one.email);
    assert_eq!(library.admin().await.get(&path).await.expect(200).json()["email"], one.email);
    other.get("/users/0192f3a4-5b6c-7d8e-9f01-23456789abcd").await.problem(404, "not-found");
    other.get("/users/jane").await.invalid("{userId}");
    library.stranger().get(&path).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn after_a_change_of_username_the_old_one_is_free_at_once() {
    let library = Library::start().await;
    let [one, other] = [library.reader().await, library.reader().await];
    let (old, new) = (unique("old."), unique("new."));
    one.put("/users/me/username", json!({"username": old})).await.expect(200);
    other.put("/users/me/username", json!({"username": old.to_uppercase()})).await.refused(409, "username-taken");
    one.put("/users/me/username", json!({"username": new})).await.expect(200);
    other.put("/users/me/username", json!({"username": old})).await.expect(200);
    assert_eq!(one.get(&format!("/users/by-username/{}", new.to_uppercase())).await.expect(200).json()["id"], one.id);
    assert_eq!(one.get(&format!("/users/by-username/{old}")).await.expect(200).json()["id"], other.id);
    one.get(&format!("/users/by-username/{}", unique("unknown"))).await.problem(404, "not-found");

    // Another spelling of the user's own name is no conflict, and the new name can sign in.
    one.put("/users/me/username", json!({"username": new.to_uppercase()})).await.expect(200);
    let login = json!({"username": new, "password": PASSWORD});
    library.stranger().post("/auth/login", login).await.expect(200);
    for wrong in ["ab", "jane@example.com", "jane doe", "", "jаne"] {
        one.put("/users/me/username", json!({"username": wrong})).await.invalid("/username");
    }
}

#[tokio::test]
async fn fl19_a_username_that_is_set_during_a_password_change_has_the_new_password() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let username = unique("reader");
    let change = json!({"currentPassword": PASSWORD, "newPassword": "staple of the horse"});
    let (renamed, changed) =
        tokio::join!(async { reader.put("/users/me/username", json!({"username": username})).await }, async {
            reader.put("/auth/password", change).await
        },);
    assert_eq!([renamed.status, changed.status], [200, 200]);
    let password = "staple of the horse";
    library.login(&reader.email, password).await.expect(200);
    library.stranger().post("/auth/login", json!({"username": username, "password": password})).await.expect(200);
}

#[tokio::test]
async fn a_deleted_account_leaves_only_its_books() {
    let library = Library::own().metered().start().await;
    let (reader, other) = (library.reader().await, library.reader().await);
    let username = unique("reader");
    reader.put("/users/me/username", json!({"username": username})).await.expect(200);
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    for number in 0..30 {
        let favorite = reader.adds(&format!("Volume {number}"), "A").await;
        reader.post(&format!("/favorites/{favorite}"), json!({})).await.expect(201);
    }
    reader.delete("/users/me").json(&json!({"password": "not the password"})).await.problem(403, "forbidden");
    reader.get("/users/me").await.expect(200);
    reader.delete("/users/me").json(&json!({"password": PASSWORD})).await.expect(204);

    reader.get("/users/me").await.problem(401, "unauthenticated");
    reader.refreshes().await.problem(401, "unauthenticated");
    library.login(&reader.email, PASSWORD).await.problem(401, "unauthenticated");
    other.get(&format!("/users/{}", reader.id)).await.problem(404, "not-found");
    other.get(&format!("/users/by-username/{username}")).await.problem(404, "not-found");
    assert_eq!(library.letters(&reader.email).await[0].0, "Your account is gone");

    // The book stays, and only librarians can change it now.
    other.get(&format!("/books/{book}")).await.expect(200);
    other.patch(&format!("/books/{book}"), json!({"pages": 1})).await.problem(403, "forbidden");
    library.admin().await.patch(&format!("/books/{book}"), json!({"pages": 1})).await.expect(200);

    // Only the journal still names the account, until its rows expire.
    for table in ["carrel-accounts", "carrel-sessions", "carrel-library"] {
        let everything = library.dynamodb().call("Scan", &json!({"TableName": table})).await;
        for item in everything["Items"].as_array().expect("items") {
            let pk = item["pk"]["S"].as_str().unwrap_or_default();
            let is_a_book = pk.starts_with("book#");
            assert!(is_a_book || !item.to_string().contains(&reader.id), "{item}");
        }
    }
    // Email and username are free at once.
    let again = json!({"email": reader.email, "username": username, "password": PASSWORD});
    library.stranger().post("/auth/register", again).await.expect(201);
}

#[tokio::test]
async fn ses2_disabling_demoting_and_deleting_are_effective_at_the_next_request() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let reader = library.reader().await;
    let path = format!("/users/{}", reader.id);
    reader.get("/users").await.problem(403, "forbidden");
    admin.patch(&path, json!({"role": "admin"})).await.expect(200);
    reader.get("/users").await.expect(200);
    admin.patch(&path, json!({"role": "member"})).await.expect(200);
    reader.get("/users").await.problem(403, "forbidden");

    admin.patch(&path, json!({"disabled": true})).await.expect(200);
    reader.get("/favorites").await.problem(401, "unauthenticated");
    reader.refreshes().await.problem(401, "unauthenticated");
    library.login(&reader.email, PASSWORD).await.problem(401, "unauthenticated");
    admin.patch(&path, json!({"disabled": false})).await.expect(200);
    let reader = reader.with_tokens(&library.login(&reader.email, PASSWORD).await.expect(200));
    reader.get("/favorites").await.expect(200);

    admin.delete(&path).await.expect(204);
    reader.get("/favorites").await.problem(401, "unauthenticated");
    admin.delete(&path).await.problem(404, "not-found");
    admin.patch(&path, json!({"role": "admin"})).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_librarian_cannot_demote_disable_or_delete_their_own_account() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let me = format!("/users/{}", admin.get("/users/me").await.expect(200).string("id"));
    for change in [json!({"role": "member"}), json!({"disabled": true})] {
        admin.patch(&me, change).await.refused(409, "own-account");
    }
    admin.delete(&me).await.refused(409, "own-account");
    for wrong in
        [json!({"role": "king"}), json!({"role": null}), json!({"disabled": "yes"}), json!({"email": "x@example.com"})]
    {
        admin.patch(&me, wrong).await.problem(400, "invalid-input");
    }
}

#[tokio::test]
async fn librarians_list_all_users_in_pages() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let mut registered = vec![admin.get("/users/me").await.expect(200).string("id")];
    for _ in 0..5 {
        registered.push(library.reader().await.id);
    }
    let (mut seen, mut path) = (Vec::new(), "/users?limit=2".to_owned());
    loop {
        let page = admin.get(&path).await.expect(200);
        seen.extend(page.each("id"));
        let json = page.json();
        let Some(cursor) = json["nextCursor"].as_str() else { break };
        path = format!("/users?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, registered);
    admin.get("/users?cursor=x").await.invalid("?cursor");
    admin.get("/users?limit=0").await.invalid("?limit");
}

#[tokio::test]
async fn adm1_only_the_verified_owner_of_the_administrators_address_becomes_a_librarian() {
    let email = unique_email();
    let admin_email = email.parse().ok();
    let library = Library::own().settings(|settings| settings.admin_email = admin_email).start().await;
    let register = async |email: &str| {
        let welcome =
            library.stranger().post("/auth/register", json!({"email": email, "password": PASSWORD})).await.expect(201);
        library.stranger().with_tokens(&welcome)
    };
    let (admin, other) = (register(&email).await, library.reader().await);
    admin.get("/users").await.problem(403, "forbidden");
    // The verification of another address has no effect on this one.
    let theirs = library.mailed_token(&other.email, "verify-email").await;
    other.post("/auth/verify-email", json!({"token": theirs})).await.expect(200);
    admin.get("/users").await.problem(403, "forbidden");
    other.get("/users").await.problem(403, "forbidden");

    let token = library.mailed_token(&email, "verify-email").await;
    for _ in 0..2 {
        admin.post("/auth/verify-email", json!({"token": token})).await.expect(200);
    }
    admin.get("/users").await.expect(200);
    assert_eq!(admin.get("/users/me").await.expect(200).json()["emailVerified"], true);
    admin.post("/auth/verify-email", json!({"token": format!("{token}x")})).await.invalid("/token");
    library.wait(8 * 86_400);
    let admin = admin.with_tokens(&library.login(&email, PASSWORD).await.expect(200));
    admin.post("/auth/verify-email", json!({"token": token})).await.invalid("/token");
}

#[tokio::test]
async fn adm1_without_the_local_runner_there_is_no_default_account() {
    let library = Library::own().without_admin().start().await;
    library.login("johndoe@example.com", "password").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn fl19_four_saves_at_once_are_all_carried_out() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let names = ["Ada", "Bea", "Cleo", "Dora"];
    let saves = names.map(|name| reader.patch("/users/me", json!({"firstName": name})).into_future());
    for answer in futures_util::future::join_all(saves).await {
        answer.expect(200);
    }
    let usernames = names.map(|name| reader.put("/users/me/username", json!({"username": unique(name)})).into_future());
    for answer in futures_util::future::join_all(usernames).await {
        answer.expect(200);
    }
    // Of two changes of the password at once, the second finds that the old one is not valid any more.
    let changes = [1, 2].map(|number| {
        let new = format!("staple of the horse {number}");
        reader.put("/auth/password", json!({"currentPassword": PASSWORD, "newPassword": new})).into_future()
    });
    let mut statuses: Vec<_> =
        futures_util::future::join_all(changes).await.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403]);
}

#[tokio::test]
async fn fl19_an_account_that_is_saved_and_deleted_at_once_is_deleted() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let save = async { reader.patch("/users/me", json!({"firstName": "Jane"})).await };
    let delete = async { reader.delete("/users/me").json(&json!({"password": PASSWORD})).await };
    let (saved, deleted) = tokio::join!(save, delete);
    assert!([200, 401].contains(&saved.status), "{}", saved.text);
    deleted.expect(204);
    // A stale version is refused all the same.
    let reader = library.reader().await;
    let etag = reader.get("/users/me").await.expect(200).header("etag").to_owned();
    reader.patch("/users/me", json!({"firstName": "Jane"})).header_if_match(&etag).await.expect(200);
    reader.patch("/users/me", json!({"firstName": "Joan"})).header_if_match(&etag).await.problem(412, "stale");
}

#[tokio::test]
async fn a_librarian_lets_a_reader_borrow_and_the_profile_says_when_it_changed() {
    let library = Library::own().standing_clock().start().await;
    let (admin, reader) = (library.admin().await, library.reader().await);
    let before = reader.get("/users/me").await.expect(200).json();
    assert_eq!((&before["approved"], &before["updatedAt"]), (&json!(false), &before["createdAt"]));
    library.wait(5);
    let path = format!("/users/{}", reader.id);
    reader.patch(&path, json!({"approved": true})).await.problem(403, "forbidden");
    assert_eq!(admin.patch(&path, json!({"approved": true})).await.expect(200).json()["approved"], true);
    let after = reader.get("/users/me").await.expect(200).json();
    assert_eq!(after["approved"], true);
    assert!(tests::time(&after["updatedAt"]) > tests::time(&before["updatedAt"]));
    admin.patch(&path, json!({"approved": false})).await.expect(200);
    assert_eq!(reader.get("/users/me").await.expect(200).json()["approved"], false);
}
