//! Secrets: random bytes that CloudFormation generates and no person sees, and the keys that are derived from them.

use std::fmt;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::{Client, config};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use hkdf::Hkdf;
use sha2::Sha256;

use crate::runtime::app;
use crate::runtime::environment::{self, Variable};
use crate::runtime::lambda::Error;
use crate::runtime::log::chain;

/// A secret. It cannot be printed or compared.
#[derive(Clone)]
pub struct Secret(Hkdf<Sha256>);

/// The error of a secret with less than 32 bytes.
#[derive(Debug, Clone, Copy)]
pub struct TooShort;

impl fmt::Display for TooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret should have at least 32 bytes")
    }
}

impl std::error::Error for TooShort {}

impl Secret {
    /// Makes a secret of these bytes.
    ///
    /// # Errors
    /// If it has less than 32 bytes.
    pub fn new(bytes: impl AsRef<[u8]>) -> Result<Self, TooShort> {
        // Without HKDF's extract step (RFC 5869, 3.3), because the secret is random already.
        Hkdf::from_prk(bytes.as_ref()).map(Secret).map_err(|_| TooShort)
    }

    /// Derives the key of a purpose (RFC 5869, 2.3). The keys of two purposes are independent.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        self.0.expand(purpose.as_bytes(), &mut key).expect("32 bytes are one block of SHA-256");
        key
    }
}

/// Reads secrets from Secrets Manager. These environment variables hold their names. They do not hold the secrets,
/// because everybody who may read a function's settings would see them.
///
/// # Errors
/// If a secret cannot be read, or is too short.
pub async fn read<const N: usize>(variables: [Variable; N]) -> Result<[Secret; N], Error> {
    let client = client(&app::sdk_config(environment::SECRETS_MANAGER_ENDPOINT.url()).await);
    let mut secrets = Vec::with_capacity(N);
    for variable in variables {
        let secret = fetch(&client, &variable.required()).await;
        secrets.push(secret.map_err(|error| format!("the secret of {}: {error}", variable.name()))?);
    }
    Ok(<[Secret; N]>::try_from(secrets).map_err(|_| "the number of secrets changed")?)
}

/// Returns a client that also tries again after a 429 that does not name its error.
fn client(config: &SdkConfig) -> Client {
    Client::from_conf(config::Builder::from(config).retry_classifier(TooManyRequests).build())
}

#[derive(Debug)]
struct TooManyRequests;

impl ClassifyRetry for TooManyRequests {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response().map(|answer| answer.status().as_u16()) {
            Some(429) => RetryAction::throttling_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "429"
    }
}

/// Reads the secret of that name or ARN.
async fn fetch(client: &Client, id: &str) -> Result<Secret, Error> {
    let answer = client.get_secret_value().secret_id(id).send().await.map_err(|error| chain(&error))?;
    Ok(Secret::new(answer.secret_string().ok_or("it has no text")?)?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use aws_sdk_secretsmanager::config::{Credentials, Region, SharedCredentialsProvider};
    use axum::Router;
    use axum::http::StatusCode;
    use axum::response::IntoResponse;
    use serde_json::json;
    use tokio::net::TcpListener;

    use super::*;

    /// Reads a secret from a Secrets Manager that refuses the first so many calls. Returns the result, and the number of
    /// calls.
    async fn fetched(status: u16, code: &'static str, refused: usize) -> (Result<(), String>, usize) {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let answer = async move || {
            let call = counted.fetch_add(1, Ordering::Relaxed);
            let body = if call < refused { json!({"__type": code}) } else { json!({"SecretString": "7".repeat(32)}) };
            let status = if call < refused { status } else { 200 };
            (StatusCode::from_u16(status).expect("a status"), body.to_string()).into_response()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        let credentials = SharedCredentialsProvider::new(Credentials::new("local", "local", None, None, "test"));
        let config = app::sdk_config(Some(endpoint)).await.into_builder();
        let config = config.region(Region::from_static("local")).credentials_provider(credentials).build();
        let secret = fetch(&client(&config), "carrel-pepper").await;
        (secret.map(|_| ()).map_err(|error| error.to_string()), calls.load(Ordering::Relaxed))
    }

    // The errors are those of
    // <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html> and
    // <https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html>.

    #[tokio::test]
    async fn fc3_a_secret_is_read_though_secrets_manager_is_busy_for_a_moment() {
        for (status, code) in [
            (400, "ThrottlingException"),
            (500, "InternalServiceError"),
            (500, "InternalFailure"),
            (503, "ServiceUnavailable"),
            (429, ""),
        ] {
            assert_eq!(fetched(status, code, 2).await, (Ok(()), 3), "{code}");
        }
    }

    #[tokio::test]
    async fn fc3_a_refusal_for_good_ends_the_start_at_once_and_is_named() {
        for code in [
            "AccessDeniedException",
            "DecryptionFailure",
            "InvalidParameterException",
            "InvalidRequestException",
            "ResourceNotFoundException",
        ] {
            let (result, calls) = fetched(400, code, usize::MAX).await;
            assert_eq!(calls, 1, "{code}");
            assert!(result.clone().is_err_and(|error| error.contains(code)), "{code}: {result:?}");
        }
    }

    #[test]
    fn a_key_depends_on_the_secret_and_the_purpose() {
        let secret = Secret::new([7; 32]).expect("32 bytes");
        // HMAC-SHA256 of "carrel password pepper" and the byte 1, under the secret.
        let key = secret.derive("carrel password pepper");
        assert_eq!(key[..8], [51, 101, 139, 60, 48, 241, 188, 219]);
        assert_ne!(key, secret.derive("carrel refresh token key"));
        assert_ne!(key, Secret::new([8; 32]).expect("32 bytes").derive("carrel password pepper"));
    }

    #[test]
    fn a_secret_under_32_bytes_is_refused() {
        assert!(Secret::new([7; 31]).is_err());
        assert!(Secret::new("").is_err());
    }
}
