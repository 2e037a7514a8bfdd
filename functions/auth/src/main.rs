//! The auth function on AWS Lambda.

use std::process::ExitCode;

use auth::{Auth, Secrets};
use shared::runtime::app::App;
use shared::runtime::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::run(async {
        let secrets = Secrets::from_secrets_manager().await?;
        Ok(auth::app(Auth::new(App::from_env().await, &secrets).await?))
    })
    .await
}
