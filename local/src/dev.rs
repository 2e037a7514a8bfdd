//! The paths that the runner serves beside the API. The cloud has none of them.

/// The mailbox.
pub(crate) const MAIL: &str = "/dev/mail";
/// What no function could handle.
pub(crate) const DEAD_LETTERS: &str = "/dev/dead-letters";
/// SES. The SDK adds the paths of its operations.
pub(crate) const SES: &str = "/dev/ses";
/// Secrets Manager.
pub(crate) const SECRETS: &str = "/dev/secrets";
/// The website that there is not: links in letters begin with it, and its pages say what to run.
pub(crate) const SITE: &str = "/dev";
/// The WebSocket API.
pub(crate) const LIVE: &str = "/live";
