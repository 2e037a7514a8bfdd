//! The files of an older version: `mail.jsonl`, `dead-letters.jsonl`, `positions.json`, `catalogue`. Each is imported once
//! and removed.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use rusqlite::{Connection, Transaction};
use serde_json::Value;

use super::{List, insert};
use crate::catalogue;
use crate::error::{Cause, Error, Result};
use crate::streams;

type Import = fn(&Transaction<'_>, &str) -> Result<(), Cause>;

const FILES: [(&str, Import); 4] = [
    ("mail.jsonl", mail),
    ("dead-letters.jsonl", dead_letters),
    ("positions.json", positions),
    ("catalogue", first_books),
];

/// Imports every older file of the folder. A start that is killed in between imports the rest.
pub(super) fn older_files(connection: &mut Connection, folder: &Path) -> Result<()> {
    for (name, import) in FILES {
        let failed = |problem: Cause| Error::File { what: format!("{name} in the data folder"), source: problem };
        let path = folder.join(name);
        let text = match fs::read(&path) {
            Err(problem) if problem.kind() == ErrorKind::NotFound => continue,
            read => read.map_err(|problem| failed(problem.into()))?,
        };
        let transaction = connection.transaction().map_err(|problem| failed(problem.into()))?;
        import(&transaction, &String::from_utf8_lossy(&text)).map_err(failed)?;
        transaction.commit().map_err(|problem| failed(problem.into()))?;
        fs::remove_file(&path).map_err(|problem| failed(problem.into()))?;
    }
    Ok(())
}

fn mail(to: &Transaction<'_>, text: &str) -> Result<(), Cause> {
    lines(to, List::Mail, text, |mail| mail["id"].as_str().map(ToOwned::to_owned))
}

fn dead_letters(to: &Transaction<'_>, text: &str) -> Result<(), Cause> {
    lines(to, List::DeadLetters, text, |letter| {
        Some(streams::dead_letters::key(letter["function"].as_str()?, letter["sequenceNumber"].as_str()?))
    })
}

/// Adds an item for each line. The last line may be half written, if the older version was killed.
fn lines(to: &Transaction<'_>, list: List, text: &str, key: fn(&Value) -> Option<String>) -> Result<(), Cause> {
    let items = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    for (key, item) in items.filter_map(|item| Some((key(&item)?, item))) {
        insert(to, list, &key, &item.to_string())?;
    }
    Ok(())
}

fn positions(to: &Transaction<'_>, text: &str) -> Result<(), Cause> {
    for (mapping, sequence) in serde_json::from_str::<BTreeMap<String, String>>(text)? {
        mark(to, &streams::position_mark(&mapping, 0), &sequence)?;
    }
    Ok(())
}

fn first_books(to: &Transaction<'_>, text: &str) -> Result<(), Cause> {
    let state = if text == catalogue::COMPLETE { catalogue::COMPLETE } else { catalogue::BEGUN };
    mark(to, catalogue::MARK, state)
}

/// Sets a mark that is not set. One that is set is newer than the file.
fn mark(to: &Transaction<'_>, name: &str, value: &str) -> Result<(), Cause> {
    to.execute("INSERT OR IGNORE INTO marks VALUES (?1, ?2)", [name, value])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Records;
    use super::*;
    use crate::folder::tests::Scratch;

    #[test]
    fn the_files_of_an_older_version_are_imported_once() {
        let scratch = Scratch::create();
        let write = |name: &str, text: &str| fs::write(scratch.0.join(name), text).expect("the file can be written");
        write("mail.jsonl", "\n{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3");
        write("dead-letters.jsonl", "\n{\"function\":\"dispatch\",\"sequenceNumber\":\"7\"}");
        write("positions.json", r#"{"DispatchStream":"17"}"#);
        write("catalogue", "complete");
        for _ in 0..2 {
            let records = Records::open(Some(&scratch.0)).expect("the records open");
            let mail: Vec<Value> = records.newest_first(List::Mail).expect("they are read");
            assert_eq!(mail.iter().map(|mail| mail["id"].as_str()).collect::<Vec<_>>(), [Some("2"), Some("1")]);
            assert_eq!(records.newest_first::<Value>(List::DeadLetters).expect("they are read").len(), 1);
            let mark = |name: &str| records.mark(name).expect("it is read");
            assert_eq!(mark(&streams::position_mark("DispatchStream", 0)).as_deref(), Some("17"));
            assert_eq!(mark(catalogue::MARK).as_deref(), Some(catalogue::COMPLETE));
        }
        // A file that could not be removed does not set a position back.
        write("positions.json", r#"{"DispatchStream":"3"}"#);
        let records = Records::open(Some(&scratch.0)).expect("the records open");
        let position = records.mark(&streams::position_mark("DispatchStream", 0)).expect("it is read");
        assert_eq!(position.as_deref(), Some("17"));
        assert!(FILES.iter().all(|(name, _)| !scratch.0.join(name).exists()));
    }

    #[test]
    fn a_file_that_cannot_be_imported_stops_the_start_and_is_kept() {
        let scratch = Scratch::create();
        fs::write(scratch.0.join("positions.json"), "not JSON").expect("the file can be written");
        let problem = Records::open(Some(&scratch.0)).err().expect("it is not JSON");
        assert_eq!(problem.to_string(), "positions.json in the data folder");
        assert!(scratch.0.join("positions.json").exists());
    }
}
