//! Signing in, refreshing, expiry and signing out.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Answer, Library, PASSWORD, Person, unique, unique_email};

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// Opens another session of the same reader.
async fn another_session(library: &Library, reader: &Person) -> Person {
    reader.with_tokens(&library.login(&reader.email, PASSWORD).await.expect(200))
}

/// Sends a refresh token.
async fn exchange(library: &Library, refresh_token: &str) -> Answer {
    library.stranger().post("/auth/refresh-token", json!({"refreshToken": refresh_token})).await
}

/// Returns whether the access token is accepted.
async fn is_signed_in(person: &Person) -> bool {
    match person.get("/favorites").await {
        answer if answer.status == 200 => true,
        answer => {
            answer.problem(401, "unauthenticated");
            false
        }
    }
}

/// Asserts that the session is over: no function accepts its tokens.
async fn assert_signed_out(person: &Person) {
    person.get("/favorites").await.problem(401, "unauthenticated");
    person
        .post("/books", json!({"title": "Kindred", "author": "Octavia E. Butler"}))
        .await
        .problem(401, "unauthenticated");
    person.post("/auth/logout", json!({})).await.problem(401, "unauthenticated");
    person.refreshes().await.problem(401, "unauthenticated");
}

/// Returns the problem document without the request id.
fn problem(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem["requestId"].take();
    problem
}

// Login

#[tokio::test]
async fn a_reader_signs_in_with_either_name_in_any_spelling() {
    let library = Library::start().await;
    let (email, username) = (unique_email(), unique("Zoë"));
    let registration = json!({"email": email, "username": username, "password": "Cr\u{e9}ation de la Bibliothèque"});
    let id = library.stranger().post("/auth/register", registration).await.expect(201).json()["user"]["id"].clone();
    for name in [
        json!({"email": email}),
        json!({"email": email.to_uppercase()}),
        json!({"email": format!("\t{email} ")}),
        json!({"username": username}),
        json!({"username": username.to_uppercase()}),
        json!({"username": username.replace('ë', "e\u{308}")}),
    ] {
        // The other encoding of é.
        let mut credentials = name;
        credentials["password"] = json!("Cre\u{301}ation de la Bibliothèque");
        let tokens = library.stranger().post("/auth/login", credentials).await.expect(200);
        let fields: Vec<_> = tokens.json().as_object().into_iter().flat_map(|body| body.keys().cloned()).collect();
        assert_eq!(fields, ["accessToken", "expiresIn", "refreshToken", "tokenType"]);
        assert_eq!(tokens.header("cache-control"), "no-store");
        let reader = library.stranger().with_tokens(&tokens);
        let book = reader.post("/books", json!({"title": unique("Kindred "), "author": "O. Butler"})).await.expect(201);
        assert_eq!(book.json()["owner"], id);
    }
}

#[tokio::test]
async fn every_failed_sign_in_gets_the_same_answer() {
    let library = Library::start().await;
    let (email, username) = (unique_email(), unique("jane"));
    let registration = json!({"email": email, "username": username, "password": PASSWORD});
    library.stranger().post("/auth/register", registration).await.expect(201);
    let wrong = json!({"email": email, "password": "wrong horse battery"});
    let expected = library.stranger().post("/auth/login", wrong).await.problem(401, "unauthenticated");
    for credentials in [
        json!({"email": unique_email(), "password": PASSWORD}),
        json!({"username": username, "password": "wrong horse battery"}),
        json!({"username": unique("john"), "password": PASSWORD}),
        // Names and passwords that no account can have.
        json!({"email": "jane", "password": PASSWORD}),
        json!({"email": username, "password": PASSWORD}),
        json!({"username": email, "password": PASSWORD}),
        json!({"username": "", "password": PASSWORD}),
        json!({"username": format!("user#{username}"), "password": PASSWORD}),
        json!({"email": email, "password": ""}),
        json!({"email": email, "password": PASSWORD.to_uppercase()}),
        json!({"email": email, "password": format!("{PASSWORD} ")}),
        json!({"email": email, "password": "a".repeat(3_000)}),
    ] {
        // A sign-in clears the failures, because too many in a row get a 429.
        library.login(&email, PASSWORD).await.expect(200);
        let answer = library.stranger().post("/auth/login", credentials.clone()).await.problem(401, "unauthenticated");
        assert_eq!(problem(&answer), problem(&expected), "{credentials}");
        let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
        assert_eq!(names(&answer), names(&expected), "{credentials}");
    }
}

#[tokio::test]
async fn the_refusal_of_a_sign_in_names_the_invalid_field() {
    let library = Library::start().await;
    let email = library.reader().await.email;
    for (pointer, credentials) in [
        ("/username", json!({"email": email, "username": "jane", "password": PASSWORD})),
        ("/email", json!({"password": PASSWORD})),
        ("/email", json!({"email": null, "username": null, "password": PASSWORD})),
        ("/email", json!({"email": 7, "password": PASSWORD})),
        ("/email", json!({"email": {"S": email}, "password": PASSWORD})),
        ("/username", json!({"username": [email], "password": PASSWORD})),
        ("/password", json!({"email": email})),
        ("/password", json!({"email": email, "password": null})),
        ("/password", json!({"email": email, "password": {"$ne": ""}})),
        ("/password", json!({"email": email, "password": 7})),
        ("/role", json!({"email": email, "password": PASSWORD, "role": "admin"})),
        ("", json!([email, null, PASSWORD])),
    ] {
        library.stranger().post("/auth/login", credentials).await.invalid(pointer);
    }
}

#[tokio::test]
async fn every_alias_does_the_same_as_its_original() {
    let library = Library::start().await;
    let (stranger, email) = (library.stranger(), unique_email());
    let registration = json!({"email": email, "password": PASSWORD});
    let welcome = stranger.post("/register", registration.clone()).await.expect(201);
    assert!(welcome.header("location").starts_with("/v1/users/"));
    stranger.post("/register", registration.clone()).await.refused(409, "email-taken");
    stranger.post("/register", json!({"password": PASSWORD})).await.invalid("/email");

    let reader = stranger.with_tokens(&stranger.post("/login", registration).await.expect(200));
    stranger.post("/login", json!({"email": email, "password": "wrong"})).await.problem(401, "unauthenticated");

    let spent = json!({"refreshToken": reader.refresh_token});
    let refreshed = reader.with_tokens(&stranger.post("/auth/refresh", spent.clone()).await.expect(200));
    let same = stranger.post("/auth/refresh-token", spent).await.expect(200);
    assert_eq!(Some(same.string("refreshToken")), refreshed.refresh_token);

    refreshed.post("/logout", json!({})).await.expect(200);
    refreshed.post("/logout", json!({})).await.problem(401, "unauthenticated");
    assert_signed_out(&refreshed).await;
}

// Refresh

#[tokio::test]
async fn each_refresh_exchanges_one_token_for_the_next() {
    let library = Library::start().await;
    let first = library.reader().await;
    let second = first.with_tokens(&first.refreshes().await.expect(200));
    let answer = second.refreshes().await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let third = second.with_tokens(&answer);
    let tokens = [&first, &second, &third].map(|reader| (reader.access_token.clone(), reader.refresh_token.clone()));
    let different: BTreeSet<_> = tokens.iter().flat_map(|(access, refresh)| [access, refresh]).collect();
    assert_eq!(different.len(), 6);
    // All are of one session, whose older access tokens are valid until they expire.
    for reader in [first, second, third] {
        assert!(is_signed_in(&reader).await);
    }
}

#[tokio::test]
async fn ses4_twenty_parallel_uses_of_one_refresh_token_get_the_same_successor() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let answers = join_all((0..20).map(|_| reader.refreshes())).await;
    let successors: BTreeSet<_> = answers.into_iter().map(|answer| answer.expect(200).string("refreshToken")).collect();
    assert_eq!(successors.len(), 1);
    for token in successors {
        exchange(&library, &token).await.expect(200);
    }
}

#[tokio::test]
async fn ses4_a_refresh_token_whose_successor_is_unused_gets_it_again_for_a_minute() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let next = reader.refreshes().await.expect(200).string("refreshToken");
    library.wait(55);
    assert_eq!(reader.refreshes().await.expect(200).string("refreshToken"), next);
    // The second use does not extend the minute.
    library.wait(6);
    reader.refreshes().await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn ses3_a_refresh_token_used_again_later_ends_the_session() {
    let library = Library::own().start().await;
    let first = library.reader().await;
    let elsewhere = another_session(&library, &first).await;
    let second = first.with_tokens(&first.refreshes().await.expect(200));
    library.wait(61);
    first.refreshes().await.problem(401, "unauthenticated");
    assert_signed_out(&first).await;
    assert_signed_out(&second).await;
    assert!(is_signed_in(&elsewhere).await, "another session of the same reader");
    elsewhere.refreshes().await.expect(200);
    library.local().drained().await;
    let log = library.admin().await.get(&format!("/activity?user={}&limit=1", first.id)).await.expect(200);
    assert_eq!(log.each("type"), ["user.sessionStolen"]);
}

#[tokio::test]
async fn an_invalid_refresh_token_is_refused_and_ends_no_session() {
    let library = Library::own().start().await;
    let elsewhere = Library::own().signing_secret("the signing secret of another library").start().await;
    let (reader, other, foreign) = (library.reader().await, library.reader().await, elsewhere.reader().await);
    let token = |person: &Person| person.refresh_token.clone().unwrap_or_default();
    let genuine = token(&reader);
    let mut forged = vec![
        String::new(),
        " ".into(),
        "null".into(),
        "é".repeat(40),
        "A".repeat(genuine.len()),
        token(&foreign),
        format!("{genuine}="),
        format!(" {genuine}"),
        format!("{genuine}A"),
        format!("{genuine}{genuine}"),
        genuine[1..].to_owned(),
        genuine[..genuine.len() - 1].to_owned(),
        // The first 48 letters (36 bytes) name the session, the rest is the seal.
        genuine[..48].to_owned(),
        format!("{}{}", &token(&other)[..48], &genuine[48..]),
    ];
    forged.extend((0..genuine.len()).map(|at| {
        let flipped = if genuine.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{flipped}{}", &genuine[..at], &genuine[at + 1..])
    }));
    for token in forged {
        exchange(&library, &token).await.problem(401, "unauthenticated");
    }
    for body in [json!({}), json!({"refreshToken": null})] {
        library.stranger().post("/auth/refresh-token", body).await.refused(401, "no-refresh-token");
    }
    for (pointer, body) in [
        // It is longer than any refresh token.
        ("/refreshToken", json!({"refreshToken": reader.access_token})),
        ("/refreshToken", json!({"refreshToken": [genuine]})),
        ("/refresh_token", json!({"refresh_token": genuine})),
        ("/user", json!({"refreshToken": genuine, "user": reader.id})),
        ("", json!([genuine])),
    ] {
        library.stranger().post("/auth/refresh-token", body).await.invalid(pointer);
    }
    assert!(!is_signed_in(&reader.with_token(&genuine)).await, "a refresh token is not an access token");
    reader.refreshes().await.expect(200);
}

// Time

#[tokio::test]
async fn an_access_token_expires_after_ten_minutes_and_its_session_later() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    // Ten minutes, and 30 seconds for clocks that differ.
    library.wait(10 * MINUTE + 20);
    assert!(is_signed_in(&reader).await);
    library.wait(20);
    reader.get("/favorites").await.problem(401, "unauthenticated");
    reader.post("/books", json!({"title": "Kindred", "author": "O. Butler"})).await.problem(401, "unauthenticated");
    reader.post("/auth/logout", json!({})).await.problem(401, "unauthenticated");
    assert!(is_signed_in(&reader.with_tokens(&reader.refreshes().await.expect(200))).await);
}

#[tokio::test]
async fn ses5_a_session_expires_after_two_weeks_without_use() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    library.wait(14 * DAY - MINUTE);
    let reader = reader.with_tokens(&reader.refreshes().await.expect(200));
    assert!(is_signed_in(&reader).await);
    library.wait(14 * DAY);
    assert_signed_out(&reader).await;
    assert!(is_signed_in(&another_session(&library, &reader).await).await);
}

#[tokio::test]
async fn ses5_a_session_expires_after_thirty_days_even_if_it_is_used() {
    let library = Library::own().start().await;
    let mut reader = library.reader().await;
    for days in [13, 13, 3] {
        library.wait(days * DAY);
        reader = reader.with_tokens(&reader.refreshes().await.expect(200));
    }
    library.wait(DAY - 5 * MINUTE);
    reader = reader.with_tokens(&reader.refreshes().await.expect(200));
    assert!(is_signed_in(&reader).await);
    // The access token alone would be valid for another five minutes.
    library.wait(5 * MINUTE);
    assert_signed_out(&reader).await;
    assert!(is_signed_in(&another_session(&library, &reader).await).await);
}

// Logout

#[tokio::test]
async fn ses1_a_sign_out_is_effective_at_the_next_request() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let elsewhere = another_session(&library, &reader).await;
    let refreshed = reader.with_tokens(&reader.refreshes().await.expect(200));
    let farewell = reader.post("/auth/logout", json!({})).await.expect(200);
    assert_eq!(farewell.json(), json!({"message": "logged out successfully"}));
    assert_eq!(farewell.header("cache-control"), "no-store");
    for answer in join_all((0..100).map(|_| reader.get("/favorites").into_future())).await {
        answer.problem(401, "unauthenticated");
    }
    assert_signed_out(&reader).await;
    assert_signed_out(&refreshed).await;
    // The reader's other session goes on.
    assert!(is_signed_in(&elsewhere).await);
    elsewhere.refreshes().await.expect(200);
}

#[tokio::test]
async fn signing_out_needs_no_body() {
    let library = Library::start().await;
    let reader = library.reader().await;
    reader.ask(reqwest::Method::POST, "/auth/logout").await.expect(200);
    assert_signed_out(&reader).await;
    library.stranger().ask(reqwest::Method::POST, "/auth/logout").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_eleventh_sign_in_ends_the_least_recently_used_session() {
    let library = Library::own().start().await;
    let mut sessions = vec![library.reader().await];
    for _ in 1..10 {
        library.wait(1);
        sessions.push(another_session(&library, &sessions[0]).await);
    }
    library.wait(1);
    // Now the second session is the least recently used.
    sessions[0] = sessions[0].with_tokens(&sessions[0].refreshes().await.expect(200));
    library.wait(1);
    sessions.push(another_session(&library, &sessions[0]).await);
    assert_signed_out(&sessions.remove(1)).await;
    assert_eq!(sessions.len(), 10);
    for session in &sessions {
        assert!(is_signed_in(session).await);
        session.refreshes().await.expect(200);
    }
}

#[tokio::test]
async fn expired_sessions_are_replaced_before_live_ones() {
    let library = Library::own().start().await;
    let mut sessions = vec![library.reader().await];
    for _ in 1..8 {
        sessions.push(another_session(&library, &sessions[0]).await);
    }
    library.wait(14 * DAY);
    let live = [another_session(&library, &sessions[0]).await, another_session(&library, &sessions[0]).await];
    for _ in 0..8 {
        library.wait(1);
        another_session(&library, &sessions[0]).await;
    }
    for session in live {
        assert!(is_signed_in(&session).await);
    }
}

#[tokio::test]
async fn ten_sessions_are_live_after_many_parallel_sign_ins() {
    let library = Library::start().await;
    let reader = library.reader().await;
    // From the eleventh session on, each sign-in ends one.
    let mut sessions = Vec::new();
    for _ in 0..5 {
        sessions.extend(join_all((0..4).map(|_| another_session(&library, &reader))).await);
    }
    let live = join_all(sessions.iter().map(is_signed_in)).await;
    assert_eq!(live.into_iter().filter(|lives| *lives).count(), 10);
}
