//! The environment of functions that run outside this program: what the template declares, and what Lambda adds.

use shared::runtime::environment as names;

use crate::deployment::{LOG_RETENTION, MAIL_SENDER, WEBSITE_KEY, default_settings, table_names};
use crate::dev;

/// The names of the secrets: the signing secret, the pepper, the secret of letters.
pub(super) const SECRETS: [&str; 3] = ["carrel-signing", "carrel-pepper", "carrel-letter"];

/// Where `cargo lambda watch` serves the API.
pub(super) const API: &str = "http://127.0.0.1:9000/v1";

/// Returns every variable, for functions that find DynamoDB at `dynamodb` and the other services at `aws`, and sign
/// their calls with the access key. `.env.example` has them for the default ports.
pub fn environment(dynamodb: &str, aws: &str, access_key: &str) -> Vec<(&'static str, String)> {
    let (tables, settings) = (table_names(), default_settings());
    let [signing, pepper, letters] = SECRETS.map(ToOwned::to_owned);
    let local = || "local".to_owned();
    let choice = |choice: names::Choice, yes: bool| (choice.name(), choice.word(yes).to_owned());
    let mut variables = vec![
        (names::DYNAMODB_ENDPOINT.name(), dynamodb.to_owned()),
        (names::SECRETS_MANAGER_ENDPOINT.name(), format!("{aws}{}", dev::SECRETS)),
        (names::SES_ENDPOINT.name(), format!("{aws}{}", dev::SES)),
        (names::REGION.name(), local()),
        (names::ACCESS_KEY_ID.name(), access_key.to_owned()),
        (names::SECRET_ACCESS_KEY.name(), local()),
        (names::SIGNING_SECRET.name(), signing),
        (names::PEPPER_SECRET.name(), pepper),
        (names::LETTER_SECRET.name(), letters),
        choice(names::CATALOG_READS, settings.members_only_reads),
        choice(names::CATALOG_WRITES, settings.admins_only_writes),
        choice(names::LOANS, settings.members_borrow),
        (names::ALLOWED_ORIGINS.name(), settings.allowed_origins.join(",")),
        (names::SITE_URL.name(), format!("{API}/web")),
        (names::API_URL.name(), API.to_owned()),
        (names::WEBSITE_KEY.name(), WEBSITE_KEY.to_owned()),
        (names::SITE_DOMAIN.name(), String::new()),
        (names::LIBRARY_ADDRESSES.name(), String::new()),
        (names::METADATA_SOURCES.name(), String::new()),
        (names::ADMIN_EMAIL.name(), String::new()),
        (names::ACTIVITY_DAYS.name(), (settings.activity_retention.as_hours() / 24).to_string()),
        (names::LOG_DAYS.name(), (LOG_RETENTION.as_hours() / 24).to_string()),
        (names::MAIL_SENDER.name(), MAIL_SENDER.to_owned()),
        (names::TOKEN_ISSUER.name(), settings.issuer),
        (names::BASE_PATH.name(), settings.base_path),
        (names::IGNORE_STAGE.name(), "1".to_owned()),
        // No monitor can connect, so neither is ever called.
        (names::LIVE_URL.name(), API.replacen("http", "ws", 1).replace("/v1", dev::LIVE)),
        (names::LIVE_ENDPOINT.name(), format!("{aws}{}", dev::LIVE)),
    ];
    // After the credentials, as in `.env.example`.
    let tables = tables.variables().map(|(variable, name)| (variable, name.to_owned()));
    variables.splice(6..6, tables);
    variables
}
