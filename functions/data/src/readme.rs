//! `README.txt`: what is in the archive, why it is stored and for how long, and whom to ask. In English, as the names of the fields.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use shared::tables::library::lending::rules::Rules;

use crate::Data;

const TEXT: &str = include_str!("readme.txt");

/// For how long DynamoDB can restore a table to any second, where nothing else is set
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html>).
const BACKUPS: SignedDuration = SignedDuration::from_hours(35 * 24);

/// Returns the text of a library. `cut` names the lists that are not whole, and where the rest is.
pub(crate) fn text(data: &Data, rules: &Rules, cut: &[(&str, &str)], now: Timestamp) -> String {
    let day = now.to_zoned(TimeZone::UTC).date().to_string();
    let kept = |retention: SignedDuration| format!("Kept for {} days", retention.as_hours() / 24);
    let text = TEXT.replace("{day}", &day).replace("{cut}", &left_out(cut));
    let text = text.replace("{activity}", &kept(data.app.settings.activity_retention));
    let text = text.replace("{logs}", &kept(data.log_retention)).replace("{backups}", &kept(BACKUPS));
    // Last: a librarian may have written braces.
    text.replacen("{library}", rules.name.as_str(), 1).replacen("{contact}", &contact(rules), 1)
}

/// Returns how the library is reached, a line each.
fn contact(rules: &Rules) -> String {
    let address = rules.address.iter().map(|line| line.as_str());
    let email = rules.contact.email.as_ref().map(|email| email.as_str());
    let phone = rules.contact.phone.as_ref().map(|phone| phone.as_str());
    let lines: Vec<_> = [rules.name.as_str()].into_iter().chain(address).chain(email).chain(phone).collect();
    lines.join("\n")
}

fn left_out(cut: &[(&str, &str)]) -> String {
    if cut.is_empty() {
        return String::new();
    }
    let lines = cut.iter().map(|(name, rest)| format!("{name} ends before its end. For the rest: {rest}\n"));
    format!("\nWHAT WAS TOO LONG\n\n{}", lines.collect::<String>())
}
