//! `GET /.well-known/jwks.json`.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use shared::edge::error::Result;
use shared::tables::sessions::keys::PublicKey;
use utoipa::ToSchema;

use crate::Auth;

/// The public keys (RFC 7517).
#[derive(Serialize, ToSchema)]
pub(crate) struct JwkSet {
    keys: Vec<Jwk>,
}

/// An Ed25519 public key (RFC 8037).
#[derive(Serialize, ToSchema)]
struct Jwk {
    #[schema(example = "OKP")]
    kty: &'static str,
    #[schema(example = "Ed25519")]
    crv: &'static str,
    #[schema(example = "EdDSA")]
    alg: &'static str,
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    usage: &'static str,
    /// The `kid` of the tokens that this key verifies.
    kid: String,
    /// The key, base64url.
    x: String,
}

/// Returns the public keys that verify access tokens.
///
/// # Errors
/// None of its own.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "auth", operation_id = "jwks",
    extensions(("x-access" = json!("public"))),
    responses((status = 200, description = "The keys.", body = JwkSet)))]
pub(crate) async fn jwks(State(auth): State<Auth>) -> Result<impl IntoResponse> {
    let now = auth.app.now().as_second();
    let public = |PublicKey { id, x }| Jwk { kty: "OKP", crv: "Ed25519", alg: "EdDSA", usage: "sig", kid: id, x };
    let keys = auth.app.sessions.public_keys().await?.into_iter().filter(|(_, until)| now < *until);
    let keys = keys.map(|(key, _)| public(key)).collect();
    Ok(([(header::CACHE_CONTROL, "public, max-age=300")], Json(JwkSet { keys })))
}
