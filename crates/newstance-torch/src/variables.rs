//! Tensors of a checkpoint to the variables of a model.

use std::collections::BTreeMap;

use newstance_model::{ModelError, Weights};
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use crate::config::{ConfigFile, Sizes};

/// What a network is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'c> {
    pub(crate) config: &'c ConfigFile,
    pub(crate) sizes: &'c Sizes,
    pub(crate) weights: &'c Weights,
    /// What stands before every name in the file.
    pub(crate) prefix: &'static str,
    pub(crate) device: Device,
    /// The floating-point numbers that the network computes with.
    pub(crate) kind: Kind,
}

impl Source<'_> {
    /// Holds sizes of the configuration to the tensors called `landmarks`,
    /// before anything of these sizes is made.
    ///
    /// # Errors
    ///
    /// [`ModelError::Weight`] on the first that is missing or of another shape.
    pub(crate) fn require(self, landmarks: &[(&str, &[i64])]) -> Result<(), ModelError> {
        for (name, shape) in landmarks {
            let (name, shape) = (format!("{}{name}", self.prefix), lengths(shape));
            if self.weights.shape(&name) != Some(shape.as_slice()) {
                // It says what is wrong.
                self.weights.tensor(&name, &shape)?;
            }
        }
        Ok(())
    }

    /// Gives every variable of `store` the tensor that `rename` calls it by, but
    /// those that it has no name for, and all the kind of the network.
    ///
    /// # Errors
    ///
    /// [`ModelError::Weight`] on the first, by name, that is missing, of
    /// another shape, or not finite.
    pub(crate) fn fill(
        self,
        store: &mut VarStore,
        rename: impl Fn(&str) -> Option<String>,
    ) -> Result<(), ModelError> {
        let variables: BTreeMap<String, Tensor> = store.variables().into_iter().collect();
        for (name, mut variable) in variables {
            let Some(name) = rename(&name) else { continue };
            let name = format!("{}{name}", self.prefix);
            let shape = variable.size();
            let values = self.weights.tensor(&name, &lengths(&shape))?;
            let values = Tensor::from_slice(&values).view(shape.as_slice());
            tch::no_grad(|| variable.copy_(&values));
        }
        store.freeze();
        store.set_kind(self.kind);
        Ok(())
    }
}

fn lengths(shape: &[i64]) -> Vec<usize> {
    shape.iter().map(|length| usize::try_from(*length).unwrap_or(0)).collect()
}
