//! What goes wrong, as Python sees it.

use std::error::Error;
use std::iter::successors;

use pyo3::exceptions::PyException;
use pyo3::{PyErr, create_exception};

create_exception!(
    newstance,
    NewstanceError,
    PyException,
    "What newstance could not do, in the words of the program."
);

/// The error with its causes, each on a line, as the program prints it.
pub(crate) fn raised(error: &(dyn Error + 'static)) -> PyErr {
    let causes: Vec<String> =
        successors(Some(error), |&error| error.source()).map(ToString::to_string).collect();
    NewstanceError::new_err(causes.join("\n  because "))
}
