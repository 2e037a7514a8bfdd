//! The data function on AWS Lambda.

use std::process::ExitCode;

use data::Data;
use shared::runtime::app::App;
use shared::runtime::{environment, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let start = async { Ok(data::app(Data::new(App::from_env().await, environment::LOG_DAYS.days()))) };
    lambda::run_streaming(start, data::STREAMED).await
}
