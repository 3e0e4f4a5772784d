//! What is typed for `models`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use newstance_settings::ROLES;

#[derive(Debug, Args)]
pub(crate) struct ModelsArgs {
    #[command(subcommand)]
    pub(crate) verb: ModelsVerb,

    /// Folder that holds bundles
    #[arg(long, value_name = "FOLDER", default_value = "models", global = true)]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsVerb {
    /// List bundles, their roles and labels
    List,
    /// Compare every file with the SHA-256 of its manifest
    Verify,
    /// Add a checkpoint in the Hugging Face layout: `--set ROLE=NAME` then gives it that role
    Add(Box<AddArgs>),
    /// Fetch a checkpoint from a hub into the hub's cache folder, and add it where a role is given
    Fetch(Box<FetchArgs>),
}

/// A model on a hub.
#[derive(Clone, Debug, Args)]
pub(crate) struct FetchArgs {
    /// `ORG/NAME`, or `ORG/NAME@REVISION` for a branch, a tag or a commit. `HF_ENDPOINT` names
    /// the hub, `HF_HOME` the cache folder
    #[arg(value_name = "MODEL")]
    pub(crate) model: String,

    /// Take what is in the cache folder, and use no network (so does `HF_HUB_OFFLINE=1`)
    #[arg(long)]
    pub(crate) offline: bool,

    #[command(flatten)]
    pub(crate) how: AddHow,
}

/// A model of somebody else's, and what is to be known of it.
#[derive(Clone, Debug, Args)]
pub(crate) struct AddArgs {
    /// Folder with config.json, tokenizer.json and model.safetensors; it stays where it is
    #[arg(value_name = "CHECKPOINT")]
    pub(crate) checkpoint: PathBuf,

    #[command(flatten)]
    pub(crate) how: AddHow,
}

/// How a model that is added is to be used.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct AddHow {
    /// What it is to do: ner, attribution, stance, claim or embedding
    #[arg(long, value_name = "ROLE", value_parser = clap::builder::PossibleValuesParser::new(ROLES))]
    pub(crate) role: Option<String>,

    /// What it is to be called [default: as its folder is]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// What one of its labels is to us, such as `opposes=LABEL_0`; for tags, a type (`LOC=GPE`)
    #[arg(long, value_name = "OURS=ITS")]
    pub(crate) label: Vec<String>,

    /// Take what is proposed for labels of other names
    #[arg(long)]
    pub(crate) yes: bool,

    /// The text behind the sentence, such as `{target}` or `{holder} supports {target}.`
    #[arg(long, value_name = "TEXT", conflicts_with = "hypothesis")]
    pub(crate) second: Option<String>,

    /// A text that entails a position, such as `opposes={holder} opposes {target}.`, for a model
    /// of entailment
    #[arg(long, value_name = "POSITION=TEXT")]
    pub(crate) hypothesis: Vec<String>,

    /// The pieces around holder and target, for a model that was trained with such
    #[arg(long, value_name = "PIECE", num_args = 6, conflicts_with_all = ["second", "hypothesis"],
          value_names = ["<HOLDER>", "</HOLDER>", "<TARGET>", "</TARGET>", "ANYONE", "AUTHOR"])]
    pub(crate) markers: Vec<String>,

    /// What it was trained on: words, or running text [default: words for tags, else text]
    #[arg(long, value_enum)]
    pub(crate) text: Option<TextKind>,

    /// How much of an article a tagger is given at once: as much as it was trained on
    #[arg(long, value_enum, default_value_t = ContextKind::Article)]
    pub(crate) context: ContextKind,

    /// Its tags tell where a span begins as IOB1 (or IO) does
    #[arg(long)]
    pub(crate) iob1: bool,

    /// Its labels do not exclude each other [default: as config.json says]
    #[arg(long)]
    pub(crate) multi_label: bool,

    /// The backend that is to run it [default: the first of this build that can]
    #[arg(long, value_name = "BACKEND")]
    pub(crate) backend: Option<String>,

    /// The arithmetic: int8 is faster on backend `encoder` and a little less exact, bf16 and fp16
    /// are those of `torch`
    #[arg(long, value_enum, default_value_t = Arithmetic::F32)]
    pub(crate) precision: Arithmetic,

    /// The longest input, in pieces [default: what the model can read, at most 512]
    #[arg(long, value_name = "N")]
    pub(crate) max_pieces: Option<usize>,

    /// Licence of the weights, for `models list`
    #[arg(long, value_name = "TEXT", default_value = "not stated")]
    pub(crate) licence: String,

    /// Put it in the place of a model of that name
    #[arg(long)]
    pub(crate) replace: bool,
}

/// What a model was trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextKind {
    /// Words, each by itself
    Words,
    /// Running text
    Raw,
}

/// How much of an article a model is given at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ContextKind {
    /// Whole paragraphs, as many as it can read
    Article,
    /// One sentence
    Sentence,
}

/// The arithmetic of a model that is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Arithmetic {
    F32,
    Int8,
    Bf16,
    Fp16,
}
