//! Users: their profiles, and how librarians manage them. Operations that need a password are in auth, pictures in pictures.

mod add;
mod change;
mod change_me;
mod delete_card;
mod get;
mod get_by_username;
mod get_me;
mod list;
mod profile;
mod put_card;
mod put_email;
mod remove;

use axum::extract::FromRef;
use shared::edge::error::Result;
use shared::edge::routes::Routes;
use shared::routes;
use shared::runtime::app::App;
use shared::tables::{Accounts, Library};
use shared::values::Day;

/// What this function needs beyond every function's [`App`].
#[derive(Clone)]
pub struct Users {
    app: App,
    accounts: Accounts,
    library: Library,
}

impl Users {
    /// Returns the state on the tables of `app`.
    fn new(app: App) -> Self {
        Users { accounts: app.accounts(), library: app.library(), app }
    }

    /// Returns the library's day.
    ///
    /// # Errors
    /// A fault of the table of its rules.
    async fn today(&self) -> Result<Day> {
        let now = self.app.now();
        Ok(self.library.rules(now).await?.day(now))
    }
}

impl FromRef<Users> for App {
    fn from_ref(state: &Users) -> App {
        state.app.clone()
    }
}

/// Returns all routes of this function. The contract test compares them with template.yaml.
pub fn routes() -> Routes<Users> {
    Routes::default()
        .routes(routes!(get_me::get_me, change_me::change_me))
        .routes(routes!(list::list).with_query())
        .routes(routes!(add::add))
        .routes(routes!(get::get, change::change, remove::remove))
        .routes(routes!(get_by_username::get_by_username))
        .routes(routes!(put_card::put_card, delete_card::delete_card))
        .routes(routes!(put_email::put_email))
}

/// Returns the function's router.
pub fn app(app: App) -> axum::Router {
    let settings = app.settings.clone();
    shared::edge::router(routes(), Users::new(app), settings, shared::edge::BODY_LIMIT)
}
