//! The site function on AWS Lambda.

use std::sync::Arc;

use shared::runtime::app::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::runtime::lambda::Error> {
    shared::runtime::lambda::run_streaming(site::app(Arc::new(Settings::from_env())), site::STREAMED).await
}
