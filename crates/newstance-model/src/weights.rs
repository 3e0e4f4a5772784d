//! The tensors of a checkpoint.

use std::fs;
use std::path::{Path, PathBuf};

use half::{bf16, f16};
use safetensors::tensor::{Dtype, Metadata, SafeTensors, TensorInfo};

use crate::ModelError;

/// The tensors in a checkpoint's `model.safetensors`, read as f32 whatever
/// they are stored as (f32, f16, bf16).
#[derive(Debug)]
pub struct Weights {
    folder: PathBuf,
    bytes: Vec<u8>,
    data_start: usize,
    metadata: Metadata,
}

impl Weights {
    /// Reads `model.safetensors` of a checkpoint folder.
    ///
    /// # Errors
    ///
    /// [`ModelError::Read`] or [`ModelError::Format`], naming the file.
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let path = folder.join("model.safetensors");
        let bytes =
            fs::read(&path).map_err(|source| ModelError::Read { path: path.clone(), source })?;
        let (header_bytes, metadata) = SafeTensors::read_metadata(&bytes)
            .map_err(|error| ModelError::Truncated { path, reason: error.to_string() })?;
        // The header follows its own length, which takes eight bytes.
        Ok(Self { folder: folder.to_owned(), bytes, data_start: 8 + header_bytes, metadata })
    }

    /// True where there is a tensor called `name`.
    pub fn contains(&self, name: &str) -> bool {
        self.metadata.info(name).is_some()
    }

    /// The shape of the tensor called `name`, where there is one.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.metadata.info(name).map(|info| info.shape.as_slice())
    }

    /// The values of the tensor called `name`, row by row.
    ///
    /// # Errors
    ///
    /// [`ModelError::Weight`] if it is missing, not of this shape, no
    /// floating-point tensor, or holds values that are not finite.
    pub fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let info =
            self.metadata.info(name).ok_or_else(|| self.error(name, "is missing".to_owned()))?;
        if info.shape != shape {
            let problem = format!("has shape {:?} where {shape:?} is needed", info.shape);
            return Err(self.error(name, problem));
        }
        let values = self.values(name, info)?;
        // Arithmetic in bytes would make a number of what is none.
        match values.iter().position(|value| !value.is_finite()) {
            None => Ok(values),
            Some(at) => Err(self.error(name, format!("is not finite at value {at}"))),
        }
    }

    fn values(&self, name: &str, info: &TensorInfo) -> Result<Vec<f32>, ModelError> {
        let (start, end) = info.data_offsets;
        let bytes = &self.bytes[self.data_start + start..self.data_start + end];
        let pairs = || bytes.as_chunks::<2>().0.iter().copied();
        match info.dtype {
            Dtype::F32 => {
                Ok(bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect())
            }
            Dtype::F16 => Ok(pairs().map(|two| f16::from_le_bytes(two).to_f32()).collect()),
            Dtype::BF16 => Ok(pairs().map(|two| bf16::from_le_bytes(two).to_f32()).collect()),
            other => Err(self.error(name, format!("is stored as {other:?}, not f32, f16 or bf16"))),
        }
    }

    fn error(&self, name: &str, problem: String) -> ModelError {
        ModelError::Weight {
            checkpoint: self.folder.display().to_string(),
            weight: name.to_owned(),
            problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use half::{bf16, f16};
    use safetensors::tensor::{Dtype, TensorView};

    use super::Weights;

    fn weights() -> (tempfile::TempDir, Weights) {
        let full: Vec<u8> = [1.5_f32, -2.0].iter().flat_map(|v| v.to_le_bytes()).collect();
        let half: Vec<u8> =
            [1.5_f32, -2.0].iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()).collect();
        let brain: Vec<u8> =
            [1.5_f32, -2.0].iter().flat_map(|v| bf16::from_f32(*v).to_le_bytes()).collect();
        let broken: Vec<u8> = [0.0, f32::NAN].iter().flat_map(|v| v.to_le_bytes()).collect();
        let view = |dtype, bytes| TensorView::new(dtype, vec![2], bytes).unwrap();
        let tensors = BTreeMap::from([
            ("full", view(Dtype::F32, &full)),
            ("half", view(Dtype::F16, &half)),
            ("brain", view(Dtype::BF16, &brain)),
            ("broken", view(Dtype::F32, &broken)),
            ("bytes", view(Dtype::U8, &full[..2])),
        ]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        safetensors::serialize_to_file(tensors, None, &path).unwrap();
        let weights = Weights::open(folder.path()).unwrap();
        (folder, weights)
    }

    #[test]
    fn every_float_type_reads_as_f32() {
        let (_folder, weights) = weights();
        for name in ["full", "half", "brain"] {
            assert_eq!(weights.tensor(name, &[2]).unwrap(), [1.5, -2.0], "{name}");
        }
    }

    #[test]
    fn a_tensor_that_does_not_fit_is_named_with_its_problem() {
        let (_folder, weights) = weights();
        let message =
            |name: &str, shape: &[usize]| weights.tensor(name, shape).unwrap_err().to_string();
        assert!(message("none", &[2]).contains("`none` is missing"));
        assert!(message("full", &[1, 2]).contains("has shape [2] where [1, 2] is needed"));
        assert!(message("bytes", &[2]).contains("is stored as U8"));
        assert!(message("broken", &[2]).contains("`broken` is not finite at value 1"));
    }

    #[test]
    fn a_file_cut_short_is_an_error() {
        let (folder, _weights) = weights();
        let path = folder.path().join("model.safetensors");
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        assert!(Weights::open(folder.path()).is_err());
    }
}
