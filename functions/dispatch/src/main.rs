//! The dispatch function on AWS Lambda.

use dispatch::{Dispatch, Monitors, PostOffice};
use shared::runtime::app::{App, sdk_config};
use shared::runtime::environment::LIVE_ENDPOINT;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::runtime::lambda::Error> {
    let app = App::from_env().await;
    let post = PostOffice::from_env(&app).await?;
    let monitors = Monitors::new(&sdk_config(Some(LIVE_ENDPOINT.required())).await);
    let dispatch = Dispatch::new(app, post, monitors);
    shared::runtime::lambda::run_events(move |event| dispatch::handle(dispatch.clone(), event)).await
}
