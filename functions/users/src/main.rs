//! The users function on AWS Lambda.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::lambda::Error> {
    shared::lambda::run_streaming(users::app(shared::app::App::from_env().await), users::STREAMED).await
}
