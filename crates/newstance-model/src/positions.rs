//! The columns of a pair model's answer.

use newstance_doc::Position;

use crate::{LabelSet, ModelError};

/// Which column of a row of scores belongs to which position.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PositionColumns {
    supports: usize,
    neutral: usize,
    opposes: usize,
    n_labels: usize,
}

impl PositionColumns {
    /// Finds the positions among `labels`.
    ///
    /// # Errors
    ///
    /// [`ModelError::LabelMissing`] where one is not there.
    pub(crate) fn of(labels: &LabelSet) -> Result<Self, ModelError> {
        let column =
            |position: Position| Ok::<_, ModelError>(labels.require(position.as_str())?.column());
        Ok(Self {
            supports: column(Position::Supports)?,
            neutral: column(Position::Neutral)?,
            opposes: column(Position::Opposes)?,
            n_labels: labels.len(),
        })
    }

    /// A row with these two probabilities; the rest is neutral.
    pub(crate) fn row(&self, supports: f32, opposes: f32) -> Vec<f32> {
        let mut row = vec![0.0; self.n_labels];
        row[self.supports] = supports;
        row[self.opposes] = opposes;
        row[self.neutral] = (1.0 - supports - opposes).max(0.0);
        row
    }
}
