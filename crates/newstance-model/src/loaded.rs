//! Checkpoints, loaded from their folders.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use crate::checkpoint::Checkpoint;
use crate::manifest::CheckpointEntry;
use crate::pieces::Pieces;
use crate::{Bundle, CheckpointConfig, EncoderLoader, ModelError, Weights};

/// No window is of use with less room than this for words and markers.
const LEAST_PIECES: usize = 16;

/// A checkpoint with the folder that heads are read from.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) weights: Weights,
    pub(crate) folder: std::path::PathBuf,
    pub(crate) config: CheckpointConfig,
}

/// Loads checkpoints side by side; the first error by name counts.
pub(crate) fn load_checkpoints<'b>(
    bundle: &Bundle,
    loaders: &[&dyn EncoderLoader],
    checkpoints: &BTreeMap<&'b str, &CheckpointEntry>,
) -> Result<BTreeMap<&'b str, Loaded>, ModelError> {
    thread::scope(|scope| {
        let threads: Vec<_> = checkpoints
            .iter()
            .map(|(name, entry)| {
                (*name, scope.spawn(move || load_checkpoint(bundle, loaders, name, entry)))
            })
            .collect();
        let join = |(name, thread): (&'b str, thread::ScopedJoinHandle<'_, _>)| {
            let loaded: Result<Loaded, ModelError> =
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok((name, loaded?))
        };
        threads.into_iter().map(join).collect()
    })
}

fn load_checkpoint(
    bundle: &Bundle,
    loaders: &[&dyn EncoderLoader],
    name: &str,
    entry: &CheckpointEntry,
) -> Result<Loaded, ModelError> {
    let loader = loaders.iter().find(|loader| loader.name() == entry.backend).ok_or_else(|| {
        ModelError::BackendMissing {
            backend: entry.backend.clone(),
            available: loaders.iter().map(|loader| loader.name()).collect(),
        }
    })?;
    let folder = bundle.checkpoint_folder(entry);
    if !folder.is_dir() {
        return Err(ModelError::Moved { folder, manifest: bundle.folder().join("bundle.toml") });
    }
    bundle.require_checkpoint(name, entry)?;
    let encoder = loader.load(&folder, entry.precision).map_err(|reason| {
        let checkpoint = folder.display().to_string();
        ModelError::Checkpoint { checkpoint, reason: Box::new(reason) }
    })?;
    let config = CheckpointConfig::read(&folder)?;
    let pieces = Arc::new(Pieces::load(&folder, entry.case_types, entry.text, &config)?);
    let context = entry.context;
    let checkpoint = Checkpoint { context, ..Checkpoint::new(encoder, pieces, entry.max_pieces) };
    if checkpoint.max_pieces < LEAST_PIECES {
        let reason = format!(
            "checkpoint `{name}` reads {} pieces at once, {LEAST_PIECES} are the least",
            checkpoint.max_pieces
        );
        return Err(ModelError::Format { path: bundle.folder().join("bundle.toml"), reason });
    }
    let weights = Weights::open(&folder)?;
    Ok(Loaded { checkpoint, weights, folder, config })
}
