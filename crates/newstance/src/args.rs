//! What was typed. What it means is in `settings` and in each verb.

mod gold;
mod models;
mod settings;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use newstance_pipeline::Shard;

pub(crate) use self::models::{
    AddHow, Arithmetic, ContextKind, FetchArgs, ModelsArgs, ModelsVerb, TextKind,
};
pub(crate) use self::settings::SettingsArgs;
pub(crate) use gold::{
    GoldArgs, GoldCorrectionArgs, GoldImportArgs, GoldInitArgs, GoldSampleArgs, GoldVerb,
};

/// Reads news archives and says who stands where.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Annotate articles, aggregate them into tables and a report page, and print the most marked findings
    Run(RunArgs),
    /// Find mentions, actors, statements and stances in articles (the first half of `run`)
    Annotate(AnnotateArgs),
    /// Make the tables of a run folder from its layers (the second half of `run`)
    Aggregate(AggregateArgs),
    /// Write the report page of a run folder from its tables (the last part of `run`)
    Report(ReportArgs),
    /// Ask a run folder who stands how to whom
    Top(TopArgs),
    /// Look at archives
    Corpus(CorpusArgs),
    /// Show one article with its statements and stances, and what they rest on
    Explain(ExplainArgs),
    /// Look at model bundles, and add models of your own
    Models(ModelsArgs),
    /// Score the models on labelled data
    Evaluate(EvaluateArgs),
    /// Compare the models with a baseline; exit with 1 where they are worse beyond chance
    Check(CheckArgs),
    /// Compare two bundles: which is better, by how much, and on which examples
    Compare(CompareArgs),
    /// Make labelled data of your own: articles for annotation tools, and back
    Gold(GoldArgs),
    /// Measure how fast articles are read, and where the time goes
    Bench(BenchArgs),
}

/// What is read.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Articles: .txt, .jsonl, .json, .csv, .tsv, .parquet, .html, .warc, also .gz .zst .bz2 .xz;
    /// folders and patterns of them; addresses (s3://, gs://, https://); `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,

    /// Stop after that many articles
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,

    /// Articles analysed together: bounds the memory, changes no result
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) chunk: usize,

    /// Analyse one share of the archive, such as `2/8`; `aggregate` puts shares together
    #[arg(long, value_name = "I/N", default_value_t)]
    pub(crate) shard: Shard,
}

/// How tables are made and written.
#[derive(Debug, Args)]
pub(crate) struct TablesArgs {
    /// Format of the tables
    #[arg(long, value_enum, default_value_t = TableFormat::Parquet)]
    pub(crate) format: TableFormat,

    /// MiB of layers that are held in memory while they are counted; more goes to a file in the
    /// run folder that vanishes; changes no table
    #[arg(long, value_name = "MIB", default_value_t = DEFAULT_MEMORY_MIB)]
    pub(crate) memory: usize,
}

/// What `--memory` is where it is not given.
const DEFAULT_MEMORY_MIB: usize = 1024;

impl Default for TablesArgs {
    fn default() -> Self {
        Self { format: TableFormat::Parquet, memory: DEFAULT_MEMORY_MIB }
    }
}

/// Where a run goes, and how it tells of itself.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// Run folder to write
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,

    /// Go on with the unfinished run in DIR; a finished one is left as it is
    #[arg(long, conflicts_with = "overwrite")]
    pub(crate) resume: bool,

    /// Begin anew, whatever run is in DIR
    #[arg(long)]
    pub(crate) overwrite: bool,

    /// Articles after which an interrupted run can go on; changes no table
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub(crate) checkpoint: usize,

    /// How progress is shown on standard error
    #[arg(long, value_enum, default_value_t = ProgressForm::Auto)]
    pub(crate) progress: ProgressForm,

    /// Exit with 1 when there are more problems than this
    #[arg(long, value_name = "N")]
    pub(crate) max_problems: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

    #[command(flatten)]
    pub(crate) output: OutputArgs,

    #[command(flatten)]
    pub(crate) tables: TablesArgs,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AnnotateArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

    #[command(flatten)]
    pub(crate) output: OutputArgs,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AggregateArgs {
    /// Run folders whose layers are read
    #[arg(required = true, value_name = "DIR")]
    pub(crate) folders: Vec<PathBuf>,

    /// Where the tables go [default: the folder that is read, if it is one]
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) tables: TablesArgs,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Run folder whose tables are read
    #[arg(value_name = "RUN")]
    pub(crate) folder: PathBuf,

    /// The page to write [default: report.html in the run folder]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Stances on the page, at most; the most marked are kept
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub(crate) max_stances: usize,
}

#[derive(Debug, Args)]
pub(crate) struct TopArgs {
    /// Run folder whose tables are read
    #[arg(value_name = "RUN")]
    pub(crate) folder: PathBuf,

    /// Who stands: a name, `party:NAME` or `of:NAME` (and all who belong to it), `country:NAME`,
    /// `kind:KIND`, or `outlet` for the outlets' own voice [default: everybody but the outlets]
    #[arg(long, value_name = "WHO")]
    pub(crate) holder: Option<String>,

    /// Toward whom, in the same words [default: everybody]
    #[arg(long, value_name = "WHO")]
    pub(crate) target: Option<String>,

    /// From that day on: 2014, 2014-06 or 2014-06-30
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<String>,

    /// Up to and with that day, month or year
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<String>,

    /// Articles of that outlet only
    #[arg(long, value_name = "NAME")]
    pub(crate) outlet: Option<String>,

    /// Count wire copies, too
    #[arg(long)]
    pub(crate) copies: bool,

    /// Pairs with fewer articles are left out
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) min_articles: u64,

    /// Pairs shown, at most
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    pub(crate) rows: usize,

    /// Print JSON Lines: the rows, without the sum of all
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CorpusArgs {
    #[command(subcommand)]
    pub(crate) verb: CorpusVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CorpusVerb {
    /// Read archives without analysing them, and show what was understood
    Inspect(InspectArgs),
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Articles, as `run` takes them
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,

    /// Stop after that many articles
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,

    /// Settings file [default: newstance.toml where there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,

    /// Override one setting, such as `corpus.text=["story"]`
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A text file, or an archive of which `--article` picks one article; `-` for standard input
    #[arg(value_name = "INPUT")]
    pub(crate) input: PathBuf,

    /// Id of the article [default: the first]
    #[arg(long, value_name = "ID")]
    pub(crate) article: Option<String>,

    /// Show pairs that were judged neutral, too
    #[arg(long)]
    pub(crate) neutral: bool,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    /// What is scored
    #[arg(long, value_enum, required_unless_present = "floors")]
    pub(crate) task: Option<Task>,

    /// Labelled data, in the form of that task
    #[arg(long, value_name = "PATH", required_unless_present = "floors")]
    pub(crate) gold: Option<PathBuf>,

    /// Score every entry of a floors file and exit with 1 when one is missed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["task", "gold"])]
    pub(crate) floors: Option<PathBuf>,

    /// Folder that the gold paths of a floors file start from
    #[arg(long, value_name = "FOLDER", default_value = "../shared/labelled", requires = "floors")]
    pub(crate) labelled: PathBuf,

    /// Write every example with what came, a line of JSON each
    #[arg(long, value_name = "FILE", conflicts_with = "floors")]
    pub(crate) predictions: Option<PathBuf>,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// What was counted before
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: PathBuf,

    /// Write the baseline anew from what the models give now
    #[arg(long)]
    pub(crate) update: bool,

    /// Gold data that the new baseline is to hold, too [default: those that it holds]
    #[arg(long, value_name = "TASK=PATH", requires = "update")]
    pub(crate) gold: Vec<String>,

    /// Behaviour suites that the new baseline is to hold, too: a file, or a folder of them
    #[arg(long, value_name = "PATH", requires = "update")]
    pub(crate) behaviour: Vec<PathBuf>,

    /// Drop that is let pass, in points
    #[arg(long, value_name = "POINTS", default_value_t = 0.5)]
    pub(crate) max_drop: f64,

    /// Folder for check.md (a pull request), check.xml (for CI) and check.json
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// The bundle that is there: a folder, or `ROLE=NAME` for that of the settings with one role
    /// of another model, such as `stance=mine`
    #[arg(value_name = "BUNDLE_A")]
    pub(crate) before: PathBuf,

    /// The bundle that might take its place, in the same words
    #[arg(value_name = "BUNDLE_B")]
    pub(crate) after: PathBuf,

    /// What is scored
    #[arg(long, value_enum)]
    pub(crate) task: Task,

    /// Labelled data, in the form of that task
    #[arg(long, value_name = "PATH")]
    pub(crate) gold: PathBuf,

    /// Examples that are shown of each sort of change
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) examples: usize,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// Articles, as `run` takes them
    #[arg(value_name = "INPUT", default_value = "data/sample")]
    pub(crate) inputs: Vec<PathBuf>,

    /// Stop after that many articles
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,

    /// Read the lines of a file with the tagger's encoder instead, each by itself
    #[arg(long, value_name = "FILE", conflicts_with_all = ["inputs", "limit"])]
    pub(crate) sentences: Option<PathBuf>,

    /// Rounds; the one of median time is shown
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,

    /// Print JSON, a line a measurement
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressForm {
    /// A bar in a terminal, else a plain line now and then
    Auto,
    /// A JSON object a line, at most one a second and one at the end
    Json,
    /// Nothing
    None,
}

/// The form of tables on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    Parquet,
    Jsonl,
    Csv,
}

/// What `evaluate` scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Task {
    /// Entities: IOB or BIO columns, JSON of spaCy or Label Studio
    Ner,
    /// Entities with those of further columns, which lie within others
    NerNested,
    /// Source, cue and content: a folder of text/ and attributions/ (brat)
    Attribution,
    /// Directed stance of a pair in a sentence: JSON Lines with p, q, label
    StancePair,
    /// Stance toward a target in a sentence: JSON Lines with target, label
    StanceTarget,
    /// Whether two contents say the same, the opposite, or neither: passages (data/gold)
    Claim,
    /// The same of two contents alone: JSON Lines with a, b, label (or claim, perspective, label; or headline, body, label)
    ClaimPair,
    /// What speakers do with what they say (affirms, denies, ...): passages (data/gold); whether a context holds a hypothesis true: JSON with context, hypothesis, label
    Factuality,
    /// Actors, statements and stances end to end: passages (data/gold), or a folder of SEESAW
    Article,
}
