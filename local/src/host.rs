//! The name by which a client calls this machine. A page of a foreign site can have its own host name lead to this machine
//! (DNS rebinding); then its requests bear that name, and the browser takes their answers for the site's own.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses a request that was sent to a foreign name. No name leads to an address of this machine by accident: `localhost`
/// does by definition, and Docker's containers have a name for the machine that they run on.
pub(crate) async fn refuse_foreign(request: Request, next: Next) -> Response {
    let header = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or_default());
    let names = [request.uri().authority().map(axum::http::uri::Authority::as_str), header];
    if names.into_iter().flatten().all(is_ours) {
        return next.run(request).await;
    }
    let problem = "This machine answers to localhost and 127.0.0.1, not to the name of another host.\n";
    (StatusCode::MISDIRECTED_REQUEST, problem).into_response()
}

/// Returns whether a host, with or without its port, is an address or a name of this machine.
fn is_ours(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let names = ["localhost", "host.docker.internal"];
    address.parse::<IpAddr>().is_ok() || names.iter().any(|ours| name.trim_end_matches('.').eq_ignore_ascii_case(ours))
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn loc1_names_of_other_hosts_are_foreign() {
        for ours in [
            "localhost",
            "localhost:9000",
            "LOCALHOST.",
            "127.0.0.1:9000",
            "127.0.0.2",
            "[::1]:9000",
            "172.17.0.1:8001",
        ] {
            assert!(is_ours(ours), "{ours}");
        }
        for foreign in [
            "evil.example",
            "evil.example:9000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "",
            "a b",
            "127.0.0.1@evil.example",
        ] {
            assert!(!is_ours(foreign), "{foreign}");
        }
    }
}
