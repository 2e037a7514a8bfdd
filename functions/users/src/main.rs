//! The users function on AWS Lambda.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::runtime::lambda::Error> {
    shared::runtime::lambda::run_streaming(users::app(shared::runtime::app::App::from_env().await), users::STREAMED)
        .await
}
