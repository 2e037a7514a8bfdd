//! The users function on AWS Lambda.

use std::process::ExitCode;

use shared::runtime::app::App;
use shared::runtime::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::run(async { Ok(users::app(App::from_env().await)) }).await
}
