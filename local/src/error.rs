//! What keeps the runner from starting, each told in one line that says what to do.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why the runner could not start, or not finish starting.
#[derive(Debug)]
pub enum Error {
    /// Another program listens on the port.
    PortTaken {
        /// The port that was asked for.
        port: u16,
        /// The command-line flag that chooses another.
        flag: &'static str,
    },
    /// Another runner works on the same data folder.
    FolderInUse(PathBuf),
    /// The data folder was written for tables that the template has changed since.
    FolderOutdated {
        /// The folder to remove.
        folder: PathBuf,
        /// The table that differs.
        table: String,
        /// The property that differs: `KeySchema`, `GlobalSecondaryIndexes`, …
        property: &'static str,
    },
    /// The template says something that the runner cannot follow.
    Template {
        /// The logical id of the resource, or the section.
        resource: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The embedded database failed.
    Database(String),
    /// The books of the first start could not be added.
    Catalogue(String),
    /// The operating system refused something.
    Io {
        /// What was being done.
        doing: String,
        /// What it said.
        source: io::Error,
    },
}

/// What may fail with one of this crate's errors.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn template(resource: &str, problem: impl fmt::Display) -> Self {
        Error::Template { resource: resource.to_owned(), problem: problem.to_string() }
    }

    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Error::Io { doing, source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::PortTaken { port, flag } => {
                write!(f, "port {port} is taken by another program: choose another with {flag} <PORT>")
            }
            Error::FolderInUse(folder) => write!(
                f,
                "another runner works on {}: stop it, or choose another folder with --data <DIR>",
                folder.display()
            ),
            Error::FolderOutdated { folder, table, property } => write!(
                f,
                "{} was made by an older version: the {property} of the table {table} has changed since. \
                 Remove the folder to start anew, or choose another with --data <DIR>",
                folder.display()
            ),
            Error::Template { resource, problem } => write!(f, "template.yaml, {resource}: {problem}"),
            Error::Database(problem) => write!(f, "the embedded DynamoDB failed: {problem}"),
            Error::Catalogue(problem) => write!(f, "the first books could not be added: {problem}"),
            Error::Io { doing, source } => write!(f, "{doing}: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
