//! One answer for both directions of a pair.

use crate::heads::PooledHead;
use crate::positions::PositionColumns;
use crate::{LabelSet, ModelError};

/// Which of the two marked spans of a text is the holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The first one.
    HolderFirst,
    /// The second one.
    TargetFirst,
}

/// A head over two marked spans, the first one in the text marked as holder:
/// one of the two supports or opposes the other, or neither does.
#[derive(Debug)]
pub(crate) struct BothWays {
    pub(crate) head: PooledHead,
    pub(crate) temperature: f32,
    /// What the first one does to the second, and the second to the first.
    first: Polar,
    second: Polar,
    /// Where the answer for one direction goes.
    directed: PositionColumns,
}

/// The columns of what one of the two does to the other.
#[derive(Clone, Copy, Debug)]
struct Polar {
    supports: usize,
    opposes: usize,
}

impl BothWays {
    /// Takes a head whose columns are called `labels`; an answer for one
    /// direction has the columns `directed`.
    ///
    /// # Errors
    ///
    /// [`ModelError::LabelMissing`] where one of the five is not there.
    pub(crate) fn new(
        (head, temperature): (PooledHead, f32),
        labels: &LabelSet,
        directed: PositionColumns,
    ) -> Result<Self, ModelError> {
        labels.require("neutral")?;
        let column = |name: &str| Ok::<_, ModelError>(labels.require(name)?.column());
        let first =
            Polar { supports: column("first_supports")?, opposes: column("first_opposes")? };
        let second =
            Polar { supports: column("second_supports")?, opposes: column("second_opposes")? };
        Ok(Self { head, temperature, first, second, directed })
    }

    /// What `answer` says of the holder. Where the other one stands to the
    /// holder, the holder is neutral.
    pub(crate) fn directed(&self, answer: &[f32], standing: Standing) -> Vec<f32> {
        let holder = match standing {
            Standing::HolderFirst => self.first,
            Standing::TargetFirst => self.second,
        };
        self.directed.row(answer[holder.supports], answer[holder.opposes])
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{BothWays, Standing};
    use crate::heads::PooledHead;
    use crate::positions::PositionColumns;
    use crate::{LabelSet, ModelError};

    const FIVE: [&str; 5] =
        ["neutral", "first_supports", "second_supports", "first_opposes", "second_opposes"];

    fn labels(names: &[&str]) -> LabelSet {
        LabelSet::new("stance", names.iter().map(|name| (*name).to_owned()).collect())
    }

    fn head(names: &[&str], directed: &[&str]) -> Result<BothWays, ModelError> {
        let head = PooledHead::made_up(12, names.len());
        BothWays::new((head, 1.0), &labels(names), PositionColumns::of(&labels(directed))?)
    }

    /// A head whose answers for one direction have the columns `directed`.
    pub(crate) fn made_up(directed: &[&str]) -> BothWays {
        head(&FIVE, directed).unwrap()
    }

    #[track_caller]
    fn check_refused(names: &[&str], directed: &[&str], missing: &str) {
        let error = head(names, directed).unwrap_err();
        assert!(matches!(&error, ModelError::LabelMissing { label, .. } if label == missing));
    }

    #[test]
    fn each_direction_has_its_own_columns() {
        let both_ways = made_up(&["opposes", "supports", "neutral"]);
        let answer = [0.5, 0.25, 0.0, 0.125, 0.125];
        assert_eq!(both_ways.directed(&answer, Standing::HolderFirst), [0.125, 0.25, 0.625]);
        assert_eq!(both_ways.directed(&answer, Standing::TargetFirst), [0.125, 0.0, 0.875]);
    }

    #[test]
    fn a_head_without_one_of_the_five_is_refused() {
        let positions = ["supports", "neutral", "opposes"];
        for missing in FIVE {
            let names: Vec<&str> = FIVE.into_iter().filter(|name| *name != missing).collect();
            check_refused(&names, &positions, missing);
        }
    }

    #[test]
    fn an_answer_without_a_column_for_each_position_is_refused() {
        check_refused(&FIVE, &["supports", "neutral"], "opposes");
        check_refused(&FIVE, &["for", "neutral", "opposes"], "supports");
    }
}
