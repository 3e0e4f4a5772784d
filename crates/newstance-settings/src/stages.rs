//! From settings to what they name.

use std::path::Path;

use newstance_encoder::EncoderBackend;
use newstance_model::{Bundle, Models};
use newstance_ner::Gazetteer;
use newstance_pipeline::{Annotator, AnnotatorSettings};
use newstance_stance::ForceLexicon;

use crate::{Settings, SettingsError};

/// Opens the bundle in `folder` in the arithmetic that the settings want.
///
/// # Errors
///
/// [`SettingsError::Model`] where it cannot be opened.
pub fn open_bundle(settings: &Settings, folder: &Path) -> Result<Bundle, SettingsError> {
    let bundle = Bundle::open(folder)?;
    Ok(match settings.models.precision {
        Some(precision) => bundle.with_precision(precision),
        None => bundle,
    })
}

/// The default backend, as the settings want it.
pub fn backend(settings: &Settings) -> EncoderBackend {
    EncoderBackend { instruction_set: settings.models.instruction_set() }
}

/// What takes one article through every stage, with the lists of the settings.
///
/// # Errors
///
/// [`SettingsError`] where a list cannot be read or a role is missing.
pub fn annotator(settings: &Settings, models: &Models) -> Result<Annotator, SettingsError> {
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
    Ok(Annotator::new(models, gazetteer, lexicon, stages)?)
}
