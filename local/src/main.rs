//! `cargo run -p local`: the whole library on a laptop.
#![allow(clippy::print_stdout, reason = "this program prints where everything is")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use local::client::{Account, DEFAULT_URL, LOCAL_ADMIN};
use local::cloud::{self, Cloud};
use local::copy_table;
use local::export;
use local::import::{self, Importer};
use local::inspect;
use local::monitor::Monitor;
use local::plans::local_key;
use local::signals::Signals;
use local::template::Template;
use local::{Data, Error, Local, Options, PAGES_OF_THIS_MACHINE, READERS_PASSWORD, default_settings, watch};
use shared::runtime::app::{Clock, Settings};
use shared::runtime::environment::{CATALOG_READS, CATALOG_WRITES, LOANS};
use shared::runtime::log::chain;
use shared::values::{Email, Network};
use url::Url;

/// Carrel, a library's back end, on this machine.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The port of the API.
    #[arg(long, default_value_t = 9000)]
    port: u16,

    /// The port of the embedded DynamoDB, which any SDK or the AWS CLI can use.
    #[arg(long, default_value_t = 8000, global = true)]
    dynamodb_port: u16,

    /// The data folder.
    #[arg(long, value_name = "DIR", default_value = ".carrel", global = true)]
    data: PathBuf,

    /// Run in memory: the data ends with the process.
    #[arg(long, conflicts_with = "data", global = true)]
    memory: bool,

    /// Start without books, readers and loans: only the administrator is there.
    #[arg(long)]
    bare: bool,

    /// Ignore the usage plans: no call is throttled.
    #[arg(long)]
    no_usage_plans: bool,

    /// How many calls of functions may run at once. Further requests are answered with 503 and Retry-After, as where an AWS
    /// account's limit is reached.
    #[arg(long, value_name = "CALLS", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    most_calls: u16,

    /// A website whose pages may call the API, such as https://library.example. Can be repeated. Pages of this machine may
    /// always do so, at every port.
    #[arg(long = "origin", value_name = "URL", value_parser = origin)]
    origins: Vec<String>,

    /// The website that links in letters lead to, if it is not the one that this program serves.
    #[arg(long, value_name = "URL")]
    site: Option<Url>,

    /// A network, such as 127.0.0.0/8, whose addresses may register any number of readers. Can be repeated. Elsewhere it is
    /// 20 an hour.
    #[arg(long = "library-address", value_name = "CIDR")]
    library_addresses: Vec<Network>,

    /// A catalogue of others that a book is looked up in by its ISBN: dnb or openlibrary. Can be repeated: they are asked in this
    /// order. By default none is.
    #[arg(long = "metadata-source", value_name = "NAME", value_parser = metadata::source)]
    metadata_sources: Vec<String>,

    /// Who may look at books: everybody, or signed-in users.
    #[arg(long, value_name = "WHO", value_parser = CATALOG_READS.words(), default_value = CATALOG_READS.word(false))]
    catalog_reads: String,

    /// Who may add books: signed-in users, or librarians.
    #[arg(long, value_name = "WHO", value_parser = CATALOG_WRITES.words(), default_value = CATALOG_WRITES.word(false))]
    catalog_writes: String,

    /// Who may reserve books: users who have confirmed their email address or whom a librarian has approved, or all users.
    #[arg(long, value_name = "WHO", value_parser = LOANS.words(), default_value = LOANS.word(false))]
    loans: String,

    /// The email address whose owner becomes a librarian by verifying it.
    #[arg(long, value_name = "EMAIL")]
    admin_email: Option<Email>,

    /// Put the mail service into SES's sandbox, as in a new account: it takes mail only for addresses and domains that are
    /// given here. Can be repeated.
    #[arg(long = "sandbox", value_name = "VERIFIED")]
    sandbox: Option<Vec<String>>,

    #[command(subcommand)]
    command: Option<Command>,
}

/// The other commands.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print openapi.json, the contract of the API.
    Openapi,
    /// Run only the services that functions call in AWS, for `cargo lambda watch` and `sam local`.
    Database(cloud::Options),
    /// Show the live events of a library, on this machine or in the cloud. For librarians.
    Monitor(Account),
    /// Copy items of a restored table back into the live one, on this machine or in the cloud.
    CopyTable(copy_table::Options),
    /// Say what a file of books or members is, what a library could take of it, and what is wrong with the rest.
    Inspect(inspect::Options),
    /// Bring the books of a file into a library, on this machine or in the cloud.
    Import(import::Options),
    /// Write the books of a library, on this machine or in the cloud, into a file.
    Export(export::Options),
    /// Replace the key that signs access tokens. Nobody is signed out.
    RotateKeys,
    /// Rewrite the keys of titles, authors and names in the cloud's tables, after an update that changed their folding. The
    /// environment has the names of the tables and AWS's credentials: see docs/operations.md.
    Refold,
    /// Bring the lists of the search in line with all books, in the cloud's tables, after an update that changed which words a
    /// text has, or if lists were lost. The environment is that of `refold`.
    Reindex,
    /// Update the router table of `cargo lambda watch` in Cargo.toml from the template's routes.
    WatchRouter,
}

/// Parses an origin as browsers send it.
fn origin(text: &str) -> Result<String, String> {
    let origin = Url::parse(text).map(|url| url.origin().ascii_serialization());
    origin.ok().filter(|origin| origin == text).ok_or_else(|| "should be like http://localhost:5173".to_owned())
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Some(Command::Openapi) => Some(local::openapi::openapi().map(|contract| println!("{contract:#}"))),
        Some(Command::RotateKeys) => Some(rotate_keys(&arguments.data)),
        Some(Command::WatchRouter) => Some(update_watch_router()),
        Some(Command::Refold) => Some(refold().await),
        Some(Command::Reindex) => Some(reindex().await),
        Some(Command::Monitor(options)) => return monitor(options).await,
        Some(Command::CopyTable(options)) => return copy_table(&options).await,
        Some(Command::Inspect(options)) => return inspect(&options),
        Some(Command::Import(options)) => return import(options).await,
        Some(Command::Export(options)) => return export(options).await,
        Some(Command::Database(_)) | None => None,
    };
    match done {
        Some(Ok(())) => return ExitCode::SUCCESS,
        Some(Err(problem)) => return fail(&problem),
        None => {}
    }
    // Functions log JSON, as on Lambda. It would bury the access log, so without RUST_LOG only failures are shown.
    if std::env::var_os("RUST_LOG").is_some() {
        shared::runtime::log::log_to(std::io::stderr);
    } else {
        shared::runtime::log::log_failures_to(std::io::stderr);
    }
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(problem) => return fail(&problem),
    };
    let data = if arguments.memory { Data::Memory } else { Data::Folder(arguments.data.clone()) };
    let ran = match &arguments.command {
        Some(Command::Database(options)) => database(arguments.dynamodb_port, &data, options, &mut signals).await,
        _ => run(arguments, data, &mut signals).await,
    };
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => fail(&problem),
    }
}

fn rotate_keys(folder: &Path) -> Result<(), Error> {
    local::rotate_keys(folder)?;
    println!(
        "New access tokens are signed with a new key. Nobody is signed out: old tokens are valid until they expire."
    );
    Ok(())
}

async fn refold() -> Result<(), Error> {
    println!("{} keys were written anew.", local::refold_cloud().await?);
    Ok(())
}

async fn reindex() -> Result<(), Error> {
    println!("The lists of {} books were written anew.", local::reindex_cloud().await?);
    Ok(())
}

/// Rewrites the table in the workspace that this program was built from.
fn update_watch_router() -> Result<(), Error> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let failed = |source| Error::Io { what: manifest.display().to_string(), source };
    let text = std::fs::read_to_string(&manifest).map_err(failed)?;
    std::fs::write(&manifest, watch::updated(&text)?).map_err(failed)
}

async fn monitor(mut account: Account) -> ExitCode {
    if let Err(problem) = account.ask_password() {
        return cannot(&problem);
    }
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(problem) => return fail(&problem),
    };
    let (mut monitor, mut terminal) = (Monitor::new(account), std::io::stdout());
    let ended = tokio::select! {
        ended = monitor.run(&mut terminal) => ended,
        () = signals.next() => Ok(()),
    };
    monitor.leave().await;
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => cannot(&problem),
    }
}

async fn copy_table(options: &copy_table::Options) -> ExitCode {
    match copy_table::copy(options).await {
        Ok(copy_table::Copied { copied, there }) => {
            let did = if options.dry_run { "would be copied" } else { "copied" };
            println!("{copied} items {did}; {there} are there already");
            ExitCode::SUCCESS
        }
        Err(problem) => cannot(&problem),
    }
}

/// Exits with 0 if every row is in the library, with 2 if some cannot be taken, and with 1 if the import is not at its end. Of an undo:
/// with 0 if every book is out, with 2 if some stay, and with 1 if it is not at its end.
async fn import(mut options: import::Options) -> ExitCode {
    if let Err(problem) = options.account.ask_password() {
        return cannot(&problem);
    }
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(problem) => return fail(&problem),
    };
    let undone = options.undo.clone();
    let (mut importer, mut out) = (Importer::new(options), std::io::stdout());
    let done = async {
        match &undone {
            Some(id) => importer.undo(id, &mut out).await,
            None => importer.run(&mut out).await.map(|counts| counts.failed == 0),
        }
    };
    let ended = tokio::select! {
        ended = done => ended,
        () = signals.next() => Err(format!("the {} was stopped", if undone.is_some() { "undo" } else { "import" })),
    };
    let goes_on = importer.leave().await;
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(problem) => {
            eprintln!("carrel: {problem}");
            if let Some(command) = goes_on {
                eprintln!("It goes on with: {command}");
            }
            ExitCode::FAILURE
        }
    }
}

async fn export(mut options: export::Options) -> ExitCode {
    if options.owner.is_some()
        && let Err(problem) = options.account.ask_password()
    {
        return cannot(&problem);
    }
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(problem) => return fail(&problem),
    };
    let mut out = std::io::stdout();
    let ended = tokio::select! {
        ended = export::export(&options, &mut out) => ended,
        () = signals.next() => Err("the export was stopped".to_owned()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => cannot(&problem),
    }
}

/// Exits with 0 if every row can be taken, with 2 if some cannot, and with 1 if the file cannot be read.
fn inspect(options: &inspect::Options) -> ExitCode {
    match inspect::inspect(options, &mut std::io::stdout().lock()) {
        Ok(counts) if counts.failed == 0 => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(2),
        Err(problem) => cannot(&problem),
    }
}

async fn run(arguments: Arguments, data: Data, signals: &mut Signals) -> Result<(), Error> {
    let (clock, bare) = (Clock::system(), arguments.bare);
    let options = Options {
        port: arguments.port,
        dynamodb_port: arguments.dynamodb_port,
        data: data.clone(),
        usage_plans: !arguments.no_usage_plans,
        most_calls: arguments.most_calls.into(),
        access_log: true,
        sandbox: arguments.sandbox,
        opens_at_once: false,
        clock: clock.clone(),
        settings: Settings {
            members_only_reads: arguments.catalog_reads == CATALOG_READS.word(true),
            admins_only_writes: arguments.catalog_writes == CATALOG_WRITES.word(true),
            members_borrow: arguments.loans == LOANS.word(true),
            allowed_origins: arguments.origins.into_iter().chain(PAGES_OF_THIS_MACHINE.map(str::to_owned)).collect(),
            site_url: arguments.site.map(|site| site.as_str().trim_end_matches('/').to_owned()).unwrap_or_default(),
            library_addresses: arguments.library_addresses,
            metadata_sources: arguments.metadata_sources,
            admin_email: arguments.admin_email,
            ..default_settings()
        },
        ..Options::default()
    };
    let local = tokio::select! {
        opened = open(options, &clock, bare) => opened?,
        () = signals.next() => return Ok(()),
    };
    welcome(&local, &data)?;
    signals.next().await;
    println!("\nClosing the library. Ctrl-C again quits at once.");
    stop(local.stop(), signals).await
}

async fn database(port: u16, data: &Data, options: &cloud::Options, signals: &mut Signals) -> Result<(), Error> {
    let cloud = Cloud::start(port, data, options).await?;
    cloud.create_admin(LOCAL_ADMIN.0, LOCAL_ADMIN.1).await?;
    if let Some(file) = &options.env_file {
        cloud.write_environment(file)?;
    }
    let environment: Vec<_> = cloud.environment().iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    let (email, password) = LOCAL_ADMIN;
    println!(
        "
  The services that functions call in AWS are running. Functions need this environment:

{environment}
  Mailbox    {mailbox}   (no letter leaves this machine)
  Data       {data}
  Admin      {email} / {password}   (only on this machine, never in the cloud)

  Ctrl-C stops them.
",
        environment = environment.concat(),
        mailbox = cloud.mailbox(),
        data = folder_of(data),
    );
    signals.next().await;
    println!("\nStopping. Ctrl-C again quits at once.");
    stop(cloud.stop(), signals).await
}

async fn stop(stopping: impl Future<Output = ()>, signals: &mut Signals) -> Result<(), Error> {
    tokio::select! {
        () = stopping => Ok(()),
        () = signals.next() => std::process::exit(130),
    }
}

/// Starts the library with its administrator and, unless it is to be bare, with what a new library begins with.
async fn open(options: Options, clock: &Clock, bare: bool) -> Result<Local, Error> {
    let local = Local::start(options).await?;
    local.create_admin(LOCAL_ADMIN.0, LOCAL_ADMIN.1).await?;
    if !bare {
        local.begin(clock, LOCAL_ADMIN.0, LOCAL_ADMIN.1).await?;
    }
    local.open();
    Ok(local)
}

fn welcome(local: &Local, data: &Data) -> Result<(), Error> {
    let keys: Vec<_> = Template::embedded()?.plans.iter().map(local_key).collect();
    let data = folder_of(data);
    let (email, password) = LOCAL_ADMIN;
    let (site, url, mailbox) = (local.site(), local.url(), local.mailbox());
    let (dynamodb, access_key) = (local.database().endpoint(), local.database().access_key());
    let readers = match local.first_readers()?.as_slice() {
        [] => String::new(),
        readers => format!("\n  Readers    {} / {READERS_PASSWORD}   (the same)", readers.join(", ")),
    };
    let of_this = if url == DEFAULT_URL { String::new() } else { format!(" --url {url}") };
    println!(
        "
  Carrel is open.

  Site       {site}
  API        {url}
  Docs       {url}/docs
  Mailbox    {mailbox}   (no letter leaves this machine)
  DynamoDB   {dynamodb}   (access key {access_key})
  Data       {data}
  Admin      {email} / {password}   (only on this machine, never in the cloud){readers}
  API keys   {keys}   (in X-Api-Key; optional here)

  Try        curl '{url}/books?limit=3'
  Watch      cargo run -p local -- monitor{of_this}

  Ctrl-C closes the library.
",
        keys = keys.join(", ")
    );
    Ok(())
}

fn folder_of(data: &Data) -> String {
    match data {
        Data::Memory => "in memory, lost when this program ends".to_owned(),
        Data::Folder(folder) => folder.display().to_string(),
    }
}

fn cannot(problem: &str) -> ExitCode {
    eprintln!("carrel: {problem}");
    ExitCode::FAILURE
}

fn fail(problem: &Error) -> ExitCode {
    eprintln!("carrel: {}", chain(problem));
    ExitCode::FAILURE
}
