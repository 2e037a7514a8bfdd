//! Verifies passwords, with a throttle.

use jiff::Timestamp;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::refusals::{Forbidden, Unauthenticated};
use shared::tables::accounts::User;
use shared::tables::sessions::attempts::{Account, Attempt};
use shared::values::Address;

use crate::Auth;
use crate::password::{Password, Slot, Verified};

/// Verifies the password of `account`, whose hash is `stored`.
///
/// The try is counted before the password is hashed: a hundred parallel guesses must not buy a hundred hashes. A name
/// without an account costs the same calls and the same time.
///
/// # Errors
/// 429 after too many tries.
pub(crate) async fn prove(
    auth: &Auth,
    slot: &Slot,
    account: Account<'_>,
    password: &Password,
    stored: Option<&str>,
    from: &Address,
    now: Timestamp,
) -> Result<Verified> {
    match auth.app.sessions.count_attempt(account, now).await? {
        // A deleted account costs a hash too, so that the answer takes the same time.
        Attempt::Allowed | Attempt::Gone => {}
        Attempt::TooSoon { retry_after } => return Err(Error::TooMany { retry_after }),
    }
    let verified = slot.verify(password, stored).await?;
    if verified == Verified::No {
        auth.accounts.count_failure(from, now).await?;
    }
    Ok(verified)
}

/// Verifies the caller's password and returns the caller.
///
/// # Errors
/// 401 if the account has been deleted; 403 if the password is wrong; 429 after too many tries.
pub(crate) async fn prove_caller(
    auth: &Auth,
    slot: &Slot,
    caller: &Caller,
    password: &Password,
    from: &Address,
) -> Result<User> {
    let user = auth.accounts.get_user(caller.id).await?.ok_or(Unauthenticated::AccountGone)?;
    // Each name of the user has the same hash, so any of them serves.
    let name = user.login_names().pop().ok_or(Unauthenticated::AccountGone)?;
    let login = auth.accounts.get_login(&name).await?.ok_or(Unauthenticated::AccountGone)?;
    let account = Account::User(caller.id);
    match prove(auth, slot, account, password, Some(&login.hash), from, auth.app.now()).await? {
        Verified::Yes | Verified::YesButWeak => Ok(user),
        Verified::No => Err(Forbidden::WrongPassword.into()),
    }
}
