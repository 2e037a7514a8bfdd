//! The reservations function on AWS Lambda.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::lambda::Error> {
    shared::lambda::run(reservations::app(shared::app::App::from_env().await)).await
}
