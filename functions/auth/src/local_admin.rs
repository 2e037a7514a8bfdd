//! The administrator of the local runner. In the cloud there is no default account.

use shared::edge::error::{Error, Result};
use shared::tables::Failure;
use shared::tables::accounts::User;
use shared::tables::accounts::names::Registration;
use shared::tables::sessions::UserSessions;
use shared::values::{Address, Role, UserId};

use crate::Auth;
use crate::password::Password;

/// Creates an administrator with this email and password, unless a user has the email. Returns whether it was created.
///
/// # Errors
/// 400 if the email is invalid; 500 or 503 if the tables fail.
pub async fn create_local_admin(auth: &Auth, email: &str, password: &str) -> Result<bool> {
    let now = auth.app.now();
    let user = User {
        email: Some(email.parse().map_err(|detail: &str| Error::invalid("email", detail))?),
        email_verified: true,
        ..User::new(UserId::new(now, auth.app.random()), now)
    };
    // Hashed without the rules for new passwords, which would refuse the documented default password.
    let hash = auth.hasher.slot()?.hash(&Password::from(password.to_owned()), auth.app.random()).await?;
    let mut sessions = UserSessions::new(user.id, Role::Admin);
    sessions.verified = true;
    let actor = auth.app.actor(user.id, Address::new("127.0.0.1"));
    let new = Registration { user: &user, hash: &hash, sessions: &sessions, letter: None };
    match auth.accounts.register(new, &actor).await {
        Ok(()) => Ok(true),
        Err(Failure::Refused(_)) => Ok(false),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}
