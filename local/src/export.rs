//! `cargo run -p local -- export FILE`: writes the books of a library, on this machine or elsewhere, into a file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::{Method, header};
use clap::{Args, ValueEnum};
use flate2::Compression;
use flate2::write::GzEncoder;
use indicatif::{ProgressBar, ProgressStyle};

use crate::client::{Account, Answer, Call, Client, Sender, plain, tell_pause};

/// What is exported, and from where.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The file. One that is there is replaced when the new one is whole. It is compressed if its name ends in .gz.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The format, if the file's name does not end in .csv, .jsonl, .mrc or .xml.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// Only the books of whoever signs in.
    #[arg(long, value_name = "WHO")]
    pub owner: Option<Owner>,

    /// The books of the archive.
    #[arg(long)]
    pub archived: bool,

    #[command(flatten)]
    #[allow(missing_docs, reason = "the type says it, and a comment would be the program's description")]
    pub account: Account,
}

/// A format that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table.
    Csv,
    /// JSON Lines.
    Jsonl,
    /// MARC 21 (ISO 2709).
    Marc,
    /// MARC 21 as XML.
    Marcxml,
}

/// Whose books are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Owner {
    /// Those of whoever signs in.
    Me,
}

impl Format {
    fn word(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Jsonl => "jsonl",
            Format::Marc => "marc",
            Format::Marcxml => "marcxml",
        }
    }

    /// Returns the format that the name of a file ends in.
    fn of(file: &Path) -> Option<Format> {
        match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "gz" => Format::of(Path::new(file.file_stem()?)),
            "csv" => Some(Format::Csv),
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            "mrc" | "marc" => Some(Format::Marc),
            "xml" | "marcxml" => Some(Format::Marcxml),
            _ => None,
        }
    }
}

/// How long an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Writes the books into the file, and says so.
///
/// # Errors
/// A line that says why there is no file. One that was there before stays.
pub async fn export(options: &Options, out: &mut impl Write) -> Result<(), String> {
    let Options { file, format, account, .. } = options;
    let name = plain(&file.display().to_string());
    let format = format.or_else(|| Format::of(file));
    let format = format.ok_or_else(|| format!("{name} ends in no format: say --format csv, jsonl, marc or marcxml"))?;
    let mut client = Client::new(account.clone(), ANSWER_TIMEOUT);
    let written = pages(options, format, &mut client).await;
    client.sign_out().await;
    written?;
    let bytes = std::fs::metadata(file).map_err(|problem| format!("{name} cannot be read: {problem}"))?.len();
    writeln!(out, "{name} has {bytes} bytes.").map_err(|problem| format!("what was done cannot be written: {problem}"))
}

/// Writes the pages after one another.
async fn pages(options: &Options, format: Format, client: &mut Client) -> Result<(), String> {
    let mut target = Target::create(&options.file)?;
    let bar = ProgressBar::new_spinner();
    bar.set_style(
        ProgressStyle::with_template("  {bytes}, {bytes_per_sec}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    let mut tell = |problem: &str, pause: Duration| tell_pause(&bar, problem, pause);
    let owner = if options.owner.is_some() { "&owner=me" } else { "" };
    let archived = if options.archived { "&archived=true" } else { "" };
    let mut path = format!("/exports/books?format={}{owner}{archived}", format.word());
    let sender = if options.owner.is_some() { Sender::User } else { Sender::Anybody };
    loop {
        let page = client.ask_patiently(sender, &Call::new(Method::GET, &path), &mut tell).await?;
        if !page.status.is_success() {
            return Err(client.refusal(&page).into_line());
        }
        target.write(&page.bytes)?;
        bar.inc(page.bytes.len() as u64);
        match next(&page) {
            Some(next) => path = next,
            None => break,
        }
    }
    bar.finish_and_clear();
    target.done()
}

/// Returns the path of the page after this one. Whatever comes before it in the link, the request goes to the same library.
fn next(page: &Answer) -> Option<String> {
    let link = page.headers.get(header::LINK)?.to_str().ok()?;
    let path = link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?;
    path.find("/exports/books?").and_then(|start| path.get(start..)).map(ToOwned::to_owned)
}

/// A file that is not there before it is whole.
struct Target<'a> {
    file: &'a Path,
    part: PathBuf,
    to: Option<Box<dyn Finish>>,
}

/// Whatever bytes are written into.
trait Finish: Write + Send {
    /// Writes what is still to be written.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

impl Finish for BufWriter<File> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        self.into_inner()?.sync_all()
    }
}

impl Finish for GzEncoder<BufWriter<File>> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        Box::new(GzEncoder::finish(*self)?).finish()
    }
}

impl<'a> Target<'a> {
    fn create(file: &'a Path) -> Result<Self, String> {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = file.with_file_name(name);
        let mut target = Target { file, part, to: None };
        let to = BufWriter::new(File::create(&target.part).map_err(|problem| target.failed(&problem))?);
        let is_packed = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
        target.to = Some(if is_packed { Box::new(GzEncoder::new(to, Compression::default())) } else { Box::new(to) });
        Ok(target)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        let written = self.to.as_mut().map_or(Ok(()), |to| to.write_all(bytes));
        written.map_err(|problem| self.failed(&problem))
    }

    fn done(mut self) -> Result<(), String> {
        let finished = self.to.take().map_or(Ok(()), Finish::finish);
        let renamed = finished.and_then(|()| std::fs::rename(&self.part, self.file));
        renamed.map_err(|problem| self.failed(&problem))
    }

    fn failed(&self, problem: &io::Error) -> String {
        format!("{} cannot be written: {problem}", plain(&self.file.display().to_string()))
    }
}

impl Drop for Target<'_> {
    fn drop(&mut self) {
        // After `done` it has another name.
        let _ = std::fs::remove_file(&self.part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_says_its_format() {
        for (name, format) in [
            ("books.csv", Some(Format::Csv)),
            ("books.JSONL.gz", Some(Format::Jsonl)),
            ("a.b/books.mrc", Some(Format::Marc)),
            ("books.xml", Some(Format::Marcxml)),
            ("books.gz", None),
            ("books", None),
            ("books.xlsx", None),
        ] {
            assert_eq!(Format::of(Path::new(name)), format, "{name}");
        }
    }
}
