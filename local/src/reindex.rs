//! Brings the lists by which books are found in line with all books: docs/search.md.

use shared::runtime::app::{App, Clock};
use shared::tables::Fault;
use shared::tables::search::Reindexed;
use shared::values::FOLD_VERSION;
use shared::words::WORDS_VERSION;

use crate::database::Database;
use crate::deployment::{Deployment, app, default_settings};
use crate::error::{Error, Result};
use crate::records::Records;

/// The mark of the versions with which the lists were written.
const MARK: &str = "search";

/// Goes through the books of a data folder if its lists were written with other versions, or never. Nothing is served before.
pub(crate) async fn reindex(database: &Database, records: &Records) -> Result<()> {
    let version = format!("{FOLD_VERSION}.{WORDS_VERSION}");
    if records.mark(MARK).map_err(Error::database)?.as_ref() != Some(&version) {
        reindex_at(database.endpoint(), database.access_key()).await?;
        records.set_mark(MARK, &version).map_err(Error::database)?;
    }
    Ok(())
}

/// Goes through the books of the runner's tables at an endpoint.
///
/// # Errors
/// If a table cannot be read or written. A second call goes on.
pub async fn reindex_at(endpoint: &str, access_key: &str) -> Result<Reindexed> {
    let deployment = Deployment::without_gateway(default_settings(), access_key);
    all(&app(endpoint, &deployment, &Clock::system()).await).await.map_err(Error::database)
}

/// Goes through the books of the tables that environment variables name, for the cloud. Returns for how many something was
/// written.
///
/// # Errors
/// As [`reindex_at`]; and if a book could not be indexed, when all others are.
pub async fn reindex_cloud() -> Result<usize> {
    let done = all(&App::of_operator(default_settings()).await).await.map_err(Error::database)?;
    match done.failed {
        0 => Ok(done.written),
        failed => Err(Error::database(format!("{failed} books could not be indexed; the log names them"))),
    }
}

async fn all(app: &App) -> std::result::Result<Reindexed, Fault> {
    let (library, search) = (app.library(), app.search());
    let mut all = search.reindex(&library, app.now()).await?;
    while all.more {
        all = all.and(search.reindex(&library, app.now()).await?);
    }
    Ok(all)
}
