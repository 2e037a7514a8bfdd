//! The paths that the runner serves beside the API. The cloud has none of them.

/// All of them but the WebSocket API.
pub(crate) const ALL: &str = "/dev";
/// The mailbox.
pub(crate) const MAIL: &str = "/dev/mail";
/// What no function could handle.
pub(crate) const DEAD_LETTERS: &str = "/dev/dead-letters";
/// SES. The SDK adds the paths of its operations.
pub(crate) const SES: &str = "/dev/ses";
/// Secrets Manager.
pub(crate) const SECRETS: &str = "/dev/secrets";
/// The WebSocket API.
pub(crate) const LIVE: &str = "/socket";
