//! Where models are run.

use std::fmt;
use std::str::FromStr;

use tch::{Cuda, Device};

use crate::TorchError;

/// The processor or a CUDA device; written `cpu`, `cuda` (the first) or `cuda:1`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TorchDevice {
    /// The processor.
    #[default]
    Cpu,
    /// The CUDA device of that number, from 0.
    Cuda(usize),
}

impl TorchDevice {
    /// The device, where this machine has it.
    ///
    /// # Errors
    ///
    /// [`TorchError::DeviceMissing`] where libtorch does not see it.
    pub fn require(self) -> Result<Self, TorchError> {
        let Self::Cuda(number) = self else { return Ok(self) };
        let n_devices = usize::try_from(Cuda::device_count()).unwrap_or(0);
        if Cuda::is_available() && number < n_devices {
            return Ok(self);
        }
        Err(TorchError::DeviceMissing { device: self.to_string(), n_devices })
    }

    pub(crate) fn device(self) -> Device {
        match self {
            Self::Cpu => Device::Cpu,
            Self::Cuda(number) => Device::Cuda(number),
        }
    }
}

impl FromStr for TorchDevice {
    type Err = TorchError;

    fn from_str(name: &str) -> Result<Self, TorchError> {
        match name {
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            _ => {
                let number = name.strip_prefix("cuda:").and_then(|number| number.parse().ok());
                number
                    .map(Self::Cuda)
                    .ok_or_else(|| TorchError::DeviceName { name: name.to_owned() })
            }
        }
    }
}

impl fmt::Display for TorchDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(number) => write!(f, "cuda:{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TorchDevice;

    #[test]
    fn devices_are_written_as_they_are_read() {
        for (name, device) in [("cpu", TorchDevice::Cpu), ("cuda:1", TorchDevice::Cuda(1))] {
            assert_eq!(name.parse::<TorchDevice>().unwrap(), device);
            assert_eq!(device.to_string(), name);
        }
        assert_eq!("cuda".parse::<TorchDevice>().unwrap(), TorchDevice::Cuda(0));
    }

    #[test]
    fn what_is_no_device_is_told() {
        for name in ["", "gpu", "cuda:", "cuda:x", "cuda:-1"] {
            let error = name.parse::<TorchDevice>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{name}` is no device")), "{error}");
        }
    }

    #[test]
    fn a_device_that_is_not_there_is_an_error_that_says_what_libtorch_sees() {
        let error = TorchDevice::Cuda(999).require().unwrap_err().to_string();
        assert!(error.contains("device `cuda:999` is not there: libtorch sees"), "{error}");
    }
}
