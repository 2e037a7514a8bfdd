//! The signing keys of access tokens: they are published, and replaced. A new key comes with new instances of auth. The
//! other functions, and auth's old instances, run on for a while.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use local::{Carrel, Deployment, default_settings};
use serde_json::{Value, json};
use shared::runtime::app::Clock;
use tests::{Library, PASSWORD, Person, secrets};
use tower::ServiceExt;

/// New instances of every function, with another signing key.
struct Renewed(Carrel);

impl Renewed {
    async fn start(library: &Library, signing: &str, clock: &Clock) -> Renewed {
        let database = library.dynamodb();
        let secrets = secrets(&format!("the signing secret called {signing}, and long enough"));
        let deployment = Deployment::without_gateway(default_settings(), database.access_key());
        let carrel = Carrel::on(database.endpoint(), &secrets, deployment, clock.clone()).await;
        Renewed(carrel.unwrap_or_else(|error| panic!("{error}")))
    }

    async fn ask(
        &self,
        function: &str,
        method: Method,
        path: &str,
        person: &Person,
        body: &Value,
    ) -> (StatusCode, Value) {
        let token = format!("Bearer {}", person.access_token.as_deref().unwrap_or_default());
        let request = Request::builder().method(method).uri(path).header(header::AUTHORIZATION, token);
        let request = request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string()));
        let router = self.0.functions[function].clone();
        let answer = router.oneshot(request.expect("a request")).await.unwrap_or_else(|never| match never {});
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Exchanges a reader's refresh token. Returns the reader with the new tokens.
    async fn refreshes(&self, person: &Person) -> Person {
        let spent = json!({"refreshToken": person.refresh_token});
        let (status, tokens) = self.ask("auth", Method::POST, "/auth/refresh-token", person, &spent).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        let mut person = person.with_token(tokens["accessToken"].as_str().unwrap_or_default());
        person.refresh_token = tokens["refreshToken"].as_str().map(ToOwned::to_owned);
        person
    }

    /// Returns whether the new instances accept the access token.
    async fn accepts(&self, person: &Person) -> bool {
        let (status, _) = self.ask("favorites", Method::GET, "/favorites", person, &Value::Null).await;
        status == StatusCode::OK
    }
}

#[tokio::test]
async fn jwt4_a_new_signing_key_ends_no_session() {
    let library = Library::own().start().await;
    let before = library.reader().await;
    before.get("/favorites").await.expect(200);
    let renewed = Renewed::start(&library, "another signing secret", &Clock::system()).await;

    assert!(renewed.accepts(&before).await, "a token of the old key");
    let after = renewed.refreshes(&before).await;
    assert!(renewed.accepts(&after).await);
    // The old instances have just read the keys, and read them again after a second at the earliest.
    library.wait(2);
    after.get("/favorites").await.expect(200);
    after.refreshes().await.expect(200);
    before.get("/favorites").await.expect(200);
    // A new key does not affect passwords.
    let credentials = json!({"email": before.email, "password": PASSWORD});
    let (status, _) = renewed.ask("auth", Method::POST, "/auth/login", &library.stranger(), &credentials).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn jwt4_the_three_newest_keys_are_accepted() {
    let library = Library::own().start().await;
    let (reader, clock) = (library.reader().await, Clock::system());
    let mut of_each = vec![reader];
    for secret in ["second", "third", "fourth", "fifth"] {
        clock.advance(jiff::SignedDuration::from_secs(1));
        let renewed = Renewed::start(&library, secret, &clock).await;
        let last = renewed.refreshes(&of_each[of_each.len() - 1]).await;
        of_each.push(last);
    }
    let keys = library.stranger().get("/.well-known/jwks.json").await.expect(200).json();
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(3), "{keys}");
    let newest = Renewed::start(&library, "fifth", &clock).await;
    let mut accepted = Vec::new();
    for person in &of_each {
        accepted.push(newest.accepts(person).await);
    }
    assert_eq!(accepted, [false, false, true, true, true]);
    // The session goes on.
    assert!(newest.accepts(&newest.refreshes(&of_each[4]).await).await);
}

#[tokio::test]
async fn key1_a_retired_key_ends_when_its_last_token_can() {
    let library = Library::own().standing_clock().start().await;
    let reader = library.reader().await;
    let clock = Clock::system();
    let renewed = Renewed::start(&library, "another signing secret", &clock).await;
    assert!(renewed.accepts(&reader).await, "a token of the retired key");
    let published = async || {
        let keys =
            renewed.ask("auth", Method::GET, "/.well-known/jwks.json", &library.stranger(), &Value::Null).await.1;
        keys["keys"].as_array().map(Vec::len)
    };
    assert_eq!(published().await, Some(2));
    // Whoever has the retired key signs with it, and says that it was just now.
    clock.advance(jiff::SignedDuration::from_secs(631));
    let now = (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(631)).as_second();
    let forged = crate::tokens::signed_at(&reader, now, 600);
    assert!(!renewed.accepts(&reader.with_token(&forged)).await, "a token of a key that was retired long ago");
    assert_eq!(published().await, Some(1));
    // The key that is in use goes on.
    let again = renewed.refreshes(&reader).await;
    assert!(renewed.accepts(&again).await);
    clock.advance(jiff::SignedDuration::from_hours(24));
    let again = renewed.refreshes(&again).await;
    assert!(renewed.accepts(&again).await);
}

#[tokio::test]
async fn key1_a_token_that_lives_longer_than_ours_is_refused() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let now = jiff::Timestamp::now().as_second();
    for (issued, lifetime, status) in
        [(now, 600, 200), (now, 601, 401), (now - 3_600, 7_200, 401), (i64::MIN, 600, 401)]
    {
        let token = crate::tokens::signed_at(&reader, issued, lifetime);
        assert_eq!(reader.with_token(&token).get("/favorites").await.status, status, "{issued} {lifetime}");
    }
}

#[tokio::test]
async fn jwt4_every_function_accepts_the_very_first_token_at_once() {
    let library = Library::own().without_admin().start().await;
    let reader = library.reader().await;
    for path in ["/auth/sessions", "/users/me", "/favorites", "/books?owner=me"] {
        reader.get(path).await.expect(200);
    }
}

#[tokio::test]
async fn anyone_can_verify_an_access_token_with_the_public_keys() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let token = reader.access_token.clone().unwrap_or_default();
    let header = jsonwebtoken::decode_header(&token).expect("a JWT");
    assert_eq!((header.alg, header.typ.as_deref()), (Algorithm::EdDSA, Some("at+jwt")));

    let published = library.stranger().get("/.well-known/jwks.json").await.expect(200);
    assert_eq!(published.header("cache-control"), "public, max-age=300");
    assert_eq!(published.header("content-type"), "application/json");
    let keys = published.json()["keys"].as_array().cloned().unwrap_or_default();
    for key in &keys {
        let fields: Vec<_> = key.as_object().into_iter().flat_map(|key| key.keys()).collect();
        assert_eq!(fields, ["alg", "crv", "kid", "kty", "use", "x"], "and nothing of the private key");
        assert_eq!([&key["kty"], &key["crv"], &key["alg"], &key["use"]], ["OKP", "Ed25519", "EdDSA", "sig"]);
    }
    let key = keys.iter().find(|key| key["kid"].as_str() == header.kid.as_deref()).expect("its key is published");
    let key = DecodingKey::from_ed_components(key["x"].as_str().unwrap_or_default()).expect("an Ed25519 key");
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["carrel"]);
    let claims = jsonwebtoken::decode::<Value>(&token, &key, &validation).expect("signed with it").claims;

    assert_eq!(claims["sub"], reader.id);
    let number = |name: &str| claims[name].as_i64().unwrap_or_default();
    assert_eq!((number("exp") - number("iat"), number("nbf") - number("iat")), (600, 0));
    // No personal data, and no role: the library would have to trust it.
    let names: Vec<_> = claims.as_object().into_iter().flat_map(|claims| claims.keys()).collect();
    assert_eq!(names, ["aud", "exp", "iat", "iss", "jti", "nbf", "sid", "sub"]);
}
