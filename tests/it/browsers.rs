//! Websites: cookies, and what pages of other origins cannot do with them (SECURITY.md: CK1, CSRF1, COR1).

use reqwest::Method;
use serde_json::json;
use tests::{Answer, Library, PASSWORD, Person, unique_email};

const SITE: &str = "https://library.example";

async fn library() -> Library {
    let origins = || vec![SITE.to_owned(), "https://other.example".to_owned()];
    Library::own().settings(|settings| settings.allowed_origins = origins()).start().await
}

/// Returns the cookies that an answer sets: name, value and attributes.
fn cookies(answer: &Answer) -> Vec<(String, String, String)> {
    let headers = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let split = |cookie: &str| {
        let (pair, attributes) = cookie.split_once("; ")?;
        let (name, value) = pair.split_once('=')?;
        Some((name.to_owned(), value.to_owned(), attributes.to_owned()))
    };
    headers.filter_map(split).collect()
}

/// Signs in as a website does. Returns the `Cookie` header that the browser sends from then on.
async fn cookie_session(library: &Library, reader: &Person) -> String {
    let credentials = json!({"email": reader.email, "password": PASSWORD, "session": "cookie"});
    let answer = library.stranger().post("/auth/login", credentials).await.expect(200);
    cookies(&answer).into_iter().map(|(name, value, _)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn ck1_a_websites_tokens_are_only_in_cookies_that_no_script_can_read() {
    let library = library().await;
    let reader = library.reader().await;
    let credentials = json!({"email": reader.email, "password": PASSWORD, "session": "cookie"});
    let answer = library.stranger().post("/auth/login", credentials).await.expect(200);
    assert_eq!(answer.json(), json!({"tokenType": "Cookie", "expiresIn": 600}));
    let cookies = cookies(&answer);
    assert_eq!(cookies.len(), 3, "all pass through the gateway");
    for ((name, value, attributes), age) in cookies.iter().zip([600, 30 * 86_400, 90 * 86_400]) {
        assert!(name.starts_with("__Host-") && !value.is_empty(), "{name}={value}");
        assert_eq!(attributes, &format!("Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}"));
    }
    let registration = json!({"email": unique_email(), "password": PASSWORD, "session": "cookie"});
    let welcome = library.stranger().post("/auth/register", registration).await.expect(201);
    assert!(welcome.json()["accessToken"].is_null() && welcome.json()["refreshToken"].is_null());
    assert_eq!(self::cookies(&welcome).len(), 3);
    let wrong = json!({"email": reader.email, "password": PASSWORD, "session": "both"});
    library.stranger().post("/auth/login", wrong).await.invalid("/session");
}

#[tokio::test]
async fn ck1_every_function_accepts_the_cookie_but_not_beside_an_invalid_authorization_header() {
    let library = library().await;
    let reader = library.reader().await;
    let cookie = cookie_session(&library, &reader).await;
    for path in ["/users/me", "/favorites", "/books?owner=me", "/auth/sessions"] {
        library.stranger().get(path).header("cookie", &cookie).await.expect(200);
        library.stranger().get(path).header("cookie", &format!("theme=dark; {cookie}; lang=en")).await.expect(200);
        let bad = library.stranger().get(path).header("cookie", &cookie).header("authorization", "Bearer nonsense");
        bad.await.problem(401, "unauthenticated");
        library.stranger().get(path).header("cookie", "__Host-access=nonsense").await.problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn ck1_a_website_refreshes_with_its_cookie_and_signs_out() {
    let library = library().await;
    let reader = library.reader().await;
    let cookie = cookie_session(&library, &reader).await;
    let refreshed =
        library.stranger().ask(Method::POST, "/auth/refresh-token").header("cookie", &cookie).await.expect(200);
    assert_eq!(refreshed.json(), json!({"tokenType": "Cookie", "expiresIn": 600}));
    let cookie: String = cookies(&refreshed).iter().map(|(name, value, _)| format!("{name}={value}; ")).collect();

    let goodbye = library.stranger().ask(Method::POST, "/auth/logout").header("cookie", &cookie).await.expect(200);
    for (name, value, attributes) in cookies(&goodbye) {
        assert_eq!((value.as_str(), attributes.ends_with("Max-Age=0")), ("", true), "{name}");
    }
    library.stranger().get("/users/me").header("cookie", &cookie).await.problem(401, "unauthenticated");
    let refresh = library.stranger().ask(Method::POST, "/auth/refresh-token").header("cookie", &cookie);
    refresh.await.problem(401, "unauthenticated");
    // The browser has deleted the cookies.
    let refresh = library.stranger().ask(Method::POST, "/auth/refresh-token");
    refresh.await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn csrf1_a_page_of_another_origin_changes_nothing_with_a_victims_cookie() {
    let library = library().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    let cookie = cookie_session(&library, &reader).await;
    let attacks = [
        vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        vec![("sec-fetch-site", "same-site"), ("origin", "https://evil.library.example")],
        vec![("sec-fetch-site", "cross-site")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("origin", "https://library.example.evil.example")],
    ];
    let favorite = format!("/favorites/{book}");
    let requests = [
        (Method::POST, favorite.as_str(), None),
        (Method::POST, "/auth/logout", None),
        (Method::POST, "/auth/refresh-token", None),
        (Method::DELETE, &format!("/books/{book}"), None),
        (Method::POST, "/books", Some(json!({"title": "Forged", "author": "Evil"}))),
        (Method::PUT, "/users/me/username", Some(json!({"username": "forged"}))),
        (Method::DELETE, "/users/me", Some(json!({"password": PASSWORD}))),
        (
            Method::PUT,
            "/auth/password",
            Some(json!({"currentPassword": PASSWORD, "newPassword": "staple of the horse"})),
        ),
        // To sign the victim in to the attacker's account is an attack, too.
        (Method::POST, "/auth/login", Some(json!({"email": reader.email, "password": PASSWORD, "session": "cookie"}))),
        (Method::POST, "/auth/register", Some(json!({"email": unique_email(), "password": PASSWORD}))),
    ];
    for attack in &attacks {
        for (method, path, body) in &requests {
            let mut request = library.stranger().ask(method.clone(), path).header("cookie", &cookie);
            for (name, value) in attack {
                request = request.header(name, value);
            }
            let answer = match body {
                Some(body) => request.json(body).await,
                None => request.await,
            };
            assert_eq!(answer.status, 403, "{attack:?} {method} {path}: {}", answer.text);
            answer.problem(403, "forbidden");
        }
    }
    // A form can send text/plain without a preflight, but no operation accepts it.
    let form = library.stranger().ask(Method::POST, "/books").header("cookie", &cookie);
    form.body("text/plain", r#"{"title": "Forged", "author": "Evil"}"#).await.problem(415, "unsupported-media-type");
    let form = library.stranger().ask(Method::POST, "/auth/refresh-token").header("cookie", &cookie);
    form.body("text/plain", "").await.problem(415, "unsupported-media-type");
    assert_eq!(reader.get("/books?owner=me").await.expect(200).each("title"), ["Kindred"]);
    assert_eq!(reader.get("/favorites").await.expect(200).each("title"), [""; 0]);
}

#[tokio::test]
async fn csrf1_pages_of_allowed_origins_change_books() {
    let library = library().await;
    let reader = library.reader().await;
    let cookie = cookie_session(&library, &reader).await;
    for allowed in [
        vec![("sec-fetch-site", "cross-site"), ("origin", SITE)],
        vec![("sec-fetch-site", "same-origin")],
        vec![("sec-fetch-site", "none")],
        vec![("origin", "https://other.example")],
        vec![],
    ] {
        let mut request = library.stranger().ask(Method::POST, "/books").header("cookie", &cookie);
        for (name, value) in &allowed {
            request = request.header(name, value);
        }
        request.json(&json!({"title": "Kindred", "author": "Octavia E. Butler"})).await.expect(201);
    }
}

#[tokio::test]
async fn cor1_only_a_page_of_exactly_an_allowed_origin_reads_an_answer() {
    let library = library().await;
    let ask = async |origin: &str, path: &str| library.stranger().get(path).header("origin", origin).await;
    for path in ["/books", "/favorites", "/books/nonsense"] {
        for allowed in [SITE, "https://other.example"] {
            let answer = ask(allowed, path).await;
            assert_eq!(answer.header("access-control-allow-origin"), allowed, "{path}");
            assert_eq!(answer.header("access-control-allow-credentials"), "true");
            assert!(answer.header("vary").contains("Origin"));
        }
        for foreign in [
            "null",
            "https://library.example.evil.example",
            "https://evillibrary.example",
            "http://library.example",
            "https://library.example:8443",
            "https://sub.library.example",
            "https://LIBRARY.example",
        ] {
            let answer = ask(foreign, path).await;
            assert_eq!(answer.header("access-control-allow-origin"), "", "{foreign} {path}");
        }
    }
    // The gateway's own answers can name only one origin: the template's first, not the caller's.
    let gateway = ask("https://evil.example", "/nowhere").await.problem(404, "not-found");
    assert!(!gateway.header("access-control-allow-origin").contains("evil"));
}

#[tokio::test]
async fn aw4_a_page_of_another_site_signs_in_with_tokens_and_is_told_why_not_with_cookies() {
    let library = library().await;
    let reader = library.reader().await;
    let origin = library.url().trim_end_matches("/v1").to_owned();
    let sign_in = |page: &str, site: &str, session: &str| {
        let credentials = json!({"email": reader.email, "password": PASSWORD, "session": session});
        library.stranger().post("/auth/login", credentials).header("origin", page).header("sec-fetch-site", site)
    };
    // As a browser sends it from the page of an allowed origin, which is another site than the API.
    let refused = sign_in(SITE, "cross-site", "cookie").await.invalid("/session");
    assert!(
        refused.text.contains("a browser keeps no cookies of 127.0.0.1 for a page of library.example"),
        "{}",
        refused.text
    );
    assert_eq!((refused.header("set-cookie"), refused.header("access-control-allow-origin")), ("", SITE));
    sign_in(SITE, "cross-site", "token").await.expect(200);
    // From a page of the API's own origin, and of its site.
    assert!(!cookies(&sign_in(&origin, "same-origin", "cookie").await.expect(200)).is_empty());
    assert!(!cookies(&sign_in(SITE, "same-site", "cookie").await.expect(200)).is_empty());
    // Nobody is registered by a request that is refused.
    let email = unique_email();
    let registration = json!({"email": email, "password": PASSWORD, "session": "cookie"});
    let ask = || library.stranger().post("/auth/register", registration.clone()).header("origin", SITE);
    ask().header("sec-fetch-site", "cross-site").await.invalid("/session");
    ask().header("sec-fetch-site", "same-site").await.expect(201);
}

#[tokio::test]
async fn a_page_of_this_machine_may_call_a_laptops_library_and_is_told_which_name_to_use_for_cookies() {
    let machines = local::PAGES_OF_THIS_MACHINE.map(str::to_owned);
    let library = Library::own().settings(|settings| settings.allowed_origins = machines.into()).start().await;
    let reader = library.reader().await;
    let port = library.url().rsplit(':').next().and_then(|rest| rest.split('/').next()).unwrap_or_default().to_owned();
    for page in ["http://localhost:5173", "http://127.0.0.1:3000", "http://localhost"] {
        let preflight = library.stranger().ask(Method::OPTIONS, "/books").header("origin", page).await.expect(200);
        assert_eq!(preflight.header("access-control-allow-origin"), page);
        let book = json!({"title": "Kindred", "author": "Octavia E. Butler"});
        let added = reader.post("/books", book).header("origin", page).header("sec-fetch-site", "cross-site").await;
        assert_eq!(added.expect(201).header("access-control-allow-origin"), page);
        let nowhere = library.stranger().get("/nowhere").header("origin", page).await.expect(404);
        assert_eq!(nowhere.header("access-control-allow-origin"), page);
    }
    let credentials = json!({"email": reader.email, "password": PASSWORD, "session": "cookie"});
    let sign_in = |page: &str, site: &str| {
        let ask = library.stranger().post("/auth/login", credentials.clone());
        ask.header("origin", page).header("sec-fetch-site", site)
    };
    let refused = sign_in("http://localhost:5173", "cross-site").await.invalid("/session");
    assert!(refused.text.contains(&format!("Call this library at localhost:{port}")), "{}", refused.text);
    sign_in("http://127.0.0.1:5173", "same-site").await.expect(200);
    // Every other page stays out.
    let foreign = reader
        .post("/books", json!({"title": "a", "author": "b"}))
        .header("origin", "http://localhost.evil.example:80");
    assert_eq!(foreign.await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn aw5_three_websites_get_their_preflights() {
    let sites = ["https://library.example", "https://www.library.example", "https://other.example"];
    let origins = sites.map(str::to_owned).to_vec();
    let library = Library::own().settings(|settings| settings.allowed_origins = origins).start().await;
    for path in ["/books", "/users/me", "/books/0192f3a4-5b6c-7d8e-9f01-23456789abcd/", "/"] {
        for site in sites {
            let preflight = library.stranger().ask(Method::OPTIONS, path).header("origin", site).await.expect(200);
            assert_eq!(preflight.header("access-control-allow-origin"), site, "{path}");
            assert_eq!(preflight.header("access-control-allow-credentials"), "true");
            assert!(preflight.header("access-control-allow-headers").contains("If-None-Match"));
            assert!(preflight.header("access-control-allow-methods").contains("PATCH"));
            assert_eq!(preflight.header("vary"), "Origin");
        }
        for foreign in ["https://evil.example", "null", "https://library.example.evil.example"] {
            let preflight = library.stranger().ask(Method::OPTIONS, path).header("origin", foreign).await.expect(200);
            assert_eq!(preflight.header("access-control-allow-origin"), "", "{foreign}");
        }
    }
}
