//! Readers whom the desk adds, and how they get a password.

use serde_json::{Value, json};
use tests::{Answer, Library, PASSWORD, Person, unique_email};

const DAY: i64 = 24 * 60 * 60;

async fn adds(desk: &Person, more: Value) -> Answer {
    let mut body = json!({"firstName": "Ada", "lastName": "Lovelace"});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    desk.post("/users", body).await
}

async fn signs_in(library: &Library, name: &str) -> Answer {
    library.stranger().post("/auth/login", json!({"username": name, "password": PASSWORD})).await
}

async fn spends(library: &Library, name: &str, code: &str) -> Answer {
    let body = json!({"username": name, "code": code, "newPassword": PASSWORD});
    library.stranger().post("/auth/reset-password", body).await
}

fn issues(librarian: &Person, user: &str) -> tests::Request {
    librarian.ask(reqwest::Method::POST, &format!("/users/{user}/sign-in-code"))
}

#[tokio::test]
async fn a_reader_who_is_added_may_borrow_and_chooses_a_password_by_letter() {
    let library = Library::own().standing_clock().start().await;
    let (desk, email) = (library.with_role("assistant").await, unique_email());
    let added = adds(&desk, json!({"email": email, "card": "2041 0077", "group": "pupils"})).await.expect(201);
    let (id, profile) = (added.string("id"), added.json());
    assert_eq!(added.header("location"), format!("/v1/users/{id}"));
    assert_eq!(
        [&profile["card"], &profile["group"], &profile["approved"], &profile["emailVerified"], &profile["role"]],
        [&json!("20410077"), &json!("pupils"), &json!(true), &json!(false), &json!("member")]
    );
    assert_eq!(desk.get("/users?query=lovelace").await.expect(200).each("id"), std::slice::from_ref(&id));
    // No password opens the account yet.
    for wrong in ["", PASSWORD] {
        let login = json!({"username": "20410077", "password": wrong});
        library.stranger().post("/auth/login", login).await.refused(401, "wrong-credentials");
    }
    library.login(&email, PASSWORD).await.refused(401, "wrong-credentials");
    library.wait(6 * DAY);
    let token = library.mailed_token(&email, "reset-password").await;
    assert_eq!(library.letters(&email).await[0].0, "Choose a password");
    let choose = json!({"resetToken": token, "newPassword": PASSWORD});
    library.stranger().post("/auth/reset-password", choose.clone()).await.expect(200);
    library.stranger().post("/auth/reset-password", choose).await.invalid("/resetToken");
    signs_in(&library, "20410077").await.expect(200);
    let reader = library.stranger().with_tokens(&library.login(&email, PASSWORD).await.expect(200));
    let me = reader.get("/users/me").await.expect(200).json();
    assert_eq!([&me["emailVerified"], &me["id"]], [&json!(true), &json!(id)]);
    let book = library.admin().await.adds("Kindred", "A").await;
    reader.reserves(&book).await.expect(201);
}

#[tokio::test]
async fn a_letter_to_an_added_reader_is_good_for_seven_days() {
    let library = Library::own().standing_clock().start().await;
    let email = unique_email();
    adds(&library.admin().await, json!({"email": email})).await.expect(201);
    let token = library.mailed_token(&email, "reset-password").await;
    library.wait(7 * DAY);
    let choose = json!({"resetToken": token, "newPassword": PASSWORD});
    library.stranger().post("/auth/reset-password", choose).await.invalid("/resetToken");
    // Another letter is a lost password's.
    library.stranger().post("/auth/reset-password-request", json!({"email": email})).await.expect(202);
    library.local().drained().await;
    assert_eq!(library.letters(&email).await.len(), 2);
}

#[tokio::test]
async fn what_is_taken_or_wrong_adds_nobody() {
    let library = Library::own().start().await;
    let (desk, other) = (library.admin().await, library.reader().await);
    desk.put(&format!("/users/{}/card", other.id), json!({"card": "20410077"})).await.expect(200);
    let book = desk.adds("Kindred", "A").await;
    desk.ask(reqwest::Method::PUT, &format!("/books/{book}/barcodes/555555")).await.expect(204);
    let before = desk.get("/users").await.expect(200).each("id");
    adds(&desk, json!({"email": other.email})).await.refused(409, "email-taken");
    adds(&desk, json!({"card": "20410077"})).await.refused(409, "card-taken");
    adds(&desk, json!({"card": "555555"})).await.refused(409, "barcode-taken");
    adds(&desk, json!({"email": other.email, "card": "20410077"})).await.refused(409, "email-taken");
    for (wrong, pointer) in [
        (json!({"firstName": ""}), "/firstName"),
        (json!({"lastName": null}), "/lastName"),
        (json!({"email": "ada"}), "/email"),
        (json!({"card": 41}), "/card"),
        (json!({"group": "kings"}), "/group"),
        (json!({"role": "admin"}), "/role"),
        (json!({"password": PASSWORD}), "/password"),
    ] {
        adds(&desk, wrong).await.invalid(pointer);
    }
    adds(&other, json!({})).await.refused(403, "desk-only");
    assert_eq!(desk.get("/users").await.expect(200).each("id"), before);
}

#[tokio::test]
async fn two_readers_who_are_added_with_one_card_at_once_are_one() {
    let library = Library::own().start().await;
    let desk = library.admin().await;
    for number in 0..5 {
        let card = json!({"card": format!("2041{number}")});
        let (one, other) = tokio::join!(adds(&desk, card.clone()), adds(&desk, card));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }
}

#[tokio::test]
async fn a_code_from_the_desk_works_once_for_seven_days_and_only_the_latest() {
    let library = Library::own().standing_clock().start().await;
    let librarian = library.admin().await;
    let id = adds(&librarian, json!({})).await.expect(201).string("id");
    issues(&librarian, &id).await.refused(409, "nameless");
    librarian.put(&format!("/users/{id}/card"), json!({"card": "2041 0077"})).await.expect(200);
    let older = issues(&librarian, &id).await.expect(201).string("code");
    let issued = issues(&librarian, &id).await.expect(201);
    let code = issued.string("code");
    assert!(code.len() == 12 && older != code && code.bytes().all(|letter| letter.is_ascii_alphanumeric()));
    spends(&library, "20410077", &older).await.invalid("/code");
    spends(&library, "20410078", &code).await.invalid("/code");
    // A refused password does not spend it.
    let weak = json!({"username": "20410077", "code": code, "newPassword": "short"});
    library.stranger().post("/auth/reset-password", weak).await.invalid("/newPassword");
    library.wait(6 * DAY);
    spends(&library, "2041-0077", &code.to_lowercase()).await.expect(200);
    spends(&library, "20410077", &code).await.invalid("/code");
    let reader = library.stranger().with_tokens(&signs_in(&library, "2041 0077").await.expect(200));
    assert_eq!(reader.get("/users/me").await.expect(200).string("id"), id);
    // The first username takes the login over.
    reader.put("/users/me/username", json!({"username": "countess"})).await.expect(200);
    for name in ["countess", "20410077"] {
        signs_in(&library, name).await.expect(200);
    }
    let librarian = library.signs_in(&librarian).await;
    let code = issues(&librarian, &id).await.expect(201).string("code");
    library.wait(7 * DAY);
    spends(&library, "countess", &code).await.invalid("/code");
    let librarian = library.signs_in(&librarian).await;
    librarian.delete(&format!("/users/{id}")).await.expect(204);
    let left = library.dynamodb().scan("carrel-accounts").await;
    assert!(left.iter().all(|item| !item.to_string().contains(&id)), "{left:?}");
    library.local().drained().await;
    let log = librarian.get(&format!("/activity?user={id}&limit=100")).await.expect(200).each("type");
    assert!(!log.is_empty());
}

#[tokio::test]
async fn no_code_opens_an_account_of_the_desk_or_one_with_an_email() {
    let library = Library::own().start().await;
    let librarian = library.admin().await;
    let assistant = library.with_role("assistant").await;
    let reader = library.reader().await;
    let id = adds(&librarian, json!({"card": "20410077"})).await.expect(201).string("id");
    issues(&assistant, &id).await.refused(403, "librarians-only");
    issues(&reader, &id).await.refused(403, "librarians-only");
    issues(&librarian, &assistant.id).await.refused(409, "of-the-desk");
    issues(&librarian, &reader.id).await.refused(409, "has-email");
    issues(&librarian, "0192f3a4-5b6c-7d8e-9f01-23456789abcd").await.refused(404, "no-such-user");
    // Who gets a role with a code in hand cannot spend it.
    let code = issues(&librarian, &id).await.expect(201).string("code");
    let path = format!("/users/{id}");
    librarian.patch(&path, json!({"role": "assistant"})).await.expect(200);
    spends(&library, "20410077", &code).await.invalid("/code");
    librarian.patch(&path, json!({"role": "member"})).await.expect(200);
    spends(&library, "20410077", &code).await.expect(200);
    for wrong in [
        json!({"newPassword": PASSWORD}),
        json!({"code": code, "newPassword": PASSWORD}),
        json!({"username": "20410077", "newPassword": PASSWORD}),
        json!({"resetToken": "x", "code": code, "username": "20410077", "newPassword": PASSWORD}),
    ] {
        library.stranger().post("/auth/reset-password", wrong).await.problem(400, "invalid-input");
    }
}

#[tokio::test]
async fn guesses_at_a_code_wait_as_guesses_at_a_password_do() {
    let library = Library::own().standing_clock().start().await;
    let librarian = library.admin().await;
    let id = adds(&librarian, json!({"card": "20410077"})).await.expect(201).string("id");
    let code = issues(&librarian, &id).await.expect(201).string("code");
    for (name, is_known) in [("20410077", true), ("30410077", false)] {
        for guess in 0..5 {
            spends(&library, name, &format!("22222222222{guess}")).await.invalid("/code");
        }
        spends(&library, name, &code).await.problem(429, "too-many-requests");
        signs_in(&library, name).await.problem(429, "too-many-requests");
        library.wait(61);
        if is_known {
            let (one, other) = tokio::join!(spends(&library, name, &code), spends(&library, name, &code));
            assert_eq!([one.status, other.status].iter().filter(|status| **status == 200).count(), 1, "spent once");
        }
    }
}

#[tokio::test]
async fn idm1_a_reader_whose_adding_is_repeated_with_its_key_is_added_once() {
    let library = Library::own().start().await;
    let desk = library.with_role("assistant").await;
    let adds = |body: Value, key: &'static str| desk.post("/users", body).header("idempotency-key", key);
    let [nameless, whole] = [
        json!({"firstName": "Grace", "lastName": "Hopper"}),
        json!({"firstName": "Mary", "lastName": "Hopper", "card": "2041 0078", "email": unique_email()}),
    ];
    for (body, key) in [(nameless, "first"), (whole, "second")] {
        let (one, other) = tokio::join!(adds(body.clone(), key), adds(body.clone(), key));
        let (one, other) = (one.expect(201), other.expect(201));
        let again = adds(body, key).await.expect(201);
        assert_eq!((one.json(), one.header("location")), (other.json(), other.header("location")));
        assert_eq!(one.json(), again.json());
        adds(json!({"firstName": "Grace", "lastName": "Kelly"}), key).await.refused(422, "key-reused");
    }
    assert_eq!(desk.get("/users?query=hopper").await.expect(200).each("id").len(), 2);
    // Another person at the desk has keys of their own.
    let other = library.with_role("assistant").await;
    let body = json!({"firstName": "Edward", "lastName": "Hopper"});
    let added = other.post("/users", body.clone()).header("idempotency-key", "first").await.expect(201).string("id");
    library.admin().await.delete(&format!("/users/{added}")).await.expect(204);
    other.post("/users", body).header("idempotency-key", "first").await.refused(404, "no-such-user");
}
