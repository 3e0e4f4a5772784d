//! What a backend offers: checkpoints to encoders.

use std::path::Path;
use std::sync::Arc;

use crate::{Encoder, ModelError, Precision};

/// A backend: loads checkpoints in the Hugging Face layout.
pub trait EncoderLoader: Send + Sync + std::fmt::Debug {
    /// The backend's name, as manifests and `run.json` write it.
    fn name(&self) -> &'static str;

    /// Loads the encoder in `folder`, to be run in `precision`.
    ///
    /// # Errors
    ///
    /// [`ModelError::Read`] or [`ModelError::Format`] if a file cannot be used,
    /// [`ModelError::Architecture`] if the backend does not know the kind of
    /// encoder, [`ModelError::Weight`] if a weight is missing or misshaped.
    fn load(&self, folder: &Path, precision: Precision) -> Result<Arc<dyn Encoder>, ModelError>;
}
