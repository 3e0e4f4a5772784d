//! One loaded bundle a process.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use newstance_aggregate::ClaimModels;
use newstance_corpus::RowReader;
use newstance_model::{ModelError, Models, TextEmbedder, TextPairClassifier};
use newstance_pipeline::Annotator;
use newstance_settings::{Settings, SettingsError, annotator, backends, device, open_bundle};

/// What is in memory now, by the folder and the settings that it came of.
static IN_MEMORY: Mutex<Vec<(PathBuf, String, Weak<Loaded>)>> = Mutex::new(Vec::new());

/// Settings and what they made of a bundle; shared by all threads.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) settings: Settings,
    pub(crate) annotator: Annotator,
    pub(crate) rows: RowReader,
    embedder: Arc<dyn TextEmbedder>,
    relations: Option<Arc<dyn TextPairClassifier>>,
}

impl Loaded {
    /// Loads the bundle in `folder`, or takes the one that this process holds
    /// already under the same settings.
    pub(crate) fn get(folder: &Path, settings: Settings) -> Result<Arc<Self>, SettingsError> {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let key = serde_json::to_string(&settings)?;
        // Held while loading: threads that ask for one bundle at once load it once.
        let mut in_memory = IN_MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
        in_memory.retain(|(_, _, loaded)| loaded.strong_count() > 0);
        let known = in_memory.iter().find(|(f, k, _)| *f == folder && *k == key);
        if let Some(loaded) = known.and_then(|(_, _, loaded)| loaded.upgrade()) {
            return Ok(loaded);
        }
        let loaded = Arc::new(Self::load(&folder, settings)?);
        in_memory.push((folder, key, Arc::downgrade(&loaded)));
        Ok(loaded)
    }

    fn load(folder: &Path, settings: Settings) -> Result<Self, SettingsError> {
        let bundle = open_bundle(&settings, folder)?;
        device(&settings, &bundle)?;
        let backends = backends(&settings)?;
        let backends: Vec<_> = backends.iter().map(AsRef::as_ref).collect();
        let models = Models::load(&bundle, &backends)?;
        let annotator = annotator(&settings, &models)?;
        let (embedder, relations) = claim_models(&models)?;
        let rows = RowReader::new(&settings.corpus);
        Ok(Self { settings, annotator, rows, embedder, relations })
    }

    /// The models that tell claims.
    pub(crate) fn claim_models(&self) -> ClaimModels<'_> {
        ClaimModels { embedder: Some(self.embedder.as_ref()), relations: self.relations.as_deref() }
    }
}

type ForClaims = (Arc<dyn TextEmbedder>, Option<Arc<dyn TextPairClassifier>>);

fn claim_models(models: &Models) -> Result<ForClaims, ModelError> {
    Ok((models.embedding()?, models.claim()))
}
