//! Which library is called, and by whom.

use clap::Args;
use console::Term;
use url::{Host, Url};

/// The URL of the runner's API at its default port.
pub const DEFAULT_URL: &str = "http://127.0.0.1:9000/v1";

/// The librarian of a library on this machine: email address and password. The cloud has no such account.
pub const LOCAL_ADMIN: (&str, &str) = ("johndoe@example.com", "password");

/// A user of a library.
#[derive(Debug, Clone, Args)]
pub struct Account {
    /// The URL of the API, with its stage.
    #[arg(long, default_value = DEFAULT_URL)]
    pub url: String,

    /// The email address to sign in with.
    #[arg(long, value_name = "ADDRESS", default_value = LOCAL_ADMIN.0)]
    pub email: String,

    /// The password. Better set in the environment than on the command line, which the shell's history keeps. Without it, it is
    /// asked for.
    #[arg(long, env = "CARREL_PASSWORD", hide_env_values = true)]
    pub password: Option<String>,

    /// The API key, if the API needs one.
    #[arg(long, visible_alias = "key", value_name = "KEY")]
    pub api_key: Option<String>,
}

impl Account {
    /// Asks for the password on the terminal, without showing it, if it is not known.
    ///
    /// # Errors
    /// A line that says so if there is no terminal.
    pub fn ask_password(&mut self) -> Result<(), String> {
        if self.known_password().is_some() {
            return Ok(());
        }
        let terminal = Term::stderr();
        let email = super::plain(&self.email);
        if !terminal.is_term() {
            return Err(format!("{email} has to sign in: set CARREL_PASSWORD to the password"));
        }
        let failed = |problem| format!("the password cannot be read: {problem}");
        terminal.write_str(&format!("Password of {email}: ")).map_err(failed)?;
        self.password = Some(terminal.read_secure_line().map_err(failed)?);
        Ok(())
    }

    /// Returns the password. That of the librarian of a library on this machine is known to everybody.
    pub(crate) fn known_password(&self) -> Option<&str> {
        let is_local_admin = || self.email == LOCAL_ADMIN.0 && self.is_on_this_machine();
        self.password.as_deref().or_else(|| is_local_admin().then_some(LOCAL_ADMIN.1))
    }

    fn is_on_this_machine(&self) -> bool {
        match Url::parse(&self.url).ok().as_ref().and_then(Url::host) {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_librarian_of_this_machine_has_a_known_password() {
        let password = |url: &str, email: &str, password: Option<&str>| {
            let account = Account {
                url: url.to_owned(),
                email: email.to_owned(),
                password: password.map(str::to_owned),
                api_key: None,
            };
            account.known_password().map(str::to_owned)
        };
        let (email, known) = LOCAL_ADMIN;
        for url in [DEFAULT_URL, "http://localhost:7000/v1", "http://[::1]:9000/v1"] {
            assert_eq!(password(url, email, None).as_deref(), Some(known), "{url}");
        }
        for url in ["https://library.example/v1", "http://127.0.0.1.example/v1", "nothing"] {
            assert_eq!(password(url, email, None), None, "{url}");
        }
        assert_eq!(password(DEFAULT_URL, "jane@example.com", None), None);
        assert_eq!(password(DEFAULT_URL, email, Some("another")).as_deref(), Some("another"));
    }
}
