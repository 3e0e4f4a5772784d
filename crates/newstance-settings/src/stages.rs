//! From settings to what they name.

use newstance_model::Models;
use newstance_ner::Gazetteer;
use newstance_pipeline::{Annotator, AnnotatorSettings};
use newstance_stance::ForceLexicon;

use crate::{Settings, SettingsError};

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
