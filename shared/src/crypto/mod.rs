//! Secrets, keys and tokens.

pub mod ed25519;
pub mod letter_key;
pub mod seal;
pub mod secret;
pub mod token;
