//! The auth function on AWS Lambda.

use auth::{Auth, Secrets};
use shared::runtime::app::App;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::runtime::lambda::Error> {
    let auth = Auth::new(App::from_env().await, &Secrets::from_secrets_manager().await?).await?;
    shared::runtime::lambda::run(auth::app(auth)).await
}
