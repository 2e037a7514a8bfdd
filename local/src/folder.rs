//! The data folder. One process uses it at a time: two processes would corrupt the indexes of its SQLite files.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A locked data folder. The system unlocks it when the process ends, also by a kill.
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Locks `path`, and creates it if it is missing. Only its owner may read it.
    pub(crate) fn lock(path: &Path) -> Result<Self> {
        let doing = || format!("the data folder {}", path.display());
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(Error::io(doing()))?;
        let file = File::options().create(true).truncate(false).write(true).open(path.join("lock"));
        let file = file.map_err(Error::io(doing()))?;
        match file.try_lock() {
            Ok(()) => Ok(Folder { path: path.to_owned(), _lock: file }),
            Err(TryLockError::WouldBlock) => Err(Error::FolderInUse(path.to_owned())),
            Err(TryLockError::Error(problem)) => Err(Error::io(doing())(problem)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn database_file(&self) -> PathBuf {
        self.path.join("dynamodb.sqlite")
    }
}

/// Writes a file of the folder completely or not at all, also if the process is killed. Only its owner may read it.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(new, path)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use uuid::Uuid;

    /// A folder of one test. It is removed afterwards.
    pub(crate) struct Scratch(pub(crate) PathBuf);

    impl Scratch {
        pub(crate) fn new() -> Self {
            Scratch(std::env::temp_dir().join(format!("carrel-{}", Uuid::new_v4())))
        }

        /// Returns a folder that exists.
        pub(crate) fn create() -> Self {
            let scratch = Scratch::new();
            fs::create_dir(&scratch.0).expect("the name is new");
            scratch
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            // It may never have been created.
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_folder_is_locked_once_and_free_again_afterwards() {
        let scratch = Scratch::new();
        let folder = Folder::lock(&scratch.0).expect("it is free");
        let error = Folder::lock(&scratch.0).err().expect("it is taken");
        assert_eq!(
            error.to_string(),
            format!(
                "another runner works on {}: stop it, or choose another folder with --data <DIR>",
                scratch.0.display()
            )
        );
        drop(folder);
        Folder::lock(&scratch.0).expect("it is free again");
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_the_folder() {
        use std::os::unix::fs::PermissionsExt;
        let scratch = Scratch::new();
        let _folder = Folder::lock(&scratch.0).expect("it is free");
        let file = scratch.0.join("secrets");
        write_whole(&file, b"hush").expect("it can be written");
        let mode = |path: &Path| fs::metadata(path).map(|data| data.permissions().mode() & 0o777).ok();
        assert_eq!((mode(&scratch.0), mode(&file)), (Some(0o700), Some(0o600)));
    }
}
