//! API Gateway's WebSocket events.

use axum::http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::close::Close;
use super::connection::{Connection, new_id};
use crate::event::{Call, header_pairs, multiple, single};
use crate::template::WebSocketApi;

/// Returns the event of a client that asks for a socket.
pub(super) fn connect(api: &WebSocketApi, connection: &Connection, call: &Call) -> Value {
    let headers: Vec<_> = as_sent(&call.forwarded_headers()).collect();
    let query = call.query_parameters();
    let mut event = json!({
        "headers": single(headers.iter().cloned()),
        "multiValueHeaders": multiple(headers),
        "requestContext": context(api, connection, "$connect", "CONNECT"),
        "isBase64Encoded": false,
    });
    // Without a query the fields are missing, not null.
    if !query.is_empty() {
        event["queryStringParameters"] = single(query.iter().cloned());
        event["multiValueQueryStringParameters"] = multiple(query);
    }
    event
}

/// Returns the event of a message, for the route `key`.
pub(super) fn message(api: &WebSocketApi, connection: &Connection, key: &str, text: &str) -> Value {
    let mut context = context(api, connection, key, "MESSAGE");
    context["messageId"] = new_id().into();
    json!({ "requestContext": context, "body": text, "isBase64Encoded": false })
}

/// Returns the event of a closed socket.
pub(super) fn disconnect(api: &WebSocketApi, connection: &Connection, end: &Close) -> Value {
    let mut context = context(api, connection, "$disconnect", "DISCONNECT");
    context["disconnectStatusCode"] = end.code.into();
    context["disconnectReason"] = end.reason.as_ref().into();
    let headers = [("Host".to_owned(), connection.domain.clone())];
    json!({
        "headers": single(headers.clone()),
        "multiValueHeaders": multiple(headers),
        "requestContext": context,
        "isBase64Encoded": false,
    })
}

fn context(api: &WebSocketApi, connection: &Connection, key: &str, event_type: &str) -> Value {
    let now = Timestamp::now();
    json!({
        "apiId": "local",
        "connectedAt": connection.connected_at.as_millisecond(),
        "connectionId": connection.id,
        "domainName": connection.domain,
        "eventType": event_type,
        "extendedRequestId": new_id(),
        "identity": {"sourceIp": connection.source_ip, "userAgent": connection.user_agent},
        "messageDirection": "IN",
        "requestId": Uuid::new_v4().to_string(),
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S %z").to_string(),
        "requestTimeEpoch": now.as_millisecond(),
        "routeKey": key,
        "stage": api.stage,
    })
}

/// Returns headers with their conventional names (`Sec-WebSocket-Key`). Unlike the events of a REST API, these events have
/// them, and a lookup of `origin` finds nothing.
fn as_sent(headers: &HeaderMap) -> impl Iterator<Item = (String, String)> {
    let word = |word: &str| match word {
        "websocket" => "WebSocket".to_owned(),
        word => word[..1].to_uppercase() + &word[1..],
    };
    header_pairs(headers).map(move |(name, value)| {
        let words: Vec<_> =
            name.split('-').map(|part| if part.is_empty() { String::new() } else { word(part) }).collect();
        (words.join("-"), value)
    })
}
