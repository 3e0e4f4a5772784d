//! What a verb that reads articles needs, loaded once.

use anyhow::Context;
use newstance_model::{Bundle, EncoderLoader, Models};
use newstance_pipeline::Annotator;
use newstance_settings::{Settings, annotator, backends, device};

use crate::args::SettingsArgs;
use crate::bundle;

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
        Self::with(read_settings(args)?, args)
    }

    /// [`Self::open`] with settings that were read: what else they name is
    /// looked for before models are loaded.
    pub(crate) fn with(settings: Settings, args: &SettingsArgs) -> anyhow::Result<Self> {
        set_threads(args.threads)?;
        let backends = backends(&settings)?;
        let backends: Vec<_> = backends.iter().map(AsRef::as_ref).collect();
        Self::load(settings, &backends)
    }

    /// Loads the models on `backends`.
    pub(crate) fn load(
        settings: Settings,
        backends: &[&dyn EncoderLoader],
    ) -> anyhow::Result<Self> {
        let bundle = bundle::open(&settings)?;
        let device = device(&settings, &bundle)?;
        let models = Models::load(&bundle, backends)?;
        let annotator = annotator(&settings, &models)?;
        Ok(Self { settings, bundle, device, models, annotator })
    }
}

/// Reads the file that `args` name (or `newstance.toml` where there is
/// one) and lays `--set`, `--bundle`, `--backend` and `--device` over it.
pub(crate) fn read_settings(args: &SettingsArgs) -> anyhow::Result<Settings> {
    let mut settings = Settings::read(args.settings.as_deref(), &args.set)?;
    if let Some(bundle) = &args.bundle {
        settings.models.bundle = Some(bundle.clone());
    }
    if let Some(backend) = &args.backend {
        settings.models.backend = Some(backend.clone());
    }
    if let Some(device) = &args.device {
        settings.models.device = Some(device.clone());
    }
    Ok(settings)
}

/// One pool for the whole program; rayon takes one thread a core by itself.
pub(crate) fn set_threads(threads: Option<usize>) -> anyhow::Result<()> {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    newstance_settings::set_threads(threads.unwrap_or_else(cores));
    let Some(threads) = threads else { return Ok(()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .context("cannot start the threads")
}
