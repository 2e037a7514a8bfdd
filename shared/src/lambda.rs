//! Runs a function's router on AWS Lambda.

use axum::Router;
pub use lambda_http::Error;
use lambda_http::tracing;

/// Answers events with `router` until Lambda ends the process.
///
/// Logs as Lambda's settings say (`AWS_LAMBDA_LOG_FORMAT`, `AWS_LAMBDA_LOG_LEVEL`).
///
/// # Errors
/// When the Lambda runtime itself fails.
pub async fn run(router: Router) -> Result<(), Error> {
    tracing::init_default_subscriber();
    lambda_http::run(router).await
}
