//! The account of SES: what it may send, and to whom.

use axum::http::StatusCode;

use super::Refusal;
use super::address::bare;
use crate::template::MailPolicy;

/// The account that mails are sent from.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// The address whose owner has followed the link of SES's mail.
    pub(crate) sender: String,
    /// In SES's sandbox, the addresses and domains that were verified as well. Outside, mails go to every address.
    pub(crate) sandbox: Option<Vec<String>>,
    /// What the function's role allows.
    pub(crate) policy: MailPolicy,
}

impl Account {
    /// Returns why a mail is not sent, as SES does
    /// (<https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html>). In the sandbox a recipient's identity is
    /// authorized like the sender's.
    pub(super) fn check(&self, from: &str, to: &str) -> Result<(), Refusal> {
        let (from, to) = (bare(from), bare(to));
        let others = self.sandbox.iter().flatten().map(String::as_str);
        let verified: Vec<&str> = others.chain([self.sender.as_str()]).collect();
        let identity_of = |address: &str| {
            let domain = address.rsplit('@').next().unwrap_or_default();
            let found = verified.iter().find(|identity| identity.eq_ignore_ascii_case(address));
            found.or_else(|| verified.iter().find(|identity| identity.eq_ignore_ascii_case(domain))).copied()
        };
        let concerned = if self.sandbox.is_some() { vec![from, to] } else { vec![from] };
        let unverified: Vec<_> = concerned.iter().copied().filter(|address| identity_of(address).is_none()).collect();
        for identity in concerned.iter().filter_map(|address| identity_of(address)) {
            if !self.policy.allows(identity, from) {
                let problem = format!(
                    "User `arn:aws:sts::123456789012:assumed-role/local' is not authorized to perform `ses:SendEmail' on \
                     resource `arn:aws:ses:local:123456789012:identity/{identity}'"
                );
                return Err(Refusal(StatusCode::FORBIDDEN, "AccessDeniedException", problem));
            }
        }
        if unverified.is_empty() {
            return Ok(());
        }
        let problem = format!(
            "Email address is not verified. The following identities failed the check in region LOCAL: {}",
            unverified.join(", ")
        );
        Err(Refusal(StatusCode::BAD_REQUEST, "MessageRejected", problem))
    }
}
