//! Arguments of `gold`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::SettingsArgs;

#[derive(Debug, Args)]
pub(crate) struct GoldArgs {
    #[command(subcommand)]
    pub(crate) verb: GoldVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GoldVerb {
    /// Write articles with what is found in them, for brat and Label Studio
    Init(GoldInitArgs),
    /// Read corrected annotations and write what `evaluate` reads
    Import(GoldImportArgs),
    /// Draw stances of a run for a person to label
    Sample(GoldSampleArgs),
    /// Print what labelled stances say of the models' errors, for newstance.toml
    Correction(GoldCorrectionArgs),
}

#[derive(Debug, Args)]
pub(crate) struct GoldInitArgs {
    /// Articles, as `run` takes them
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,

    /// Folder to write
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,

    /// Stop after that many articles
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct GoldImportArgs {
    /// A folder of brat's .txt and .ann, or a JSON export of Label Studio
    #[arg(value_name = "SOURCE")]
    pub(crate) source: PathBuf,

    /// Folder to write
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct GoldSampleArgs {
    /// A run folder
    #[arg(value_name = "RUN")]
    pub(crate) folder: PathBuf,

    /// File to write: a line of JSON a stance, its `label` for a person to fill in
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// Stances to draw: a third of each position
    #[arg(short, value_name = "N", default_value_t = 300)]
    pub(crate) n: usize,

    /// Seed of the draw
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct GoldCorrectionArgs {
    /// What `gold sample` wrote, labelled
    #[arg(value_name = "FILE")]
    pub(crate) sample: PathBuf,
}
