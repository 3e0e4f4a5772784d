//! What stands for object stores in a build without them: no object exists.

use std::convert::Infallible;
use std::io;

use crate::{CorpusError, StoreOptions};

/// An object; there is none.
#[derive(Clone, Debug)]
pub(crate) struct StoredObject(Infallible);

/// An object that was listed; there is none.
pub(crate) struct Listed {
    pub(crate) address: String,
    pub(crate) below: String,
    pub(crate) is_named: bool,
    pub(crate) object: StoredObject,
}

/// Says that addresses cannot be read.
pub(crate) fn list_objects(address: &str, _: &StoreOptions) -> Result<Vec<Listed>, CorpusError> {
    let source = "this build reads no object stores (feature `object-store`)".into();
    Err(CorpusError::Address { address: address.to_owned(), source })
}

impl StoredObject {
    pub(crate) fn size(&self) -> u64 {
        match self.0 {}
    }

    pub(crate) fn reader(&self) -> io::Empty {
        match self.0 {}
    }

    pub(crate) fn blocks(&self) -> std::fs::File {
        match self.0 {}
    }
}
