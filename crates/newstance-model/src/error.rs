//! What can go wrong with a model.

use std::path::PathBuf;

use crate::architectures::elsewhere;

/// Why a model could not be loaded or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A file of the bundle cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// A file of the bundle is not the one that its manifest names.
    #[error(
        "`{}` is not the file that the bundle was made with: SHA-256 is {got}, the manifest says {expected}\n\
         hint: restore the file, or run `newstance models verify` to see all that differ", path.display()
    )]
    Checksum {
        /// The file.
        path: PathBuf,
        /// The manifest's SHA-256.
        expected: String,
        /// The file's.
        got: String,
    },

    /// A file is there but does not say what it should.
    #[error("cannot understand `{}`: {reason}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// A file of weights does not hold what its own header says.
    #[error(
        "cannot understand `{}`: {reason}\n\
         hint: a file that was cut off reads like this; copy or download it again", path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// The folder of a checkpoint is not where its bundle says.
    #[error(
        "there is no checkpoint folder `{}`, which `{}` names\n\
         hint: where it was moved, change `folder` there or add it again with `--replace`",
        folder.display(), manifest.display()
    )]
    Moved {
        /// The folder.
        folder: PathBuf,
        /// The bundle's manifest.
        manifest: PathBuf,
    },

    /// The bundle has no such role.
    #[error(
        "bundle `{bundle}` has no role `{role}`\n\
         hint: `newstance models add CHECKPOINT --role {role} --name NAME`, then `--set {role}=NAME`"
    )]
    RoleMissing {
        /// The bundle.
        bundle: String,
        /// The role.
        role: String,
    },

    /// The checkpoint and its label list do not fit together.
    #[error("model `{model}` scores {columns} labels, but its manifest names {labels}")]
    LabelCount {
        /// The role or checkpoint.
        model: String,
        /// Columns of the head.
        columns: usize,
        /// Names in the manifest.
        labels: usize,
    },

    /// A model gave other rows than it was asked for.
    #[error(
        "model `{model}` gave {} rows of {} probabilities, where {} rows of {} were asked for",
        got[0], got[1], expected[0], expected[1]
    )]
    Shape {
        /// The role, or what the model calls itself.
        model: String,
        /// Rows and labels that there should be.
        expected: [usize; 2],
        /// Rows and columns that there are.
        got: [usize; 2],
    },

    /// A stage needs a label that the model does not have.
    #[error("model `{model}` has no label `{label}` (it has {})", labels.join(", "))]
    LabelMissing {
        /// The role.
        model: String,
        /// What was asked for.
        label: String,
        /// What is there.
        labels: Vec<String>,
    },

    /// A label of the model has no name of ours.
    #[error(
        "model `{model}`: its label `{label}` stands for none of ours\nhint: give it one in the role's `label_map`"
    )]
    LabelUnmapped {
        /// The role.
        model: String,
        /// The model's label.
        label: String,
    },

    /// A weight of the checkpoint is missing or has another shape.
    #[error("checkpoint `{checkpoint}`: weight `{weight}` {problem}")]
    Weight {
        /// The checkpoint folder.
        checkpoint: String,
        /// The tensor's name.
        weight: String,
        /// What is wrong with it.
        problem: String,
    },

    /// The manifest asks for a backend that was not compiled in.
    #[error("backend `{backend}` is not in this build (it has {})", available.join(", "))]
    BackendMissing {
        /// What was asked for.
        backend: String,
        /// What is there.
        available: Vec<&'static str>,
    },

    /// A backend does not load a checkpoint.
    #[error("cannot load checkpoint `{checkpoint}`: {reason}")]
    Checkpoint {
        /// Its folder.
        checkpoint: String,
        /// Why, and what may be done about it.
        reason: Box<ModelError>,
    },

    /// The backend does not have the arithmetic that the manifest asks for.
    #[error(
        "backend `{backend}` has no precision `{precision}` (it has {})\n\
         hint: `--set models.precision={}` is for all models, `precision` in a bundle.toml for its own",
        available.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        available.first().map(ToString::to_string).unwrap_or_default()
    )]
    Precision {
        /// The backend.
        backend: &'static str,
        /// What was asked for.
        precision: crate::Precision,
        /// What it has.
        available: Vec<crate::Precision>,
    },

    /// The backend does not know the checkpoint's architecture.
    #[error(
        "backend `{backend}` cannot run architecture `{architecture}` (it runs {}){}",
        available.join(", "), elsewhere(backend, architecture)
    )]
    Architecture {
        /// The backend.
        backend: &'static str,
        /// `model_type` of the checkpoint's config.json.
        architecture: String,
        /// What it runs.
        available: Vec<&'static str>,
    },

    /// The tokenizer cannot be loaded, or fails on a text.
    #[error(transparent)]
    Pieces(#[from] newstance_tokenize::TokenizeError),

    /// The backend fails.
    #[error("backend `{backend}` failed: {reason}")]
    Run {
        /// The backend.
        backend: &'static str,
        /// What it says.
        reason: String,
    },
}
