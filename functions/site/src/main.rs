//! The site function on AWS Lambda.

use std::process::ExitCode;
use std::sync::Arc;

use shared::runtime::app::Settings;
use shared::runtime::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::run(async { Ok(site::app(Arc::new(Settings::from_env()))) }).await
}
