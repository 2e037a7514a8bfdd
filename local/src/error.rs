//! Why the runner does not start. Each error is one line that says what to do.

use std::fmt::Display;
use std::io;
use std::path::PathBuf;

/// Whatever caused an error, with its own causes behind it.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the runner could not start, or not finish starting. The cause is the `source`;
/// [`chain`](shared::runtime::log::chain) shows both.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another program listens on the port.
    #[error("port {port} is taken by another program: choose another with {flag} <PORT>")]
    PortTaken {
        /// The port that was asked for.
        port: u16,
        /// The command-line flag that chooses another.
        flag: &'static str,
    },
    /// Another runner works on the same data folder.
    #[error("another runner works on {}: stop it, or choose another folder with --data <DIR>", .0.display())]
    FolderInUse(PathBuf),
    /// The data folder was written for tables that the template has changed since.
    #[error(
        "{} was made by an older version: the {property} of the table {table} has changed since. \
         Remove the folder to start anew, or choose another with --data <DIR>",
        folder.display()
    )]
    FolderOutdated {
        /// The folder to remove.
        folder: PathBuf,
        /// The table that differs.
        table: String,
        /// The property that differs: `KeySchema`, `GlobalSecondaryIndexes`, …
        property: &'static str,
    },
    /// The template says something that the runner does not support.
    #[error("template.yaml, {resource}: {problem}")]
    Template {
        /// The logical id of the resource, or the section.
        resource: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The embedded database failed.
    #[error("the embedded DynamoDB failed")]
    Database(#[source] Cause),
    /// The first books, readers and loans could not be added.
    #[error("what a new library begins with could not be added")]
    FirstStart(#[source] Cause),
    /// The administrator could not be created.
    #[error("{email} could not be made an administrator")]
    Admin {
        /// The email address.
        email: String,
        /// Why.
        source: Cause,
    },
    /// A file of the data folder could not be read or written.
    #[error("{what}")]
    File {
        /// The file.
        what: String,
        /// Why.
        source: Cause,
    },
    /// The operating system refused something.
    #[error("{what}")]
    Io {
        /// What was being used.
        what: String,
        /// What the system said.
        source: io::Error,
    },
}

/// What may fail with one of this crate's errors.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn template(resource: &str, problem: impl Display) -> Self {
        Error::Template { resource: resource.to_owned(), problem: problem.to_string() }
    }

    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Error::Io { what, source }
    }

    pub(crate) fn file<E: Into<Cause>>(what: impl Into<String>) -> impl FnOnce(E) -> Self {
        let what = what.into();
        move |source| Error::File { what, source: source.into() }
    }

    pub(crate) fn database(source: impl Into<Cause>) -> Self {
        Error::Database(source.into())
    }

    pub(crate) fn first_start(source: impl Into<Cause>) -> Self {
        Error::FirstStart(source.into())
    }
}
