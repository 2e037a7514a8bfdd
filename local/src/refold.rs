//! Writes the keys of texts anew after a change of their folding, and brings the items of earlier versions up to date:
//! docs/decisions/0015 says why.

use shared::runtime::app::{App, Clock};
use shared::tables::Fault;
use shared::tables::accounts::ACCOUNTS_VERSION;
use shared::values::FOLD_VERSION;

use crate::database::Database;
use crate::deployment::{Deployment, app, default_settings};
use crate::error::{Error, Result};
use crate::records::Records;

/// The mark of the versions with which the keys and the accounts were written.
const MARK: &str = "fold";

/// Rewrites the data folder if it was written with other versions. Nothing is served before.
pub(crate) async fn refold(database: &Database, records: &Records) -> Result<()> {
    let version = format!("{FOLD_VERSION}.{ACCOUNTS_VERSION}");
    if records.mark(MARK).map_err(Error::database)?.as_ref() != Some(&version) {
        refold_at(database.endpoint(), database.access_key()).await?;
        records.set_mark(MARK, &version).map_err(Error::database)?;
    }
    Ok(())
}

/// Rewrites the keys in the runner's tables at an endpoint. Returns how many differed.
///
/// # Errors
/// If a table cannot be read or written. A second call goes on.
pub async fn refold_at(endpoint: &str, access_key: &str) -> Result<usize> {
    let deployment = Deployment::without_gateway(default_settings(), access_key);
    rewrite(&app(endpoint, &deployment, &Clock::system()).await).await.map_err(Error::database)
}

/// Rewrites the keys in the tables that environment variables name, for the cloud. Returns how many differed.
///
/// # Errors
/// If a table cannot be read or written. A second call goes on.
pub async fn refold_cloud() -> Result<usize> {
    rewrite(&App::of_operator(default_settings()).await).await.map_err(Error::database)
}

async fn rewrite(app: &App) -> std::result::Result<usize, Fault> {
    Ok(app.library().refold().await? + app.accounts().refold().await?)
}
