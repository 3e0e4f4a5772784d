//! The bundle that the settings make.

use std::path::{Path, PathBuf};

use newstance_model::Bundle;

use crate::settings::ROLES;
use crate::{Settings, SettingsError};

/// Where bundles are.
const MODELS: &str = "models";

/// Opens the bundle in `folder` as the settings want it: roles that they give
/// to other bundles are those of the others, and precision and backend are theirs.
///
/// # Errors
///
/// [`SettingsError`] where a bundle cannot be opened or a role or model is not there.
pub fn open_bundle(settings: &Settings, folder: &Path) -> Result<Bundle, SettingsError> {
    let mut bundle = Bundle::open(folder)?;
    for (role, name) in &settings.models.roles {
        if !ROLES.contains(&role.as_str()) {
            return Err(SettingsError::Role { role: role.clone() });
        }
        let other = Bundle::open(&find_added(name, folder)?)?;
        bundle = bundle.with_role(role, &other)?;
    }
    if let Some(precision) = settings.models.precision {
        bundle = bundle.with_precision(precision);
    }
    if let Some(backend) = &settings.models.backend {
        bundle = bundle.with_backend(backend);
    }
    Ok(bundle)
}

/// The folder of a bundle that is named: a folder, or the name of one beside
/// the bundle `beside` or in `models`.
fn find_added(name: &str, beside: &Path) -> Result<PathBuf, SettingsError> {
    let mut places = vec![PathBuf::from(name)];
    // The parent of `models` is the empty path.
    places.extend(beside.parent().map(|folder| folder.join(name)));
    let usual = Path::new(MODELS).join(name);
    if !places.contains(&usual) {
        places.push(usual);
    }
    let found = places.iter().find(|folder| folder.join("bundle.toml").exists()).cloned();
    let Some(folder) = found else {
        return Err(SettingsError::NoModel { name: name.to_owned(), places });
    };
    Ok(folder)
}
