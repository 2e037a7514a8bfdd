//! Access tokens that are forged, foreign, changed or invalid (SECURITY.md: JWT1–JWT3).
//!
//! Most of them are signed with the library's own key, so that only the tested part is wrong.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};
use tests::{Answer, Library, Person, SIGNING_SECRET};

/// Returns the signing key of a library with that secret.
pub(crate) fn signing_key(secret: &str) -> EncodingKey {
    const PKCS8: [u8; 16] =
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(b"carrel access token signing key");
    mac.update(&[1]);
    EncodingKey::from_ed_der(&[PKCS8.as_slice(), &mac.finalize().into_bytes()].concat())
}

/// Returns the public half of a key.
fn public_jwk(key: &EncodingKey) -> Value {
    let jwk = Jwk::from_encoding_key(key, Algorithm::EdDSA).expect("an Ed25519 key");
    serde_json::to_value(jwk).expect("JSON")
}

/// The header and the claims of a token, which can be changed and signed again.
#[derive(Clone)]
struct Token {
    header: Value,
    claims: Value,
}

impl Token {
    /// Decodes the access token of a person.
    fn of(person: &Person) -> Token {
        let token = access_token(person);
        let part = |at: usize| {
            let bytes = BASE64.decode(token.split('.').nth(at).unwrap_or_default()).expect("base64url");
            serde_json::from_slice(&bytes).expect("JSON")
        };
        Token { header: part(0), claims: part(1) }
    }

    /// Returns the token with another header parameter, or without it if there is no value.
    fn header(&self, name: &str, value: impl Into<Option<Value>>) -> Token {
        Token { header: changed(&self.header, name, value.into()), ..self.clone() }
    }

    /// Returns the token with another claim, or without it if there is no value.
    fn claim(&self, name: &str, value: impl Into<Option<Value>>) -> Token {
        Token { claims: changed(&self.claims, name, value.into()), ..self.clone() }
    }

    /// Encodes and signs the token.
    fn signed(&self, key: &EncodingKey) -> String {
        sign(&self.header.to_string(), &self.claims.to_string(), key, Algorithm::EdDSA)
    }
}

fn changed(object: &Value, name: &str, value: Option<Value>) -> Value {
    let mut object = object.as_object().cloned().unwrap_or_default();
    match value {
        Some(value) => object.insert(name.to_owned(), value),
        None => object.remove(name),
    };
    object.into()
}

pub(crate) fn sign(header: &str, claims: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
    let signature = match algorithm {
        Algorithm::HS256 => hmac_of::<Hmac<Sha256>>(key, &message),
        Algorithm::HS384 => hmac_of::<Hmac<Sha384>>(key, &message),
        Algorithm::HS512 => hmac_of::<Hmac<Sha512>>(key, &message),
        _ => crypto::sign(message.as_bytes(), key, algorithm).expect("signed"),
    };
    format!("{message}.{signature}")
}

/// Computes an HMAC, as a forger would. The JWT library of this workspace is built without it.
fn hmac_of<M: Mac + KeyInit>(key: &EncodingKey, message: &str) -> String {
    let mut mac = <M as KeyInit>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(message.as_bytes());
    BASE64.encode(mac.finalize().into_bytes())
}

/// Returns a person's token as signed by the library's own key at that time, with that lifetime.
pub(crate) fn signed_at(person: &Person, issued: i64, lifetime: i64) -> String {
    let token = Token::of(person).claim("iat", json!(issued)).claim("nbf", json!(issued.max(0)));
    token.claim("exp", json!(issued.saturating_add(lifetime))).signed(&signing_key(SIGNING_SECRET))
}

fn access_token(person: &Person) -> String {
    person.access_token.clone().expect("signed in")
}

async fn assert_accepted(library: &Library, token: &str) {
    library.stranger().with_token(token).get("/favorites").await.expect(200);
}

/// Asserts that three functions refuse the token, with a challenge.
async fn assert_refused(library: &Library, token: &str, what: &str) {
    let forger = library.stranger().with_token(token);
    for answer in [
        forger.get("/favorites").await,
        forger.post("/books", json!({"title": "Kindred", "author": "Octavia E. Butler"})).await,
        forger.post("/auth/logout", json!({})).await,
    ] {
        assert_eq!(answer.status, 401, "{what}: {}", answer.text);
        assert_challenge(answer);
    }
}

/// Asserts that the answer is a 401 with a challenge.
#[track_caller]
fn assert_challenge(answer: Answer) {
    let answer = answer.problem(401, "unauthenticated");
    // API Gateway renames WWW-Authenticate to this.
    assert_eq!(answer.header("x-amzn-remapped-www-authenticate"), "Bearer realm=\"carrel\"");
    assert_eq!(answer.header("cache-control"), "no-store");
}

/// The other tests change one part of a token and sign it again. They prove nothing unless an unchanged token is accepted.
#[tokio::test]
async fn a_token_signed_with_the_librarys_own_key_is_accepted() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let (token, key) = (Token::of(&reader), signing_key(SIGNING_SECRET));
    assert_accepted(&library, &access_token(&reader)).await;
    assert_accepted(&library, &token.signed(&key)).await;
    // Unknown claims are ignored.
    assert_accepted(&library, &token.claim("scope", json!("everything")).signed(&key)).await;
    assert_accepted(&library, &token.claim("jti", json!("another")).signed(&key)).await;
}

#[tokio::test]
async fn jwt3_every_claim_must_be_present_and_of_its_type() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let (token, key) = (Token::of(&reader), signing_key(SIGNING_SECRET));
    for name in ["iss", "aud", "sub", "sid", "iat", "nbf", "exp", "jti"] {
        assert_refused(&library, &token.claim(name, None).signed(&key), &format!("no {name}")).await;
        let real = token.claims[name].clone();
        let mut wrong = vec![Value::Null, json!(true), json!([]), json!({}), json!([real]), json!({"is": real})];
        if real.is_string() {
            wrong.extend([json!(0), json!(1.5)]);
        } else {
            let seconds = real.as_i64().unwrap_or_default();
            wrong.extend([json!(seconds.to_string()), json!(seconds as f64 + 0.5), json!(1e300), json!(u64::MAX)]);
        }
        for value in wrong {
            assert_refused(&library, &token.claim(name, value.clone()).signed(&key), &format!("{name} {value}")).await;
        }
        // Two parsers may read different values if a claim is given twice.
        let claims = token.claims.to_string();
        let twice = format!("{},\"{name}\":{real}}}", claims.trim_end_matches('}'));
        assert_refused(
            &library,
            &sign(&token.header.to_string(), &twice, &key, Algorithm::EdDSA),
            &format!("{name} twice"),
        )
        .await;
    }
    for claims in ["", "{}", "[]", "null", "7", "\"carrel\"", "{", "\u{0}"] {
        assert_refused(&library, &sign(&token.header.to_string(), claims, &key, Algorithm::EdDSA), claims).await;
    }
    assert_accepted(&library, &access_token(&reader)).await;
}

#[tokio::test]
async fn jwt3_every_claim_must_have_a_valid_value() {
    let library = Library::own().start().await;
    let (reader, other) = (library.reader().await, library.reader().await);
    let (token, key) = (Token::of(&reader), signing_key(SIGNING_SECRET));
    let others = Token::of(&other).claims;
    let now = token.claims["iat"].as_i64().unwrap_or_default();
    for (name, values) in [
        ("iss", vec![json!("another"), json!(""), json!("Carrel"), json!("carrel "), json!("https://carrel.example")]),
        ("aud", vec![json!("another"), json!(""), json!("Carrel"), json!("carrel "), json!("*")]),
        ("exp", vec![json!(now - 31), json!(0), json!(-1), json!(i64::MIN)]),
        ("nbf", vec![json!(now + 330), json!(now * 1_000), json!(i64::MAX)]),
        (
            "sub",
            vec![
                others["sub"].clone(),
                token.claims["sid"].clone(),
                json!(""),
                json!("jane"),
                json!("keys"),
                json!(format!("user#{}", reader.id)),
                json!(reader.id.replace('-', "")),
                json!("00000000-0000-0000-0000-000000000000"),
            ],
        ),
        (
            "sid",
            vec![
                others["sid"].clone(),
                token.claims["sub"].clone(),
                json!(""),
                json!("#id"),
                json!("00000000-0000-0000-0000-000000000000"),
            ],
        ),
    ] {
        for value in values {
            assert_refused(&library, &token.claim(name, value.clone()).signed(&key), &format!("{name} {value}")).await;
        }
    }
    // The clock of whoever has signed may be ahead by five minutes; a token ends within 30 seconds.
    assert_accepted(&library, &token.claim("nbf", json!(now + 270)).signed(&key)).await;
    assert_accepted(&library, &token.claim("exp", json!(now - 20)).signed(&key)).await;
}

#[tokio::test]
async fn jwt2_a_header_must_be_exactly_the_librarys() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let (token, key) = (Token::of(&reader), signing_key(SIGNING_SECRET));
    let another = signing_key("a forger's");
    for name in ["typ", "alg", "kid"] {
        assert_refused(&library, &token.header(name, None).signed(&key), &format!("no {name}")).await;
        for value in [Value::Null, json!(7), json!([token.header[name]]), json!({}), json!("")] {
            assert_refused(&library, &token.header(name, value.clone()).signed(&key), &format!("{name} {value}")).await;
        }
    }
    for (name, value) in [
        ("typ", json!("JWT")),
        ("typ", json!("jwt")),
        ("typ", json!("at+jwt ")),
        ("typ", json!("refresh+jwt")),
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("NONE")),
        ("alg", json!("eddsa")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("alg", json!("PS256")),
        ("alg", json!("ES256")),
        ("kid", json!("unknown")),
        ("kid", json!("keys")),
        ("kid", json!("../../../dev/null")),
        ("kid", json!("' OR 1=1 --")),
        ("kid", json!("k".repeat(1_000))),
        ("kid", json!("k".repeat(4_096))),
        ("jwk", public_jwk(&key)),
        ("jwk", Value::String("{}".into())),
        ("jku", json!(format!("{}/.well-known/jwks.json", library.url()))),
        ("x5u", json!("https://forger.example/certificate.pem")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!("exp")),
        ("b64", json!(false)),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("nonce", json!("n")),
        ("url", json!("https://forger.example")),
        ("whatever", json!(true)),
    ] {
        assert_refused(&library, &token.header(name, value.clone()).signed(&key), &format!("{name} {value}")).await;
    }

    // A forger's own key: named, embedded or linked.
    let embedded = public_jwk(&another);
    for (what, forged) in [
        ("another key", token.clone()),
        ("another key, embedded", token.header("jwk", embedded.clone())),
        ("another key, embedded, without its name", token.header("kid", None).header("jwk", embedded.clone())),
        ("another key by its name", token.header("kid", json!("forged")).header("jwk", embedded)),
        ("another key, linked", token.header("jku", json!("https://forger.example/jwks.json"))),
    ] {
        assert_refused(&library, &forged.signed(&another), what).await;
    }
    // Unknown keys do not evict the known ones.
    assert_accepted(&library, &access_token(&reader)).await;
}

#[tokio::test]
async fn jwt1_no_other_algorithm_is_accepted() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let (token, key) = (Token::of(&reader), signing_key(SIGNING_SECRET));
    let jwk = public_jwk(&key);
    let x = jwk["x"].as_str().unwrap_or_default();
    let bytes = BASE64.decode(x).expect("base64url");
    // RFC 8725, 2.1: the public key as a shared secret.
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        base64::prelude::BASE64_STANDARD
            .encode([b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".as_slice(), &bytes].concat())
    );
    for public in [bytes.as_slice(), x.as_bytes(), pem.as_bytes(), jwk.to_string().as_bytes(), b""] {
        for (name, algorithm) in [
            ("HS256", Algorithm::HS256),
            ("HS384", Algorithm::HS384),
            ("HS512", Algorithm::HS512),
            ("EdDSA", Algorithm::HS512),
        ] {
            let header = token.header("alg", json!(name)).header.to_string();
            let forged = sign(&header, &token.claims.to_string(), &EncodingKey::from_secret(public), algorithm);
            assert_refused(&library, &forged, name).await;
        }
    }
    for name in ["none", "None", "nOnE", "EdDSA", "HS256"] {
        let unsigned = token.header("alg", json!(name)).signed(&key);
        let unsigned = unsigned.rsplit_once('.').map(|(message, _)| message).unwrap_or_default();
        for signature in ["", ".", ".AA", ".bm9uZQ"] {
            assert_refused(&library, &format!("{unsigned}{signature}"), &format!("{name} {signature}")).await;
        }
    }
}

#[tokio::test]
async fn an_incomplete_or_changed_token_is_refused() {
    let library = Library::own().start().await;
    let (reader, other) = (library.reader().await, library.reader().await);
    let token = access_token(&reader);
    let others = access_token(&other);
    let parts: Vec<_> = token.split('.').collect();
    let [header, claims, signature] = [parts[0], parts[1], parts[2]];
    let others_signature = others.rsplit('.').next().unwrap_or_default();
    let mut mangled = vec![
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        "null".into(),
        "undefined".into(),
        "a.b.c".into(),
        "é.é.é".replace('é', "%C3%A9"),
        header.into(),
        format!("{header}."),
        format!("{header}.{claims}"),
        format!("{header}.{claims}."),
        format!("{header}..{signature}"),
        format!(".{claims}.{signature}"),
        format!("{claims}.{header}.{signature}"),
        format!("{header}.{claims}.{others_signature}"),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{signature}"),
        format!("{token}.{header}.{claims}.{signature}"),
        format!("{token}="),
        format!("{token}A"),
        format!("{token},{others}"),
        format!("\"{token}\""),
        format!("{header}. {claims}.{signature}"),
        token.to_uppercase(),
        token[1..].to_owned(),
        token.repeat(6),
        "A".repeat(2_049),
        "A".repeat(7_000),
        // An encrypted token has five parts.
        format!("{header}.{header}.{header}.{claims}.{signature}"),
        reader.refresh_token.clone().unwrap_or_default(),
    ];
    mangled.extend((1..token.len()).step_by(29).map(|end| token[..end].to_owned()));
    for token in mangled {
        assert_refused(&library, &token, &token).await;
    }
    for at in 0..token.len() {
        let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
        let flipped = format!("{}{other}{}", &token[..at], &token[at + 1..]);
        library.stranger().with_token(&flipped).get("/favorites").await.problem(401, "unauthenticated");
    }
    assert_accepted(&library, &token).await;
}

#[tokio::test]
async fn the_token_of_another_library_is_refused() {
    let library = Library::own().start().await;
    let elsewhere = Library::own().signing_secret("the signing secret of another library").start().await;
    let (here, there) = (library.reader().await, elsewhere.reader().await);
    assert_refused(&library, &access_token(&there), "another key").await;
    assert_refused(&elsewhere, &access_token(&here), "another key").await;
    // It is refused as well if it names a reader of this library, or also this library's key.
    let forged = Token { header: Token::of(&there).header, ..Token::of(&here) };
    assert_refused(&library, &forged.signed(&signing_key("the signing secret of another library")), "their key").await;
    let forged = Token::of(&here).signed(&signing_key("the signing secret of another library"));
    assert_refused(&library, &forged, "their key as ours").await;
    assert_accepted(&library, &access_token(&here)).await;

    // Libraries with the same secrets differ in their issuer.
    let twin = Library::own().settings(|settings| settings.issuer = "carrel-staging".into()).start().await;
    let reader = twin.reader().await;
    assert_refused(
        &twin,
        &Token::of(&reader).claim("iss", json!("carrel")).signed(&signing_key(SIGNING_SECRET)),
        "issuer",
    )
    .await;
    assert_accepted(&twin, &access_token(&reader)).await;
}

#[tokio::test]
async fn a_token_must_be_sent_once_and_as_a_bearer_token() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let (stranger, token) = (library.stranger(), access_token(&reader));
    for accepted in
        [format!("Bearer {token}"), format!("bearer {token}"), format!("BEARER {token}"), format!("Bearer  {token} ")]
    {
        stranger.get("/favorites").header("authorization", &accepted).await.expect(200);
    }
    let basic = base64::prelude::BASE64_STANDARD.encode(format!("{}:{token}", reader.email));
    for refused in [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        token.clone(),
        format!("Basic {basic}"),
        format!("Basic {token}"),
        format!("Token {token}"),
        format!("DPoP {token}"),
        format!("Bearer:{token}"),
        format!("Bearer={token}"),
        format!("BearerBearer {token}"),
        format!("Bearer Bearer {token}"),
        format!("Bearer {token} {token}"),
        format!("Bearer {token}, Bearer {token}"),
        format!("Bearer {token},"),
    ] {
        let answer = stranger.get("/favorites").header("authorization", &refused).await;
        assert_eq!(answer.status, 401, "{refused}");
        assert_challenge(answer);
    }
    // A token is accepted nowhere else: addresses and forms are logged, and browsers send cookies by themselves.
    assert_challenge(stranger.get(&format!("/favorites?access_token={token}")).await);
    assert_challenge(stranger.get("/favorites").header("x-access-token", &token).await);
    assert_challenge(stranger.get("/favorites").header("cookie", &format!("access_token={token}")).await);
    assert_challenge(
        stranger.post("/books", json!({"title": "Kindred", "author": "O. Butler", "access_token": token})).await,
    );
}

#[tokio::test]
async fn two_authorization_headers_are_refused() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let token = format!("Bearer {}", access_token(&reader));
    for other in [&token, "Bearer x", "Basic x", ""] {
        for [first, second] in [[&token, other], [other, &token]] {
            let request = library.stranger().get("/favorites").header("authorization", first);
            assert_challenge(request.header("authorization", second).await);
        }
    }
}

#[tokio::test]
async fn ses2_a_token_cannot_grant_a_role() {
    let library = Library::own().start().await;
    let (owner, reader) = (library.reader().await, library.reader().await);
    let book = owner.adds("Kindred", "Octavia E. Butler").await;
    let mut token = Token::of(&reader);
    for (name, value) in
        [("role", json!("admin")), ("roles", json!(["admin"])), ("admin", json!(true)), ("scope", json!("admin"))]
    {
        token = token.claim(name, value);
    }
    let pretender = reader.with_token(&token.signed(&signing_key(SIGNING_SECRET)));
    pretender.get("/favorites").await.expect(200);
    pretender.delete(&format!("/books/{book}")).await.problem(403, "forbidden");
    library.admin().await.delete(&format!("/books/{book}")).await.expect(204);
}
