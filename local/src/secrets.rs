//! The secrets of a data folder, one a line: for signing, the pepper, for letters. In the cloud each is a secret of its
//! own in Secrets Manager.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use auth::Secrets;
use uuid::Uuid;

use crate::Data;
use crate::error::{Error, Result};
use crate::folder::{Folder, write_whole};

/// The letters of one secret, 244 random bits.
const LENGTH: usize = 64;

/// The secrets of the data folder, made up at its first start; in memory, fresh ones each time.
///
/// # Errors
/// Where the folder cannot be read or written.
pub fn secrets(data: &Data) -> Result<Secrets> {
    let [signing, pepper, letters] = texts(data)?;
    Secrets::new(signing, pepper, letters).map_err(|short| Error::io("the secrets")(io::Error::other(short)))
}

/// The same as text, for who hands them out.
pub(crate) fn texts(data: &Data) -> Result<[String; 3]> {
    match data {
        Data::Memory => Ok([(); 3].map(|()| made_up())),
        Data::Folder(folder) => kept(&file(folder)).map_err(failed(folder)),
    }
}

/// Replaces what the signing key is made from. Nobody is signed out: the old key's tokens hold until they expire, in
/// ten minutes, and refresh tokens are made from the pepper.
///
/// # Errors
/// Where there is no such folder, a runner works on it, or it cannot be written.
pub fn rotate_keys(folder: &Path) -> Result<()> {
    let file = file(folder);
    // Before the lock, which would make the folder.
    fs::metadata(&file).map_err(failed(folder))?;
    let _lock = Folder::lock(folder)?;
    let rotated = kept(&file).and_then(|[_, pepper, letters]| write(&file, &[made_up(), pepper, letters]));
    rotated.map_err(failed(folder))
}

fn file(folder: &Path) -> PathBuf {
    folder.join("secrets")
}

fn failed(folder: &Path) -> impl FnOnce(io::Error) -> Error {
    Error::io(format!("the secrets in {}", folder.display()))
}

fn made_up() -> String {
    [(); 2].map(|()| Uuid::new_v4().simple().to_string()).concat()
}

/// What the file has, and new secrets in the place of those that are missing.
fn kept(file: &Path) -> io::Result<[String; 3]> {
    let text = match fs::read_to_string(file) {
        Err(problem) if problem.kind() == ErrorKind::NotFound => String::new(),
        read => read?,
    };
    let known = text.lines().flat_map(|line| match line.split_at_checked(LENGTH) {
        // The first version had two in one line.
        Some((signing, pepper)) if pepper.len() == LENGTH => vec![signing, pepper],
        _ => vec![line],
    });
    let mut known = known.filter(|secret| !secret.is_empty()).map(ToOwned::to_owned);
    let secrets = [(); 3].map(|()| known.next().unwrap_or_else(made_up));
    if lines(&secrets) != text {
        write(file, &secrets)?;
    }
    Ok(secrets)
}

fn write(file: &Path, secrets: &[String; 3]) -> io::Result<()> {
    write_whole(file, lines(secrets).as_bytes())
}

fn lines(secrets: &[String; 3]) -> String {
    secrets.iter().map(|secret| format!("{secret}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::tests::Scratch;

    /// A folder with that file of secrets.
    fn folder(text: &str) -> Scratch {
        let scratch = Scratch::new();
        drop(Folder::lock(&scratch.0).expect("it is free"));
        fs::write(file(&scratch.0), text).expect("it can be written");
        scratch
    }

    fn kept_in(scratch: &Scratch) -> [String; 3] {
        kept(&file(&scratch.0)).expect("they are kept")
    }

    #[test]
    fn secrets_are_made_up_once() {
        let scratch = folder("");
        let first = kept_in(&scratch);
        assert_eq!(kept_in(&scratch), first);
        assert!(first.iter().all(|secret| secret.len() == LENGTH));
        assert!(first[0] != first[1] && first[1] != first[2]);
    }

    #[test]
    fn what_an_older_version_kept_is_kept() {
        let (signing, pepper) = ("s".repeat(LENGTH), "p".repeat(LENGTH));
        for text in [format!("{signing}{pepper}"), format!("{signing}\n{pepper}"), format!("{signing}\n{pepper}\n")] {
            let scratch = folder(&text);
            let secrets = kept_in(&scratch);
            assert_eq!([&secrets[0], &secrets[1]], [&signing, &pepper]);
            assert_eq!(kept_in(&scratch), secrets, "the third is made up once");
        }
    }

    #[test]
    fn rotating_replaces_the_signing_secret_alone() {
        let scratch = folder("");
        let [signing, pepper, letters] = kept_in(&scratch);
        rotate_keys(&scratch.0).expect("nobody works on it");
        let rotated = kept_in(&scratch);
        assert_ne!(rotated[0], signing);
        assert_eq!([&rotated[1], &rotated[2]], [&pepper, &letters]);
    }

    #[test]
    fn a_folder_that_somebody_works_on_or_that_is_not_there_is_not_rotated() {
        let scratch = folder("");
        let before = kept_in(&scratch);
        let lock = Folder::lock(&scratch.0).expect("it is free");
        assert!(matches!(rotate_keys(&scratch.0), Err(Error::FolderInUse(_))));
        drop(lock);
        assert_eq!(kept_in(&scratch), before);
        let nowhere = Scratch::new();
        assert!(matches!(rotate_keys(&nowhere.0), Err(Error::Io { .. })));
        assert!(!nowhere.0.exists());
    }
}
