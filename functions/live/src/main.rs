//! The live function on AWS Lambda: routes of the REST API and of the WebSocket API.

use std::process::ExitCode;

use live::Live;
use shared::runtime::app::App;
use shared::runtime::environment::LIVE_URL;
use shared::runtime::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::run_with_sockets(async {
        let live = Live::new(App::from_env().await, LIVE_URL.required());
        let sockets = live.clone();
        Ok((live::app(live), move |event| live::socket::handle(sockets.clone(), event)))
    })
    .await
}
