//! Net stances corrected for the model's errors.

use newstance_doc::{Position, PositionProbabilities};
use serde::{Deserialize, Serialize};

use crate::AggregateError;
use crate::bootstrap::count;

/// Fewer labelled stances of a position tell too little of how it is read.
const LEAST_LABELLED: usize = 10;

/// A determinant under this says that the model tells two positions apart no
/// better than chance.
const LEAST_DETERMINANT: f64 = 1e-3;

/// What the three expected counts of a pair are worth, learnt from stances that
/// people labelled.
///
/// The net stance of a pair is (supports − opposes) / all over expected counts.
/// A model that is unsure counts too little at both ends, and pairs of a strong
/// stance come out weak. Where a stance of a true position is read alike
/// whoever's it is, there are values of the counts under which the mean over
/// the stances of each true position is right: 1, 0 and −1. They are the
/// inverse of the mean probabilities by true position (adjusted counts: Forman
/// 2008, "Quantifying counts and costs via classification"; with probabilities:
/// Bella et al. 2010, "Quantification via probability estimators"). What is not
/// known of the values, since the labelled stances are few, is their
/// `covariance`, by the usual sandwich of estimating equations (Stefanski and
/// Boos 2002, "The calculus of M-estimation"), articles taken as independent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Value of an expected stance that supports; without correction 1.
    pub supports: f64,
    /// Value of an expected neutral stance; without correction 0.
    pub neutral: f64,
    /// Value of an expected stance that opposes; without correction −1.
    pub opposes: f64,
    /// Covariance of the three, in this order.
    pub covariance: [[f64; 3]; 3],
}

/// A stance that a model judged and a person labelled.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledStance {
    /// Stances of one article are not independent.
    pub article_id: String,
    /// How many stances of the archive it stands for.
    pub weight: f64,
    /// What the model says.
    pub probabilities: PositionProbabilities,
    /// What a person says.
    pub label: Position,
}

type Vector = [f64; 3];
type Matrix = [Vector; 3];

/// What the true positions count for the net stance.
const TRUE_VALUES: Vector = [1.0, 0.0, -1.0];
const POSITIONS: [Position; 3] = [Position::Supports, Position::Neutral, Position::Opposes];

impl Correction {
    /// What a labelled sample of an archive says.
    ///
    /// # Errors
    ///
    /// [`AggregateError::TooFewLabelled`] where a position has under ten
    /// labelled stances, [`AggregateError::Indistinct`] where the model does
    /// not tell the positions apart.
    pub fn estimate(sample: &[LabelledStance]) -> Result<Self, AggregateError> {
        for position in POSITIONS {
            let n = sample.iter().filter(|stance| stance.label == position).count();
            if n < LEAST_LABELLED {
                let least = LEAST_LABELLED;
                return Err(AggregateError::TooFewLabelled { position, n, least });
            }
        }
        let weights = POSITIONS.map(|position| {
            let of_position = sample.iter().filter(|stance| stance.label == position);
            of_position.map(|stance| stance.weight).sum::<f64>()
        });
        let mut means = Matrix::default();
        for stance in sample {
            let row = column(stance.label);
            for (mean, probability) in means[row].iter_mut().zip(vector(stance.probabilities)) {
                *mean += probability * stance.weight / weights[row];
            }
        }
        let inverse = inverse(&means).ok_or(AggregateError::Indistinct)?;
        let values = inverse.map(|row| dot(&row, &TRUE_VALUES));
        let spread = spread(sample, &values, &weights);
        let [supports, neutral, opposes] = values;
        let covariance = inverse.map(|a| inverse.map(|b| quadratic(&a, &spread, &b)));
        Ok(Self { supports, neutral, opposes, covariance })
    }

    /// What expected counts are worth.
    pub(crate) fn value(&self, [supports, neutral, opposes]: Vector) -> f64 {
        dot(&[self.supports, self.neutral, self.opposes], &[supports, neutral, opposes])
    }

    /// The variance of the net stance of a pair with these shares of counts that
    /// comes from what is not known of the values.
    pub(crate) fn variance(&self, shares: &Vector) -> f64 {
        quadratic(shares, &self.covariance, shares).max(0.0)
    }
}

/// Sums by article of how far the values miss the true ones, and of those the
/// products.
fn spread(sample: &[LabelledStance], values: &Vector, weights: &Vector) -> Matrix {
    let mut by_article = std::collections::BTreeMap::<&str, Vector>::new();
    for stance in sample {
        let row = column(stance.label);
        let missed = dot(values, &vector(stance.probabilities)) - TRUE_VALUES[row];
        by_article.entry(&stance.article_id).or_default()[row] +=
            missed * stance.weight / weights[row];
    }
    // As with few degrees of freedom in a mean (MacKinnon and White 1985, HC1).
    let n = count(by_article.len());
    let enlarged = n / (n - 3.0).max(1.0);
    let mut spread = Matrix::default();
    for missed in by_article.values() {
        for (row, a) in spread.iter_mut().zip(missed) {
            for (sum, b) in row.iter_mut().zip(missed) {
                *sum += enlarged * a * b;
            }
        }
    }
    spread
}

fn column(position: Position) -> usize {
    POSITIONS.iter().position(|known| *known == position).expect("there are three positions")
}

fn vector(probabilities: PositionProbabilities) -> Vector {
    [probabilities.supports, probabilities.neutral, probabilities.opposes].map(f64::from)
}

fn dot(a: &Vector, b: &Vector) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `a` times `matrix` times `b`.
fn quadratic(a: &Vector, matrix: &Matrix, b: &Vector) -> f64 {
    a.iter().zip(matrix).map(|(a, row)| a * dot(row, b)).sum()
}

/// None where the rows are nearly dependent.
fn inverse(matrix: &Matrix) -> Option<Matrix> {
    let minor = |row: usize, column: usize| {
        let at = |down: usize, right: usize| matrix[(row + down) % 3][(column + right) % 3];
        at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1)
    };
    let determinant: f64 = (0..3).map(|column| matrix[0][column] * minor(0, column)).sum();
    if determinant.abs() < LEAST_DETERMINANT {
        return None;
    }
    Some([0, 1, 2].map(|row| [0, 1, 2].map(|column| minor(column, row) / determinant)))
}

#[cfg(test)]
mod tests {
    use newstance_doc::{Position, PositionProbabilities};

    use super::{Correction, LabelledStance, POSITIONS, inverse};
    use crate::AggregateError;

    fn stance(number: usize, label: Position, [s, n, o]: [f32; 3]) -> LabelledStance {
        LabelledStance {
            article_id: format!("a{number}"),
            weight: 1.0,
            probabilities: PositionProbabilities { supports: s, neutral: n, opposes: o },
            label,
        }
    }

    fn sample(rows: [[f32; 3]; 3]) -> Vec<LabelledStance> {
        let of = |number: usize| stance(number, POSITIONS[number % 3], rows[number % 3]);
        (0..30).map(of).collect()
    }

    #[test]
    fn a_model_that_is_sure_and_right_needs_no_correction() {
        let sure = sample([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
        let correction = Correction::estimate(&sure).unwrap();
        for (value, expected) in [
            (correction.supports, 1.0),
            (correction.neutral, 0.0),
            (correction.opposes, -1.0),
            (correction.covariance.concat().into_iter().sum(), 0.0),
        ] {
            assert!((value - expected).abs() < 1e-12, "{correction:?}");
        }
    }

    #[test]
    fn counts_of_one_true_position_are_worth_what_it_counts() {
        let rows = [[0.6, 0.3, 0.1], [0.1, 0.8, 0.1], [0.05, 0.45, 0.5]];
        let correction = Correction::estimate(&sample(rows)).unwrap();
        for (row, expected) in rows.into_iter().zip([1.0, 0.0, -1.0]) {
            assert!((correction.value(row.map(f64::from)) - expected).abs() < 1e-6);
        }
        assert!(correction.supports > 1.0 && correction.opposes < -1.0, "{correction:?}");
    }

    #[test]
    fn too_few_of_a_position_or_no_difference_is_an_error() {
        let mut few = sample([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
        few.pop();
        let error = Correction::estimate(&few).unwrap_err();
        assert!(matches!(error, AggregateError::TooFewLabelled { n: 9, .. }), "{error}");
        let error = Correction::estimate(&sample([[0.2, 0.6, 0.2]; 3])).unwrap_err();
        assert!(matches!(error, AggregateError::Indistinct), "{error}");
    }

    #[test]
    fn the_inverse_is_one() {
        let m = [[0.6, 0.3, 0.1], [0.1, 0.8, 0.1], [0.05, 0.45, 0.5]];
        let inverse = inverse(&m).unwrap();
        for (row, a) in m.iter().enumerate() {
            let product = |column: usize| (0..3).map(|k| a[k] * inverse[k][column]).sum::<f64>();
            for (column, found) in [0, 1, 2].map(product).into_iter().enumerate() {
                assert!((found - f64::from(u8::from(row == column))).abs() < 1e-12);
            }
        }
    }
}
