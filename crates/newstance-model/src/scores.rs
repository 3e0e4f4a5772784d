//! Rows of scores.

use crate::{Label, LabelSet, ModelError};

/// A matrix `[rows, labels]`; each row is a probability distribution, or what the
/// head says that does without ([`crate::Activation::Identity`]).
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Scores {
    n_labels: usize,
    values: Vec<f32>,
}

impl Scores {
    /// Takes `values` row by row.
    ///
    /// # Panics
    ///
    /// If they do not fill whole rows.
    pub fn new(n_labels: usize, values: Vec<f32>) -> Self {
        assert!(
            values.len().checked_rem(n_labels).unwrap_or(values.len()) == 0,
            "{} values do not fill rows of {n_labels}",
            values.len()
        );
        Self { n_labels, values }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.n_labels).unwrap_or(0)
    }

    /// True where there is no row.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Number of columns.
    pub fn n_labels(&self) -> usize {
        self.n_labels
    }

    /// Row `idx`, in column order.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    pub fn row(&self, idx: usize) -> &[f32] {
        &self.values[idx * self.n_labels..(idx + 1) * self.n_labels]
    }

    /// The probability of `label` in row `idx`.
    ///
    /// # Panics
    ///
    /// If there is no such row or column.
    pub fn get(&self, idx: usize, label: Label) -> f32 {
        self.row(idx)[label.column()]
    }

    /// Fails unless there are `n_rows` rows of the columns of `labels`: models
    /// that are not ours may give anything.
    ///
    /// # Errors
    ///
    /// [`ModelError::Shape`].
    pub fn require_shape(&self, n_rows: usize, labels: &LabelSet) -> Result<(), ModelError> {
        let (expected, got) = ([n_rows, labels.len()], [self.len(), self.n_labels]);
        // No rows are of any width.
        if expected == got || (n_rows == 0 && self.is_empty()) {
            return Ok(());
        }
        Err(ModelError::Shape { model: labels.model().to_owned(), expected, got })
    }

    /// A copy of the rows of that range.
    ///
    /// # Panics
    ///
    /// If there are no such rows.
    #[must_use]
    pub fn slice(&self, rows: std::ops::Range<usize>) -> Self {
        let values = self.values[rows.start * self.n_labels..rows.end * self.n_labels].to_vec();
        Self { n_labels: self.n_labels, values }
    }

    /// All rows, in order.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.n_labels.max(1))
    }
}
