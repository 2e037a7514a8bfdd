//! Access tokens, changed as text, and with other contents under a signature of the library's own.
//!
//! Their user is nobody. So a token that is accepted is answered with `session-ended`, without a session that could end.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request};
use fuzzer::{Target, changed_bytes, changed_json, fuzz};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use shared::crypto::token::{AUDIENCE, LIFETIME, TYPE};
use shared::runtime::app::Clock;
use tests::{Library, SIGNING_SECRET};
use tokio::runtime::Runtime;

use super::world::{Told, answer, carrel};
use crate::tokens::{sign, signing_key};

/// The time of these libraries, and of the token.
const NOW: &str = "2026-03-14T09:30:00Z";
const SECONDS: i64 = 1_773_480_600;

/// A function that verifies tokens, and the key that signs them.
struct Verifier {
    runtime: Runtime,
    router: Router,
    key: EncodingKey,
    key_id: String,
    _library: Library,
}

impl Verifier {
    fn start() -> Verifier {
        let runtime = Runtime::new().expect("a runtime");
        let (library, router) = runtime.block_on(async {
            let library = Library::own().clock_at(NOW).start().await;
            let clock = Clock::fixed_at(NOW.parse().expect("a time"));
            let router = carrel(&library, clock).await.functions["favorites"].clone();
            (library, router)
        });
        let key = signing_key(SIGNING_SECRET);
        let jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).expect("an Ed25519 key");
        let key_id = jwk.thumbprint(ThumbprintHash::SHA256).expect("it has one");
        Verifier { runtime, router, key, key_id, _library: library }
    }

    /// The parts of a token that is accepted.
    fn parts(&self) -> Value {
        json!({
            "header": {"typ": TYPE, "alg": "EdDSA", "kid": self.key_id},
            "claims": {
                "iss": "carrel", "aud": AUDIENCE, "sub": "0192f3a4-77aa-7c3d-8b21-56789abcdef0",
                "sid": "0192f3a4-9b1e-7f60-a5d2-789abcdef012", "iat": SECONDS, "nbf": SECONDS,
                "exp": SECONDS + LIFETIME.as_secs(), "jti": "jti",
            },
        })
    }

    fn signed(&self, parts: &Value) -> String {
        sign(&parts["header"].to_string(), &parts["claims"].to_string(), &self.key, Algorithm::EdDSA)
    }

    /// Returns the answer to a token in a header, or `None` if HTTP has no such header.
    fn ask(&self, token: &[u8]) -> Option<Told> {
        let header = HeaderValue::from_bytes(&[b"Bearer ", token].concat()).ok()?;
        let request =
            Request::get("/favorites").header("authorization", header).body(Body::empty()).expect("a request");
        let (told, ..) = self.runtime.block_on(answer("favorites", &self.router, request));
        assert_eq!(told.0, 401, "nobody is signed in");
        Some(told)
    }
}

fn is_accepted(told: Option<&Told>) -> bool {
    told.is_some_and(|(_, code)| code.trim() == "session-ended")
}

#[test]
fn fuzz_access_tokens() {
    let verifier = Verifier::start();
    let token = verifier.signed(&verifier.parts()).into_bytes();
    let mut unsigned = token.clone();
    unsigned.truncate(token.iter().rposition(|byte| *byte == b'.').expect("three parts") + 1);
    assert!(is_accepted(verifier.ask(&token).as_ref()), "nothing would be accepted");
    let target = Target {
        name: "access-tokens",
        cases: 1_000,
        change: changed_bytes,
        seeds: vec![token.clone(), unsigned, b"".to_vec()],
    };
    fuzz(&target, |input| {
        let told = verifier.ask(input);
        // Space around a token is no part of it.
        assert!(!is_accepted(told.as_ref()) || input.trim_ascii() == token, "a changed token was accepted");
        told
    });
}

#[test]
fn fuzz_claims() {
    let verifier = Verifier::start();
    let target = Target {
        name: "claims",
        cases: 1_000,
        change: changed_json,
        seeds: vec![verifier.parts().to_string().into_bytes()],
    };
    fuzz(&target, |input| {
        let parts: Value = serde_json::from_slice(input).unwrap_or_default();
        let told = verifier.ask(verifier.signed(&parts).as_bytes());
        if is_accepted(told.as_ref()) {
            assert_acceptable(&parts, &verifier.key_id);
        }
        told
    });
}

/// Asserts that a token with these parts may be accepted (RFC 9068, 4).
fn assert_acceptable(parts: &Value, key_id: &str) {
    let (header, claims) = (&parts["header"], &parts["claims"]);
    assert_eq!((&header["typ"], &header["alg"], &header["kid"]), (&json!(TYPE), &json!("EdDSA"), &json!(key_id)));
    for name in ["jwk", "jku", "x5u", "x5c", "crit"] {
        assert!(header[name].is_null(), "the header names {name}");
    }
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!("carrel"), &json!(AUDIENCE)));
    let time = |name: &str| claims[name].as_i64().unwrap_or_else(|| panic!("{name} is no number of seconds"));
    assert!(time("exp").saturating_sub(time("iat")) <= LIFETIME.as_secs(), "it lives too long");
    assert!(time("nbf") <= SECONDS + 300 && time("exp") > SECONDS - 30, "it is not its time");
    assert!(claims["jti"].is_string());
    for name in ["sub", "sid"] {
        assert!(claims[name].as_str().is_some_and(|id| id.parse::<uuid::Uuid>().is_ok()), "{name} is no id");
    }
}
