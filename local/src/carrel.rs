//! Carrel itself: the functions that run on Lambda, born here with what the cloud would have given them.

use std::fs;
use std::path::Path;

use auth::{Auth, Secrets};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Region;
use shared::app::{App, Clock, Settings, TableNames, sdk_config};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::folder::write_whole;
use crate::{Data, Functions};

/// The functions, ready to answer, and the means to make an administrator.
pub struct Carrel {
    /// The functions.
    pub functions: Functions,
    pub(crate) auth: Auth,
}

impl Carrel {
    /// The functions on the DynamoDB at `endpoint`, which has the template's tables.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn on(endpoint: &str, secrets: &Secrets, settings: Settings, clock: Clock) -> Result<Self> {
        let app = App::new(&client(endpoint).await, &names(), settings, clock);
        let auth = Auth::new(app.clone(), secrets).await;
        let auth =
            auth.map_err(|fault| Error::Database(format!("the signing key could not be published: {fault:?}")))?;
        let functions =
            [("auth", auth::app(auth.clone())), ("books", books::app(app.clone())), ("favorites", favorites::app(app))];
        Ok(Carrel { functions: functions.map(|(name, router)| (name.to_owned(), router)).into(), auth })
    }
}

/// The secrets of the data folder, made up at its first start; in memory, fresh ones each time.
///
/// # Errors
/// Where the folder cannot be read or written.
pub fn secrets(data: &Data) -> Result<Secrets> {
    const LENGTH: usize = 64;
    let made_up = || [(); 4].map(|()| Uuid::new_v4().simple().to_string()).concat();
    let both = match data {
        Data::Memory => made_up(),
        Data::Folder(folder) => {
            kept(&folder.join("secrets"), made_up).map_err(Error::io(format!("the secrets in {}", folder.display())))?
        }
    };
    let (signing, pepper) = both.split_at_checked(LENGTH).unwrap_or((&both, ""));
    Ok(Secrets::new(signing, pepper))
}

fn kept(file: &Path, made_up: impl FnOnce() -> String) -> std::io::Result<String> {
    match fs::read_to_string(file) {
        Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => {
            let secrets = made_up();
            write_whole(file, secrets.as_bytes())?;
            Ok(secrets)
        }
        read => read,
    }
}

/// The functions' own client, with the only things that Lambda would have put into the environment.
async fn client(endpoint: &str) -> Client {
    let credentials = Credentials::new("local", "local", None, None, "local");
    let config = sdk_config(Some(endpoint.to_owned())).await.into_builder();
    let config =
        config.region(Region::from_static("local")).credentials_provider(SharedCredentialsProvider::new(credentials));
    Client::new(&config.build())
}

fn names() -> TableNames {
    TableNames {
        accounts: "carrel-accounts".into(),
        sessions: "carrel-sessions".into(),
        library: "carrel-library".into(),
    }
}

/// The settings of a stack whose parameters all have their defaults.
pub fn default_settings() -> Settings {
    Settings {
        base_path: "/v1".to_owned(),
        issuer: "carrel".to_owned(),
        members_only_reads: false,
        admins_only_writes: false,
    }
}
