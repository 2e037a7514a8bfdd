//! The letters as they are read: plain text, from templates checked at compile time.

use crate::accounts::outbox::{Letter, Subject};
use crate::seal::LetterKey;

/// A letter, written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// The subject line.
    pub subject: &'static str,
    /// The text.
    pub text: String,
}

/// Writes a letter; `None` where there is nothing to send. Links begin with `site`, the configured address of the
/// website, never with what some request claims to be its host.
pub fn write(letter: &Letter, key: &LetterKey, site: &str) -> Option<Mail> {
    let (subject, body) = match &letter.subject {
        Subject::Welcome => {
            let token = key.verification_token(letter.user, &letter.to, letter.posted_at);
            let body = format!(
                "welcome to the library.\n\n\
                 Please tell us that this address is yours, within seven days:\n\n{site}/verify-email?token={token}\n\n\
                 If you have not registered, do nothing."
            );
            ("Welcome to the library", body)
        }
        Subject::Reset { nonce } => {
            let token = key.reset_token(letter.user, *nonce);
            let body = format!(
                "somebody, probably you, has asked for a new password.\n\n\
                 Choose one within ten minutes:\n\n{site}/reset-password?token={token}\n\n\
                 If you have not asked, do nothing: your password stays as it is."
            );
            ("A new password", body)
        }
        Subject::PasswordChanged => (
            "Your password has been changed",
            format!(
                "your password has been changed, and you are signed out everywhere else.\n\n\
                 If it was not you, reset it at once: {site}/reset-password"
            ),
        ),
        Subject::Farewell => (
            "Your account is gone",
            "your account and everything that hung on it are gone, as you asked.\n\nGoodbye.".to_owned(),
        ),
        Subject::Nothing => return None,
    };
    let greeting = letter.name.as_ref().map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},"));
    let text = format!("{greeting}\n\n{body}\n\nThe library\n");
    Some(Mail { to: letter.to.as_str().to_owned(), subject, text })
}
