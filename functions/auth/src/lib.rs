//! Sign-in: accounts, sessions, and the only holder of the signing key.

mod change_email;
mod change_password;
mod channel;
mod delete_account;
mod end_session;
mod issue_code;
mod jwks;
mod letters;
mod list_sessions;
mod local_admin;
mod login;
mod logout;
mod message;
mod new_username;
mod password;
mod proof;
mod refresh;
mod register;
mod rename;
mod request_reset;
mod request_verification;
mod reset_password;
mod secrets;
mod source;
mod tokens;
mod verify_email;

use std::sync::Arc;

use axum::extract::FromRef;
use jiff::Timestamp;
use shared::crypto::letter_key::LetterKey;
use shared::edge::error::{Error, Result};
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::sessions::keys::LAST_TOKEN;
use shared::tables::{self, Accounts};

pub use local_admin::create_local_admin;
pub use secrets::Secrets;

/// The most bytes of a request body in this group.
const BODY_LIMIT: usize = 4 * 1024;

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Auth {
    app: App,
    accounts: Accounts,
    hasher: Arc<password::Hasher>,
    signer: Arc<tokens::Signer>,
    sources: Arc<source::Sources>,
    letters: LetterKey,
}

impl FromRef<Auth> for App {
    fn from_ref(auth: &Auth) -> App {
        auth.app.clone()
    }
}

impl Auth {
    /// Derives the keys, and publishes the public key before anything is signed.
    ///
    /// # Errors
    /// A fault of the Sessions table.
    pub async fn new(app: App, secrets: &Secrets) -> tables::Result<Auth> {
        let signer = tokens::Signer::new(secrets, app.settings.issuer.clone());
        if app.keys.end_of(&signer.public_key().id).is_none_or(|end| end <= app.now().as_second() + LAST_TOKEN) {
            app.sessions.publish_key(signer.public_key(), app.now()).await?;
            // The keys in memory lack the new one: without a refresh, this function would refuse its own tokens.
            app.keys.refresh(app.now()).await?;
        }
        let hasher = Arc::new(password::Hasher::new(secrets.pepper()));
        let (signer, sources) = (Arc::new(signer), Arc::new(source::Sources::new(secrets)));
        Ok(Auth { accounts: app.accounts(), hasher, signer, sources, letters: secrets.letter_key(), app })
    }

    /// Returns the tokens of a session. The public key must be accepted for as long as they live, so its end is moved
    /// ahead first, if it is near.
    async fn tokens(&self, refresh: tokens::Refresh, now: Timestamp) -> Result<tokens::Tokens> {
        let key = &self.signer.public_key().id;
        if self.app.keys.end_of(key).is_none_or(|end| end <= now.as_second() + LAST_TOKEN) {
            if !self.app.sessions.use_key(key, now.as_second()).await? {
                return Err(Error::Unavailable("the signing key of this instance has been removed".into()));
            }
            self.app.keys.refresh(now).await?;
        }
        self.signer.tokens(refresh, self.app.random(), now)
    }
}

/// Returns all routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Auth> {
    Routes::default()
        .routes(routes!(register::register))
        .routes(routes!(login::login))
        .routes(routes!(refresh::refresh))
        .routes(routes!(logout::logout).with_query())
        .routes(routes!(list_sessions::list_sessions))
        .routes(routes!(end_session::end_session))
        .routes(routes!(change_password::change_password))
        .routes(routes!(request_reset::request_reset))
        .routes(routes!(reset_password::reset_password))
        .routes(routes!(verify_email::verify_email))
        .routes(routes!(request_verification::request_verification))
        .routes(routes!(rename::rename))
        .routes(routes!(change_email::change_email))
        .routes(routes!(delete_account::delete_account))
        .routes(routes!(issue_code::issue_code))
        .routes(routes!(jwks::jwks))
        .routes(routes!(letters::open_switch, letters::switch_letters_off))
        .alias("/register", routes!(register::register))
        .alias("/users/register", routes!(register::register))
        .alias("/login", routes!(login::login))
        .alias("/users/login", routes!(login::login))
        .alias("/auth/refresh", routes!(refresh::refresh))
        .alias("/logout", routes!(logout::logout).with_query())
}

/// Returns the function's router.
pub fn app(auth: Auth) -> axum::Router {
    let settings = auth.app.settings.clone();
    shared::edge::router(routes(), auth, settings, BODY_LIMIT)
}
