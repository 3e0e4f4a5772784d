//! What a verb that reads articles needs, loaded once.

use anyhow::Context;
use newstance_model::{Bundle, EncoderLoader, Models};
use newstance_pipeline::Annotator;
use newstance_settings::{Settings, annotator, backend};

use crate::args::SettingsArgs;
use crate::bundle;

/// Settings, models and lists.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) settings: Settings,
    pub(crate) bundle: Bundle,
    pub(crate) models: Models,
    pub(crate) annotator: Annotator,
}

impl Session {
    /// Reads the settings, sets the number of threads and loads the models.
    pub(crate) fn open(args: &SettingsArgs) -> anyhow::Result<Self> {
        set_threads(args.threads)?;
        let settings = read_settings(args)?;
        let backend = backend(&settings);
        Self::load(settings, &backend)
    }

    /// Loads the models on `backend`.
    pub(crate) fn load(settings: Settings, backend: &dyn EncoderLoader) -> anyhow::Result<Self> {
        let bundle = bundle::open(&settings)?;
        let models = Models::load(&bundle, &[backend])?;
        let annotator = annotator(&settings, &models)?;
        Ok(Self { settings, bundle, models, annotator })
    }
}

/// Reads the file that `args` name (or `newstance.toml` where there is one)
/// and lays `--set` and `--bundle` over it.
pub(crate) fn read_settings(args: &SettingsArgs) -> anyhow::Result<Settings> {
    let mut settings = Settings::read(args.settings.as_deref(), &args.set)?;
    if let Some(bundle) = &args.bundle {
        settings.models.bundle = Some(bundle.clone());
    }
    Ok(settings)
}

/// One pool for the whole program; rayon takes one thread a core by itself.
pub(crate) fn set_threads(threads: Option<usize>) -> anyhow::Result<()> {
    let Some(threads) = threads else { return Ok(()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .context("cannot start the threads")
}
