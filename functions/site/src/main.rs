//! The site function on AWS Lambda.

use std::sync::Arc;

use shared::app::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::lambda::Error> {
    shared::lambda::run_streaming(site::app(Arc::new(Settings::from_env())), site::STREAMED).await
}
