//! What a verb that reads articles needs, loaded once.

use anyhow::Context;
use newstance_model::{Bundle, EncoderLoader, Models};
use newstance_ner::Gazetteer;
use newstance_pipeline::{Annotator, AnnotatorSettings};
use newstance_stance::ForceLexicon;

use crate::args::SettingsArgs;
use crate::backends;
use crate::bundle;
use crate::settings::Settings;

/// Settings, models and lists.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) settings: Settings,
    pub(crate) bundle: Bundle,
    /// Where libtorch computes, if it does.
    pub(crate) device: Option<String>,
    pub(crate) models: Models,
    pub(crate) annotator: Annotator,
}

impl Session {
    /// Reads the settings, sets the number of threads and loads the models.
    pub(crate) fn open(args: &SettingsArgs) -> anyhow::Result<Self> {
        set_threads(args.threads)?;
        let settings = Settings::load(args)?;
        let backends = backends::all(&settings)?;
        let backends: Vec<_> = backends.iter().map(AsRef::as_ref).collect();
        Self::load(settings, &backends)
    }

    /// Loads the models on `backends`.
    pub(crate) fn load(
        settings: Settings,
        backends: &[&dyn EncoderLoader],
    ) -> anyhow::Result<Self> {
        let bundle = bundle::open(&settings)?;
        let device = backends::device(&settings, &bundle)?;
        let models = Models::load(&bundle, backends)?;
        let gazetteer = match &settings.models.gazetteer {
            Some(folder) => Gazetteer::from_folder(folder)?,
            None => Gazetteer::built_in()?,
        };
        let lexicon = match &settings.models.cues {
            Some(path) => ForceLexicon::from_path(path)?,
            None => ForceLexicon::built_in(),
        };
        let stages =
            AnnotatorSettings { actors: settings.actors.clone(), stance: settings.stance.clone() };
        let annotator = Annotator::new(&models, gazetteer, lexicon, stages)?;
        Ok(Self { settings, bundle, device, models, annotator })
    }
}

/// One pool for the whole program; rayon takes one thread a core by itself.
pub(crate) fn set_threads(threads: Option<usize>) -> anyhow::Result<()> {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    backends::set_threads(threads.unwrap_or_else(cores));
    let Some(threads) = threads else { return Ok(()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .context("cannot start the threads")
}
