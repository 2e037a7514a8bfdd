//! Proving a password.

use jiff::Timestamp;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::refusals::{Forbidden, Unauthenticated};
use shared::tables::accounts::User;
use shared::tables::sessions::attempts::{Account, Attempt};
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
    match auth.app.sessions.count_attempt(account, now).await? {
        // The account that is gone is hashed for as well: the answer takes the same time.
        Attempt::Allowed | Attempt::Gone => {}
        Attempt::TooSoon { retry_after } => return Err(Error::TooMany { retry_after }),
    }
    let verified = place.verify(password, stored).await?;
    if verified == Verified::No {
        auth.accounts.count_failure(from, now).await?;
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
    let user = auth.accounts.get_user(caller.id).await?.ok_or(Unauthenticated::AccountGone)?;
    // Every name has the password's hash.
    let name = user.login_names().pop().ok_or(Unauthenticated::AccountGone)?;
    let login = auth.accounts.get_login(&name).await?.ok_or(Unauthenticated::AccountGone)?;
    let account = Account::User(caller.id);
    match prove(auth, place, account, password, Some(&login.hash), from, auth.app.now()).await? {
        Verified::Yes | Verified::YesButWeak => Ok(user),
        Verified::No => Err(Forbidden::WrongPassword.into()),
    }
}
