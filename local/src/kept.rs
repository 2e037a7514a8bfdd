//! Lists that outlive the process: what has arrived in the mailbox, what no function could take. A file has one item a
//! line, and the newest thousand count.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::folder::write_whole;

/// The most items of a list.
const MOST: usize = 1000;

/// A list. What was added is there after a kill.
pub(crate) struct Kept<T> {
    list: Mutex<List<T>>,
}

struct List<T> {
    /// The oldest first.
    items: VecDeque<T>,
    /// Nothing in memory.
    file: Option<Lines>,
}

struct Lines {
    path: PathBuf,
    end: File,
    /// How many the file has.
    count: usize,
}

impl<T: Serialize + DeserializeOwned + Clone> Kept<T> {
    /// What `file` has, which is made where there is none. Without a file the list ends with the process.
    pub(crate) fn open(file: Option<PathBuf>) -> io::Result<Self> {
        let Some(path) = file else {
            return Ok(Kept { list: Mutex::new(List { items: VecDeque::new(), file: None }) });
        };
        let text = match fs::read(&path) {
            Err(problem) if problem.kind() == ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        // A line that was being written when the process was killed is none.
        let items = text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
        let mut items: VecDeque<T> = items.collect();
        items.drain(..items.len().saturating_sub(MOST));
        let file = Lines::write(&path, &items)?;
        Ok(Kept { list: Mutex::new(List { items, file: Some(file) }) })
    }

    /// Adds `item`, unless one that is the `same` is there. It waits for the disk.
    pub(crate) fn add(&self, item: T, same: impl Fn(&T, &T) -> bool) -> io::Result<()> {
        let mut list = self.list();
        if list.items.iter().any(|known| same(known, &item)) {
            return Ok(());
        }
        if let Some(file) = &mut list.file {
            file.add(&item)?;
        }
        list.items.push_back(item);
        if list.items.len() > MOST {
            list.items.pop_front();
        }
        let List { items, file } = &mut *list;
        if let Some(lines) = file.as_mut().filter(|lines| lines.count >= 2 * MOST) {
            *lines = Lines::write(&lines.path, items)?;
        }
        Ok(())
    }

    /// All of them.
    pub(crate) fn newest_first(&self) -> Vec<T> {
        self.list().items.iter().rev().cloned().collect()
    }

    fn list(&self) -> MutexGuard<'_, List<T>> {
        // A panic in another thread leaves a list that is as good as any.
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    /// Writes the file anew.
    fn write<T: Serialize>(path: &Path, items: &VecDeque<T>) -> io::Result<Self> {
        let lines = items.iter().map(line).collect::<io::Result<Vec<_>>>()?;
        write_whole(path, &lines.concat())?;
        let end = File::options().append(true).open(path)?;
        Ok(Lines { path: path.to_owned(), end, count: items.len() })
    }

    fn add<T: Serialize>(&mut self, item: &T) -> io::Result<()> {
        self.end.write_all(&line(item)?)?;
        self.end.sync_data()?;
        self.count += 1;
        Ok(())
    }
}

/// A line begins with its break: one that could not be written whole does not spoil the next.
fn line<T: Serialize>(item: &T) -> io::Result<Vec<u8>> {
    let mut line = vec![b'\n'];
    serde_json::to_writer(&mut line, item)?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::tests::Scratch;

    fn scratch() -> (Scratch, PathBuf) {
        let scratch = Scratch::new();
        fs::create_dir(&scratch.0).expect("it is new");
        let file = scratch.0.join("list");
        (scratch, file)
    }

    fn open(file: &Path) -> Kept<String> {
        Kept::open(Some(file.to_owned())).expect("it opens")
    }

    fn add(list: &Kept<String>, item: &str) {
        list.add(item.to_owned(), |one, other| one == other).expect("it is added");
    }

    #[test]
    fn what_was_added_is_there_after_a_kill_newest_first_and_once() {
        let (_scratch, file) = scratch();
        let list = open(&file);
        ["a", "b", "a", "c\nd"].iter().for_each(|item| add(&list, item));
        // A killed process drops nothing.
        std::mem::forget(list);
        assert_eq!(open(&file).newest_first(), ["c\nd", "b", "a"]);
    }

    #[test]
    fn half_a_line_is_none_and_spoils_no_other() {
        let (_scratch, file) = scratch();
        add(&open(&file), "a");
        let torn = |file: &Path| File::options().append(true).open(file).and_then(|mut file| file.write_all(b"\n\"b"));
        torn(&file).expect("it can be written");
        let list = open(&file);
        add(&list, "c");
        torn(&file).expect("it can be written");
        add(&list, "d");
        assert_eq!(open(&file).newest_first(), ["d", "c", "a"]);
    }

    #[test]
    fn the_oldest_go_first_and_the_file_does_not_grow_for_ever() {
        let (_scratch, file) = scratch();
        let many: VecDeque<_> = (0..2 * MOST - 1).map(|number| number.to_string()).collect();
        let lines = Lines::write(&file, &many).expect("it is written");
        let list =
            Kept { list: Mutex::new(List { items: many.into_iter().skip(MOST - 1).collect(), file: Some(lines) }) };
        add(&list, "last");
        let kept = list.newest_first();
        assert_eq!((kept.len(), kept[0].as_str(), kept[MOST - 1].as_str()), (MOST, "last", "1000"));
        assert_eq!(fs::read_to_string(&file).expect("it is text").trim().lines().count(), MOST);
        assert_eq!(open(&file).newest_first(), kept);
    }

    #[test]
    fn in_memory_nothing_is_written() {
        let list = Kept::open(None).expect("it opens");
        add(&list, "a");
        assert_eq!(list.newest_first(), ["a"]);
    }
}
