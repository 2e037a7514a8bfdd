//! Malformed requests: in their paths, queries and headers, and as HTTP.

use reqwest::Method;
use tests::Library;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends bytes unchanged. Returns the status, and everything that was received.
async fn send(library: &Library, bytes: &[u8]) -> (u16, String) {
    let mut connection = connect(library).await;
    // The server may close the connection before it has read everything.
    let _ = connection.write_all(bytes).await;
    receive(connection).await
}

async fn connect(library: &Library) -> TcpStream {
    let address = library.url().trim_start_matches("http://").split('/').next().unwrap_or_default();
    TcpStream::connect(address).await.expect("the library listens")
}

async fn receive(mut connection: TcpStream) -> (u16, String) {
    let mut answer = Vec::new();
    let _ = connection.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    (answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default(), answer)
}

fn is_refused(status: u16) -> bool {
    (400..500).contains(&status)
}

/// Returns whether bytes that are hardly HTTP are refused. A closed connection is a refusal as well.
fn is_refused_or_closed(status: u16) -> bool {
    status == 0 || is_refused(status)
}

#[tokio::test]
async fn a_malformed_path_is_refused() {
    let library = Library::own().start().await;
    let token = library.reader().await.access_token.unwrap_or_default();
    let words = r#"
        %2F %2f%2F %00 % %zz %ff%fe %u0041 .. . ../.. %2e%2e %2E%2e%2f%2e%2e ..%2f..%2fetc%2fpasswd a%20b ü %C3%BC %E2%80%AE %F0%9F%93%9A 📚
        \ %5C..%5C ;a=b || [] {} {bookId} %7BbookId%7D <script> '' "" %0d%0aSet-Cookie:x %0a @:80 http://elsewhere.example/
        null undefined -1 0 * // BOOK#x title# ${jndi:ldap://elsewhere.example} '--
        01920000-0000-7000-8000-00000000000 01920000-0000-7000-8000-0000000000000 {01920000-0000-7000-8000-000000000000}
        urn:uuid:01920000-0000-7000-8000-000000000000 0192F3A4-5B6C-7D8E-9F01-23456789ABCD 0192f3a45b6c7d8e9f0123456789abcd
    "#;
    let mut malformed: Vec<Vec<u8>> = words.split_whitespace().map(|word| word.as_bytes().to_vec()).collect();
    // A path ends before these two, so that only a slash is at its end.
    malformed.extend((0..=255_u8).filter(|byte| !b"#?".contains(byte)).map(|byte| vec![byte]));
    malformed.extend((0..=255_u8).map(|byte| format!("%{byte:02x}").into_bytes()));
    malformed.extend([1_000, 8_000, 10_000, 10_240, 65_000].map(|length| vec![b'a'; length]));
    malformed.push("%2F".repeat(3_000).into_bytes());
    malformed.push("/a".repeat(3_000).into_bytes());

    let targets =
        [("GET", "/v1/books/"), ("DELETE", "/v1/books/"), ("POST", "/v1/favorites/"), ("GET", "/v1/"), ("GET", "/")];
    for malformed in &malformed {
        for (method, path) in targets {
            let head =
                format!(" HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n");
            let request = [format!("{method} {path}").as_bytes(), malformed, head.as_bytes()].concat();
            let (status, answer) = send(&library, &request).await;
            let shown = String::from_utf8_lossy(&malformed[..malformed.len().min(100)]).into_owned();
            assert!(is_refused(status), "{method} {path}{shown}: {answer}");
            assert!(!answer.to_lowercase().contains("\r\nset-cookie"), "{answer}");
        }
    }
    library.stranger().get("/books").await.expect(200);
}

#[tokio::test]
async fn a_malformed_query_is_refused_or_accepted_but_never_a_server_error() {
    let library = Library::own().start().await;
    let words = r#"
        = && % %ff a=%00 [] limit[]=1 limit=%00 limit=1&limit=2 title title= title=%ff title=%ED%A0%80 a?b + {"a":1}
        cursor= cursor=%00 cursor=🦀 cursor=../.. cursor=e30 cursor=AAAA sort= sort=- owner=you
    "#;
    let mut malformed: Vec<Vec<u8>> = words.split_whitespace().map(|word| word.as_bytes().to_vec()).collect();
    malformed.extend((0..=255_u8).map(|byte| vec![byte]));
    malformed.extend((0..=255_u8).map(|byte| format!("title=%{byte:02x}").into_bytes()));
    malformed.extend([
        b"title=".repeat(1_000),
        b"&a".repeat(4_000),
        [b"cursor=".as_slice(), &b"A".repeat(8_000)].concat(),
        b"title=a&".repeat(1_000),
    ]);
    for malformed in malformed {
        let request =
            [b"GET /v1/books?", malformed.as_slice(), b" HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"]
                .concat();
        let (status, answer) = send(&library, &request).await;
        assert!(
            is_refused(status) || status == 200,
            "{}: {answer}",
            String::from_utf8_lossy(&malformed[..malformed.len().min(100)])
        );
    }
}

#[tokio::test]
async fn no_header_causes_a_server_error() {
    let library = Library::own().start().await;
    let token = library.reader().await.access_token.unwrap_or_default();
    let line = |name: &str, value: &str| format!("{name}: {value}\r\n").into_bytes();
    let many = |count: usize| (0..count).flat_map(|number| line(&format!("x-{number}"), "a")).collect::<Vec<u8>>();
    let mut headers: Vec<(Vec<u8>, bool)> =
        vec![(line("x-long", &"a".repeat(8_000)), true), (many(50), true), (many(101), false), (many(5_000), false)];
    for length in [10_240, 65_536, 1 << 20] {
        headers.push((line("x-long", &"a".repeat(length)), false));
        headers.push((line(&"x".repeat(length), "a"), false));
        headers.push((line("authorization", &format!("Bearer {}", "a".repeat(length))), false));
    }
    for (headers, fits) in headers {
        let start = format!(
            "GET /v1/favorites HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\nconnection: close\r\n"
        );
        let (status, answer) = send(&library, &[start.as_bytes(), &headers, b"\r\n"].concat()).await;
        let shown = String::from_utf8_lossy(&headers[..100]).into_owned();
        assert!(if fits { status == 200 } else { is_refused_or_closed(status) }, "{shown}: {answer}");
    }
    // Each header that the code reads, with each byte that is neither a letter nor a digit.
    let signed_in = format!("authorization: Bearer {token}\r\n");
    let unknown_book = "/books/0192f3a4-5b6c-7d8e-9f01-23456789abcd";
    for (name, method, path) in [
        ("host", "GET", "/books"),
        ("authorization", "GET", "/favorites"),
        ("content-type", "POST", "/books"),
        ("idempotency-key", "POST", "/books"),
        ("if-match", "DELETE", unknown_book),
        ("if-none-match", "GET", unknown_book),
        ("user-agent", "POST", "/auth/refresh-token"),
        ("x-forwarded-for", "GET", "/books"),
        ("x-api-key", "GET", "/books"),
        ("x-amzn-trace-id", "GET", "/books"),
        ("cookie", "GET", "/favorites"),
        ("expect", "POST", "/books"),
    ] {
        let signed_in = if name == "authorization" { "" } else { &signed_in };
        for byte in (0..=255_u8).filter(|byte| !byte.is_ascii_alphanumeric()) {
            let start = format!(
                "{method} /v1{path} HTTP/1.1\r\nconnection: close\r\ncontent-length: 2\r\n{signed_in}{name}: a"
            );
            let (status, answer) = send(&library, &[start.as_bytes(), &[byte], b"b\r\n\r\n{}"].concat()).await;
            assert!(is_refused(status) || status == 200, "{name} {byte}: {answer}");
        }
    }
    library.stranger().with_token(&token).get("/favorites").await.expect(200);
}

#[tokio::test]
async fn malformed_http_is_refused_and_the_server_goes_on() {
    let library = Library::own().start().await;
    for bytes in [
        b"\r\n\r\n".as_slice(),
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /v1/books\r\n\r\n",
        b"GET /v1/books HTTP/9.9\r\n\r\n",
        b"GET /v1/books HTTP/1.1\r\nhost",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT elsewhere.example:443 HTTP/1.1\r\nhost: elsewhere.example\r\nconnection: close\r\n\r\n",
        b"TRACE /v1/books HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        b"PURGE /v1/books HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        b"GET http://elsewhere.example/v1/nowhere HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        b"POST /v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\nconnection: close\r\n\r\n{}",
        b"POST /v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\ncontent-length: 3\r\nconnection: close\r\n\r\n{}",
        b"POST /v1/auth/login HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"POST /v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n{}",
    ] {
        let mut connection = connect(&library).await;
        let _ = connection.write_all(bytes).await;
        // The end of the request: the server need not wait for more.
        let _ = connection.shutdown().await;
        let (status, answer) = receive(connection).await;
        assert!(is_refused_or_closed(status), "{}: {answer}", String::from_utf8_lossy(bytes));
    }
    library.stranger().get("/books").await.expect(200);
}

#[tokio::test]
async fn the_refusal_of_an_unread_body_closes_the_connection() {
    let library = Library::behind_gateway().await;
    let reader = library.reader().await;
    // Otherwise the client would send its next request on a connection that the server no longer reads.
    let refused = reader.ask(Method::POST, "/books").body("application/json", "x".repeat(11 << 20)).await;
    // API Gateway's own words, which no template can change.
    assert_eq!(refused.expect(413).header("connection"), "close");
    assert_eq!(reader.get("/books").await.expect(200).header("connection"), "");
}
