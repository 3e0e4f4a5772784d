//! `run.json`: what a run was made with, and what it counted.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use newstance_aggregate::AggregateSettings;
use newstance_doc::Problem;
use newstance_encoder::InstructionSet;
use newstance_model::{Bundle, Precision, RoleEntry};
use newstance_pipeline::{Counts, Shard};
use newstance_settings::Settings;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::session::Session;

/// The step from articles to layers.
pub(crate) const ANNOTATE: &str = "annotate";
/// The step from layers to tables.
pub(crate) const AGGREGATE: &str = "aggregate";

const RUN_JSON: &str = "run.json";

/// The record, as it is written.
#[derive(Debug, Serialize)]
pub(crate) struct RunRecord<'r> {
    newstance: &'static str,
    settings: &'r Settings,
    overrides: Vec<String>,
    bundle: BundleRecord,
    /// By checkpoint.
    backend: BTreeMap<String, String>,
    /// Where libtorch computed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    libtorch: Option<LibtorchRecord>,
    precision: BTreeMap<String, Precision>,
    instruction_set: InstructionSet,
    steps: Vec<&'static str>,
    shard: Option<Shard>,
    counts: BTreeMap<String, u64>,
    problems: BTreeMap<&'static str, u64>,
    timings_s: BTreeMap<&'static str, f64>,
}

/// The counts of a record, as they are read back.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct RunCounts {
    #[serde(default)]
    counts: BTreeMap<String, u64>,
}

impl RunCounts {
    /// Reads `run.json` of `folder`; nothing was counted where there is none.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        Ok(read(folder)?.unwrap_or_default())
    }

    /// What was left out, in words, and how much of it.
    pub(crate) fn left_out(&self) -> Vec<(String, u64)> {
        let told = self.counts.iter().filter(|(name, n)| name.ends_with("_left_out") && **n > 0);
        told.map(|(name, n)| (name.replace('_', " "), *n)).collect()
    }
}

/// The settings of a record, as far as they are read back.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct RunSettings {
    /// How its tables were counted.
    #[serde(default)]
    pub(crate) aggregate: AggregateSettings,
}

impl RunSettings {
    /// Reads `run.json` of `folder`; the defaults where there is none.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Record {
            settings: RunSettings,
        }
        Ok(read::<Record>(folder)?.map(|record| record.settings).unwrap_or_default())
    }
}

/// Reads a part of `run.json` of `folder`; none where there is no such file.
fn read<T: DeserializeOwned>(folder: &Path) -> anyhow::Result<Option<T>> {
    let path = folder.join(RUN_JSON);
    if !path.exists() {
        return Ok(None);
    }
    let json = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    let record = serde_json::from_str(&json);
    record.map(Some).with_context(|| format!("cannot understand `{}`", path.display()))
}

#[derive(Debug, Serialize)]
struct BundleRecord {
    name: String,
    files: BTreeMap<String, String>,
    roles: BTreeMap<String, RoleRecord>,
}

/// Which model answers a role, and how.
#[derive(Debug, Serialize)]
pub(crate) struct RoleRecord {
    /// The bundle that it was taken from, where it is not the run's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_from: Option<String>,
    #[serde(flatten)]
    entry: RoleEntry,
}

/// The roles of a bundle, by name.
pub(crate) fn roles_of(bundle: &Bundle) -> BTreeMap<String, RoleRecord> {
    let record = |(name, entry): (&str, &RoleEntry)| {
        let taken_from = bundle.taken_from(name).map(str::to_owned);
        (name.to_owned(), RoleRecord { taken_from, entry: entry.clone() })
    };
    bundle.roles().map(record).collect()
}

/// What stands for bit-for-bit sameness where libtorch computes.
#[derive(Debug, Serialize)]
struct LibtorchRecord {
    version: &'static str,
    device: String,
    /// What company and device may change of a state in f32.
    tolerance: f32,
}

impl LibtorchRecord {
    #[cfg(feature = "torch")]
    #[expect(clippy::unnecessary_wraps, reason = "without the feature there is none")]
    fn new(device: &str) -> Option<Self> {
        use newstance_torch::{LIBTORCH, TOLERANCE};
        Some(Self { version: LIBTORCH, device: device.to_owned(), tolerance: TOLERANCE })
    }

    #[cfg(not(feature = "torch"))]
    fn new(_: &str) -> Option<Self> {
        None
    }
}

impl<'r> RunRecord<'r> {
    /// A record of what results depend on.
    pub(crate) fn new(session: &'r Session, overrides: Vec<String>) -> Self {
        let Session { settings, bundle, device, .. } = session;
        let backend =
            bundle.checkpoints().map(|(name, entry)| (name.to_owned(), entry.backend.clone()));
        let files = bundle.checkpoints().flat_map(|(name, checkpoint)| {
            let hashes = checkpoint.files.iter();
            hashes.map(move |(file, hash)| (format!("{name}/{file}"), hash.clone()))
        });
        let precision =
            bundle.checkpoints().map(|(name, checkpoint)| (name.to_owned(), checkpoint.precision));
        Self {
            newstance: env!("CARGO_PKG_VERSION"),
            settings,
            overrides,
            bundle: BundleRecord {
                name: bundle.name().to_owned(),
                files: files.collect(),
                roles: roles_of(bundle),
            },
            backend: backend.collect(),
            libtorch: device.as_deref().and_then(LibtorchRecord::new),
            precision: precision.collect(),
            instruction_set: settings.models.instruction_set(),
            steps: Vec::new(),
            shard: None,
            counts: BTreeMap::new(),
            problems: BTreeMap::new(),
            timings_s: BTreeMap::new(),
        }
    }

    /// Adds what `annotate` counted, of which share, and how long it took.
    pub(crate) fn annotated(&mut self, shard: Shard, counts: Counts, took: Duration) {
        self.counted(counts);
        self.shard = Some(shard);
        self.timings_s.insert(ANNOTATE, took.as_secs_f64());
    }

    /// Adds what was counted when the layers were made.
    pub(crate) fn counted(&mut self, counts: Counts) {
        self.steps.push(ANNOTATE);
        self.counts.extend(counts.named());
    }

    /// Adds how many rows `aggregate` made and how long it took.
    pub(crate) fn aggregated(&mut self, rows: &BTreeMap<&'static str, u64>, took: Duration) {
        for (table, n) in rows {
            self.counts.insert(format!("rows_{table}"), *n);
        }
        self.steps.push(AGGREGATE);
        self.timings_s.insert(AGGREGATE, took.as_secs_f64());
    }

    /// What was counted so far.
    pub(crate) fn counts(&self) -> RunCounts {
        RunCounts { counts: self.counts.clone() }
    }

    /// Counts problems by kind.
    pub(crate) fn problems(&mut self, problems: &[Problem]) {
        for problem in problems {
            *self.problems.entry(problem.kind.as_str()).or_default() += 1;
        }
    }

    /// Writes `run.json` into `folder`, whole or not at all.
    pub(crate) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let path = folder.join(RUN_JSON);
        let partial = folder.join(format!("{RUN_JSON}.partial"));
        let json = serde_json::to_string_pretty(self).context("cannot write the run's record")?;
        std::fs::write(&partial, json + "\n")
            .and_then(|()| File::open(&partial)?.sync_all())
            .and_then(|()| std::fs::rename(&partial, &path))
            .with_context(|| format!("cannot write `{}`", path.display()))
    }
}

/// The steps that the record in `folder` says are done; none where there is none.
pub(crate) fn steps_done(folder: &Path) -> anyhow::Result<Vec<String>> {
    #[derive(Default, Deserialize)]
    struct Record {
        #[serde(default)]
        steps: Vec<String>,
    }
    Ok(read::<Record>(folder)?.unwrap_or_default().steps)
}

/// Takes the record out of `folder`: what is there is no finished run any more.
pub(crate) fn remove(folder: &Path) -> anyhow::Result<()> {
    let path = folder.join(RUN_JSON);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed.with_context(|| format!("cannot remove `{}`", path.display())),
    }
}
