//! The metadata function on AWS Lambda.

use std::process::ExitCode;

use metadata::Metadata;
use shared::runtime::app::App;
use shared::runtime::environment::MAIL_SENDER;
use shared::runtime::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::run(async { Ok(metadata::app(Metadata::new(App::from_env().await, &MAIL_SENDER.required())?)) }).await
}
