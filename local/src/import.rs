//! `cargo run -p local -- import FILE`: sends a file of books or members to a library, on this machine or elsewhere, part by part.
//!
//! - `library`: the API
//! - `problems`: the table of the rows that could not be taken
//! - `undo`: takes the books or members of an import out again
//!
//! Nothing is stored here to go on after a break. All parts are sent again: the library answers those that it has with what became
//! of them, and refuses them if the file is another one by now.

mod library;
mod problems;
mod undo;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use formats::{Format, Part, Plan, Splitter, Wishes};
use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::client::{Account, DEFAULT_URL, LOCAL_ADMIN, plain};
use crate::source::{self, Source};
use library::{Import, Library, Sent};

/// What is imported, and where.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The file: an export of Goodreads, StoryGraph, LibraryThing, Calibre or BookWyrm, a table (CSV, TSV) of books or members, JSON Lines,
    /// MARC 21 or MARCXML. It may be compressed (.gz).
    #[arg(value_name = "FILE", required_unless_present = "undo")]
    pub file: Option<PathBuf>,

    /// The format, if the guess is wrong: goodreads, storygraph, librarything, calibre, bookwyrm, csv, isbn, members, jsonl, marc, marcxml.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// The encoding, if the guess is wrong: utf-8, windows-1252, macintosh, shift_jis.
    #[arg(long, value_name = "LABEL")]
    pub encoding: Option<String>,

    /// Which column of a table is which field: title=Titel. Can be repeated.
    #[arg(long = "column", value_name = "FIELD=COLUMN", value_parser = source::column)]
    pub columns: Vec<(String, String)>,

    /// Only say what would happen.
    #[arg(long)]
    pub dry_run: bool,

    /// What becomes of rows that the library has: fill gives the book what it lacks, and copies as many copies as the rows say
    /// together.
    #[arg(long, value_name = "WHAT", default_value = "skip", value_parser = ["skip", "fill", "copies"])]
    pub on_duplicate: String,

    /// Add no book: those of the library that the rows name by their ISBN become favorites.
    #[arg(long, conflicts_with = "on_duplicate")]
    pub favorites: bool,

    /// Rows without a title or an author get them from the catalogues that the library asks, by their ISBN: one request each.
    #[arg(long, conflicts_with = "favorites")]
    pub enrich: bool,

    /// Go on with this import. Without it, an import of a file of this name that was not finished goes on by itself, unless
    /// something is said about how the file is read.
    #[arg(long, value_name = "IMPORT_ID")]
    pub resume: Option<String>,

    /// Begin a new import in any case.
    #[arg(long, conflicts_with = "resume")]
    pub new: bool,

    /// Take the books of this import out of the library again, but for those that somebody has changed, reserved or borrowed; or its
    /// members, but for those who have chosen a password, reserved or borrowed.
    #[arg(long, value_name = "IMPORT_ID", conflicts_with_all = ["file", "format", "encoding", "columns", "dry_run", "resume", "new"])]
    pub undo: Option<String>,

    #[command(flatten)]
    #[allow(missing_docs, reason = "the type says it, and a comment would be the program's description")]
    pub account: Account,
}

/// What became of the rows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// All rows.
    pub rows: u64,
    /// Those that became books, favorites, or members.
    pub added: u64,
    /// Those that changed a book.
    pub updated: u64,
    /// Those that were there already.
    pub skipped: u64,
    /// Those that could not be taken.
    pub failed: u64,
}

/// How the bar looks.
const BAR: &str = "  {bar:30} {percent:>3} %  {msg}  {eta} left";

/// An import of one file.
#[derive(Debug)]
pub struct Importer {
    /// The file. It has no name if an import is undone.
    file: PathBuf,
    options: Options,
    library: Library,
    /// The import, once it has begun.
    import: Option<String>,
}

/// Why no part was sent any more.
enum End {
    /// The import was begun with another file.
    OtherFile(u32),
    Failed(String),
}

impl From<String> for End {
    fn from(problem: String) -> Self {
        End::Failed(problem)
    }
}

impl Importer {
    /// Creates an importer, without a request.
    pub fn new(options: Options) -> Self {
        let library = Library::new(options.account.clone());
        Importer { file: options.file.clone().unwrap_or_default(), options, library, import: None }
    }

    /// Imports the file, and writes what became of it to `out`. The rows that could not be taken are in a table beside the file
    /// then.
    ///
    /// # Errors
    /// A line that says why it cannot be imported, or not to its end.
    pub async fn run(&mut self, out: &mut impl Write) -> Result<Counts, String> {
        let (plan, wishes) = self.plan()?;
        let name = self.file.display().to_string();
        write(out, &format!("{} is {}, in {}.", plain(&name), plan.format, plan.encoding()))?;
        for reason in &plan.reasons {
            write(out, &plain(reason))?;
        }
        let found = self.earlier(&wishes).await?;
        let is_found = found.is_some() && self.options.resume.is_none();
        let begun = match found {
            Some(import) => import,
            None => self.library.begin(&wishes).await?,
        };
        self.begins(&begun, out)?;
        let too_long = match self.send(&plan, &begun.id).await {
            Err(End::OtherFile(_)) if is_found => {
                write(out, "That was another file of this name.")?;
                let begun = self.library.begin(&wishes).await?;
                self.begins(&begun, out)?;
                self.send(&plan, &begun.id).await
            }
            ended => ended,
        };
        let too_long = too_long.map_err(|end| match end {
            End::Failed(problem) => problem,
            End::OtherFile(part) => {
                format!("{} is not the file that this import was begun with: part {part} differs", plain(&name))
            }
        })?;
        let id = self.import.clone().unwrap_or_default();
        let Import { rows, added, updated, skipped, failed, .. } = self.library.finish(&id).await?;
        let counts = Counts { rows: rows + too_long, added, updated, skipped, failed: failed + too_long };
        self.report(&plan, counts, too_long, out).await?;
        Ok(counts)
    }

    /// Signs out, so that no session stays. Returns the command that goes on, if the import has begun and is not at its end.
    pub async fn leave(mut self) -> Option<String> {
        self.library.sign_out().await;
        let import = self.import?;
        Some(command(&self.options, &import))
    }

    /// Says how the file is read, and what the library has to know of that.
    fn plan(&self) -> Result<(Plan, Value), String> {
        let (file, Options { format, encoding, columns, dry_run, on_duplicate, favorites, enrich, .. }) =
            (&self.file, &self.options);
        let wishes = Wishes { format: *format, columns: columns.iter().cloned().collect(), encoding: encoding.clone() };
        let head = Source::open(file, None).and_then(|mut source| source.piece());
        let plan = source::plan(file, &head.map_err(|problem| self.unreadable(&problem))?, &wishes)?;
        let mut begin = json!({"dryRun": dry_run, "onDuplicate": on_duplicate, "enrich": enrich});
        if *favorites {
            begin["shelf"] = "favorites".into();
        }
        if let Some(name) = self.name() {
            begin["name"] = name.into();
        }
        // Whoever may not bring members in hears so before anything is sent.
        let members = Some(plan.format).filter(|format| *format == Format::Members);
        if let Some(format) = format.or(members) {
            begin["format"] = format.word().into();
        }
        if let Some(label) = plan.label() {
            begin["encoding"] = label.into();
        }
        if !columns.is_empty() {
            begin["columns"] = columns.iter().cloned().collect::<BTreeMap<_, _>>().into_iter().collect();
        }
        Ok((plan, begin))
    }

    /// Returns what the import is called.
    fn name(&self) -> Option<String> {
        let name = self.file.file_name()?.to_string_lossy().into_owned();
        name.parse::<shared::values::Name>().ok().map(|name| name.as_str().to_owned())
    }

    /// Returns the import that goes on.
    async fn earlier(&mut self, begun: &Value) -> Result<Option<Import>, String> {
        if let Some(id) = &self.options.resume {
            return self.library.get(id).await.map(Some);
        }
        let Options { format, encoding, columns, dry_run, new, .. } = &self.options;
        if *new || *dry_run || format.is_some() || encoding.is_some() || !columns.is_empty() {
            return Ok(None);
        }
        match self.name() {
            Some(name) => self.library.unfinished(&name, begun).await,
            None => Ok(None),
        }
    }

    fn begins(&mut self, import: &Import, out: &mut impl Write) -> Result<(), String> {
        self.import = Some(import.id.clone());
        match import.rows {
            0 => write(out, &format!("Import {}.", import.id)),
            rows => write(out, &format!("Import {} goes on: {rows} rows of it are done.", import.id)),
        }
    }

    /// Sends the parts. Returns how many records are too long to be sent.
    async fn send(&mut self, plan: &Plan, id: &str) -> Result<u64, End> {
        let mut source = Source::open(&self.file, Some(BAR)).map_err(|problem| self.unreadable(&problem))?;
        let mut splitter = Splitter::new(plan.clone());
        let (begun, bar) = (Instant::now(), source.bar.clone());
        let (mut number, mut rows) = (0, 0);
        loop {
            let piece = source.piece().map_err(|problem| self.unreadable(&problem))?;
            if piece.is_empty() {
                splitter.end()
            } else {
                splitter.push(&piece)
            }
            while let Some(part) = splitter.next_part() {
                number += 1;
                rows += part.rows;
                self.send_part(id, number, part, &bar).await?;
                let pace = f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) / begun.elapsed().as_secs_f64();
                bar.set_message(format!("{rows} rows, {pace:.0} rows/s"));
            }
            if piece.is_empty() {
                bar.finish_and_clear();
                return Ok(splitter.too_long());
            }
            // A file that unpacks without end can be stopped.
            tokio::task::yield_now().await;
        }
    }

    async fn send_part(&mut self, id: &str, number: u32, part: Part, bar: &ProgressBar) -> Result<(), End> {
        match self.library.send(id, number, part, bar).await? {
            Sent::Taken => Ok(()),
            Sent::Differs => Err(End::OtherFile(number)),
        }
    }

    /// Writes what became of the rows, and the table of those that could not be taken.
    async fn report(&mut self, plan: &Plan, counts: Counts, too_long: u64, out: &mut impl Write) -> Result<(), String> {
        let Counts { rows, added, updated, skipped, failed } = counts;
        let would = if self.options.dry_run { "would be " } else { "" };
        let told = match self.options.favorites {
            true => format!("{added} {would}new favorites, {skipped} not"),
            false if updated > 0 => format!("{added} {would}added, {updated} {would}updated, {skipped} there already"),
            false => format!("{added} {would}added, {skipped} there already"),
        };
        write(out, &format!("\n{rows} rows: {told}, {failed} cannot be taken."))?;
        if plan.format == Format::Members && added > 0 && !self.options.dry_run {
            write(out, "Each of them who has an email address gets a letter that lets them choose a password.")?;
        }
        let id = self.import.take().unwrap_or_default();
        if failed > 0 {
            let table = problems::Table { file: &self.file, plan, failed: failed - too_long, too_long };
            table.write(&mut self.library, &id, out).await?;
        }
        Ok(())
    }

    fn unreadable(&self, problem: &io::Error) -> String {
        format!("{} cannot be read: {problem}", plain(&self.file.display().to_string()))
    }
}

fn write(out: &mut impl Write, line: &str) -> Result<(), String> {
    writeln!(out, "{line}").map_err(|problem| format!("what was done cannot be written: {problem}"))
}

/// Returns the command that goes on with an import. The password is not in it.
fn command(options: &Options, import: &str) -> String {
    let Options { file, format, encoding, columns, dry_run, on_duplicate, favorites, enrich, account, .. } = options;
    let file = file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
    let mut words = vec![file, "--resume".to_owned(), import.to_owned()];
    for (flag, is_set) in [("--dry-run", *dry_run), ("--favorites", *favorites), ("--enrich", *enrich)] {
        words.extend(is_set.then(|| flag.to_owned()));
    }
    let mut add = |flag: &str, value: Option<String>| {
        words.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value]));
    };
    add("--format", format.map(|format| format.word().to_owned()));
    add("--encoding", encoding.clone());
    add("--on-duplicate", Some(on_duplicate.clone()).filter(|what| what != "skip"));
    for (field, column) in columns {
        add("--column", Some(format!("{field}={column}")));
    }
    add("--url", Some(account.url.clone()).filter(|url| url != DEFAULT_URL));
    add("--email", Some(account.email.clone()).filter(|email| email != LOCAL_ADMIN.0));
    add("--key", account.api_key.clone());
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("cargo run -p local -- import {}", words.join(" "))
}

/// Quotes a word for a shell, where it needs that.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:@=%+,".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_that_goes_on_says_what_was_said_but_the_password() {
        let options = Options {
            file: Some("my books.csv".into()),
            format: Some(Format::Csv),
            encoding: None,
            columns: vec![("title".into(), "Titel d'or".into())],
            dry_run: true,
            on_duplicate: "copies".into(),
            favorites: false,
            enrich: true,
            resume: None,
            new: false,
            undo: None,
            account: Account {
                url: "https://library.example/v1".into(),
                email: "jane@example.com".into(),
                password: Some("secret".into()),
                api_key: Some("k1".into()),
            },
        };
        assert_eq!(
            command(&options, "7"),
            "cargo run -p local -- import 'my books.csv' --resume 7 --dry-run --enrich --format csv --on-duplicate copies \
             --column 'title=Titel d'\\''or' --url https://library.example/v1 --email jane@example.com --key k1"
        );
    }
}
