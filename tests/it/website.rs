//! The website as its server has it: addresses, files, facts, and what browsers and search engines may keep.

use std::collections::BTreeSet;
use std::io::Read;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use brotli_decompressor::Decompressor;
use local::default_settings;
use reqwest::{Client, Method, Response, redirect};
use serde_json::{Value, json};
use shared::runtime::app::{Clock, TableNames, public_library, sdk_config};
use tests::{Library, Person};
use tower::ServiceExt;
use web::{PAGES, Web};

use crate::contract::read;

const UNKNOWN: &str = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";
/// A title that would break a page which does not escape it.
const HOSTILE: &str = "</script><script>\"'&<!--\u{202e}x";

/// The two places where a runner has the site.
fn doors(library: &Library) -> [String; 2] {
    [library.local().site().to_owned(), format!("{}/web", library.url())]
}

/// Sends a GET, and follows no redirect.
async fn get(url: &str) -> Response {
    let client = Client::builder().redirect(redirect::Policy::none()).build().expect("a client");
    client.get(url).send().await.unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn page(url: &str) -> String {
    let answer = get(url).await;
    assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8", "{url}");
    answer.text().await.expect("text")
}

/// Returns the value of the attribute after each mark.
fn values<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    text.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Returns a file.
async fn file(url: &str) -> String {
    let answer = get(url).await;
    assert_eq!(answer.status(), 200, "{url}");
    answer.text().await.expect("text")
}

#[test]
fn the_server_and_the_script_know_the_same_pages() {
    let router = read("functions/web/web/shell/router.js");
    let (_, list) = router.split_once("export const PATTERNS = [").expect("the list of pages");
    let (list, _) = list.split_once("];").expect("its end");
    let script: BTreeSet<_> = values(list, "\"").into_iter().filter(|path| path.starts_with('/')).collect();
    assert_eq!(script, PAGES.iter().map(|page| page.path).collect());
    // The module that the server has a browser load early is the one that the script loads.
    let main = read("functions/web/web/shell/main.js");
    let desk = read("functions/web/web/pages/desk/desk-pages.js");
    for page in &PAGES {
        let (script, module) = match page.module.strip_prefix("pages/").and_then(|module| module.split_once('/')) {
            Some(("desk", module)) => (&desk, format!("./{module}")),
            Some((folder, module)) => (&desk, format!("../{folder}/{module}")),
            None => (&main, format!("../{}", page.module)),
        };
        let line = format!("\"{}\": () => import(\"{module}\")", page.path);
        assert!(script.contains(&line), "the script should have {line}");
    }
}

#[tokio::test]
async fn wb9_each_page_is_at_both_doors_and_leads_nowhere_else() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let book = reader.adds("Kindred", "Octavia E. Butler").await;
    let old = reader.adds("Dawn", "Octavia E. Butler").await;
    reader.ask(Method::POST, &format!("/books/{old}/archive")).await.expect(200);
    for (door, base) in doors(&library).iter().zip(["", "/v1/web"]) {
        for known in &PAGES {
            let id = if known.path.starts_with("/old-books") { &old } else { &book };
            let path = known.path.replace(":id", id);
            for address in [format!("{door}{path}"), format!("{door}{}/", path.trim_end_matches('/'))] {
                let answer = get(&address).await;
                assert_eq!(answer.status(), 200, "{address}");
                let text = answer.text().await.expect("text");
                assert!(text.contains(&format!("<meta name=\"carrel-base\" content=\"{base}\">")), "{address}: {text}");
                for canonical in values(&text, "rel=\"canonical\" href=\"") {
                    assert_eq!(canonical.trim_end_matches('/'), format!("{door}{path}").trim_end_matches('/'));
                }
            }
        }
        assert_eq!(header(&get(&format!("{door}/reservations")).await, "location"), format!("{base}/me"));
    }
}

#[tokio::test]
async fn a_script_comes_with_brotli_to_whoever_accepts_it() {
    let library = Library::own().start().await;
    let site = library.local().site();
    let home = page(site).await;
    let scripts = values(&home, "src=\"").into_iter().filter(|name| name.ends_with(".js"));
    let url = scripts.map(|name| format!("{site}{name}")).next().expect("a script");
    let plain = file(&url).await;
    let accepting = [("br", true), ("gzip, deflate, br, zstd", true), ("gzip;q=1.0,BR;q=0.5", true)];
    let refusing =
        [("br;q=0", false), ("br; q=0.000", false), ("gzip", false), ("*", false), ("", false), ("brotli", false)];
    for (accepted, is_brotli) in accepting.into_iter().chain(refusing) {
        let answer = Client::new().get(&url).header("accept-encoding", accepted).send().await.expect("an answer");
        assert_eq!(header(&answer, "content-encoding"), if is_brotli { "br" } else { "" }, "{accepted:?}");
        let varies: Vec<_> = answer.headers().get_all("vary").iter().collect();
        assert!(varies.contains(&&"accept-encoding".parse().expect("a value")), "{accepted:?}: {varies:?}");
        let bytes = answer.bytes().await.expect("bytes");
        let mut text = Vec::new();
        if is_brotli {
            Decompressor::new(&bytes[..], 4_096).read_to_end(&mut text).expect("Brotli");
        } else {
            text = bytes.to_vec();
        }
        assert_eq!(String::from_utf8_lossy(&text), plain, "{accepted:?}");
    }
}

#[tokio::test]
async fn wb8_all_that_a_page_names_is_there_for_ever_and_nothing_else_is() {
    let library = Library::own().start().await;
    let site = library.local().site();
    let (mut waiting, mut seen) = (Vec::new(), BTreeSet::new());
    for known in &PAGES {
        let text = page(&format!("{site}{}", known.path.replace(":id", UNKNOWN))).await;
        let named = ["<script src=\"", "src=\"", "href=\""].iter().flat_map(|mark| values(&text, mark));
        waiting.extend(named.filter(|name| name.starts_with("/v1/web/-/")).map(|name| format!("{site}{name}")));
    }
    while let Some(url) = waiting.pop() {
        if !seen.insert(url.clone()) {
            continue;
        }
        let answer = get(&url).await;
        assert_eq!(answer.status(), 200, "{url}");
        assert_eq!(header(&answer, "cache-control"), "public, max-age=31536000, immutable", "{url}");
        let text = if url.ends_with(".js") || url.ends_with(".css") { file(&url).await } else { String::new() };
        let folder = url.rsplit_once('/').map_or("", |(folder, _)| folder);
        let named = ["from \"./", "import \"./", "import(\"./"].iter().flat_map(|mark| values(&text, mark));
        waiting.extend(named.map(|name| format!("{folder}/{name}")));
        let fonts = text.split("url(./").skip(1).filter_map(|rest| rest.split(')').next());
        waiting.extend(fonts.map(|name| format!("{folder}/{name}")));
    }
    assert!(seen.len() > 30, "{seen:?}");

    for door in doors(&library) {
        for unknown in ["main.js", "main-00000000.js", "..%2Fmain.js", "%ff", "", "a/b"] {
            for folder in [format!("{door}/-/"), format!("{}/v1/web/-/", library.local().site())] {
                let answer = get(&format!("{folder}{unknown}")).await;
                assert_eq!(answer.status(), 404, "{folder}{unknown}");
                assert_eq!(header(&answer, "cache-control"), "no-store", "{folder}{unknown}");
            }
        }
    }
}

#[tokio::test]
async fn a_page_is_checked_each_time_and_sent_once() {
    let library = Library::own().start().await;
    let url = format!("{}/about", library.local().site());
    let first = get(&url).await;
    assert_eq!(header(&first, "cache-control"), "no-cache");
    let again =
        Client::new().get(&url).header("if-none-match", header(&first, "etag")).send().await.expect("an answer");
    assert_eq!(again.status(), 304);
    assert_eq!(header(&again, "content-security-policy"), header(&first, "content-security-policy"));
}

#[tokio::test]
async fn every_page_has_the_policies_and_nothing_inline() {
    let library = Library::own().start().await;
    let id = library.reader().await.adds(HOSTILE, HOSTILE).await;
    let connect = format!("connect-src 'self' {}", library.local().site().replacen("http", "ws", 1));
    for path in ["/", "/sign-in", "/nothing", "/v1/docs", &format!("/books/{id}")] {
        let answer = get(&format!("{}{path}", library.local().site())).await;
        let policy = header(&answer, "content-security-policy").to_owned();
        for directive in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            connect.as_str(),
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ] {
            assert!(policy.split("; ").any(|it| it == directive), "{path}: {directive} is not in {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("data:") && !policy.contains("http"), "{policy}");
        assert_eq!(header(&answer, "cross-origin-opener-policy"), "same-origin");
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        let text = answer.text().await.expect("text");
        assert!(!text.contains("style=") && !text.contains("<style"), "{text}");
        // Every script is a file or data.
        for script in text.split("<script").skip(1) {
            assert!(
                script.starts_with(" src=")
                    || script.starts_with(" type=\"application/")
                    || script.starts_with(" type=\"module\" src=")
            );
        }
    }
}

#[tokio::test]
async fn wb47_the_page_of_a_book_tells_of_this_book() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let book = json!({"title": "Kindred", "author": "Octavia E. Butler", "publicationYear": 1979, "language": "English",
        "isbn": "9780807083697", "pages": 264});
    let id = reader.post("/books", book).await.expect(201).string("id");
    for door in doors(&library) {
        let url = format!("{door}/books/{id}");
        let text = page(&url).await;
        for part in [
            "<title>Kindred · Carrel</title>".to_owned(),
            format!("<link rel=\"canonical\" href=\"{url}\">"),
            format!("<meta property=\"og:url\" content=\"{url}\">"),
            "<meta property=\"og:title\" content=\"Kindred\">".to_owned(),
            "<meta name=\"description\" content=\"A book by Octavia E. Butler, written 1979.\">".to_owned(),
            "<h1><bdi>Kindred</bdi></h1>".to_owned(),
            "<dt>Written</dt><dd><bdi>1979</bdi></dd>".to_owned(),
        ] {
            assert!(text.contains(&part), "{part} is not in {text}");
        }
        let schema = in_script(&text, "<script type=\"application/ld+json\">");
        assert_eq!(
            (&schema["@type"], &schema["name"], &schema["isbn"]),
            (&json!("Book"), &json!("Kindred"), &json!("9780807083697"))
        );
        let answered = reader.get(&format!("/books/{id}")).await.expect(200).json();
        assert_eq!(in_script(&text, "<script type=\"application/json\" id=\"book\">"), answered);
    }
    // A moved book has its page where it is now.
    reader.ask(Method::POST, &format!("/books/{id}/archive")).await.expect(200);
    let site = library.local().site();
    assert_eq!(get(&format!("{site}/books/{id}")).await.status(), 404);
    assert!(page(&format!("{site}/old-books/{id}")).await.contains("<title>Kindred · Carrel</title>"));
}

/// Returns the JSON of the script that begins with `mark`.
fn in_script(page: &str, mark: &str) -> Value {
    let (_, script) = page.split_once(mark).unwrap_or_else(|| panic!("{mark} is not in {page}"));
    let (json, _) = script.split_once("</script>").expect("its end");
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

#[tokio::test]
async fn wb47_no_title_leaves_its_place() {
    let library = Library::own().start().await;
    let reader = library.reader().await;
    let long = "x".repeat(500);
    for title in [HOSTILE, "The א Book", &long, "\"><img src=x onerror=alert(1)>"] {
        let id = reader
            .post("/books", json!({"title": title, "author": title.chars().take(100).collect::<String>()}))
            .await
            .expect(201)
            .string("id");
        let text = page(&format!("{}/books/{id}", library.local().site())).await;
        let stored = reader.get(&format!("/books/{id}")).await.expect(200).json();
        assert_eq!(in_script(&text, "<script type=\"application/json\" id=\"book\">"), stored);
        assert_eq!(in_script(&text, "<script type=\"application/ld+json\">")["name"], stored["title"]);
        assert!(!text.contains("<img") && !text.contains("<!--"), "{text}");
        assert_eq!(text.matches("<script").count(), 4, "{text}");
    }
}

#[tokio::test]
async fn wb47_a_members_only_library_tells_strangers_of_no_book() {
    let library = Library::own().settings(|settings| settings.members_only_reads = true).start().await;
    let id = library.reader().await.adds("Kindred", "Octavia E. Butler").await;
    let [known, unknown] = [id.as_str(), UNKNOWN].map(|id| format!("{}/books/{id}", library.local().site()));
    let text = page(&known).await;
    assert!(!text.contains("Kindred") && text.contains("noindex"), "{text}");
    let (known, unknown) = (get(&known).await, get(&unknown).await);
    assert_eq!((known.status(), unknown.status()), (StatusCode::OK, StatusCode::OK));
    assert_eq!(text, unknown.text().await.expect("text"));
    assert_eq!(file(&format!("{}/robots.txt", library.local().site())).await, "User-agent: *\nDisallow: /\n");
}

#[tokio::test]
async fn wb48_search_engines_keep_what_is_for_everybody_and_nothing_that_is_gone() {
    let library = Library::own().start().await;
    let site = library.local().site();
    for private in [
        "/sign-in?next=/me",
        "/sign-up",
        "/reset-password?token=x",
        "/verify-email",
        "/letters",
        "/me",
        "/account",
        "/search?q=a",
        "/books/new",
    ] {
        let text = page(&format!("{site}{private}")).await;
        assert!(
            text.contains("<meta name=\"robots\" content=\"noindex\">") && !text.contains("canonical"),
            "{private}"
        );
    }
    for public in ["/", "/about", "/old-books"] {
        let text = page(&format!("{site}{public}?from=x")).await;
        assert!(!text.contains("noindex") && !text.contains("from=x"), "{public}: {text}");
    }
    for gone in
        [format!("/books/{UNKNOWN}"), "/books/kindred".into(), "/nothing".into(), "/sitemap.xml".into(), "/web".into()]
    {
        let answer = get(&format!("{site}{gone}")).await;
        assert_eq!((answer.status(), header(&answer, "cache-control")), (StatusCode::NOT_FOUND, "no-store"), "{gone}");
        let text = answer.text().await.expect("text");
        assert!(text.contains("noindex") && text.contains("<main id=\"main\">"), "{gone}: {text}");
    }
    let robots = get(&format!("{site}/robots.txt")).await;
    assert_eq!(header(&robots, "content-type"), "text/plain; charset=utf-8");
    assert!(
        robots.text().await.is_ok_and(|text| text.starts_with("User-agent: *\n") && text.ends_with("Disallow: /v1/\n"))
    );
    let icon = get(&format!("{site}/favicon.ico")).await;
    let icon = get(&format!("{site}{}", header(&icon, "location"))).await;
    assert_eq!((icon.status(), header(&icon, "content-type")), (StatusCode::OK, "image/svg+xml"));
}

#[tokio::test]
async fn wb14_pages_by_another_name_of_this_machine_lead_to_the_one_that_letters_name() {
    let library = Library::own().start().await;
    let site = library.local().site().to_owned();
    let port = site.rsplit_once(':').map_or("", |(_, port)| port);
    let client = Client::builder().redirect(redirect::Policy::none()).build().expect("a client");
    for host in ["localhost", "LOCALHOST", "[::1]"] {
        let ask = |path: &str| client.get(format!("{site}{path}")).header("host", format!("{host}:{port}")).send();
        for path in ["/", "/search?q=a%2Fb", "/v1/web/me"] {
            let answer = ask(path).await.expect("an answer");
            assert_eq!(
                (answer.status().as_u16(), header(&answer, "location")),
                (307, format!("{site}{path}").as_str())
            );
        }
        // Programs call the API by any name.
        assert_eq!(ask("/v1/health").await.expect("an answer").status(), 200, "{host}");
    }
}

#[tokio::test]
async fn a_page_is_read_only() {
    let library = Library::own().start().await;
    let post = Client::new().post(format!("{}/sign-in", library.local().site())).body("password=x");
    assert_eq!(post.send().await.expect("an answer").status(), 405);
    // Whoever is signed in gets the same page as everybody.
    let Person { access_token, .. } = library.reader().await;
    let cookie = format!("__Host-access={}", access_token.unwrap_or_default());
    let url = format!("{}/me", library.local().site());
    let signed_in = Client::new().get(&url).header("cookie", cookie).send().await.expect("an answer");
    assert_eq!(signed_in.text().await.expect("text"), page(&url).await);
}

/// Returns what the site of a library with a domain answers to an event of API Gateway. It cannot reach its rules.
async fn with_domain(event: &Value) -> (StatusCode, String, String) {
    let library =
        public_library(&sdk_config(Some("http://127.0.0.1:9".to_owned())).await, &TableNames::all(str::to_owned));
    let web = web::app(Web::new(
        default_settings(),
        "key".to_owned(),
        Some("library.example".to_owned()),
        "wss://live.example/v1",
        library,
        Clock::system(),
    ));
    let request = shared::runtime::lambda::request(&event.to_string()).expect("an event");
    let mut request: Request<_> = request.map(|_| Body::empty());
    // In the cloud, AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH keeps the stage out of the path.
    *request.uri_mut() = request.uri().to_string().replacen("/v1/", "/", 1).parse().expect("a URI");
    let answer = web.oneshot(request).await.unwrap_or_else(|never| match never {});
    let location = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
    (status, location, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn wb9_a_library_with_a_domain_has_its_pages_there() {
    // Beside the API: an event of the REST API.
    let mut event: Value = serde_json::from_str(&read("events/web/page.json")).expect("JSON");
    event["queryStringParameters"] = json!({"q": "a b"});
    event["multiValueQueryStringParameters"] = json!({"q": ["a b"]});
    let (status, location, _) = with_domain(&event).await;
    assert_eq!(status, StatusCode::PERMANENT_REDIRECT);
    assert!(location.starts_with("https://library.example/search?q=a"), "{location}");
    // At the domain: an event of the HTTP API.
    let event = json!({"version": "2.0", "routeKey": "$default", "rawPath": "/about", "rawQueryString": "",
        "headers": {"host": "library.example", "x-forwarded-proto": "https"}, "isBase64Encoded": false,
        "requestContext": {"accountId": "1", "apiId": "a", "domainName": "library.example", "domainPrefix": "library",
            "http": {"method": "GET", "path": "/about", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "x"},
            "requestId": "1", "routeKey": "$default", "stage": "$default", "time": "14/Mar/2026:09:33:17 +0000", "timeEpoch": 1}});
    let (status, _, page) = with_domain(&event).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(
        page.contains("<title>Carrel</title>") && page.contains("<meta name=\"carrel-base\" content=\"\">"),
        "{page}"
    );
    assert!(page.contains("href=\"https://library.example/about\""), "{page}");
    // Its files are beside the API, behind the same domain.
    let event: Value = serde_json::from_str(&read("events/web/file.json")).expect("JSON");
    assert_eq!(with_domain(&event).await.0, StatusCode::NOT_FOUND);
}
