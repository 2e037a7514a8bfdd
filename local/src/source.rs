//! A file that is read as it is unpacked.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use formats::{HEAD, Plan, Wishes};
use indicatif::{ProgressBar, ProgressStyle};

use crate::client::plain;

/// A file, which may be compressed, and a bar that shows how much of it was read. The bar is drawn on a terminal only.
pub(crate) struct Source {
    read: Box<dyn Read + Send>,
    pub(crate) bar: ProgressBar,
}

impl Source {
    /// Opens a file. `style` is how the bar looks (<https://docs.rs/indicatif>); without one it is not drawn.
    pub(crate) fn open(path: &Path, style: Option<&str>) -> io::Result<Source> {
        let mut magic = [0; 2];
        let length = fill(&mut File::open(path)?, &mut magic)?;
        let file = File::open(path)?;
        let style = style.and_then(|style| ProgressStyle::with_template(style).ok());
        let drawn = |style| ProgressBar::new(file.metadata().map_or(0, |found| found.len())).with_style(style);
        let bar = style.map_or_else(ProgressBar::hidden, drawn);
        let read = bar.wrap_read(file);
        let is_compressed = length == 2 && magic == [0x1f, 0x8b];
        let read: Box<dyn Read + Send> =
            if is_compressed { Box::new(MultiGzDecoder::new(read)) } else { Box::new(read) };
        Ok(Source { read, bar })
    }

    /// Reads the next piece, which is as long as what a guess needs unless the file ends. Empty: the file has ended.
    pub(crate) fn piece(&mut self) -> io::Result<Vec<u8>> {
        let mut piece = vec![0; HEAD];
        let length = fill(&mut self.read, &mut piece)?;
        piece.truncate(length);
        Ok(piece)
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while let Some(rest) = buffer.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(problem) if problem.kind() == io::ErrorKind::Interrupted => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(length)
}

/// Guesses how a file is read. `head` is its first piece.
///
/// # Errors
/// A line that says why it is not read.
pub(crate) fn plan(path: &Path, head: &[u8], wishes: &Wishes) -> Result<Plan, String> {
    Plan::guess(head, head.len() < HEAD, wishes)
        .map_err(|problem| format!("{}: {}: {}", path.display(), problem.code.word(), plain(&problem.detail)))
}

/// Parses which column of a table is which field.
pub(crate) fn column(text: &str) -> Result<(String, String), String> {
    let (field, column) = text.split_once('=').ok_or("should be like title=Titel")?;
    Ok((field.trim().to_owned(), column.trim().to_owned()))
}
