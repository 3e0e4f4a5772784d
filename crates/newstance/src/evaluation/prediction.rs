//! One example, as `evaluate --predictions` writes it.

use newstance_eval::Columns;
use serde::Serialize;

/// What the gold data say of an example, and what came.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Prediction {
    /// The document, as the gold data name it.
    pub(crate) document: String,
    /// The example within the task: the same for every bundle.
    pub(crate) key: String,
    /// What a reader needs to judge it.
    pub(crate) text: String,
    /// What it can be sliced by.
    pub(crate) columns: Columns,
    /// What should have come; none where something was found that is not there.
    pub(crate) gold: Option<String>,
    /// What came; none where nothing was found.
    pub(crate) predicted: Option<String>,
    /// The probability that the model gave it, `0.0..=1.0`.
    pub(crate) probability: Option<f64>,
    /// Whether it counts as right.
    pub(crate) is_right: bool,
}
