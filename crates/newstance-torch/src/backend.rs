//! Checkpoints to encoders.

use std::path::Path;
use std::sync::Arc;

use newstance_model::{Encoder, EncoderLoader, ModelError, Precision, Weights};
use tch::Kind;

use crate::config::ConfigFile;
use crate::encoder::{Limits, TorchEncoder};
use crate::network::{Architecture, BACKEND};
use crate::owner::{Owner, catch};
use crate::variables::Source;
use crate::{TorchDevice, TorchError};

/// The version of libtorch that tch needs.
pub const LIBTORCH: &str = "2.4";

/// What a state's company may change of it in f32, where states are spread by
/// about 1. In bf16 and fp16 rounding alone is more.
pub const TOLERANCE: f32 = 1e-4;

/// libtorch, as manifests know it: `backend = "torch"`.
#[derive(Clone, Copy, Debug, Default)]
pub struct TorchBackend {
    device: TorchDevice,
}

impl TorchBackend {
    /// A backend whose models are on `device`.
    ///
    /// # Errors
    ///
    /// [`TorchError::DeviceMissing`] where libtorch does not see it.
    pub fn new(device: TorchDevice) -> Result<Self, TorchError> {
        Ok(Self { device: device.require()? })
    }
}

impl EncoderLoader for TorchBackend {
    fn name(&self) -> &'static str {
        BACKEND
    }

    fn load(&self, folder: &Path, precision: Precision) -> Result<Arc<dyn Encoder>, ModelError> {
        let kind = match precision {
            Precision::F32 => Kind::Float,
            Precision::Bf16 => Kind::BFloat16,
            Precision::Fp16 => Kind::Half,
            other => {
                let available = vec![Precision::F32, Precision::Bf16, Precision::Fp16];
                return Err(ModelError::Precision {
                    backend: BACKEND,
                    precision: other,
                    available,
                });
            }
        };
        let config = ConfigFile::read(folder)?;
        // The kind comes first: others have other keys.
        let architecture = Architecture::of(&config.model_type()?)?;
        let sizes = config.sizes(architecture.defaults)?;
        let weights = Weights::open(folder)?;
        let limits = Limits::new(&sizes, architecture.positions_after_padding);
        if limits.max_pieces() == 0 {
            let n = sizes.n_positions;
            return Err(config.error(format!("{n} positions leave none for pieces")));
        }
        let prefix = architecture.prefix_in(|name| weights.contains(name));
        let device = self.device.device();
        let source =
            Source { config: &config, sizes: &sizes, weights: &weights, prefix, device, kind };
        let error = |reason| ModelError::Run { backend: BACKEND, reason };
        // What the device has no room for is told by a panic.
        let network = catch(|| Ok((architecture.load)(source))).map_err(error)??;
        let owner = Owner::start(network, device).map_err(|failed| error(failed.to_string()))?;
        Ok(Arc::new(TorchEncoder { owner, architecture, limits }))
    }
}
