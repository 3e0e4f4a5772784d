//! One answer for both directions of a pair.

use crate::heads::PooledHead;
use crate::{LabelSet, ModelError};

/// How the answer to a pair is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It is the holder's position as it stands.
    Direct,
    /// The holder stands first in the text.
    Forward,
    /// The target stands first in the text.
    Backward,
}

/// A head over two marked spans, the first one in the text marked as holder:
/// one of the two supports or opposes the other, or neither does.
#[derive(Debug)]
pub(crate) struct BothWays {
    pub(crate) head: PooledHead,
    pub(crate) temperature: f32,
    /// Columns of what the first and the second one does: supports, opposes.
    supports: [usize; 2],
    opposes: [usize; 2],
}

impl BothWays {
    /// Takes a head whose columns are called `labels`.
    ///
    /// # Errors
    ///
    /// [`ModelError::LabelMissing`] where one of the five is not there.
    pub(crate) fn new(
        head: PooledHead,
        temperature: f32,
        labels: &LabelSet,
    ) -> Result<Self, ModelError> {
        labels.require("neutral")?;
        let column = |name: &str| Ok::<_, ModelError>(labels.require(name)?.column());
        Ok(Self {
            head,
            temperature,
            supports: [column("first_supports")?, column("second_supports")?],
            opposes: [column("first_opposes")?, column("second_opposes")?],
        })
    }

    /// What `answer` says of one direction, in the columns of `labels`. Where
    /// the other one stands to this one, this one is neutral.
    pub(crate) fn directed(
        &self,
        answer: &[f32],
        reading: Reading,
        labels: &LabelSet,
    ) -> Result<Vec<f32>, ModelError> {
        let holder = usize::from(reading == Reading::Backward);
        let (supports, opposes) = (answer[self.supports[holder]], answer[self.opposes[holder]]);
        let mut row = vec![0.0; labels.len()];
        row[labels.require("supports")?.column()] = supports;
        row[labels.require("opposes")?.column()] = opposes;
        row[labels.require("neutral")?.column()] = (1.0 - supports - opposes).max(0.0);
        Ok(row)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{BothWays, Reading};
    use crate::LabelSet;
    use crate::heads::PooledHead;

    pub(crate) fn labels() -> LabelSet {
        let names =
            ["neutral", "first_supports", "second_supports", "first_opposes", "second_opposes"];
        LabelSet::new("stance", names.map(str::to_owned).to_vec())
    }

    #[test]
    fn each_direction_has_its_own_columns() {
        let both_ways = BothWays::new(PooledHead::made_up(12, 5), 1.0, &labels()).unwrap();
        let directed =
            LabelSet::new("stance", vec!["opposes".into(), "supports".into(), "neutral".into()]);
        let answer = [0.5, 0.25, 0.0, 0.125, 0.125];
        let read = |reading| both_ways.directed(&answer, reading, &directed).unwrap();
        assert_eq!(read(Reading::Forward), [0.125, 0.25, 0.625]);
        assert_eq!(read(Reading::Backward), [0.125, 0.0, 0.875]);
    }

    #[test]
    fn a_head_without_one_of_the_five_is_refused() {
        let labels = LabelSet::new("stance", vec!["neutral".into(), "first_supports".into()]);
        assert!(BothWays::new(PooledHead::made_up(12, 2), 1.0, &labels).is_err());
    }
}
