//! The backends that this build has.

use newstance_encoder::EncoderBackend;
use newstance_model::{Bundle, EncoderLoader};

use crate::settings::Settings;

/// The backend that libtorch is behind.
pub(crate) const TORCH: &str = "torch";

/// The backends of this build, as the settings want them.
pub(crate) fn all(settings: &Settings) -> anyhow::Result<Vec<Box<dyn EncoderLoader>>> {
    let instruction_set = settings.models.instruction_set();
    let mut all: Vec<Box<dyn EncoderLoader>> = vec![Box::new(EncoderBackend { instruction_set })];
    all.extend(torch(settings)?);
    Ok(all)
}

#[cfg(feature = "torch")]
fn torch(settings: &Settings) -> anyhow::Result<Option<Box<dyn EncoderLoader>>> {
    let device = settings.models.device.as_deref().unwrap_or("cpu").parse()?;
    Ok(Some(Box::new(newstance_torch::TorchBackend::new(device)?)))
}

#[cfg(not(feature = "torch"))]
#[expect(clippy::unnecessary_wraps, reason = "it is as with the feature, where it can fail")]
fn torch(_: &Settings) -> anyhow::Result<Option<Box<dyn EncoderLoader>>> {
    Ok(None)
}

/// Where the checkpoints of `bundle` that are on libtorch compute; none where
/// none is.
///
/// # Errors
///
/// Where a device is set that nothing would compute on.
pub(crate) fn device(settings: &Settings, bundle: &Bundle) -> anyhow::Result<Option<String>> {
    let device = settings.models.device.as_deref().unwrap_or("cpu");
    if bundle.checkpoints().any(|(_, checkpoint)| checkpoint.backend == TORCH) {
        return Ok(Some(device.to_owned()));
    }
    if device == "cpu" {
        return Ok(None);
    }
    anyhow::bail!(
        "the device is `{device}`, but no checkpoint of bundle `{}` is on backend `{TORCH}`\n\
         hint: `--backend {TORCH}` puts them there",
        bundle.name()
    )
}

/// Sets how many threads a backend takes that starts its own.
pub(crate) fn set_threads(threads: usize) {
    #[cfg(feature = "torch")]
    newstance_torch::set_threads(threads);
    #[cfg(not(feature = "torch"))]
    let _ = threads;
}
