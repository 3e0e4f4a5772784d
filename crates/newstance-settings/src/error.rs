//! Why settings could not be used.

use std::path::PathBuf;

use crate::backends::TORCH;
use crate::settings::ROLES;

/// Why settings could not be read, or nothing be made of them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read settings `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },

    /// The file is not TOML.
    #[error("cannot understand settings `{}`", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What the toml crate says.
        source: toml::de::Error,
    },

    /// A setting is unknown or has a value that it cannot have.
    #[error("cannot understand the settings")]
    Setting(#[from] toml::de::Error),

    /// A setting given as JSON is unknown or has a value that it cannot have.
    #[error("cannot understand the settings")]
    Json(#[from] serde_json::Error),

    /// An assignment has no value.
    #[error("`--set {assignment}` has no `=`\nhint: write `--set stance.threshold=0.6`")]
    Assignment {
        /// As it was typed.
        assignment: String,
    },

    /// An assignment names neither a setting nor a role.
    #[error(
        "`--set {assignment}`: `{name}` is no role\n\
         hint: `ROLE=NAME` gives a role to a model, a role is one of {}; settings are \
         `GROUP.NAME=VALUE`", ROLES.join(", ")
    )]
    NoRole {
        /// As it was typed.
        assignment: String,
        /// What stands for a role.
        name: String,
    },

    /// An assignment leads into a value.
    #[error("`--set {assignment}`: `{folder}` is a value, not a group of settings")]
    NoGroup {
        /// As it was typed.
        assignment: String,
        /// The part of its path that is a value.
        folder: String,
    },

    /// A role is none of a bundle's.
    #[error("`models.roles` has `{role}`, but the roles are {}", ROLES.join(", "))]
    Role {
        /// What was named.
        role: String,
    },

    /// A model that a role is given to is not there.
    #[error(
        "there is no model `{name}`: no bundle.toml in {}\n\
         hint: `newstance models add FOLDER --role ROLE --name {name}` adds one, \
         `newstance models list` shows those that are there",
        quoted(places)
    )]
    NoModel {
        /// Its name.
        name: String,
        /// Where it was looked for.
        places: Vec<PathBuf>,
    },

    /// A device is set that no checkpoint computes on.
    #[error(
        "the device is `{device}`, but no checkpoint of bundle `{bundle}` is on backend `{TORCH}`\n\
         hint: `--backend {TORCH}` (`models.backend`) puts them there"
    )]
    DeviceUnused {
        /// The device.
        device: String,
        /// The bundle.
        bundle: String,
    },

    /// The device is not there.
    #[cfg(feature = "torch")]
    #[error(transparent)]
    Device(#[from] newstance_torch::TorchError),

    /// The bundle cannot be opened.
    #[error(transparent)]
    Model(#[from] newstance_model::ModelError),

    /// The gazetteer cannot be read.
    #[error(transparent)]
    Gazetteer(#[from] newstance_ner::NerError),

    /// The list of cues cannot be read.
    #[error(transparent)]
    Cues(#[from] newstance_stance::StanceError),

    /// The models do not make an annotator.
    #[error(transparent)]
    Pipeline(#[from] newstance_pipeline::PipelineError),
}

fn quoted(places: &[PathBuf]) -> String {
    let places: Vec<String> = places.iter().map(|place| format!("`{}`", place.display())).collect();
    places.join(", ")
}
