//! The parts that layers are written in, each of which is a checkpoint.
//!
//! A part is a Parquet file of articles and, beside it, its [`PartRecord`] in
//! JSON. The record is written last: a part without one was never finished and
//! is written again. `plan.json` says what the layers were begun with, and
//! `finished.json` that no part is missing.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use newstance_doc::Problem;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{TablesError, folder::replace};

/// The folder of the layers in a run folder.
pub const LAYERS_FOLDER: &str = "layers";

const PLAN: &str = "plan.json";
const FINISHED: &str = "finished.json";

/// What is known of a part beside its articles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartRecord {
    /// Items of the input, articles and problems, that were read from the
    /// beginning of the run to the end of this part.
    pub n_items: u64,
    /// A hash of all these items, in order.
    pub items_hash: String,
    /// What was counted in this part, by name.
    pub counts: BTreeMap<String, u64>,
    /// What went wrong in this part, in order.
    pub problems: Vec<Problem>,
}

/// How far the layers of a run folder are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayersState {
    /// None were begun.
    Absent,
    /// They were begun and not finished.
    Begun,
    /// All parts are there.
    Finished,
}

/// The marker of finished layers.
#[derive(Debug, Serialize, Deserialize)]
struct Finished {
    parts: usize,
}

/// How far the layers of `run_folder` are.
pub fn layers_state(run_folder: &Path) -> LayersState {
    let layers = run_folder.join(LAYERS_FOLDER);
    match (layers.join(PLAN).is_file(), layers.join(FINISHED).is_file()) {
        (_, true) => LayersState::Finished,
        (true, false) => LayersState::Begun,
        (false, false) => LayersState::Absent,
    }
}

/// Takes away what `run_folder` has of layers, and notes what new ones are
/// begun with.
///
/// # Errors
///
/// [`TablesError::Write`] naming what cannot be written or removed.
pub fn begin_layers(run_folder: &Path, plan: &Value) -> Result<(), TablesError> {
    let layers = run_folder.join(LAYERS_FOLDER);
    fs::create_dir_all(&layers)
        .map_err(|source| TablesError::Write { path: layers.clone(), source })?;
    // What says that the layers are whole goes first: who stops here leaves no whole layers.
    for name in [FINISHED, PLAN] {
        remove(&layers.join(name))?;
    }
    for idx in 0.. {
        let (part, record) = (part_path(run_folder, idx), record_path(run_folder, idx));
        if !part.exists() && !record.exists() {
            break;
        }
        remove(&record)?;
        remove(&part)?;
    }
    write_json(&layers.join(PLAN), plan)
}

/// What the layers of `run_folder` were begun with.
///
/// # Errors
///
/// [`TablesError::Read`] if there are none, [`TablesError::Json`] if it is not JSON.
pub fn read_plan(run_folder: &Path) -> Result<Value, TablesError> {
    read_json(&run_folder.join(LAYERS_FOLDER).join(PLAN))
}

/// Says that the first `n_parts` parts are all there will be.
///
/// # Errors
///
/// [`TablesError::Write`] naming the file.
pub fn finish_layers(run_folder: &Path, n_parts: usize) -> Result<(), TablesError> {
    let layers = run_folder.join(LAYERS_FOLDER);
    fs::create_dir_all(&layers)
        .map_err(|source| TablesError::Write { path: layers.clone(), source })?;
    write_json(&layers.join(FINISHED), &Finished { parts: n_parts })
}

/// The records of the parts of `run_folder` that are whole, in order, up to
/// the first that is not.
///
/// # Errors
///
/// [`TablesError`] if a record cannot be read, or if layers that were finished
/// lack a part.
pub fn read_parts(run_folder: &Path) -> Result<Vec<PartRecord>, TablesError> {
    let mut records = Vec::new();
    loop {
        let path = record_path(run_folder, records.len());
        if !path.exists() || !part_path(run_folder, records.len()).exists() {
            break;
        }
        records.push(read_json(&path)?);
    }
    if layers_state(run_folder) == LayersState::Finished {
        let finished: Finished = read_json(&run_folder.join(LAYERS_FOLDER).join(FINISHED))?;
        if records.len() < finished.parts {
            let path = part_path(run_folder, records.len());
            return Err(TablesError::PartMissing { path, n_parts: finished.parts });
        }
        records.truncate(finished.parts);
    }
    Ok(records)
}

/// Every problem of finished layers, part after part.
///
/// # Errors
///
/// [`TablesError::Unfinished`] if the layers are not finished, else as [`read_parts`].
pub fn read_problems(run_folder: &Path) -> Result<Vec<Problem>, TablesError> {
    Ok(finished_parts(run_folder)?.into_iter().flat_map(|record| record.problems).collect())
}

/// The records of layers that must be finished.
pub(crate) fn finished_parts(run_folder: &Path) -> Result<Vec<PartRecord>, TablesError> {
    match layers_state(run_folder) {
        LayersState::Finished => read_parts(run_folder),
        LayersState::Begun => Err(TablesError::Unfinished { folder: run_folder.to_owned() }),
        LayersState::Absent => Err(TablesError::NoLayers { folder: run_folder.to_owned() }),
    }
}

/// Where part `idx` lies.
pub(crate) fn part_path(run_folder: &Path, idx: usize) -> PathBuf {
    run_folder.join(LAYERS_FOLDER).join(format!("part-{idx:05}.parquet"))
}

/// Makes part `idx` a whole one.
pub(crate) fn write_record(
    run_folder: &Path,
    idx: usize,
    record: &PartRecord,
) -> Result<(), TablesError> {
    write_json(&record_path(run_folder, idx), record)
}

fn record_path(run_folder: &Path, idx: usize) -> PathBuf {
    part_path(run_folder, idx).with_extension("json")
}

fn remove(path: &Path) -> Result<(), TablesError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(TablesError::Write { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Writes `value` so that the file is whole, and on the disk, when it has its name.
fn write_json(path: &Path, value: &impl Serialize) -> Result<(), TablesError> {
    use io::Write as _;

    replace(path, |partial| {
        let write_error = |source| TablesError::Write { path: partial.to_owned(), source };
        let json = serde_json::to_vec(value).map_err(|error| write_error(error.into()))?;
        let mut file = fs::File::create(partial).map_err(write_error)?;
        file.write_all(&json).and_then(|()| file.sync_all()).map_err(write_error)
    })
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, TablesError> {
    let text = fs::read_to_string(path)
        .map_err(|source| TablesError::Read { path: path.to_owned(), source })?;
    serde_json::from_str(&text).map_err(|source| {
        let line = source.line() as u64;
        TablesError::Json { path: path.to_owned(), line, source }
    })
}
