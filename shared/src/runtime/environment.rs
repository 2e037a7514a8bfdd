//! The environment variables of the functions: every name, and how its value is read. Functions read these entries; the
//! local runner writes the same ones.

use jiff::SignedDuration;

use crate::values::Network;

/// An environment variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable(&'static str);

/// The environment variable that has the URL of a service, if it is not AWS's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint(Variable);

/// An environment variable that has one of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    variable: Variable,
    /// The value for no, and the value for yes.
    words: [&'static str; 2],
}

/// The URL of DynamoDB. Only set outside AWS.
pub const DYNAMODB_ENDPOINT: Endpoint = Endpoint(Variable("AWS_ENDPOINT_URL_DYNAMODB"));
/// The URL of Secrets Manager. Only set outside AWS.
pub const SECRETS_MANAGER_ENDPOINT: Endpoint = Endpoint(Variable("AWS_ENDPOINT_URL_SECRETS_MANAGER"));
/// The URL of SES. Only set outside AWS.
pub const SES_ENDPOINT: Endpoint = Endpoint(Variable("AWS_ENDPOINT_URL_SESV2"));

/// The URL of every service that has none of its own. Only set outside AWS.
const ANY_ENDPOINT: Variable = Variable("AWS_ENDPOINT_URL");
/// `true` ignores all these URLs.
const IGNORE_ENDPOINTS: Variable = Variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");

/// The region. Set by Lambda and read by the SDK.
pub const REGION: Variable = Variable("AWS_REGION");
/// The public half of the credentials. Set by Lambda and read by the SDK.
pub const ACCESS_KEY_ID: Variable = Variable("AWS_ACCESS_KEY_ID");
/// The secret half of the credentials. Set by Lambda and read by the SDK.
pub const SECRET_ACCESS_KEY: Variable = Variable("AWS_SECRET_ACCESS_KEY");
/// The name of the function. Set by Lambda.
pub const FUNCTION_NAME: Variable = Variable("AWS_LAMBDA_FUNCTION_NAME");
/// The lowest level that is logged. Set by Lambda.
pub const LOG_LEVEL: Variable = Variable("AWS_LAMBDA_LOG_LEVEL");
/// Keeps the stage out of the path of a request. Read by lambda_http.
pub const IGNORE_STAGE: Variable = Variable("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH");

/// The name of the Accounts table.
pub const ACCOUNTS_TABLE: Variable = Variable("ACCOUNTS_TABLE");
/// The name of the Sessions table.
pub const SESSIONS_TABLE: Variable = Variable("SESSIONS_TABLE");
/// The name of the Library table.
pub const LIBRARY_TABLE: Variable = Variable("LIBRARY_TABLE");
/// The name of the Journal table.
pub const JOURNAL_TABLE: Variable = Variable("JOURNAL_TABLE");
/// The name of the Connections table.
pub const SEARCH_TABLE: Variable = Variable("SEARCH_TABLE");
/// The name of the Connections table.
pub const CONNECTIONS_TABLE: Variable = Variable("CONNECTIONS_TABLE");

/// The name in Secrets Manager of the secret behind the signing key.
pub const SIGNING_SECRET: Variable = Variable("SIGNING_SECRET");
/// The name in Secrets Manager of the secret behind the pepper.
pub const PEPPER_SECRET: Variable = Variable("PEPPER_SECRET");
/// The name in Secrets Manager of the secret behind the tokens in letters.
pub const LETTER_SECRET: Variable = Variable("LETTER_SECRET");

/// Who may read the catalogue: everybody, or signed-in users.
pub const CATALOG_READS: Choice = Choice { variable: Variable("CATALOG_READS"), words: ["public", "members"] };
/// Who may add books: signed-in users, or librarians.
pub const CATALOG_WRITES: Choice = Choice { variable: Variable("CATALOG_WRITES"), words: ["members", "admins"] };
/// Who may reserve books: users with a verified address or a librarian's approval, or all users.
pub const LOANS: Choice = Choice { variable: Variable("LOANS"), words: ["verified", "members"] };
/// The origins of the websites whose pages may call the API, separated by commas.
pub const ALLOWED_ORIGINS: Variable = Variable("ALLOWED_ORIGINS");
/// The website's URL. Links in letters begin with it. Only the function that writes letters always has one.
pub const SITE_URL: Variable = Variable("SITE_URL");
/// The API's URL, with its stage. Mail programs switch letters off there. Only the function that writes letters has it.
pub const API_URL: Variable = Variable("API_URL");
/// The library's own domain, if it has one.
pub const SITE_DOMAIN: Variable = Variable("SITE_DOMAIN");
/// The API key of the library's own website. It is no secret: every browser sends it.
pub const WEBSITE_KEY: Variable = Variable("WEBSITE_KEY");
/// The library's own networks in CIDR notation, separated by commas: their registrations are not limited.
pub const LIBRARY_ADDRESSES: Variable = Variable("LIBRARY_ADDRESSES");
/// The address that makes its owner a librarian.
pub const ADMIN_EMAIL: Variable = Variable("ADMIN_EMAIL");
/// For how many days the journal keeps its rows.
pub const ACTIVITY_DAYS: Variable = Variable("ACTIVITY_DAYS");
/// For how many days the logs of the functions are kept. Only the function that tells readers so has it.
pub const LOG_DAYS: Variable = Variable("LOG_DAYS");
/// The address that letters come from.
pub const MAIL_SENDER: Variable = Variable("MAIL_SENDER");
/// The catalogues that a book is looked up in, in this order, separated by commas.
pub const METADATA_SOURCES: Variable = Variable("METADATA_SOURCES");
/// `iss` of the access tokens.
pub const TOKEN_ISSUER: Variable = Variable("TOKEN_ISSUER");
/// The stage, the first part of every path that a client sees: `/v1`.
pub const BASE_PATH: Variable = Variable("BASE_PATH");
/// The URL that monitors connect to.
pub const LIVE_URL: Variable = Variable("LIVE_URL");
/// The URL of the WebSocket API's management API, through which functions send to monitors.
pub const LIVE_ENDPOINT: Variable = Variable("LIVE_ENDPOINT");

impl Endpoint {
    /// Returns the name of the service's own variable.
    pub const fn name(self) -> &'static str {
        self.0.name()
    }

    /// Returns the URL, as every SDK reads it (AWS SDKs and Tools reference, "Service-specific endpoints"): the service's own,
    /// otherwise that of all services.
    pub fn url(self) -> Option<String> {
        endpoint(Variable::get, self.0)
    }
}

/// Returns the URL of a service from the variables that `get` reads.
fn endpoint(get: impl Fn(Variable) -> Option<String>, own: Variable) -> Option<String> {
    let is_ignored = get(IGNORE_ENDPOINTS).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    get(own).or_else(|| get(ANY_ENDPOINT)).filter(|_| !is_ignored)
}

impl Variable {
    /// Returns its name.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// Returns its value, unless it is missing or empty.
    pub fn get(self) -> Option<String> {
        std::env::var(self.0).ok().filter(|value| !value.is_empty())
    }

    /// Returns its value, which the template declares.
    ///
    /// # Panics
    /// If it is not set: a misconfigured function must fail at its start, not at its first request.
    pub fn required(self) -> String {
        self.get().unwrap_or_else(|| panic!("the environment variable {} is not set", self.0))
    }

    /// Returns its value, a number of days.
    ///
    /// # Panics
    /// If it is not set or is not a number.
    pub fn days(self) -> SignedDuration {
        let value = self.required();
        let days = value.parse::<u16>().unwrap_or_else(|_| panic!("{} is {value:?}, not a number of days", self.0));
        SignedDuration::from_hours(24 * i64::from(days))
    }

    /// Returns its value, a list of networks. A wrong one is logged and left out: it would only lift a limit.
    pub fn networks(self) -> Vec<Network> {
        let networks = self.list().into_iter().map(|text| text.parse());
        networks
            .filter_map(|network| {
                network.inspect_err(|error| tracing::error!(error, "a network in {} is ignored", self.0)).ok()
            })
            .collect()
    }

    /// Returns the items of its value, a list with commas.
    pub fn list(self) -> Vec<String> {
        self.get().map_or_else(Vec::new, |list| list.split(',').map(ToOwned::to_owned).collect())
    }
}

impl Choice {
    /// Returns the name of the variable.
    pub const fn name(self) -> &'static str {
        self.variable.name()
    }

    /// Returns the value for no, and the value for yes.
    pub const fn words(self) -> [&'static str; 2] {
        self.words
    }

    /// Returns the value for yes, or the value for no.
    pub const fn word(self, yes: bool) -> &'static str {
        self.words[yes as usize]
    }

    /// Returns whether the variable has the value for yes. A variable that is not set means no.
    ///
    /// # Panics
    /// If it has another value.
    pub fn is_yes(self) -> bool {
        let [no, yes] = self.words;
        match self.variable.get() {
            Some(value) if value == yes => true,
            Some(value) if value != no => panic!("{} is {value:?}, but should be {no:?} or {yes:?}", self.name()),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Variable, endpoint};

    #[test]
    fn the_url_of_one_service_precedes_that_of_all_and_both_can_be_ignored() {
        let url = |set: &[(&str, &str)]| {
            let get =
                |Variable(name)| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            endpoint(get, Variable("AWS_ENDPOINT_URL_SESV2")).unwrap_or_default()
        };
        let (own, all) = (("AWS_ENDPOINT_URL_SESV2", "http://ses"), ("AWS_ENDPOINT_URL", "http://all"));
        let other = ("AWS_ENDPOINT_URL_DYNAMODB", "http://dynamodb");
        let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
        assert_eq!(url(&[]), "");
        assert_eq!(url(&[other]), "");
        assert_eq!(url(&[own, all]), "http://ses");
        assert_eq!(url(&[all, other]), "http://all");
        assert_eq!(url(&[own, all, ignore]), "");
        assert_eq!(url(&[own, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false")]), "http://ses");
    }
}
