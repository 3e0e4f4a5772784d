//! Where bundles are.

use std::path::{Path, PathBuf};

use anyhow::bail;
use newstance_model::Bundle;

use crate::settings::{ROLES, Settings};

/// Where bundles are.
const MODELS: &str = "models";
const DEFAULT_BUNDLE: &str = "models/default";

/// Opens the bundle of the settings, or the default one: below the working
/// folder, else beside the program. Roles that the settings give to other
/// bundles are those of the others.
pub(crate) fn open(settings: &Settings) -> anyhow::Result<Bundle> {
    let folder = match &settings.models.bundle {
        Some(folder) => folder.clone(),
        None => find_default()?,
    };
    let mut bundle = Bundle::open(&folder)?;
    for (role, name) in &settings.models.roles {
        if !ROLES.contains(&role.as_str()) {
            bail!("`models.roles` has `{role}`, but the roles are {}", ROLES.join(", "));
        }
        let other = Bundle::open(&find_added(name, &folder)?)?;
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
fn find_added(name: &str, beside: &Path) -> anyhow::Result<PathBuf> {
    let mut places = vec![PathBuf::from(name)];
    // The parent of `models` is the empty path.
    places.extend(beside.parent().map(|folder| folder.join(name)));
    places.push(Path::new(MODELS).join(name));
    let found = places.iter().find(|folder| folder.join("bundle.toml").exists());
    let Some(folder) = found else {
        let places: Vec<String> =
            places.iter().map(|place| format!("`{}`", place.display())).collect();
        bail!(
            "there is no model `{name}`: no bundle.toml in {}\n\
             hint: `newstance models add FOLDER --role ROLE --name {name}` adds one, \
             `newstance models list` shows those that are there",
            places.join(", ")
        );
    };
    Ok(folder.clone())
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
