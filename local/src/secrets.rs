//! The secrets of a data folder, one per line: the signing secret, the pepper, the secret of letters. In the cloud each is a
//! secret of Secrets Manager.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use auth::Secrets;
use uuid::Uuid;

use crate::Data;
use crate::error::{Error, Result};
use crate::folder::{Folder, write_whole};

/// The length of a secret: 244 random bits as hexadecimal digits.
const LENGTH: usize = 64;

/// Returns the secrets of the data folder, which its first start generates. In memory they are new each time.
///
/// # Errors
/// If the folder cannot be read or written.
pub fn secrets(data: &Data) -> Result<Secrets> {
    of(texts(data)?)
}

/// Returns the secrets with these texts.
///
/// # Errors
/// If one is too short.
pub(crate) fn of([signing, pepper, letters]: [impl AsRef<[u8]>; 3]) -> Result<Secrets> {
    Secrets::new(signing, pepper, letters).map_err(|short| Error::io("the secrets")(io::Error::other(short)))
}

/// Returns the secrets as text.
pub(crate) fn texts(data: &Data) -> Result<[String; 3]> {
    match data {
        Data::Memory => Ok([(); 3].map(|()| generate())),
        Data::Folder(folder) => load(&file(folder)).map_err(failed(folder)),
    }
}

/// Replaces the signing secret. Nobody is signed out: access tokens of the old key are valid until they expire, within ten
/// minutes, and refresh tokens depend on the pepper.
///
/// # Errors
/// If the folder does not exist, a runner uses it, or it cannot be written.
pub fn rotate_keys(folder: &Path) -> Result<()> {
    let file = file(folder);
    // Before the lock, which would create the folder.
    fs::metadata(&file).map_err(failed(folder))?;
    let _lock = Folder::lock(folder)?;
    let rotated = load(&file).and_then(|[_, pepper, letters]| write(&file, &[generate(), pepper, letters]));
    rotated.map_err(failed(folder))
}

/// Returns the access key of the embedded DynamoDB, which the first start of a data folder generates. In memory it is new
/// each time.
pub(crate) fn access_key(data: &Data) -> Result<String> {
    let generate = || format!("CARREL{}", Uuid::new_v4().simple()).to_uppercase();
    let Data::Folder(folder) = data else { return Ok(generate()) };
    let file = folder.join("access-key");
    let known = fs::read_to_string(&file).ok().map(|key| key.trim().to_owned()).filter(|key| key.len() > 20);
    if let Some(key) = known {
        return Ok(key);
    }
    let key = generate();
    write_whole(&file, format!("{key}\n").as_bytes()).map_err(failed(folder))?;
    Ok(key)
}

fn file(folder: &Path) -> PathBuf {
    folder.join("secrets")
}

fn failed(folder: &Path) -> impl FnOnce(io::Error) -> Error {
    Error::io(format!("the secrets in {}", folder.display()))
}

fn generate() -> String {
    [(); 2].map(|()| Uuid::new_v4().simple().to_string()).concat()
}

/// Returns the secrets of the file. Generates the missing ones and writes them.
fn load(file: &Path) -> io::Result<[String; 3]> {
    let text = match fs::read_to_string(file) {
        Err(problem) if problem.kind() == ErrorKind::NotFound => String::new(),
        read => read?,
    };
    let known = text.lines().flat_map(|line| match line.split_at_checked(LENGTH) {
        // The first version had two secrets in one line.
        Some((signing, pepper)) if pepper.len() == LENGTH => vec![signing, pepper],
        _ => vec![line],
    });
    let mut known = known.filter(|secret| !secret.is_empty()).map(ToOwned::to_owned);
    let secrets = [(); 3].map(|()| known.next().unwrap_or_else(generate));
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

    /// A folder with this file of secrets.
    fn folder(text: &str) -> Scratch {
        let scratch = Scratch::new();
        drop(Folder::lock(&scratch.0).expect("it is free"));
        fs::write(file(&scratch.0), text).expect("it can be written");
        scratch
    }

    fn secrets_of(scratch: &Scratch) -> [String; 3] {
        load(&file(&scratch.0)).expect("the file can be read")
    }

    #[test]
    fn secrets_are_generated_once() {
        let scratch = folder("");
        let first = secrets_of(&scratch);
        assert_eq!(secrets_of(&scratch), first);
        assert!(first.iter().all(|secret| secret.len() == LENGTH));
        assert!(first[0] != first[1] && first[1] != first[2]);
    }

    #[test]
    fn the_secrets_of_an_older_version_stay() {
        let (signing, pepper) = ("s".repeat(LENGTH), "p".repeat(LENGTH));
        for text in [format!("{signing}{pepper}"), format!("{signing}\n{pepper}"), format!("{signing}\n{pepper}\n")] {
            let scratch = folder(&text);
            let secrets = secrets_of(&scratch);
            assert_eq!([&secrets[0], &secrets[1]], [&signing, &pepper]);
            assert_eq!(secrets_of(&scratch), secrets, "the third is generated once");
        }
    }

    #[test]
    fn rotating_replaces_only_the_signing_secret() {
        let scratch = folder("");
        let [signing, pepper, letters] = secrets_of(&scratch);
        rotate_keys(&scratch.0).expect("nobody works on it");
        let rotated = secrets_of(&scratch);
        assert_ne!(rotated[0], signing);
        assert_eq!([&rotated[1], &rotated[2]], [&pepper, &letters]);
    }

    #[test]
    fn a_folder_that_is_in_use_or_missing_is_not_rotated() {
        let scratch = folder("");
        let before = secrets_of(&scratch);
        let lock = Folder::lock(&scratch.0).expect("it is free");
        assert!(matches!(rotate_keys(&scratch.0), Err(Error::FolderInUse(_))));
        drop(lock);
        assert_eq!(secrets_of(&scratch), before);
        let nowhere = Scratch::new();
        assert!(matches!(rotate_keys(&nowhere.0), Err(Error::Io { .. })));
        assert!(!nowhere.0.exists());
    }
}
