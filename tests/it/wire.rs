//! Details of HTTP that real clients send: bytes in headers, HEAD, slashes, media types, conditions (FL and FC in
//! SECURITY.md).

use image::{ImageFormat, Rgb};
use reqwest::Method;
use serde_json::json;
use tests::{Library, PASSWORD, unique};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::pictures::{encoded, plain};

const UNKNOWN_ID: &str = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";

/// Sends lines of a head as bytes, and a body. Returns the status, and everything that was received.
async fn send(library: &Library, lines: &[&[u8]], body: &str) -> (u16, String) {
    let address = library.url().trim_start_matches("http://").split('/').next().unwrap_or_default();
    let mut connection = TcpStream::connect(address).await.expect("the library listens");
    let length = format!("content-length: {}\r\nhost: {address}\r\nconnection: close\r\n\r\n{body}", body.len());
    let request = [lines.join(&b"\r\n"[..]), b"\r\n".to_vec(), length.into_bytes()].concat();
    let _ = connection.write_all(&request).await;
    let mut answer = Vec::new();
    let _ = connection.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    (answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default(), answer)
}

#[tokio::test]
async fn fc1_fl2_a_cookie_of_another_app_signs_nobody_out() {
    let library = Library::own().start().await;
    let token = library.reader().await.access_token.unwrap_or_default();
    for foreign in [&b"city=Torrej\xf3n"[..], "name=René".as_bytes(), b"\xff\xfe\x80", b"a=\"b", b"="] {
        for cookies in [
            [b"cookie: ", foreign, b"; __Host-access=", token.as_bytes()].concat(),
            [b"cookie: __Host-access=", token.as_bytes(), b";", foreign].concat(),
            [b"cookie: ", foreign, b"\r\ncookie: __Host-access=", token.as_bytes()].concat(),
        ] {
            let (status, answer) = send(&library, &[b"GET /v1/users/me HTTP/1.1", &cookies], "").await;
            assert_eq!(status, 200, "{}: {answer}", String::from_utf8_lossy(&cookies));
        }
    }
}

#[tokio::test]
async fn fc1_one_byte_voids_no_header() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    let bearer = format!("authorization: Bearer {}", reader.access_token.clone().unwrap_or_default());
    let bearer = bearer.as_bytes();
    let (get, put) = (format!("GET /v1/books/{book} HTTP/1.1"), format!("PATCH /v1/books/{book} HTTP/1.1"));
    let json = b"content-type: application/json".as_slice();
    let login = json!({"email": reader.email, "password": PASSWORD}).to_string();
    for (lines, body, status) in [
        (vec![get.as_bytes(), b"if-none-match: \"caf\xe9\", \"1\""], "", 304),
        (vec![put.as_bytes(), bearer, json, b"if-match: \"caf\xe9\""], r#"{"pages": 1}"#, 412),
        (vec![put.as_bytes(), bearer, b"content-type: application/json; by=\"Ren\xe9\""], r#"{"pages": 1}"#, 200),
        (vec![b"POST /v1/auth/login HTTP/1.1", json, b"user-agent: Caf\xe9Reader/1.0"], &login, 200),
        (vec![get.as_bytes(), b"accept: caf\xe9/1, */*", b"x-forwarded-for: \xe9", b"x-any: \xff"], "", 200),
        // It is a token, and not a valid one.
        (vec![b"GET /v1/users/me HTTP/1.1", b"authorization: Bearer caf\xe9"], "", 401),
    ] {
        let (answered, answer) = send(&library, &lines, body).await;
        assert_eq!(answered, status, "{:?}: {answer}", String::from_utf8_lossy(&lines.join(&b'|')));
    }
    let sessions = reader.get("/auth/sessions").await.expect(200);
    assert!(sessions.text.contains("Reader/1.0"), "{}", sessions.text);
}

#[tokio::test]
async fn fc8_fl9_a_head_is_answered_like_its_get_without_the_content() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let book = admin.adds("Kindred", "Octavia E. Butler").await;
    let picture = format!("/users/{UNKNOWN_ID}/picture");
    let book = format!("/books/{book}");
    for path in [
        "/health",
        "/docs",
        "/openapi.json",
        "/",
        "/.well-known/jwks.json",
        &picture,
        "/books",
        &book,
        "/archive/books",
        "/users/me",
        "/users",
        "/auth/sessions",
        "/favorites",
        "/reservations",
        "/events",
        "/activity",
        "/books?surprise=1",
        "/health?surprise=1",
        "/books/nonsense",
        "/nowhere",
    ] {
        let (get, head) = (admin.get(path).await, admin.ask(Method::HEAD, path).await);
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.text, "", "{path}");
        for name in ["content-type", "etag", "cache-control", "location", "strict-transport-security"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
    }
}

#[tokio::test]
async fn fc9_fl13_a_slash_at_the_end_finds_the_same_route() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    for path in ["/books/", &format!("/books/{book}/"), "/docs/", "/health/", "/users/me/", "/favorites/"] {
        reader.get(path).await.expect(200);
    }
    reader.ask(Method::POST, &format!("/favorites/{book}/")).await.expect(201);
    reader.get("/books/?limit=1").await.expect(200);
    reader.get("/books/?surprise=1").await.invalid("?surprise");
    // A page that was asked for with the slash goes on without it, and the other way round.
    reader.adds("Dawn", "Octavia E. Butler").await;
    let cursor = reader.get("/books/?limit=1").await.expect(200).string("nextCursor");
    reader.get(&format!("/books?limit=1&cursor={cursor}")).await.expect(200);
    for path in ["/books//", "//books", "/books//1"] {
        reader.get(path).await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn fc10_fl14_a_media_type_is_read_without_its_parameters_and_old_names_of_images_are_known() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    for kind in [
        "application/json; charset=utf8",
        "application/json;",
        "application/json; ;charset=us-ascii; v=\"1;2\"",
        "application/merge-patch+json; x",
        "Application/JSON ; charset=iso-8859-1",
    ] {
        let body = json!({"title": unique("Kindred "), "author": "Octavia E. Butler"}).to_string();
        reader.ask(Method::POST, "/books").body(kind, body).await.expect(201);
    }
    let image = encoded(&plain(16, 16, Rgb([142, 69, 133])), ImageFormat::Jpeg);
    for kind in ["image/jpg", "image/pjpeg", "IMAGE/jpeg; q=1", "image/jpeg;"] {
        reader.ask(Method::PUT, "/users/me/picture").body(kind, image.clone()).await.expect(204);
    }
    reader.ask(Method::PUT, "/users/me/picture").body("image/gif", image).await.refused(415, "image-expected");
}

#[tokio::test]
async fn fl18_a_condition_counts_for_every_method() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let path = format!("/books/{}", reader.adds("Kindred", "Octavia E. Butler").await);
    let whole = json!({"title": "Dawn", "author": "Octavia E. Butler"});
    let me = reader.get("/users/me").await.expect(200).header("etag").to_owned();
    for (method, path, body) in [
        (Method::PUT, path.as_str(), Some(&whole)),
        (Method::PATCH, &path, Some(&whole)),
        (Method::DELETE, &path, None),
        (Method::POST, &format!("{path}/archive"), None),
        (Method::PATCH, "/users/me", Some(&json!({"firstName": "Jane"}))),
    ] {
        let ask = |name: &str, value: &str| {
            let request = reader.ask(method.clone(), path).header(name, value);
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        let current = if path == "/users/me" { me.as_str() } else { "\"1\"" };
        ask("if-none-match", "*").await.problem(412, "stale");
        ask("if-none-match", current).await.problem(412, "stale");
        ask("if-none-match", &format!("\"a,b\", W/{current}")).await.problem(412, "stale");
        ask("if-match", "\"a,b\"").await.problem(412, "stale");
        ask("if-match", "\"a\", \"b,c\"").await.problem(412, "stale");
        ask("if-match", "a,b").await.invalid("If-Match");
        ask("if-none-match", "1").await.invalid("If-None-Match");
    }
    reader.patch(&path, whole).header("if-none-match", "\"7\", \"a,b\"").await.expect(200);
    reader.get(&path).header("if-none-match", "\"a,b\", \"2\"").await.expect(304);
}

#[tokio::test]
async fn fl24_fc18_a_parameter_is_refused_in_our_words() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    let words = |answer: &tests::Answer| answer.json()["errors"][0]["detail"].as_str().unwrap_or_default().to_owned();
    for path in ["/books", "/archive/books", "/users", "/favorites", "/activity", "/events"] {
        for limit in ["", "x", "0", "101", "1.5", "%20", "99999999999999999999", "-1", "1e2"] {
            let answer = admin.get(&format!("{path}?limit={limit}")).await.invalid("?limit");
            assert_eq!(words(&answer), "should be a whole number from 1 to 100", "{path}?limit={limit}");
        }
    }
    for sort in ["", "x", "Title", "createdAt", "-title"] {
        let answer = admin.get(&format!("/books?sort={sort}")).await.invalid("?sort");
        assert_eq!(words(&answer), "should be `title` or `-createdAt`", "{sort}");
    }
    for (path, pointer) in [
        ("/events?after=x", "?after"),
        ("/events?after=", "?after"),
        ("/activity?user=x", "?user"),
        ("/books?owner=you", "?owner"),
        ("/books?isbn=", "?isbn"),
        ("/books?title=", "?title"),
        ("/auth/logout?scope=x", "?scope"),
    ] {
        let method = if path.contains("logout") { Method::POST } else { Method::GET };
        let words = words(&admin.ask(method, path).await.invalid(pointer));
        for parser in ["invalid digit", "cannot parse", "variant", "expected", "empty string", "struct", "u64", "i64"] {
            assert!(!words.contains(parser), "{path}: {words}");
        }
    }
}

#[tokio::test]
async fn the_address_of_the_api_leads_to_its_documentation() {
    let library = Library::own().start().await;
    for address in [library.url().to_owned(), format!("{}/", library.url())] {
        let page = reqwest::get(&address).await.expect("an answer");
        assert_eq!((page.status().as_u16(), page.url().path()), (200, "/v1/docs"), "{address}");
        let type_ = page.headers()["content-type"].to_str().map(str::to_owned);
        assert_eq!(type_.as_deref().ok(), Some("text/html; charset=utf-8"));
    }
}

#[tokio::test]
async fn what_has_no_body_is_told_what_to_send() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let refused = reader.delete("/users/me").await.invalid("/password");
    assert!(
        refused.string("detail").starts_with("the body is missing; send a JSON object; /password"),
        "{}",
        refused.text
    );
    reader.ask(Method::PATCH, "/users/me").await.invalid("");
    reader.get("/users/me").await.expect(200);
    let title = library.login(&reader.email, "wrong").await.refused(401, "wrong-credentials").string("title");
    assert_eq!(title, "Not signed in");
}

#[tokio::test]
async fn aw16_a_resource_without_methods_is_no_route() {
    let library = Library::own().start().await;
    let admin = library.admin().await;
    for path in ["/users/by-username", "/users/by-username/", "/live", "/auth", "/.well-known", "/archive"] {
        admin.get(path).await.refused(404, "no-such-route");
    }
}
