//! `cargo run -p local`: the whole library on a laptop.
#![allow(clippy::print_stdout, reason = "telling who started it where everything is, is this program's job")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use local::plans::local_key;
use local::template::Template;
use local::{Data, Error, Local, Options};

/// Who may do everything here. The cloud has no such account.
const ADMIN: (&str, &str) = ("johndoe@example.com", "password");

/// Carrel, a library's back end, on this machine.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The port of the API.
    #[arg(long, default_value_t = 9000)]
    port: u16,

    /// The port of the embedded DynamoDB, which any SDK or the AWS CLI can use.
    #[arg(long, default_value_t = 8000)]
    dynamodb_port: u16,

    /// Where the data is kept.
    #[arg(long, value_name = "DIR", default_value = ".carrel")]
    data: PathBuf,

    /// Keep nothing: the data ends with the process.
    #[arg(long, conflicts_with = "data")]
    memory: bool,

    /// Let every call through, whatever the usage plans say.
    #[arg(long)]
    no_usage_plans: bool,

    #[command(subcommand)]
    command: Option<Command>,
}

/// What else this program does.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the contract of the API, as openapi.json has it.
    Openapi,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Command::Openapi) = arguments.command {
        return match local::openapi::openapi() {
            Ok(contract) => {
                println!("{contract:#}");
                ExitCode::SUCCESS
            }
            Err(problem) => fail(&problem),
        };
    }
    // Functions log JSON, as on Lambda. Here it would bury the access log, so it has to be asked for.
    if std::env::var_os("RUST_LOG").is_some() {
        lambda_http::tracing::init_default_subscriber();
    }
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(problem) => return fail(&problem),
    };
    match run(arguments, &mut signals).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => fail(&problem),
    }
}

async fn run(arguments: Arguments, signals: &mut Signals) -> Result<(), Error> {
    let data = if arguments.memory { Data::Memory } else { Data::Folder(arguments.data) };
    let options = Options {
        port: arguments.port,
        dynamodb_port: arguments.dynamodb_port,
        data: data.clone(),
        usage_plans: !arguments.no_usage_plans,
        access_log: true,
        ..Options::default()
    };
    let local = tokio::select! {
        opened = open(options) => opened?,
        () = signals.next() => return Ok(()),
    };
    welcome(&local, &data)?;
    signals.next().await;
    println!("\nClosing the library. Ctrl-C again leaves at once.");
    tokio::select! {
        () = local.stop() => Ok(()),
        () = signals.next() => std::process::exit(130),
    }
}

/// The library with somebody who may do everything, and its first books.
async fn open(options: Options) -> Result<Local, Error> {
    let local = Local::start(options).await?;
    local.create_admin(ADMIN.0, ADMIN.1).await?;
    local.add_catalogue(ADMIN.0, ADMIN.1).await?;
    Ok(local)
}

fn welcome(local: &Local, data: &Data) -> Result<(), Error> {
    let keys: Vec<_> = Template::embedded()?.plans.iter().map(local_key).collect();
    let data = match data {
        Data::Memory => "in memory, gone when this ends".to_owned(),
        Data::Folder(folder) => folder.display().to_string(),
    };
    let (email, password) = ADMIN;
    let (url, dynamodb) = (local.url(), local.database().endpoint());
    println!(
        "
  Carrel is open.

  API        {url}
  DynamoDB   {dynamodb}
  Data       {data}
  Admin      {email} / {password}   (this runner makes it, the cloud never does)
  API keys   {keys}   (in X-Api-Key; optional here)

  Try        curl '{url}/books?limit=3'

  Ctrl-C closes the library.
",
        keys = keys.join(", ")
    );
    Ok(())
}

fn fail(problem: &Error) -> ExitCode {
    eprintln!("carrel: {problem}");
    ExitCode::FAILURE
}

/// Ctrl-C, and on Unix SIGTERM.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> Result<Self, Error> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let terminate = signal(SignalKind::terminate());
            let terminate = terminate.map_err(|source| Error::Io { doing: "signals".to_owned(), source })?;
            Ok(Signals { terminate })
        }
        #[cfg(not(unix))]
        Ok(Signals {})
    }

    /// The next of them.
    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}
