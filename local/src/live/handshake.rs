//! `GET /socket`: a client asks for a socket, and the function admits or refuses it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::session::Session;
use super::sockets::Sockets;
use crate::dev;
use crate::event::Call;
use crate::wire::Peer;

pub(super) async fn handshake(
    State(sockets): State<Arc<Sockets>>,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    request: Request<Body>,
) -> Response<Body> {
    let (mut parts, _) = request.into_parts();
    let call = Call::new(peer.ip(), &parts, dev::LIVE.trim_start_matches('/'));
    let upgrade = parts.extensions.remove::<OnUpgrade>();
    let (Ok(answer), Some(upgrade)) = (create_response(&Request::from_parts(parts, ())), upgrade) else {
        return refusal(StatusCode::UPGRADE_REQUIRED);
    };
    let limits = sockets.limits;
    // A task of its own: if the client goes away meanwhile, the function hears of that as well.
    let session = match tokio::spawn(Session::admit(sockets, call)).await {
        Ok(Ok(session)) => session,
        Ok(Err(status)) => return refusal(status),
        Err(_) => return refusal(StatusCode::BAD_GATEWAY),
    };
    tokio::spawn(async move {
        if let Ok(connection) = upgrade.await {
            let config = WebSocketConfig::default().max_message_size(Some(limits.message));
            let config = config.max_frame_size(Some(limits.frame)).read_buffer_size(8 << 10).write_buffer_size(8 << 10);
            let connection = TokioIo::new(connection);
            session.serve(WebSocketStream::from_raw_socket(connection, Role::Server, Some(config)).await).await;
        }
    });
    answer.map(|()| Body::empty())
}

fn refusal(status: StatusCode) -> Response<Body> {
    let words =
        if status.is_server_error() { "Internal server error" } else { status.canonical_reason().unwrap_or("") };
    let mut response = Response::new(Body::from(json!({ "message": words }).to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status == StatusCode::UPGRADE_REQUIRED {
        response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    }
    response
}
