//! Refresh tokens that are used again: forgiven to the client that spent them, for a moment, and theft otherwise.

use reqwest::Method;
use serde_json::json;
use tests::{Answer, Library, PASSWORD, Person};

/// Presents a refresh token as another program would.
async fn from_elsewhere(reader: &Person) -> Answer {
    let body = json!({"refreshToken": reader.refresh_token});
    reader.post("/auth/refresh-token", body).header("user-agent", "Thief/1.0").await
}

async fn next(reader: &Person) -> Person {
    reader.with_tokens(&reader.refreshes().await.expect(200))
}

async fn kinds(library: &Library, reader: &Person) -> Vec<String> {
    library.local().drained().await;
    library.admin().await.get(&format!("/activity?user={}", reader.id)).await.expect(200).each("type")
}

#[tokio::test]
async fn grc1_a_spent_token_from_another_device_is_theft_at_once() {
    let library = Library::own().standing_clock().start().await;
    let reader = library.reader().await;
    let current = next(&reader).await;
    from_elsewhere(&reader).await.problem(401, "unauthenticated");
    current.get("/users/me").await.problem(401, "unauthenticated");
    current.refreshes().await.problem(401, "unauthenticated");
    assert!(kinds(&library, &reader).await.contains(&"user.sessionStolen".to_owned()));
    assert_eq!(library.letters(&reader.email).await[0].0, "A device was signed out");
}

#[tokio::test]
async fn grc1_every_use_of_a_spent_token_is_in_the_activity_log() {
    let library = Library::own().standing_clock().start().await;
    let reader = library.reader().await;
    let current = next(&reader).await;
    let again = next(&reader).await;
    assert_eq!(again.refresh_token, current.refresh_token);
    assert!(kinds(&library, &reader).await.contains(&"user.refreshedAgain".to_owned()));
}

#[tokio::test]
async fn fl3_a_third_tab_two_generations_late_gets_the_newest_pair() {
    let library = Library::own().standing_clock().start().await;
    let first = library.reader().await;
    let second = next(&first).await;
    let third = next(&second).await;
    for late in [&first, &second] {
        assert_eq!(next(late).await.refresh_token, third.refresh_token);
    }
    next(&third).await.get("/users/me").await.expect(200);
}

#[tokio::test]
async fn fl3_the_grace_runs_from_when_that_token_was_spent() {
    let library = Library::own().standing_clock().start().await;
    let first = library.reader().await;
    let second = next(&first).await;
    library.wait(8);
    let third = next(&second).await;
    library.wait(3);
    // The second was spent three seconds ago, the first eleven.
    assert_eq!(next(&second).await.refresh_token, third.refresh_token);
    first.refreshes().await.problem(401, "unauthenticated");
    third.get("/users/me").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn grc1_a_token_whose_successor_was_used_is_forgiven_for_ten_seconds_only() {
    let library = Library::own().standing_clock().start().await;
    let first = library.reader().await;
    let third = next(&next(&first).await).await;
    library.wait(11);
    first.refreshes().await.problem(401, "unauthenticated");
    third.get("/users/me").await.problem(401, "unauthenticated");
}

/// Signs in as a website does. Returns the value of the refresh cookie.
async fn cookie_session(library: &Library, reader: &Person) -> String {
    let credentials = json!({"email": reader.email, "password": PASSWORD, "session": "cookie"});
    let answer = library.stranger().post("/auth/login", credentials).await.expect(200);
    refresh_cookie(&answer)
}

fn refresh_cookie(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let refresh = cookies.filter_map(|cookie| cookie.strip_prefix("__Host-refresh=")).next();
    refresh.and_then(|rest| rest.split(';').next()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn chn1_a_session_keeps_its_channel_when_it_is_refreshed() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let cookie = cookie_session(&library, &reader).await;
    let stranger = library.stranger();
    let in_body = stranger.post("/auth/refresh-token", json!({"refreshToken": cookie}));
    in_body.await.refused(401, "refresh-token-invalid");
    let header = format!("__Host-refresh={cookie}");
    let refreshed = stranger.ask(Method::POST, "/auth/refresh-token").header("cookie", &header).await.expect(200);
    assert_eq!(refreshed.json(), json!({"tokenType": "Cookie", "expiresIn": 600}));
    // A spent one neither.
    stranger.post("/auth/refresh-token", json!({"refreshToken": cookie})).await.problem(401, "unauthenticated");

    let header = format!("__Host-refresh={}", reader.refresh_token.clone().unwrap_or_default());
    let in_cookie = stranger.ask(Method::POST, "/auth/refresh-token").header("cookie", &header);
    in_cookie.await.refused(401, "refresh-token-invalid");
    reader.refreshes().await.expect(200);
}

#[tokio::test]
async fn fl15_a_body_that_names_no_token_leaves_the_cookie_to_count() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let mut cookie = cookie_session(&library, &reader).await;
    let stranger = library.stranger();
    for body in [Some(""), Some("{}"), Some(r#"{"refreshToken": null}"#), None] {
        let request = stranger.ask(Method::POST, "/auth/refresh-token");
        let request = request.header("cookie", &format!("__Host-refresh={cookie}"));
        let answer = match body {
            Some(body) => request.body("application/json", body).await,
            None => request.await,
        };
        cookie = refresh_cookie(&answer.expect(200));
    }
    let named = stranger.post("/auth/refresh-token", json!({"refreshToken": reader.refresh_token}));
    let answer = named.header("cookie", &format!("__Host-refresh={cookie}")).await.expect(200);
    assert!(!answer.string("accessToken").is_empty(), "the token that the body names counts");
    stranger.ask(Method::POST, "/auth/refresh-token").await.refused(401, "no-refresh-token");
    stranger.post("/auth/refresh-token", json!({})).await.refused(401, "no-refresh-token");
    stranger.post("/auth/refresh-token", json!({"refreshToken": 7})).await.invalid("/refreshToken");
}
