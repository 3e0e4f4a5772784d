//! What can go wrong before any model is loaded.

/// Why a device cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TorchError {
    /// No device is called so.
    #[error("`{name}` is no device: write `cpu`, `cuda` or `cuda:1`")]
    DeviceName {
        /// What was asked for.
        name: String,
    },

    /// The device is not in this machine, or libtorch was built without CUDA.
    #[error(
        "device `{device}` is not there: libtorch sees {n_devices} CUDA devices\n\
         hint: CUDA needs a libtorch 2.4 that was built for it (docs/torch.md); `cpu` always works"
    )]
    DeviceMissing {
        /// What was asked for.
        device: String,
        /// How many there are.
        n_devices: usize,
    },
}
