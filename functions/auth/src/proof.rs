//! Verifies passwords, with throttles.

use jiff::Timestamp;
use shared::edge::caller::Caller;
use shared::edge::error::{Error, Result};
use shared::edge::refusals::{Forbidden, Unauthenticated};
use shared::tables::accounts::limits::GUESSES;
use shared::tables::accounts::passwords::Proved;
use shared::tables::sessions::Source;
use shared::tables::sessions::attempts::{Account, Allowance, Attempt};
use shared::values::Address;

use crate::Auth;
use crate::password::{Password, Slot, Verified};

/// The account whose password is tried, and who tries it.
pub(crate) struct Trial<'a> {
    pub(crate) account: Account<'a>,
    /// The hash of the account's password.
    pub(crate) stored: Option<&'a str>,
    pub(crate) source: Source,
    pub(crate) from: &'a Address,
    pub(crate) now: Timestamp,
}

/// Verifies the password of an account. Returns the attempt, too, which was counted as a failure.
///
/// It is counted before the password is hashed: a hundred parallel guesses must not buy a hundred hashes. A name without
/// an account costs the same calls and the same time. The address is counted, too, unless the device is known to the
/// account: then it has a limit of its own, and others at its address cannot use that up.
///
/// # Errors
/// 429 after too many tries.
pub(crate) async fn prove(
    auth: &Auth,
    slot: &Slot,
    trial: Trial<'_>,
    password: &Password,
) -> Result<(Verified, Attempt)> {
    let Trial { stored, from, now, .. } = trial;
    let (attempt, counts_address) = admit(auth, &trial).await?;
    let verified = slot.verify(password, stored).await?;
    if counts_address && verified != Verified::No {
        auth.accounts.take_back(&GUESSES, from, now).await?;
    }
    Ok((verified, attempt))
}

/// Counts an attempt at an account as a failure. Returns it, and whether its network address was counted as well.
///
/// # Errors
/// 429 after too many tries.
pub(crate) async fn admit(auth: &Auth, trial: &Trial<'_>) -> Result<(Attempt, bool)> {
    let Trial { account, ref source, from, now, .. } = *trial;
    let sessions = &auth.app.sessions;
    let mut attempt = sessions.attempt(account, source.clone(), now).await?;
    // Before the address: an account that waits costs it nothing.
    if let Some(retry_after) = attempt.pause() {
        return Err(Error::TooMany { retry_after });
    }
    let counts_address = !attempt.is_on_known_device();
    if counts_address {
        auth.accounts.count(&GUESSES, from, now).await?;
    }
    match sessions.count_attempt(&mut attempt).await? {
        // A deleted account costs a hash too, so that the answer takes the same time.
        Allowance::Allowed | Allowance::Gone => {}
        Allowance::TooSoon { retry_after } => return Err(Error::TooMany { retry_after }),
    }
    Ok((attempt, counts_address))
}

/// Verifies the caller's password.
///
/// # Errors
/// 401 if the account has been deleted; 403 if the password is wrong; 429 after too many tries.
pub(crate) async fn prove_caller(
    auth: &Auth,
    slot: &Slot,
    caller: &Caller,
    password: &Password,
    from: &Address,
) -> Result<Proved> {
    let (user, login) = auth.accounts.get_user_and_login(caller.id).await?.ok_or(Unauthenticated::AccountGone)?;
    let trial = Trial {
        account: Account::User(caller.id),
        stored: login.hash.as_deref(),
        source: auth.sources.of_caller(caller, from),
        from,
        now: auth.app.now(),
    };
    let (verified, attempt) = prove(auth, slot, trial, password).await?;
    if verified == Verified::No {
        return Err(Forbidden::WrongPassword.into());
    }
    let session = caller.sessions.session(caller.session).ok_or(Unauthenticated::SessionEnded)?;
    Ok(Proved { user, epoch: login.epoch, session, attempt })
}
