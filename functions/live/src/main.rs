//! The live function on AWS Lambda: a REST API's routes, and a WebSocket API's.

use live::Live;
use shared::runtime::app::App;
use shared::runtime::environment::LIVE_URL;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::runtime::lambda::Error> {
    let live = Live::new(App::from_env().await, LIVE_URL.required());
    let sockets = live.clone();
    shared::runtime::lambda::run_with_sockets(live::app(live), move |event| {
        live::socket::handle(sockets.clone(), event)
    })
    .await
}
