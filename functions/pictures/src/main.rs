//! The pictures function on AWS Lambda.

use std::process::ExitCode;

use shared::runtime::app::App;
use shared::runtime::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::run_streaming(async { Ok(pictures::app(App::from_env().await)) }, pictures::STREAMED).await
}
