//! The favorites function on AWS Lambda.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::runtime::lambda::Error> {
    shared::runtime::lambda::run(favorites::app(shared::runtime::app::App::from_env().await)).await
}
