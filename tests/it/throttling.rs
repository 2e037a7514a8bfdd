//! Throttling: guesses are slowed down, and answers do not reveal accounts.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::database::{Fault, Pattern};
use tests::{Answer, Library, PASSWORD, unique, unique_email};

/// Returns the body without the request id, which differs in every answer.
fn body_without_request_id(answer: &Answer) -> Value {
    let mut json = answer.json();
    json["requestId"] = Value::Null;
    json
}

/// Returns the calls of the database since the last time, without their keys.
fn calls(library: &Library) -> Vec<(String, f64, f64)> {
    library.proxy().take_of_requests().into_iter().map(|call| (call.action, call.read, call.write)).collect()
}

#[tokio::test]
async fn enu1_an_unknown_user_and_a_wrong_password_get_the_same_answer() {
    let library = Library::own().metered().start().await;
    let reader = library.reader().await;
    calls(&library);
    let wrong = library.login(&reader.email, "not the password").await.problem(401, "unauthenticated");
    let of_wrong = calls(&library);
    for unknown in [unique_email(), "no address at all".to_owned(), "@".to_owned(), "x".repeat(300)] {
        let answer = library.login(&unknown, "not the password").await.problem(401, "unauthenticated");
        assert_eq!(body_without_request_id(&answer), body_without_request_id(&wrong), "{unknown}");
        // The work is the same, too: read, count, hash, count again. The hash is never skipped (`functions/auth/src/proof.rs`).
        assert_eq!(calls(&library), of_wrong, "{unknown}");
    }
}

#[tokio::test]
async fn enu2_a_reset_request_does_not_reveal_whether_an_account_has_the_address() {
    let library = Library::own().metered().start().await;
    let (reader, unknown) = (library.reader().await, unique_email());
    let mut seen = Vec::new();
    for email in [&reader.email, &unknown] {
        calls(&library);
        let answer = library.stranger().post("/auth/reset-password-request", json!({"email": email})).await.expect(202);
        let actions: Vec<_> = calls(&library).into_iter().map(|(action, ..)| action).collect();
        seen.push((answer.text, actions));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].1.iter().filter(|action| action.contains("Write")).count(), 1, "there is one write: {seen:?}");
    assert_eq!(library.letters(&reader.email).await.len(), 2, "a welcome and a reset");
    assert_eq!(library.letters(&unknown).await, []);
}

#[tokio::test]
async fn thr1_after_five_failures_in_a_row_an_account_allows_one_attempt_after_each_pause() {
    let library = Library::own().standing_clock().start().await;
    let reader = library.reader().await;
    let wrong = async || library.login(&reader.email, "not the password").await;
    for _ in 0..5 {
        wrong().await.problem(401, "unauthenticated");
    }
    for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
        let refused = wrong().await.problem(429, "too-many-requests");
        assert_eq!(refused.header("retry-after"), pause.to_string());
        // During the pause the right password is refused, too.
        library.login(&reader.email, PASSWORD).await.problem(429, "too-many-requests");
        library.wait(pause);
        wrong().await.problem(401, "unauthenticated");
    }
    // The password can be reset during the pause. The reset ends the throttle.
    library.stranger().post("/auth/reset-password-request", json!({"email": reader.email})).await.expect(202);
    let token = library.mailed_token(&reader.email, "reset-password").await;
    let reset = json!({"resetToken": token, "newPassword": "staple of the horse"});
    library.stranger().post("/auth/reset-password", reset).await.expect(200);
    library.login(&reader.email, "staple of the horse").await.expect(200);
}

#[tokio::test]
async fn thr1_a_sign_in_clears_the_failures_before_it() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    for _ in 0..3 {
        for _ in 0..4 {
            library.login(&reader.email, "not the password").await.problem(401, "unauthenticated");
        }
        library.login(&reader.email, PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn thr1_failures_of_an_unknown_name_are_counted_in_the_same_way() {
    let library = Library::own().standing_clock().start().await;
    let unknown = unique_email();
    for _ in 0..5 {
        library.login(&unknown, "not the password").await.problem(401, "unauthenticated");
    }
    let refused = library.login(&unknown, "not the password").await.problem(429, "too-many-requests");
    assert_eq!(refused.header("retry-after"), "1");
}

#[tokio::test]
async fn thr2_a_network_address_that_guesses_at_many_accounts_is_throttled() {
    let library = Library::own().standing_clock().start().await;
    let reader = library.reader().await;
    let mut allowed = 0;
    for number in 0..200 {
        let credentials = json!({"email": unique_email(), "password": "password of many"});
        let request = library.stranger().post("/auth/login", credentials);
        // The address that a client claims in a header is ignored.
        let answer = request.header("x-forwarded-for", &format!("203.0.113.{number}")).await;
        match answer.status {
            401 => allowed += 1,
            _ => drop(answer.problem(429, "too-many-requests")),
        }
    }
    assert_eq!(allowed, 50);
    library.login(&reader.email, PASSWORD).await.problem(429, "too-many-requests");
    library.wait(600);
    library.login(&reader.email, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn thr2_sign_ins_that_break_off_count_as_guesses_of_their_address_alone() {
    let library = Library::own().standing_clock().proxied().start().await;
    let readers = library.readers(11).await;
    // The process ends before it takes back what it has counted.
    library.proxy().fail_always(Pattern::of("auth").naming("times - :one"), Fault::Denied);
    for reader in &readers[..10] {
        for _ in 0..5 {
            library.login(&reader.email, PASSWORD).await.problem(500, "internal");
        }
    }
    library.proxy().recover();
    let last = &readers[10];
    let refused = library.login(&last.email, PASSWORD).await.problem(429, "too-many-requests");
    assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=600).contains(&seconds)));
    last.at("127.0.0.2").logs_in(&last.email, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn thr3_at_most_five_of_a_hundred_parallel_guesses_are_hashed() {
    let library = Library::own().standing_clock().start().await;
    let reader = library.reader().await;
    let guesses = (0..100).map(|number| {
        let (library, email) = (&library, &reader.email);
        async move { library.login(email, &format!("guess number {number}")).await.status }
    });
    let answers = join_all(guesses).await;
    assert_eq!(answers.iter().filter(|status| **status == 401).count(), 5, "{answers:?}");
    assert!(answers.iter().all(|status| [401, 429].contains(status)), "{answers:?}");
}

#[tokio::test]
async fn an_address_allows_five_reset_requests_an_hour() {
    let library = Library::own().standing_clock().start().await;
    for email in [library.reader().await.email, unique_email()] {
        let ask = async || library.stranger().post("/auth/reset-password-request", json!({"email": email})).await;
        for _ in 0..5 {
            ask().await.expect(202);
        }
        let refused = ask().await.problem(429, "too-many-requests");
        assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=3_600).contains(&seconds)));
        library.wait(3_600);
        ask().await.expect(202);
    }
}

#[tokio::test]
async fn pw1_common_passwords_and_the_users_own_names_are_refused() {
    let library = Library::start().await;
    let username = unique("reader.");
    let email = unique_email();
    let local_part = email.split('@').next().unwrap_or_default();
    for password in
        ["password", "PASSWORD", "12345678", "qwertyuiop", &email, local_part, &username, &username.to_uppercase()]
    {
        let registration = json!({"email": email, "username": username, "password": password});
        let refused = library.stranger().post("/auth/register", registration).await.invalid("/password");
        assert!(!refused.text.contains(password) || password == "password", "{}", refused.text);
    }
    for length in [7, 129] {
        let registration = json!({"email": email, "password": "x y".repeat(43)[..length]});
        library.stranger().post("/auth/register", registration).await.invalid("/password");
    }
    // All 128 characters count, and both encodings of é are equal.
    let long = format!("{}\u{e9}", "x".repeat(127));
    library.stranger().post("/auth/register", json!({"email": email, "password": long})).await.expect(201);
    library.login(&email, &format!("{}e\u{301}", "x".repeat(127))).await.expect(200);
    library.login(&email, &"x".repeat(127)).await.problem(401, "unauthenticated");
}
