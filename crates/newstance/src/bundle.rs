//! Where bundles are.

use std::path::{Path, PathBuf};

use anyhow::bail;
use newstance_model::Bundle;
use newstance_settings::{Settings, open_bundle};

const DEFAULT_BUNDLE: &str = "models/default";

/// Opens the bundle of the settings, or the default one: below the working
/// folder, else beside the program.
pub(crate) fn open(settings: &Settings) -> anyhow::Result<Bundle> {
    let folder = match &settings.models.bundle {
        Some(folder) => folder.clone(),
        None => find_default()?,
    };
    Ok(open_bundle(settings, &folder)?)
}

fn find_default() -> anyhow::Result<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned));
    // From the working folder, then up from the program (`target/release/newstance`).
    let mut places = vec![PathBuf::new()];
    places.extend(beside.iter().flat_map(|folder| folder.ancestors().take(3)).map(Path::to_owned));
    let found =
        places.iter().map(|place| place.join(DEFAULT_BUNDLE)).find(|folder| folder.exists());
    let Some(folder) = found else {
        bail!(
            "there is no model bundle at `{DEFAULT_BUNDLE}`\n\
             hint: name one with `--bundle FOLDER`, or run where `models/` is"
        );
    };
    Ok(folder)
}
