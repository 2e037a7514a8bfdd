//! The indexer on AWS Lambda.

use std::process::ExitCode;

use indexer::Indexer;
use shared::runtime::app::App;
use shared::runtime::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::run_events(async {
        let indexer = Indexer::new(App::from_env().await);
        Ok(move |event| indexer::handle(indexer.clone(), event))
    })
    .await
}
