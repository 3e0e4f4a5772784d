//! A checkpoint of somebody else's, as a bundle of one role.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::checksum::sha256_of;
use crate::manifest::Manifest;
use crate::{Bundle, CheckpointEntry, ModelError, RoleEntry};

/// The files of a checkpoint that a bundle names.
const FILES: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];

/// What is named where it is there.
const MAYBE: [&str; 1] = ["tokenizer_config.json"];

/// What becomes the `bundle.toml` of a model that is added: one checkpoint,
/// which stays where it is, and one role.
#[derive(Clone, Debug)]
pub struct AddedModel {
    /// What the bundle is called.
    pub name: String,
    /// The licence of the weights.
    pub licence: String,
    /// The role that the checkpoint is to have.
    pub role: String,
    /// How it answers that role.
    pub entry: RoleEntry,
    /// The checkpoint, with its folder.
    pub checkpoint: CheckpointEntry,
}

impl AddedModel {
    /// The files of a checkpoint folder with their SHA-256, and their size in bytes.
    ///
    /// # Errors
    ///
    /// [`ModelError::Read`] for one that is not there.
    pub fn files(folder: &Path) -> Result<(BTreeMap<String, String>, u64), ModelError> {
        let mut total_bytes = 0;
        let mut hash = |name: &str| {
            let path = folder.join(name);
            let (hash, size_bytes) = sha256_of(&path)
                .map_err(|source| ModelError::Read { path: PathBuf::from(&path), source })?;
            total_bytes += size_bytes;
            Ok((name.to_owned(), hash))
        };
        let is_there = |name: &&str| folder.join(name).exists();
        let files = FILES.into_iter().chain(MAYBE.into_iter().filter(is_there));
        let files = files.map(&mut hash).collect::<Result<_, ModelError>>()?;
        Ok((files, total_bytes))
    }

    /// The manifest, as it is written.
    ///
    /// # Errors
    ///
    /// [`ModelError::Format`] where a value cannot be written as TOML.
    pub fn to_toml(&self) -> Result<String, ModelError> {
        let manifest = Manifest::of_role(
            (&self.name, &self.licence),
            (&self.role, self.entry.clone()),
            self.checkpoint.clone(),
        );
        toml::to_string(&manifest).map_err(|error| ModelError::Format {
            path: PathBuf::from("bundle.toml"),
            reason: error.to_string(),
        })
    }

    /// The bundle that it makes of `folder`, as if it had been written there.
    ///
    /// # Errors
    ///
    /// [`ModelError::Format`] where the manifest does not hold together.
    pub fn bundle(&self, folder: &Path) -> Result<Bundle, ModelError> {
        Bundle::from_text(folder, &self.to_toml()?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::AddedModel;
    use crate::fake::reference_folder;
    use crate::{CheckpointEntry, Pooling, RoleEntry, Template, TextForm};

    #[test]
    fn what_is_written_is_read_back() {
        let (files, size_bytes) = AddedModel::files(&reference_folder()).unwrap();
        assert!(size_bytes > 1000 && files.len() == 3);
        let mut entry = RoleEntry::new("model");
        entry.pooling = vec![Pooling::First];
        entry.label_map = BTreeMap::from([("LABEL_0".to_owned(), "opposes".to_owned())]);
        entry.template = Some(Template::of_second("{holder} likes {target}"));
        let mut checkpoint = CheckpointEntry::new(reference_folder(), "encoder");
        checkpoint.text = TextForm::Raw;
        checkpoint.files = files;
        let added = AddedModel {
            name: "mine".to_owned(),
            licence: "none".to_owned(),
            role: "stance".to_owned(),
            entry,
            checkpoint,
        };
        let bundle = added.bundle(Path::new("anywhere")).unwrap();
        assert_eq!(bundle.role("stance").unwrap(), &added.entry);
        assert_eq!(bundle.checkpoints().next(), Some(("model", &added.checkpoint)));
        assert!(bundle.verify().iter().all(crate::FileCheck::is_good));
    }
}
