//! The dispatch function on AWS Lambda.

use std::process::ExitCode;

use dispatch::{Dispatch, Mailer, Monitors};
use shared::runtime::app::{App, sdk_config};
use shared::runtime::environment::LIVE_ENDPOINT;
use shared::runtime::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::run_events(async {
        let app = App::from_env().await;
        let mailer = Mailer::from_env(&app).await?;
        let monitors = Monitors::new(&sdk_config(Some(LIVE_ENDPOINT.required())).await);
        let dispatch = Dispatch::new(app, mailer, monitors);
        Ok(move |event| dispatch::handle(dispatch.clone(), event))
    })
    .await
}
