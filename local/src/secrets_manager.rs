//! GetSecretValue of Secrets Manager (JSON 1.1) under `/dev/secrets`
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::dev;

/// The name and the value of a secret.
pub(crate) type Named = (&'static str, String);

/// Returns the route of every operation. SDKs add a slash to the path.
pub(crate) fn router(secrets: impl Into<Vec<Named>>) -> Router {
    let secrets: Arc<Vec<Named>> = Arc::new(secrets.into());
    Router::new()
        .route(dev::SECRETS, post(answer))
        .route(&format!("{}/", dev::SECRETS), post(answer))
        .with_state(secrets)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetSecretValue {
    /// The name or the ARN.
    secret_id: String,
    version_id: Option<String>,
    version_stage: Option<String>,
}

/// The version of every secret, which is never rotated here.
const VERSION: (&str, &str) = ("00000000-0000-0000-0000-000000000000", "AWSCURRENT");

/// The most characters of a name or an ARN.
const LONGEST_ID: usize = 2048;

async fn answer(State(secrets): State<Arc<Vec<Named>>>, headers: HeaderMap, body: Bytes) -> Response {
    let of = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !of(header::AUTHORIZATION).starts_with("AWS4-HMAC-SHA256 ") {
        return refuse("MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    if of(HeaderName::from_static("x-amz-target")) != "secretsmanager.GetSecretValue" {
        return refuse("UnknownOperationException", "only GetSecretValue is supported here");
    }
    let wanted: GetSecretValue = match serde_json::from_slice(&body) {
        Ok(wanted) => wanted,
        Err(problem) => return refuse("SerializationException", &problem.to_string()),
    };
    if !(1..=LONGEST_ID).contains(&wanted.secret_id.chars().count()) {
        return refuse("InvalidParameterException", "Invalid name. The name must have 1 to 2048 characters.");
    }
    if wanted.version_id.is_some_and(|id| id != VERSION.0)
        || wanted.version_stage.is_some_and(|stage| stage != VERSION.1)
    {
        return refuse("ResourceNotFoundException", "Secrets Manager can't find the specified version of the secret.");
    }
    let is_wanted = |name: &str| [name, &arn(name)].contains(&wanted.secret_id.as_str());
    match secrets.iter().find(|(name, _)| is_wanted(name)) {
        Some((name, secret)) => typed(
            StatusCode::OK,
            &json!({
                "ARN": arn(name),
                "Name": name,
                "SecretString": secret,
                "VersionId": VERSION.0,
                "VersionStages": [VERSION.1],
            }),
        ),
        None => refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret."),
    }
}

fn arn(name: &str) -> String {
    format!("arn:aws:secretsmanager:local:123456789012:secret:{name}")
}

fn refuse(kind: &str, message: &str) -> Response {
    typed(StatusCode::BAD_REQUEST, &json!({ "__type": kind, "Message": message }))
}

fn typed(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.1")], Json(body)).into_response()
}
