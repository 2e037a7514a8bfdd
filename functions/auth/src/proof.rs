//! Proving a password.

use jiff::Timestamp;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::tables::accounts::{User, logins, user};
use shared::tables::sessions::attempts::{self, Account, Attempt};
use shared::values::Address;

use crate::Auth;
use crate::password::{Password, Place, Verified};

/// Whether `password` is the one of `account`, whose hash is `stored`.
///
/// Counted before it is hashed: a hundred parallel guesses must not buy a hundred hashes. Whoever has no account costs
/// just as many calls and just as much time.
///
/// # Errors
/// 429 where the account is tried too often.
pub(crate) async fn prove(
    auth: &Auth,
    place: &Place,
    account: Account<'_>,
    password: &Password,
    stored: Option<&str>,
    from: &Address,
    now: Timestamp,
) -> Result<Verified> {
    match attempts::count(&auth.app.sessions, account, now).await? {
        Attempt::Allowed => {}
        Attempt::TooSoon { retry_after } => return Err(Error::TooMany { retry_after }),
    }
    let verified = place.verify(password, stored).await?;
    if verified == Verified::No {
        logins::count_failure(&auth.app.accounts, from, now).await?;
    }
    Ok(verified)
}

/// The caller, once they have proven their password again.
///
/// # Errors
/// 403 where the password is wrong; 429 where it is tried too often; 401 where the account is gone.
pub(crate) async fn prove_caller(
    auth: &Auth,
    place: &Place,
    caller: &Caller,
    password: &Password,
    from: &Address,
) -> Result<User> {
    let gone = || Error::Unauthenticated("This account is gone.");
    let user = user::get(&auth.app.accounts, caller.id).await?.ok_or_else(gone)?;
    // Every name has the password's hash.
    let name = user.login_names().pop().ok_or_else(gone)?;
    let login = logins::get(&auth.app.accounts, &name).await?.ok_or_else(gone)?;
    let account = Account::User(caller.id);
    match prove(auth, place, account, password, Some(&login.hash), from, auth.app.now()).await? {
        Verified::Yes | Verified::YesButWeak => Ok(user),
        Verified::No => Err(Error::Forbidden("The password is wrong.")),
    }
}
