//! The dispatch function on AWS Lambda.

use std::process::ExitCode;

use dispatch::{Dispatch, Monitors, PostOffice};
use shared::runtime::app::{App, required, sdk_config};
use shared::runtime::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::run_events(async {
        let app = App::from_env().await;
        let post = PostOffice::from_env(app.clone()).await?;
        let monitors = Monitors::new(&sdk_config(Some(required("LIVE_ENDPOINT"))).await);
        let dispatch = Dispatch { app, post, monitors };
        Ok(move |event| dispatch::handle(dispatch.clone(), event))
    })
    .await
}
