//! What an evaluation gives.

use std::fmt;

use serde::Serialize;

use crate::calibration::{self, ReliabilityBin};
use crate::counts::Counts;
use crate::measure::{CALIBRATION_ERROR, Measure, of_class};
use crate::tally::{Slice, Tally};
use crate::{bootstrap, slices};

/// A score with its 95 % interval, in per cent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// What it is (`f1`, `macro_f1`, `f1_80`).
    pub name: String,
    /// Per cent.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// One class, in per cent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassScore {
    /// The label.
    pub label: String,
    /// Share of the predicted that is right.
    pub precision: f64,
    /// Share of the gold that was found.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
    /// Gold examples.
    pub support: u64,
}

/// How often each gold label was given each label: `[gold, predicted]`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Confusion {
    /// The labels of rows and columns.
    pub labels: Vec<String>,
    /// Row by row.
    pub counts: Vec<Vec<u64>>,
}

/// The score to quote in one part of the data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SliceScore {
    /// The part.
    pub slice: Slice,
    /// Documents in it.
    pub n_documents: usize,
    /// Examples in it.
    pub n_examples: u64,
    /// The score.
    pub score: Score,
}

/// Scores of one task on one set of gold data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The task.
    pub task: String,
    /// Documents that the intervals draw from.
    pub n_documents: usize,
    /// Examples in them.
    pub n_examples: u64,
    /// The scores, the one to quote first.
    pub scores: Vec<Score>,
    /// Every class.
    pub classes: Vec<ClassScore>,
    /// For tasks with labels.
    pub confusion: Option<Confusion>,
    /// How often what was given a probability is right.
    pub reliability: Vec<ReliabilityBin>,
    /// The slices, the worst first.
    pub slices: Vec<SliceScore>,
}

impl Report {
    /// The score called `name`.
    pub fn score(&self, name: &str) -> Option<&Score> {
        self.scores.iter().find(|score| score.name == name)
    }
}

impl Tally {
    /// The scores with their intervals, classes, slices and all.
    pub fn report(&self) -> Report {
        let measure = self.measure();
        let total = self.total();
        let documents: Vec<Vec<f64>> = self.documents().into_values().collect();
        let counts = (measure.width(), documents.as_slice());
        let reliability = calibration::table(&total[measure.calibration_start()..]);
        let mut scores = bootstrap::scores(&measure.names(), counts, |total| measure.scores(total));
        // Without a probability there is nothing to be calibrated.
        scores.retain(|score| score.name != CALIBRATION_ERROR || !reliability.is_empty());
        Report {
            task: self.task().to_owned(),
            n_documents: documents.len(),
            n_examples: self.n_examples(),
            scores,
            classes: classes(measure, &total),
            confusion: confusion(measure, &total),
            reliability,
            slices: slices::worst_first(self),
        }
    }
}

fn classes(measure: &Measure, total: &[f64]) -> Vec<ClassScore> {
    let n = measure.matrix_size();
    let class = |(class, label): (usize, &String)| class_score(label, of_class(total, n, class));
    measure.labels().iter().enumerate().map(class).collect()
}

/// A class in per cent.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole")]
fn class_score(label: &str, counts: Counts) -> ClassScore {
    ClassScore {
        label: label.to_owned(),
        precision: 100.0 * counts.precision(),
        recall: 100.0 * counts.recall(),
        f1: 100.0 * counts.f1(),
        support: counts.gold as u64,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole")]
fn confusion(measure: &Measure, total: &[f64]) -> Option<Confusion> {
    let n = measure.matrix_size();
    let mut labels = measure.labels().to_vec();
    labels.resize(n, "nothing".to_owned());
    let rows = total.get(..n * n)?.chunks_exact(n.max(1));
    let counts = rows.map(|row| row.iter().map(|&count| count as u64).collect()).collect();
    (n > 0).then_some(Confusion { labels, counts })
}

/// How many slices are shown to people.
const N_SLICES_SHOWN: usize = 5;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} examples in {} documents",
            self.task, self.n_examples, self.n_documents
        )?;
        self.write_slices(f)?;
        for score in &self.scores {
            let Score { name, value, low, high } = score;
            writeln!(f, "  {name:<28} {value:>5.1}  [{low:.1}, {high:.1}]")?;
        }
        self.write_classes(f)?;
        self.write_reliability(f)
    }
}

impl Report {
    fn write_slices(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = self.slices.first() {
            writeln!(f, "  worst slices ({} of {}):", first.score.name, self.slices.len())?;
        }
        for slice in self.slices.iter().take(N_SLICES_SHOWN) {
            let Score { value, low, high, .. } = slice.score;
            let name = slice.slice.to_string();
            let n = slice.n_examples;
            writeln!(f, "    {name:<26} {value:>5.1}  [{low:.1}, {high:.1}]  {n} examples")?;
        }
        Ok(())
    }

    fn write_reliability(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.reliability.is_empty() {
            writeln!(f, "  {:<14} {:>7} {:>6} {:>6}", "probability", "n", "said", "right")?;
        }
        for bin in &self.reliability {
            let range = format!("{:.1} to {:.1}", bin.from, bin.to);
            writeln!(f, "  {range:<14} {:>7} {:>6.1} {:>6.1}", bin.n, bin.said, bin.right)?;
        }
        Ok(())
    }

    fn write_classes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.classes.is_empty() {
            writeln!(
                f,
                "  {:<14} {:>9} {:>6} {:>5} {:>7}",
                "class", "precision", "recall", "f1", "n"
            )?;
        }
        for class in &self.classes {
            writeln!(
                f,
                "  {:<14} {:>9.1} {:>6.1} {:>5.1} {:>7}",
                class.label, class.precision, class.recall, class.f1, class.support
            )?;
        }
        let Some(confusion) = &self.confusion else { return Ok(()) };
        writeln!(f, "  gold \\ predicted: {}", confusion.labels.join(", "))?;
        for (label, row) in confusion.labels.iter().zip(&confusion.counts) {
            let row: Vec<String> = row.iter().map(|n| format!("{n:>6}")).collect();
            writeln!(f, "  {label:<14} {}", row.join(" "))?;
        }
        Ok(())
    }
}
