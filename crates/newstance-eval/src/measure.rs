//! How counts become scores.

use serde::{Deserialize, Serialize};

use crate::calibration;
use crate::counts::{Counts, ratio};

/// How the counts of a task become its scores. The last
/// 30 counts of every layout are those of the calibration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Measure {
    /// One label for each example: a matrix `[gold, predicted]` of the labels.
    Classes {
        /// The labels, in the order of rows and columns.
        labels: Vec<String>,
        /// True where an example may get no label: nothing is then the last
        /// row and column, as in [`Self::Entities`].
        #[serde(default)]
        abstains: bool,
    },
    /// Labelled spans: a matrix `[gold, predicted]` of the labels and, last,
    /// of nothing at that place; then the credit of nervaluate's four modes.
    Entities {
        /// The labels, in the order of rows and columns.
        labels: Vec<String>,
    },
    /// Things to be found, in several ways of counting.
    Found {
        /// The ways, the one to quote first.
        blocks: Vec<Block>,
    },
}

/// One way of counting what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// Matched, predicted, gold: gives F1, precision and recall under that suffix.
    Matches(String),
    /// Right ones, and of how many: gives one score of that name.
    Share(String),
}

impl Block {
    fn width(&self) -> usize {
        match self {
            Self::Matches(_) => 3,
            Self::Share(_) => 2,
        }
    }

    fn names(&self) -> Vec<String> {
        match self {
            Self::Matches(suffix) => {
                ["f1", "precision", "recall"].map(|name| format!("{name}_{suffix}")).into()
            }
            Self::Share(name) => vec![name.clone()],
        }
    }

    fn scores(&self, counts: &[f64]) -> Vec<f64> {
        match self {
            Self::Matches(_) => {
                let counts = Counts::from_slice(counts);
                vec![counts.f1(), counts.precision(), counts.recall()]
            }
            Self::Share(_) => vec![ratio(counts[0], counts[1])],
        }
    }
}

/// Name of the score that is better the lower it is.
pub(crate) const CALIBRATION_ERROR: &str = "calibration_error";
/// nervaluate's ways of counting.
pub(crate) const MODES: [&str; 4] = ["strict", "exact", "partial", "type"];

impl Measure {
    /// How many counts a unit has.
    pub fn width(&self) -> usize {
        let own = match self {
            Self::Classes { .. } => self.matrix_size().pow(2),
            Self::Entities { .. } => self.matrix_size().pow(2) + MODES.len(),
            Self::Found { blocks } => blocks.iter().map(Block::width).sum(),
        };
        own + calibration::N_COUNTS
    }

    /// Where the counts of the calibration begin.
    pub(crate) fn calibration_start(&self) -> usize {
        self.width() - calibration::N_COUNTS
    }

    /// Names of the scores, the one to quote first.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = match self {
            Self::Classes { .. } => ["macro_f1", "accuracy"].map(str::to_owned).into(),
            Self::Entities { .. } => {
                let mut names =
                    ["f1", "precision", "recall", "macro_f1"].map(str::to_owned).to_vec();
                for mode in MODES {
                    names.extend(Block::Matches(format!("nervaluate_{mode}")).names());
                }
                names
            }
            Self::Found { blocks } => blocks.iter().flat_map(Block::names).collect(),
        };
        names.push(CALIBRATION_ERROR.to_owned());
        names
    }

    /// The scores of counts, `0.0..=1.0`, in the order of [`Self::names`].
    pub fn scores(&self, counts: &[f64]) -> Vec<f64> {
        let (own, calibration) = counts.split_at(self.calibration_start());
        let mut scores = match self {
            Self::Classes { labels, .. } => class_scores(own, labels.len(), self.matrix_size()),
            Self::Entities { labels } => entity_scores(own, labels.len()),
            Self::Found { blocks } => {
                let mut rest = own;
                let mut scores = Vec::new();
                for block in blocks {
                    let (counts, after) = rest.split_at(block.width());
                    scores.extend(block.scores(counts));
                    rest = after;
                }
                scores
            }
        };
        scores.push(calibration::error(calibration));
        scores
    }

    /// The score to quote for a part of the data: a mean over classes is one
    /// over those that the part's gold holds, since another class cannot be
    /// right there.
    pub(crate) fn score_of_part(&self, counts: &[f64]) -> f64 {
        match self {
            Self::Classes { labels, .. } => {
                let n = self.matrix_size();
                let classes = (0..labels.len()).map(|class| of_class(counts, n, class));
                let there: Vec<f64> =
                    classes.filter(|class| class.gold > 0.0).map(Counts::f1).collect();
                mean(&there)
            }
            _ => self.scores(counts).first().copied().unwrap_or(0.0),
        }
    }

    /// What the gold data hold, whatever was predicted: by label, or in one
    /// number. Two tallies of the same gold data agree in it.
    pub(crate) fn gold(&self, counts: &[f64]) -> Vec<f64> {
        match self {
            Self::Classes { labels, .. } | Self::Entities { labels } => {
                let n = self.matrix_size();
                let rows = counts[..n * n].chunks_exact(n.max(1)).take(labels.len());
                rows.map(|row| row.iter().sum()).collect()
            }
            Self::Found { .. } => counts.get(2).copied().into_iter().collect(),
        }
    }

    /// The labels, where examples have some.
    pub fn labels(&self) -> &[String] {
        match self {
            Self::Classes { labels, .. } | Self::Entities { labels } => labels,
            Self::Found { .. } => &[],
        }
    }

    /// Rows and columns of the matrix at the beginning of the counts.
    pub(crate) fn matrix_size(&self) -> usize {
        match self {
            Self::Classes { labels, abstains } => labels.len() + usize::from(*abstains),
            Self::Entities { labels } => labels.len() + 1,
            Self::Found { .. } => 0,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful of classes")]
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn class_scores(matrix: &[f64], n_labels: usize, n: usize) -> Vec<f64> {
    let f1: Vec<f64> = (0..n_labels).map(|class| of_class(matrix, n, class).f1()).collect();
    let right: f64 = (0..n_labels).map(|class| matrix[class * n + class]).sum();
    vec![mean(&f1), ratio(right, matrix.iter().sum())]
}

fn entity_scores(counts: &[f64], n: usize) -> Vec<f64> {
    let (matrix, modes) = counts.split_at((n + 1).pow(2));
    let classes: Vec<Counts> = (0..n).map(|class| of_class(matrix, n + 1, class)).collect();
    let sum = |part: fn(&Counts) -> f64| classes.iter().map(part).sum::<f64>();
    let all = Counts {
        matched: sum(|c| c.matched),
        predicted: sum(|c| c.predicted),
        gold: sum(|c| c.gold),
    };
    let f1: Vec<f64> = classes.iter().map(|class| class.f1()).collect();
    let mut scores = vec![all.f1(), all.precision(), all.recall(), mean(&f1)];
    for &credit in modes {
        let counts = Counts { matched: credit, ..all };
        scores.extend([counts.f1(), counts.precision(), counts.recall()]);
    }
    scores
}

/// Counts of one class from a matrix `[gold, predicted]` of `n` rows.
pub(crate) fn of_class(matrix: &[f64], n: usize, class: usize) -> Counts {
    Counts {
        matched: matrix[class * n + class],
        predicted: (0..n).map(|gold| matrix[gold * n + class]).sum(),
        gold: (0..n).map(|predicted| matrix[class * n + predicted]).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, Measure};

    #[test]
    fn names_and_scores_go_together() {
        let labels = vec!["a".to_owned(), "b".to_owned()];
        let blocks = vec![Block::Matches("80".to_owned()), Block::Share("source_80".to_owned())];
        let measures = [
            Measure::Classes { labels: labels.clone(), abstains: false },
            Measure::Classes { labels: labels.clone(), abstains: true },
            Measure::Entities { labels },
            Measure::Found { blocks },
        ];
        for measure in measures {
            let counts = vec![1.0; measure.width()];
            assert_eq!(measure.names().len(), measure.scores(&counts).len());
        }
    }

    #[test]
    fn blocks_are_read_in_order() {
        let blocks = vec![Block::Share("source".to_owned()), Block::Matches("80".to_owned())];
        let measure = Measure::Found { blocks };
        let mut counts = vec![0.0; measure.width()];
        counts[..5].copy_from_slice(&[1.0, 4.0, 2.0, 4.0, 8.0]);
        let found: Vec<(String, f64)> =
            measure.names().into_iter().zip(measure.scores(&counts)).collect();
        assert_eq!(found[0], ("source".to_owned(), 0.25));
        assert_eq!(found[2], ("precision_80".to_owned(), 0.5));
    }
}
