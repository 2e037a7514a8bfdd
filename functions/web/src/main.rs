//! The web function on AWS Lambda.

use std::process::ExitCode;

use shared::runtime::lambda;
use web::Web;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::run_streaming(async { Ok(web::app(Web::from_env().await)) }, web::STREAMED).await
}
