//! How far each mapping has come in its stream. The file is written after every batch: after a kill some records may
//! come again, and none is left out.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::folder::write_whole;

/// The sequence number of the last record that each mapping has done with, by the mapping's logical id.
pub(super) struct Positions {
    file: Option<PathBuf>,
    known: Mutex<BTreeMap<String, String>>,
}

impl Positions {
    /// Those in `file`; none where it is not there yet. Without a file they end with the process.
    pub(super) fn open(file: Option<PathBuf>) -> io::Result<Self> {
        let known = match file.as_ref().map(fs::read) {
            Some(Ok(bytes)) => serde_json::from_slice(&bytes)?,
            Some(Err(problem)) if problem.kind() != ErrorKind::NotFound => return Err(problem),
            _ => BTreeMap::new(),
        };
        Ok(Positions { file, known: Mutex::new(known) })
    }

    pub(super) fn of(&self, mapping: &str) -> Option<String> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(mapping).cloned()
    }

    /// Keeps a position. It waits for the disk.
    pub(super) fn keep(&self, mapping: &str, sequence: &str) -> io::Result<()> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(mapping.to_owned(), sequence.to_owned());
        match &self.file {
            Some(file) => write_whole(file, &serde_json::to_vec(&*known)?),
            None => Ok(()),
        }
    }
}
