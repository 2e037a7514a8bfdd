//! Rules for every function and every answer: headers, problem documents, routes, queries and bodies.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use local::openapi::openapi;
use local::template::Template;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Library, PASSWORD, Person, unique, unique_email};

const UNKNOWN_ID: &str = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";

/// Returns the methods of each path of the template.
fn routes() -> BTreeMap<String, BTreeSet<String>> {
    let template = Template::embedded().unwrap_or_else(|error| panic!("{error}"));
    let mut routes: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for route in &template.routes {
        routes.entry(with_unknown_ids(&route.path)).or_default().insert(route.method.clone());
    }
    routes
}

/// Returns the path with ids and a username that do not exist.
fn with_unknown_ids(path: &str) -> String {
    let ids = ["{bookId}", "{userId}", "{sessionId}", "{importId}"];
    let path = path.replace("{username}", "unknown").replace("{isbn}", "9780807083697").replace("{part}", "1");
    let path = path.replace("{token}", "00");
    ids.iter().fold(path, |path, id| path.replace(id, UNKNOWN_ID))
}

/// Returns operations that take JSON, each with a valid body.
async fn operations_with_json(reader: &Person) -> Vec<(Method, String, Value)> {
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    let whole = json!({"title": "Dawn", "author": "Octavia E. Butler"});
    vec![
        (Method::POST, "/auth/register".into(), json!({"email": unique_email(), "password": PASSWORD})),
        (Method::POST, "/auth/login".into(), json!({"email": reader.email, "password": PASSWORD})),
        (Method::POST, "/auth/refresh-token".into(), json!({"refreshToken": reader.refresh_token})),
        (Method::POST, "/auth/reset-password-request".into(), json!({"email": unique_email()})),
        (Method::PATCH, "/users/me".into(), json!({"firstName": "Jane"})),
        (Method::PUT, "/users/me/username".into(), json!({"username": unique("jane")})),
        (Method::POST, "/books".into(), whole.clone()),
        (Method::PUT, format!("/books/{book}"), whole),
        (Method::PATCH, format!("/books/{book}"), json!({"title": "Imago"})),
    ]
}

/// Asserts that the answer has the security headers (HDR1).
#[track_caller]
fn assert_security_headers(answer: &Answer) {
    for (name, value) in [
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(answer.header(name), value, "{name} of {answer:?}");
    }
    assert!(["no-store", "no-cache", "public, max-age=300"].contains(&answer.header("cache-control")), "{answer:?}");
    assert!(!answer.header("x-amzn-requestid").is_empty(), "{answer:?}");
    for revealing in ["server", "x-powered-by", "via"] {
        assert_eq!(answer.header(revealing), "", "{revealing} of {answer:?}");
    }
}

/// Asserts that the answer contains no internal name.
#[track_caller]
fn assert_nothing_internal(answer: &Answer) {
    for word in [
        "struct ",
        "serde",
        "axum",
        ".rs:",
        "dynamo",
        "Dynamo",
        "panicked",
        "unwrap",
        "carrel-",
        "target type",
        "\"pk\"",
        "NewBook",
        "Registration",
        "Credentials",
    ] {
        assert!(!answer.text.contains(word), "{word:?} in {}", answer.text);
    }
}

#[tokio::test]
async fn hdr1_every_answer_has_the_security_headers_whatever_its_status() {
    let library = Library::behind_gateway().await;
    let (reader, other, stranger) = (library.reader().await, library.reader().await, library.stranger());
    let book = format!("/books/{}", reader.adds("Kindred", "Octavia E. Butler").await);
    let favorite = book.replace("/books", "/favorites");
    let whole = json!({"title": unique("Dawn "), "author": "Octavia E. Butler"});
    let key = unique("key");
    reader.post("/books", whole.clone()).header("idempotency-key", &key).await.expect(201);
    let answers = [
        stranger.get("/books").await.expect(200),
        stranger.get(&book).await.expect(200),
        stranger.get("/.well-known/jwks.json").await.expect(200),
        reader.get("/favorites").await.expect(200),
        library.login(&reader.email, PASSWORD).await.expect(200),
        reader.post("/books", whole.clone()).await.expect(201),
        reader.post(&favorite, json!({})).await.expect(201),
        stranger.post("/auth/register", json!({"email": unique_email(), "password": PASSWORD})).await.expect(201),
        reader.delete(&favorite).await.expect(204),
        stranger.get(&book).header("if-none-match", "*").await.expect(304),
        stranger.get("/books?limit=0").await.expect(400),
        stranger.get("/books?limit=18446744073709551616").await.expect(400),
        stranger.get("/books/kindred").await.expect(400),
        reader.post("/favorites/kindred", json!({})).await.expect(400),
        stranger.post("/auth/login", json!({})).await.expect(400),
        stranger.post("/auth/login", json!({"email": "unknown", "password": "wrong"})).await.expect(401),
        stranger.post("/books", whole.clone()).await.expect(401),
        stranger.get("/favorites").await.expect(401),
        other.delete(&book).await.expect(403),
        stranger.get(&format!("/books/{UNKNOWN_ID}")).await.expect(404),
        reader.post(&format!("/favorites/{UNKNOWN_ID}"), json!({})).await.expect(404),
        stranger.get("/nowhere").await.expect(404),
        stranger.ask(Method::PUT, "/favorites").await.expect(404),
        stranger.post("/auth/register", json!({"email": reader.email, "password": PASSWORD})).await.expect(409),
        reader.patch(&book, json!({"title": "Imago"})).header("if-match", "\"7\"").await.expect(412),
        stranger.post("/auth/login", json!({"email": "a".repeat(5_000)})).await.expect(413),
        reader.post("/books", json!({"title": "a".repeat(70_000)})).await.expect(413),
        stranger.ask(Method::POST, "/auth/login").body("text/plain", "{}").await.expect(415),
        reader.ask(Method::POST, "/books").body("text/plain", "{}").await.expect(415),
        reader
            .post("/books", json!({"title": "Dawn", "author": "Another"}))
            .header("idempotency-key", &key)
            .await
            .expect(422),
    ];
    for answer in &answers {
        assert_security_headers(answer);
        assert_nothing_internal(answer);
        match answer.status {
            204 | 304 => assert_eq!(answer.text, "", "{answer:?}"),
            200 | 201 => assert_eq!(answer.header("content-type"), "application/json", "{answer:?}"),
            _ => assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}"),
        }
    }
    let ids: BTreeSet<_> = answers.iter().map(|answer| answer.header("x-amzn-requestid")).collect();
    assert_eq!(ids.len(), answers.len(), "each request has an id of its own");
}

#[tokio::test]
async fn hdr1_the_gateways_own_refusals_have_the_security_headers() {
    let library = Library::own().usage_plans().start().await;
    let stranger = library.stranger();
    let unknown = stranger.get("/books").header("x-api-key", "unknown").await.problem(403, "forbidden");
    assert_security_headers(&unknown);
    let answers = join_all((0..300).map(|_| stranger.get("/books").into_future())).await;
    let refused =
        answers.into_iter().find(|answer| answer.status == 429).expect("the requests exceed every plan's burst");
    let refused = refused.problem(429, "too-many-requests");
    assert_security_headers(&refused);
    assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{refused:?}");
    // The public signing keys need no API key.
    stranger.get("/.well-known/jwks.json").header("x-api-key", "unknown").await.expect(200);
}

#[tokio::test]
async fn a_problem_document_names_its_request() {
    let library = Library::behind_gateway().await;
    let (reader, stranger) = (library.reader().await, library.stranger());
    for (answer, status, kind, instance) in [
        (stranger.get("/books?limit=0&secret=1").await, 400, "invalid-input", "/v1/books".to_owned()),
        (stranger.get("/favorites").await, 401, "unauthenticated", "/v1/favorites".into()),
        (
            stranger.post("/login", json!({"email": "unknown", "password": "x"})).await,
            401,
            "unauthenticated",
            "/v1/login".into(),
        ),
        (reader.get(&format!("/books/{UNKNOWN_ID}")).await, 404, "not-found", format!("/v1/books/{UNKNOWN_ID}")),
        (stranger.get("/books/%C3%A9%20%2F").await, 400, "invalid-input", "/v1/books/%C3%A9%20%2F".into()),
        (stranger.get("/nowhere?secret=1").await, 404, "not-found", "/v1/nowhere".into()),
        (stranger.ask(Method::POST, "/auth/login").await, 400, "invalid-input", "/v1/auth/login".into()),
    ] {
        let answer = answer.problem(status, kind);
        assert_eq!(answer.string("instance"), instance);
        assert_eq!(answer.string("requestId"), answer.header("x-amzn-requestid"));
        let fields: Vec<_> =
            answer.json().as_object().into_iter().flat_map(|problem| problem.keys().cloned()).collect();
        let of_invalid = if answer.text.contains("errors") { Some("errors") } else { None };
        let expected: Vec<_> = ["code", "detail"]
            .into_iter()
            .chain(of_invalid)
            .chain(["instance", "requestId", "status", "title", "type"])
            .collect();
        assert_eq!(fields, expected);
    }
}

#[tokio::test]
async fn the_gateway_sets_the_request_id_and_the_client_does_not() {
    let library = Library::behind_gateway().await;
    for path in ["/favorites", "/nowhere"] {
        let mut request = library.stranger().get(path);
        for name in ["x-request-id", "x-amzn-requestid", "x-amz-request-id", "x-amzn-trace-id"] {
            request = request.header(name, "mine");
        }
        let answer = request.await;
        assert!(!answer.text.contains("mine") && !format!("{:?}", answer.headers).contains("mine"), "{answer:?}");
        assert_eq!(answer.string("requestId"), answer.header("x-amzn-requestid"));
    }
    let answer = library.stranger().get("/favorites").await;
    assert_eq!(answer.header("x-request-id"), answer.header("x-amzn-requestid"));
}

// Routes

#[tokio::test]
async fn an_unknown_route_is_not_found() {
    let library = Library::behind_gateway().await;
    let (reader, stranger) = (library.reader().await, library.stranger());
    let of_a_book = format!("/books/{UNKNOWN_ID}/pages");
    for path in [
        "/nowhere",
        "/auth",
        "/auth/",
        "/auth/register/now",
        "/auth/nowhere",
        "/Books",
        "/BOOKS",
        "/book",
        "/books.json",
        &of_a_book,
        "/favorites/mine/all",
        "/.well-known",
        "/.well-known/openid-configuration",
        "/v1/books",
        "/default/books",
        "/.env",
        "/index.php",
        "/favicon.ico",
    ] {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for person in [&stranger, &reader] {
                let answer = person.ask(method.clone(), path).await.problem(404, "not-found");
                assert_security_headers(&answer);
            }
        }
    }
}

#[tokio::test]
async fn a_path_has_only_the_methods_of_the_template() {
    let library = Library::behind_gateway().await;
    let stranger = library.stranger();
    for (path, methods) in routes() {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = stranger.ask(method.clone(), &path).await;
            assert!(answer.status != 405 && answer.status < 500, "{answer:?}");
            // The 404 of an unknown book differs from the 404 of an unknown route.
            let is_route = !answer.text.contains("There is no such route.");
            assert_eq!(is_route, methods.contains(method.as_str()), "{answer:?}");
            if !is_route {
                answer.problem(404, "not-found");
            }
        }
        // Each GET has its HEAD (RFC 9110, 9.1).
        assert_eq!(methods.contains("HEAD"), methods.contains("GET"), "{path}");
        // A browser sends a preflight without credentials.
        let preflight =
            stranger.ask(Method::OPTIONS, &path).header("origin", "https://somewhere.example").await.expect(200);
        assert_ne!(preflight.header("access-control-allow-methods"), "", "{preflight:?}");
        assert!(!["*", "https://somewhere.example"].contains(&preflight.header("access-control-allow-origin")));
    }
}

#[tokio::test]
async fn in3_an_unknown_query_parameter_is_named() {
    let library = Library::own().start().await;
    let contract = openapi().unwrap_or_else(|error| panic!("{error}"));
    let mut refused = 0;
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("methods").keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            let url = with_unknown_ids(path);
            // Access is checked first, so a librarian calls. Each operation gets a session of its own, because some
            // operations end it.
            let admin = library.admin().await;
            for (query, pointer) in [("surprise=1", "?surprise"), ("%20a%20", "? a "), ("=", "?")] {
                admin.ask(method.clone(), &format!("{url}?{query}")).await.invalid(pointer);
                refused += 1;
            }
            // A question mark alone is an empty query.
            let answer = admin.ask(method.clone(), &format!("{url}?")).await;
            assert!(answer.status != 400 || !answer.text.contains("is not known here"), "{answer:?}");
        }
    }
    assert!(refused >= 3 * 37, "{refused}");
}

#[tokio::test]
async fn neither_a_header_nor_a_parameter_overrides_the_method() {
    let library = Library::start().await;
    let reader = library.reader().await;
    let book = format!("/books/{}", reader.adds("Kindred", "Octavia E. Butler").await);
    // API Gateway itself overrides the method by `X-HTTP-Method-Override`. A page that sends it asks for permission first.
    for header in ["x-http-method", "x-method-override"] {
        reader.get(&book).header(header, "DELETE").await.expect(200);
    }
    reader.get(&format!("{book}?_method=DELETE")).await;
    reader.get(&book).await.expect(200);
}

// Bodies

#[tokio::test]
async fn in1_only_json_is_accepted() {
    let library = Library::start().await;
    let reader = library.reader().await;
    for (method, path, body) in operations_with_json(&reader).await {
        let ask = || reader.ask(method.clone(), &path);
        // A refresh without a body is valid: a website sends its token in a cookie.
        if path != "/auth/refresh-token" {
            ask().await.invalid("");
        }
        for kind in [
            "text/plain",
            "text/plain; charset=utf-8",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/xml",
            "application/octet-stream",
            "application/jsonp",
            "application/json5",
            "application/json-seq",
            "application/json, text/plain",
            "application/problem+json",
            "text/json",
            "json",
            "*/*",
            "",
        ] {
            let answer = ask().body(kind, body.to_string()).await;
            assert_eq!(answer.status, 415, "{kind:?}: {answer:?}");
            answer.problem(415, "unsupported-media-type");
        }
        for kind in [
            "application/json",
            "Application/JSON",
            "application/json;charset=utf-8",
            "application/json; charset=\"UTF-8\"",
        ] {
            let answer = ask().body(kind, body.to_string()).await;
            // The second registration is refused, but not because of its content type.
            assert!([200, 201, 202, 409].contains(&answer.status), "{kind:?}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn in1_fl24_a_body_is_accepted_up_to_the_limit_and_above_it_the_limit_is_told() {
    let library = Library::start().await;
    let reader = library.reader().await;
    for (method, path, body) in operations_with_json(&reader).await {
        let of_auth = path.starts_with("/auth") || path.ends_with("/username");
        let (limit, told) = if of_auth { (4 << 10, "4 KiB") } else { (64 << 10, "64 KiB") };
        let padded = |length: usize| {
            let body = body.to_string();
            format!("{body}{}", " ".repeat(length - body.len()))
        };
        let ask = |body: String| reader.ask(method.clone(), &path).body("application/json", body);
        let answer = ask(padded(limit)).await;
        assert!([200, 201, 202].contains(&answer.status), "{answer:?}");
        for length in [limit + 1, limit * 2, 1 << 20] {
            let detail = ask(padded(length)).await.problem(413, "too-large").string("detail");
            assert!(detail.contains(told), "{path}: {detail}");
            ask("{".repeat(length)).await.problem(413, "too-large");
            ask(format!("{{\"title\":\"{}\"}}", "a".repeat(length))).await.problem(413, "too-large");
        }
    }
}

#[tokio::test]
async fn in1_a_body_that_is_not_exactly_one_json_object_is_refused() {
    let library = Library::behind_gateway().await;
    let reader = library.reader().await;
    for (method, path, body) in operations_with_json(&reader).await {
        let text = body.to_string();
        let name = body.as_object().and_then(|body| body.keys().next().cloned()).unwrap_or_default();
        let value = body[&name].to_string();
        let deep = |depth: usize| format!("{{\"{name}\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        let malformed: Vec<Vec<u8>> = vec![
            "".into(),
            " ".into(),
            "{".into(),
            "}".into(),
            "nope".into(),
            "null".into(),
            "true".into(),
            "7".into(),
            "\"text\"".into(),
            "[]".into(),
            format!("[{text}]").into(),
            format!("[{value}]").into(),
            "\0".into(),
            text[..text.len() - 1].into(),
            text[1..].into(),
            format!("{text}x").into(),
            format!("{text}{text}").into(),
            format!("{text},").into(),
            format!("{text}\0").into(),
            format!("\u{feff}\u{feff}{text}").into(),
            text.replace('"', "'").into(),
            text.replace('}', ",}").into(),
            format!("{{{name}:{value}}}").into(),
            format!("{{\"{name}\":}}").into(),
            format!("{{\"{name}\":NaN}}").into(),
            format!("{{\"{name}\":undefined}}").into(),
            format!("{{\"{name}\":1e999}}").into(),
            format!("{{\"{name}\":\"\\ud800\"}}").into(),
            format!("{{\"{name}\":\"\\udc00\\ud800\"}}").into(),
            format!("{{\"{name}\":\"\\x41\"}}").into(),
            format!("{{\"{name}\":\"a\nb\"}}").into(),
            format!("// a comment\n{text}").into(),
            format!("{text}/**/").into(),
            [b"{\"", name.as_bytes(), b"\":\"\xff\xfe\"}"].concat(),
            [b"{\"", name.as_bytes(), b"\":\"\xed\xa0\x80\"}"].concat(),
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            deep(17).into(),
            deep(127).into(),
            deep(1_500).into(),
            format!("{{\"{name}\":{}", "{\"a\":".repeat(300)).into(),
        ];
        // The token may be in the cookie.
        let is_optional = path == "/auth/refresh-token";
        for body in malformed.into_iter().filter(|body| !(is_optional && body.is_empty())) {
            let shown = String::from_utf8_lossy(&body).into_owned();
            let answer = reader.ask(method.clone(), &path).body("application/json", body).await;
            assert_eq!(answer.status, 400, "{path} {shown}: {answer:?}");
            assert_nothing_internal(&answer.problem(400, "invalid-input"));
        }
        let ask = |body: String| reader.ask(method.clone(), &path).body("application/json", body);
        let pointer = format!("/{name}");
        ask(format!("{{\"{name}\":{value},{}", &text[1..])).await.invalid(&pointer);
        ask(format!("{{{},\"{name}\":{value}}}", &text[1..text.len() - 1])).await.invalid(&pointer);
        // A name with an escape sequence is the same name.
        let escaped = format!("\\u{:04x}{}", u32::from(name.as_bytes()[0]), &name[1..]);
        ask(format!("{{\"{escaped}\":{value},{}", &text[1..])).await.invalid(&pointer);
        for unknown in
            ["role", "owner", "id", "version", "passwordHash", "createdAt", "__proto__", "a/b", "a~b", "", " ", "é"]
        {
            let pointer = format!("/{}", unknown.replace('~', "~0").replace('/', "~1"));
            let mut body = body.clone();
            body[unknown] = json!({"deep": [[[]]]});
            assert_nothing_internal(&ask(body.to_string()).await.invalid(&pointer));
        }
    }
}
