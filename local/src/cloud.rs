//! The services that functions call in AWS, for functions that run outside this program, under `cargo lambda watch` or
//! `sam local`: DynamoDB on one port; Secrets Manager, SES and the mailbox on another.
//!
//! It has no gateway, and follows no stream and no schedule. The whole runner follows what was written meanwhile, once it
//! opens the same data folder.

mod environment;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use auth::Secrets;
use clap::Args;
use shared::runtime::app::Clock;

use crate::database::Data;
use crate::deployment::{Deployment, MAIL_SENDER, default_settings};
use crate::error::{Error, Result};
use crate::folder::write_whole;
use crate::functions::{Carrel, create_admin};
use crate::ses::{self, Account};
use crate::surroundings::{LOOPBACK, Port, Served, Surroundings};
use crate::template::Template;
use crate::{dev, mailbox, secrets, secrets_manager};
pub use environment::environment;

/// Where the services listen.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The port of Secrets Manager, SES and the mailbox.
    #[arg(long, default_value_t = 8001)]
    pub aws_port: u16,

    /// The address of both ports. Whoever reaches it reads everything, also secrets. Docker's containers reach
    /// 172.17.0.1 on Linux.
    #[arg(long, default_value_t = LOOPBACK)]
    pub address: IpAddr,

    /// Also write the environment that functions need to this file, such as .env; as env.json of `sam local` if its name ends
    /// with .json.
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
}

/// The running services. Dropped, they stop in their own time; [`Cloud::stop`] waits until they have.
pub struct Cloud {
    aws: String,
    secrets: Secrets,
    served: Served,
}

impl Cloud {
    /// Starts the database with the template's tables, and the other services.
    ///
    /// # Errors
    /// If a port or the data folder is taken.
    pub async fn start(dynamodb_port: u16, data: &Data, options: &Options) -> Result<Self> {
        let port = Port { number: options.aws_port, flag: "--aws-port" };
        let template = Template::embedded()?;
        let tables = &template.tables;
        let surroundings = Surroundings::start(options.address, port, dynamodb_port, data, tables)?;
        let [signing, pepper, letters] = secrets::texts(data)?;
        let [signing_name, pepper_name, letters_name] = environment::SECRETS;
        let secrets = secrets::of([&signing, &pepper, &letters])?;
        let named = [(signing_name, signing), (pepper_name, pepper), (letters_name, letters)];
        let records = Arc::clone(&surroundings.records);
        let account = Account { sender: MAIL_SENDER.to_owned(), sandbox: None, policy: template.mail.clone() };
        let routes = mailbox::router(Arc::clone(&records))
            .merge(ses::router(records, account))
            .merge(secrets_manager::router(named));
        Ok(Cloud { aws: surroundings.origin(), secrets, served: surroundings.serve(routes) })
    }

    /// Creates an administrator, unless the email is taken. Returns whether it did.
    ///
    /// # Errors
    /// If the database fails, or the email is invalid.
    pub async fn create_admin(&self, email: &str, password: &str) -> Result<bool> {
        let deployment = Deployment::without_gateway(default_settings(), self.served.database.access_key());
        let endpoint = self.served.database.endpoint();
        let carrel = Box::pin(Carrel::on(endpoint, &self.secrets, deployment, Clock::system())).await?;
        create_admin(&carrel.auth, email, password).await
    }

    /// Returns the environment variables with which functions find the services.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let database = &self.served.database;
        environment(database.endpoint(), &self.aws, database.access_key())
    }

    /// Writes the environment to a file that only its owner can read.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_environment(&self, file: &Path) -> Result<()> {
        let environment = self.environment();
        let text = if file.extension().is_some_and(|extension| extension == "json") {
            let parameters: serde_json::Map<_, _> =
                environment.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
            format!("{:#}\n", serde_json::json!({ "Parameters": parameters }))
        } else {
            environment.iter().map(|(name, value)| format!("{name}={value}\n")).collect()
        };
        write_whole(file, text.as_bytes()).map_err(Error::io(file.display().to_string()))
    }

    /// Returns the URL of the mailbox.
    pub fn mailbox(&self) -> String {
        format!("{}{}", self.aws, dev::MAIL)
    }

    /// Finishes running requests, for at most five seconds, and closes the database.
    pub async fn stop(self) {
        self.served.stop(std::future::ready(())).await;
    }
}

#[cfg(test)]
mod tests;
