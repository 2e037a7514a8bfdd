//! The management API, `/socket/@connections/{id}`: how a function reaches a socket. Its client is the SDK.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::json;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::close::Close;
use super::connection::{NotSent, is_id};
use super::sockets::Sockets;
use crate::dev;

pub(super) fn router() -> Router<Arc<Sockets>> {
    let connection = get(status).post(send).delete(close);
    Router::new()
        .route(&format!("{}/@connections/{{id}}", dev::LIVE), connection.clone())
        // Some SDKs encode the @.
        .route(&format!("{}/%40connections/{{id}}", dev::LIVE), connection)
        .route_layer(from_fn(signed))
}

/// Refuses a request without a signature. The signature itself is not checked: a laptop has no secrets.
async fn signed(request: Request, next: Next) -> Response<Body> {
    let signature = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if signature.is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 ")) {
        return next.run(request).await;
    }
    exception(StatusCode::FORBIDDEN, "MissingAuthenticationTokenException")
}

/// `POST`: sends a message
/// (<https://docs.aws.amazon.com/apigatewaymanagementapi/latest/api_reference/API_PostToConnection.html>). A client that does not
/// read keeps its socket, and is sent no more.
async fn send(State(sockets): State<Arc<Sockets>>, Path(id): Path<String>, body: Body) -> Response<Body> {
    let text = match Limited::new(body, sockets.limits.message).collect().await {
        Ok(body) => Utf8Bytes::try_from(body.to_bytes()),
        Err(problem) if problem.is::<LengthLimitError>() => {
            return exception(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException");
        }
        Err(_) => return bad_request(),
    };
    // Every frame is text.
    let Ok(text) = text else { return bad_request() };
    match sockets.find(&id).map(|connection| connection.send(text)) {
        Some(Ok(())) => Bytes::new().into_response(),
        Some(Err(NotSent::Full)) => exception(StatusCode::TOO_MANY_REQUESTS, "LimitExceededException"),
        Some(Err(NotSent::Gone)) | None => absent(&id),
    }
}

/// `GET`: who is connected, and since when.
async fn status(State(sockets): State<Arc<Sockets>>, Path(id): Path<String>) -> Response<Body> {
    let Some(connection) = sockets.find(&id) else { return absent(&id) };
    let status = json!({
        "connectedAt": connection.connected_at,
        "identity": {"sourceIp": connection.source_ip, "userAgent": connection.user_agent},
        "lastActiveAt": connection.last_active(),
    });
    Json(status).into_response()
}

/// `DELETE`: closes it.
async fn close(State(sockets): State<Arc<Sockets>>, Path(id): Path<String>) -> Response<Body> {
    let Some(connection) = sockets.remove(&id) else { return absent(&id) };
    connection.close(Close::NORMAL);
    StatusCode::NO_CONTENT.into_response()
}

/// The socket is closed or unknown. What has not the form of an id never was one.
fn absent(id: &str) -> Response<Body> {
    if is_id(id) { exception(StatusCode::GONE, "GoneException") } else { bad_request() }
}

fn bad_request() -> Response<Body> {
    exception(StatusCode::BAD_REQUEST, "BadRequestException")
}

/// SDKs identify an error by this header, and need no body.
fn exception(status: StatusCode, name: &'static str) -> Response<Body> {
    let mut response = status.into_response();
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(name));
    response
}
