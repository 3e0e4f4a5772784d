//! A folder of models with its manifest.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::checksum::sha256_of;
use crate::manifest::{self, CheckpointEntry, Manifest, RoleEntry};
use crate::{ModelError, Precision};

/// A folder with a `bundle.toml`: which checkpoint answers which role.
///
/// Opening one reads the manifest only.
#[derive(Clone, Debug)]
pub struct Bundle {
    folder: PathBuf,
    manifest: Manifest,
    /// The bundles that roles were taken from, by role; the others are its own.
    taken_from: BTreeMap<String, String>,
}

/// What became of one file that the manifest names.
#[derive(Debug)]
pub struct FileCheck {
    /// The checkpoint that it belongs to.
    pub checkpoint: String,
    /// Where it is.
    pub path: PathBuf,
    /// The manifest's SHA-256.
    pub expected: String,
    /// Whether it is that file.
    pub state: FileState,
}

/// Whether a file is the one that its manifest names.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileState {
    /// It is.
    Good {
        /// Its size.
        size_bytes: u64,
    },
    /// It is another.
    Differs {
        /// Its size.
        size_bytes: u64,
        /// Its SHA-256.
        got: String,
    },
    /// It cannot be read.
    Unreadable {
        /// Why.
        source: std::io::Error,
    },
}

impl FileCheck {
    /// True where the file is the one that the manifest names.
    pub fn is_good(&self) -> bool {
        matches!(self.state, FileState::Good { .. })
    }
}

impl Bundle {
    /// Opens the bundle in `folder`.
    ///
    /// # Errors
    ///
    /// [`ModelError::Read`] or [`ModelError::Format`], naming `bundle.toml`.
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let path = folder.join("bundle.toml");
        let text = fs::read_to_string(&path)
            .map_err(|source| ModelError::Read { path: path.clone(), source })?;
        Self::from_text(folder, &text)
    }

    /// The bundle that `text`, a manifest, would make of `folder`.
    ///
    /// # Errors
    ///
    /// [`ModelError::Format`], naming `bundle.toml`.
    pub fn from_text(folder: &Path, text: &str) -> Result<Self, ModelError> {
        let path = folder.join("bundle.toml");
        let manifest =
            manifest::parse(text).map_err(|reason| ModelError::Format { path, reason })?;
        Ok(Self { folder: folder.to_owned(), manifest, taken_from: BTreeMap::new() })
    }

    /// The same bundle with the role `role` of another one in place of its own.
    /// Checkpoints that no role reads any more are left out.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`] where the other one has no such role.
    pub fn with_role(mut self, role: &str, other: &Self) -> Result<Self, ModelError> {
        let mut entry = other.role(role)?.clone();
        let mut checkpoint = other.checkpoint_of(&entry).clone();
        checkpoint.folder = std::path::absolute(other.checkpoint_folder(&checkpoint))
            .unwrap_or_else(|_| other.checkpoint_folder(&checkpoint));
        // Two bundles may call their checkpoints alike.
        entry.checkpoint = format!("{}.{}", other.name(), entry.checkpoint);
        let known = self.manifest.checkpoints.get(&entry.checkpoint);
        if known.is_some_and(|known| *known != checkpoint) {
            // Two bundles may be called alike, too.
            entry.checkpoint = format!("{}.{role}", entry.checkpoint);
        }
        self.manifest.checkpoints.insert(entry.checkpoint.clone(), checkpoint);
        self.manifest.roles.insert(role.to_owned(), entry);
        self.taken_from.insert(role.to_owned(), other.name().to_owned());
        let roles = &self.manifest.roles;
        let is_read = |name: &String| roles.values().any(|entry| entry.checkpoint == *name);
        self.manifest.checkpoints.retain(|name, _| is_read(name));
        Ok(self)
    }

    /// The bundle that a role was taken from, where it is not its own.
    pub fn taken_from(&self, role: &str) -> Option<&str> {
        self.taken_from.get(role).map(String::as_str)
    }

    /// The same bundle with all checkpoints in the arithmetic `precision`.
    #[must_use]
    pub fn with_precision(mut self, precision: Precision) -> Self {
        for entry in self.manifest.checkpoints.values_mut() {
            entry.precision = precision;
        }
        self
    }

    /// The same bundle with all checkpoints on the backend called `backend`.
    #[must_use]
    pub fn with_backend(mut self, backend: &str) -> Self {
        for entry in self.manifest.checkpoints.values_mut() {
            backend.clone_into(&mut entry.backend);
        }
        self
    }

    /// The bundle's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// The licence of its weights.
    pub fn licence(&self) -> &str {
        &self.manifest.licence
    }

    /// What it was trained on.
    pub fn trained_on(&self) -> &[String] {
        &self.manifest.trained_on
    }

    /// Its checkpoints by name, sorted.
    pub fn checkpoints(&self) -> impl Iterator<Item = (&str, &CheckpointEntry)> {
        self.manifest.checkpoints.iter().map(|(name, entry)| (name.as_str(), entry))
    }

    /// Its roles by name, sorted.
    pub fn roles(&self) -> impl Iterator<Item = (&str, &RoleEntry)> {
        self.manifest.roles.iter().map(|(name, entry)| (name.as_str(), entry))
    }

    /// The role called `name`.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`] where there is none.
    pub fn role(&self, name: &str) -> Result<&RoleEntry, ModelError> {
        self.manifest.roles.get(name).ok_or_else(|| ModelError::RoleMissing {
            bundle: self.manifest.name.clone(),
            role: name.to_owned(),
        })
    }

    /// The folder of a checkpoint.
    pub fn checkpoint_folder(&self, checkpoint: &CheckpointEntry) -> PathBuf {
        // An absolute folder replaces the bundle's.
        self.folder.join(&checkpoint.folder)
    }

    /// Compares every file that the manifest names with its SHA-256, sorted by
    /// checkpoint and file.
    pub fn verify(&self) -> Vec<FileCheck> {
        self.manifest
            .checkpoints
            .iter()
            .flat_map(|(name, checkpoint)| self.verify_checkpoint(name, checkpoint))
            .collect()
    }

    /// The checkpoint of a role whose manifest has been checked.
    pub(crate) fn checkpoint_of(&self, role: &RoleEntry) -> &CheckpointEntry {
        &self.manifest.checkpoints[&role.checkpoint]
    }

    /// Fails on the first file of a checkpoint that is not the manifest's.
    pub(crate) fn require_checkpoint(
        &self,
        name: &str,
        checkpoint: &CheckpointEntry,
    ) -> Result<(), ModelError> {
        for check in self.verify_checkpoint(name, checkpoint) {
            let FileCheck { path, expected, state, .. } = check;
            match state {
                FileState::Good { .. } => {}
                FileState::Differs { got, .. } => {
                    return Err(ModelError::Checksum { path, expected, got });
                }
                FileState::Unreadable { source } => return Err(ModelError::Read { path, source }),
            }
        }
        Ok(())
    }

    fn verify_checkpoint(&self, name: &str, checkpoint: &CheckpointEntry) -> Vec<FileCheck> {
        let folder = self.checkpoint_folder(checkpoint);
        let check = |(file, expected): (&String, &String)| {
            let path = folder.join(file);
            let expected = expected.to_ascii_lowercase();
            let state = match sha256_of(&path) {
                Ok((got, size_bytes)) if got == expected => FileState::Good { size_bytes },
                Ok((got, size_bytes)) => FileState::Differs { size_bytes, got },
                Err(source) => FileState::Unreadable { source },
            };
            FileCheck { checkpoint: name.to_owned(), path, expected, state }
        };
        checkpoint.files.iter().map(check).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Bundle, FileState};
    use crate::ModelError;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn write_bundle(folder: &Path, hash: &str) -> Bundle {
        std::fs::create_dir_all(folder.join("c")).unwrap();
        std::fs::write(folder.join("c/file"), "abc").unwrap();
        let manifest = format!(
            "format = 1\nname = \"test\"\nlicence = \"none\"\n[checkpoints.c]\nfolder = \"c\"\n\
             [checkpoints.c.files]\nfile = \"{hash}\"\n"
        );
        std::fs::write(folder.join("bundle.toml"), manifest).unwrap();
        Bundle::open(folder).unwrap()
    }

    #[test]
    fn a_file_as_the_manifest_says_is_good() {
        let folder = tempfile::tempdir().unwrap();
        let checks = write_bundle(folder.path(), ABC).verify();
        assert_eq!(checks.len(), 1);
        assert!(
            checks[0].is_good() && matches!(checks[0].state, FileState::Good { size_bytes: 3 })
        );
    }

    #[test]
    fn a_changed_byte_is_found_and_stops_loading() {
        let folder = tempfile::tempdir().unwrap();
        let bundle = write_bundle(folder.path(), ABC);
        std::fs::write(folder.path().join("c/file"), "abd").unwrap();
        assert!(matches!(bundle.verify()[0].state, FileState::Differs { .. }));
        let (name, entry) = bundle.checkpoints().next().unwrap();
        let error = bundle.require_checkpoint(name, entry).unwrap_err();
        assert!(matches!(error, ModelError::Checksum { .. }), "{error}");
    }

    #[test]
    fn a_missing_file_is_told_apart_from_a_changed_one() {
        let folder = tempfile::tempdir().unwrap();
        let bundle = write_bundle(folder.path(), ABC);
        std::fs::remove_file(folder.path().join("c/file")).unwrap();
        assert!(matches!(bundle.verify()[0].state, FileState::Unreadable { .. }));
    }

    #[test]
    fn a_role_of_another_bundle_takes_the_place_of_ones_own() {
        let bundle = |folder: &str, name: &str, roles: &[&str]| {
            let table = |role: &&str| {
                format!(
                    "[checkpoints.{role}]\nfolder = \"{role}\"\n\
                     [roles.{role}]\ncheckpoint = \"{role}\"\n"
                )
            };
            let tables: String = roles.iter().map(table).collect();
            let text = format!("format = 1\nname = \"{name}\"\nlicence = \"none\"\n{tables}");
            Bundle::from_text(Path::new(folder), &text).unwrap()
        };
        let (ours, other) = (bundle("/a", "a", &["ner", "stance"]), bundle("/b", "b", &["stance"]));
        let both = ours.clone().with_role("stance", &other).unwrap();
        let checkpoints: Vec<&str> = both.checkpoints().map(|(name, _)| name).collect();
        assert_eq!(checkpoints, ["b.stance", "ner"]);
        let stance = both.checkpoint_of(both.role("stance").unwrap());
        assert_eq!(both.checkpoint_folder(stance), Path::new("/b/stance"));
        assert_eq!((both.taken_from("stance"), both.taken_from("ner")), (Some("b"), None));
        assert!(matches!(ours.with_role("ner", &other), Err(ModelError::RoleMissing { .. })));
    }

    #[test]
    fn a_folder_without_a_manifest_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let error = Bundle::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("bundle.toml"), "{error}");
    }
}
