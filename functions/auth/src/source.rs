//! Where an attempt at a password comes from. A device proves that it has signed in before: a website by a cookie, an app
//! by the last refresh token that it got. Either names the session that the device began then.

use axum::http::HeaderMap;
use shared::crypto::seal::Sealer;
use shared::edge::caller::Caller;
use shared::edge::headers::cookie;
use shared::tables::sessions::Source;
use shared::values::{Address, SessionId, UserId};

use crate::channel::DEVICE_COOKIE;
use crate::secrets::Secrets;
use crate::tokens::{Sealed, Signer};

/// Recognises devices, and names addresses.
pub(crate) struct Sources {
    devices: Sealer,
    addresses: Sealer,
}

/// What a request says about its device.
pub(crate) struct Device {
    /// The user who began a session on it.
    user: UserId,
    session: SessionId,
}

impl Sources {
    pub(crate) fn new(secrets: &Secrets) -> Self {
        Sources { devices: secrets.device_sealer(), addresses: secrets.address_sealer() }
    }

    /// Returns the device of a request, by the app's token or the website's cookie. What is neither is ignored: it is no
    /// reason to refuse a password.
    pub(crate) fn device(&self, signer: &Signer, token: Option<&Sealed>, headers: &HeaderMap) -> Option<Device> {
        let by_token = token.and_then(|token| signer.open(token));
        let by_token = by_token.map(|refresh| Device { user: refresh.user, session: refresh.session });
        by_token.or_else(|| {
            let (user, session): ([u8; 16], [u8; 16]) = self.devices.open(cookie(headers, DEVICE_COOKIE)?)?;
            Some(Device { user: user.into(), session: session.into() })
        })
    }

    /// Returns the source of a caller's attempt. Their session tells the device.
    pub(crate) fn of_caller(&self, caller: &Caller, from: &Address) -> Source {
        self.of(caller.id, Some(Device { user: caller.id, session: caller.session }), from)
    }

    /// Returns the source of an attempt at the password of `user`. A device is known to its own user alone.
    pub(crate) fn of(&self, user: UserId, device: Option<Device>, from: &Address) -> Source {
        let device = device.filter(|device| device.user == user).map(|device| device.session);
        Source { device, address: self.addresses.pseudonym(&(user.as_bytes(), from.as_str())) }
    }

    /// Returns the value of the cookie of a browser that begins this session.
    pub(crate) fn cookie(&self, user: UserId, session: SessionId) -> String {
        self.devices.seal(&(user.as_bytes(), session.as_bytes()))
    }
}
