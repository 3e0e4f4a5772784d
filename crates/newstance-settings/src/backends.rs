//! The backends that this build has.

use newstance_encoder::EncoderBackend;
use newstance_model::{Bundle, EncoderLoader};

use crate::{Settings, SettingsError};

/// The backend that libtorch is behind.
pub(crate) const TORCH: &str = "torch";

/// The backends of this build, as the settings want them.
///
/// # Errors
///
/// [`SettingsError`] where the settings name a device that is not there.
pub fn backends(settings: &Settings) -> Result<Vec<Box<dyn EncoderLoader>>, SettingsError> {
    let instruction_set = settings.models.instruction_set();
    let mut all: Vec<Box<dyn EncoderLoader>> = vec![Box::new(EncoderBackend { instruction_set })];
    all.extend(torch(settings)?);
    Ok(all)
}

#[cfg(feature = "torch")]
fn torch(settings: &Settings) -> Result<Option<Box<dyn EncoderLoader>>, SettingsError> {
    let device = settings.models.device.as_deref().unwrap_or("cpu").parse()?;
    Ok(Some(Box::new(newstance_torch::TorchBackend::new(device)?)))
}

#[cfg(not(feature = "torch"))]
#[expect(clippy::unnecessary_wraps, reason = "it is as with the feature, where it can fail")]
fn torch(_: &Settings) -> Result<Option<Box<dyn EncoderLoader>>, SettingsError> {
    Ok(None)
}

/// Where the checkpoints of `bundle` that are on libtorch compute; none where
/// none is.
///
/// # Errors
///
/// [`SettingsError::DeviceUnused`] where a device is set that nothing would compute on.
pub fn device(settings: &Settings, bundle: &Bundle) -> Result<Option<String>, SettingsError> {
    let device = settings.models.device.as_deref().unwrap_or("cpu");
    if bundle.checkpoints().any(|(_, checkpoint)| checkpoint.backend == TORCH) {
        return Ok(Some(device.to_owned()));
    }
    if device == "cpu" {
        return Ok(None);
    }
    Err(SettingsError::DeviceUnused { device: device.to_owned(), bundle: bundle.name().to_owned() })
}

/// Sets how many threads a backend takes that starts its own.
pub fn set_threads(threads: usize) {
    #[cfg(feature = "torch")]
    newstance_torch::set_threads(threads);
    #[cfg(not(feature = "torch"))]
    let _ = threads;
}
