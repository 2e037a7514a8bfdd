//! What functions call in AWS, for functions that run outside of this program, under `cargo lambda watch` or `sam local`:
//! DynamoDB on one port; Secrets Manager, SES and its mailbox on another.
//!
//! No gateway is here and nothing follows a stream or a schedule. What was written meanwhile is followed by the whole
//! runner, once it opens the same folder.

mod environment;

use std::future::IntoFuture;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use auth::Secrets;
use clap::Args;
use shared::runtime::app::Clock;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::carrel::create_admin;
use crate::template::Template;
use crate::{Carrel, DRAIN, Data, Database, Error, Kept, LOOPBACK, Place, Result};
use crate::{default_settings, listen, mailbox, secrets, secrets_manager, ses};
pub use environment::environment;

/// Where it listens.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The port of what else functions call in AWS: Secrets Manager and SES, with the mailbox.
    #[arg(long, default_value_t = 8001)]
    pub aws_port: u16,

    /// The address of both ports. Whoever reaches it reads everything, secrets too; Docker's containers reach
    /// 172.17.0.1 on Linux.
    #[arg(long, default_value_t = LOOPBACK)]
    pub address: IpAddr,
}

/// The surroundings of functions. Dropped, they stop in their own time; [`Cloud::stop`] waits until they have.
pub struct Cloud {
    aws: String,
    database: Database,
    secrets: Secrets,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Cloud {
    /// Starts them: the database with the template's tables, and the rest.
    ///
    /// # Errors
    /// Where a port or the data folder is taken.
    pub async fn start(dynamodb_port: u16, data: &Data, options: &Options) -> Result<Self> {
        let listener = listen(options.address, options.aws_port, "--aws-port")?;
        let database = listen(options.address, dynamodb_port, "--dynamodb-port")?;
        let database = Database::start(database, data, &Template::embedded()?.tables)?;
        let [signing, pepper, letters] = secrets::texts(data)?;
        let mails = Kept::open(data.file("mail.jsonl")).map_err(Error::io("mail.jsonl in the data folder"))?;
        let mails = Arc::new(mails);
        let [signing_name, pepper_name, letters_name] = environment::SECRETS;
        let secrets = Secrets::new(&signing, &pepper, &letters)
            .map_err(std::io::Error::other)
            .map_err(Error::io("the secrets"))?;
        let named = [(signing_name, signing), (pepper_name, pepper), (letters_name, letters)];
        let service = mailbox::router(Arc::clone(&mails), environment::API.to_owned())
            .merge(ses::router(mails))
            .merge(secrets_manager::router(named));
        let (address, listener) = ready(listener).map_err(Error::io("the port of Secrets Manager and SES"))?;
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async { drop(stopped.await) };
        let serving = tokio::spawn(axum::serve(listener, service).with_graceful_shutdown(shutdown).into_future());
        Ok(Cloud { aws: format!("http://{address}"), database, secrets, stop, serving })
    }

    /// Makes an administrator, if nobody has that email, and says whether it did.
    ///
    /// # Errors
    /// Where the database fails, or the email is none.
    pub async fn create_admin(&self, email: &str, password: &str) -> Result<bool> {
        let place = Place::nowhere(default_settings());
        let carrel = Box::pin(Carrel::on(self.database.endpoint(), &self.secrets, place, Clock::system())).await?;
        create_admin(&carrel.auth, email, password).await
    }

    /// What functions need in their environment to find all this.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        environment(self.database.endpoint(), &self.aws)
    }

    /// Where the letters are.
    pub fn mailbox(&self) -> String {
        format!("{}/dev/mail", self.aws)
    }

    /// Lets what is being answered finish, for at most five seconds, and closes the database.
    pub async fn stop(mut self) {
        drop(self.stop);
        if tokio::time::timeout(DRAIN, &mut self.serving).await.is_err() {
            self.serving.abort();
        }
        let database = self.database;
        // The thread has printed its panic, if it had one.
        let _ = tokio::task::spawn_blocking(|| database.stop()).await;
    }
}

fn ready(listener: std::net::TcpListener) -> std::io::Result<(SocketAddr, tokio::net::TcpListener)> {
    listener.set_nonblocking(true)?;
    Ok((listener.local_addr()?, tokio::net::TcpListener::from_std(listener)?))
}

#[cfg(test)]
mod tests;
