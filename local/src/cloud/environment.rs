//! The environment of functions that run outside of this program: what the template declares, and what Lambda itself adds.

use crate::carrel::{MAIL_SENDER, names};
use crate::default_settings;

/// The secrets' names: for signing, the pepper, for letters.
pub(super) const SECRETS: [&str; 3] = ["carrel-signing", "carrel-pepper", "carrel-letter"];

/// Where `cargo lambda watch` serves the API.
pub(super) const API: &str = "http://127.0.0.1:9000/v1";

/// Every variable, for functions that find DynamoDB at `dynamodb`, and at `aws` what else they call. The default
/// ports' are in `.env.example`.
pub fn environment(dynamodb: &str, aws: &str) -> Vec<(&'static str, String)> {
    let (tables, settings) = (names(), default_settings());
    let [signing, pepper, letters] = SECRETS.map(ToOwned::to_owned);
    let choice = |yes: bool, words: [&str; 2]| words[usize::from(yes)].to_owned();
    let local = || "local".to_owned();
    let mut variables = vec![
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.to_owned()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", format!("{aws}/dev/secrets")),
        ("AWS_ENDPOINT_URL_SESV2", format!("{aws}/dev/ses")),
        ("AWS_REGION", local()),
        ("AWS_ACCESS_KEY_ID", local()),
        ("AWS_SECRET_ACCESS_KEY", local()),
        ("SIGNING_SECRET", signing),
        ("PEPPER_SECRET", pepper),
        ("LETTER_SECRET", letters),
        ("CATALOG_READS", choice(settings.members_only_reads, ["public", "members"])),
        ("CATALOG_WRITES", choice(settings.admins_only_writes, ["members", "admins"])),
        ("ALLOWED_ORIGINS", settings.allowed_origins.join(",")),
        ("SITE_URL", format!("{aws}/dev")),
        ("ADMIN_EMAIL", String::new()),
        ("ACTIVITY_DAYS", (settings.activity_kept.as_hours() / 24).to_string()),
        ("MAIL_SENDER", MAIL_SENDER.to_owned()),
        ("TOKEN_ISSUER", settings.issuer),
        ("BASE_PATH", settings.base_path),
        ("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "1".to_owned()),
        // Nobody is connected where nobody can connect: these are never called.
        ("LIVE_URL", API.replacen("http", "ws", 1).replace("/v1", "/live")),
        ("LIVE_ENDPOINT", format!("{aws}/live")),
    ];
    variables.extend(tables.variables().map(|(variable, name)| (variable, name.to_owned())));
    variables
}
