//! One run at a time in a run folder.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::Path,
};

use crate::TablesError;

const LOCK_FILE: &str = ".lock";

/// Holds a run folder for this process until it is dropped.
///
/// The system lets go of the lock when the process ends, however it ends, so
/// that a killed run leaves nothing to clean up.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes `folder`, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// [`TablesError::Locked`] if another process has it,
    /// [`TablesError::Write`] if the lock file cannot be made.
    pub fn take(folder: &Path) -> Result<Self, TablesError> {
        let path = folder.join(LOCK_FILE);
        let write_error = |source| TablesError::Write { path: path.clone(), source };
        fs::create_dir_all(folder).map_err(write_error)?;
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = open.map_err(write_error)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            // Some network file systems know no locks: one who runs there has to take care.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(Self { _file: file })
            }
            Err(TryLockError::Error(source)) => Err(write_error(source)),
            Err(TryLockError::WouldBlock) => Err(TablesError::Locked { folder: folder.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FolderLock;
    use crate::TablesError;

    #[test]
    fn a_folder_is_held_once_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let held = FolderLock::take(folder.path()).unwrap();
        let second = FolderLock::take(folder.path());
        assert!(matches!(second, Err(TablesError::Locked { .. })));
        drop(held);
        FolderLock::take(folder.path()).unwrap();
    }
}
