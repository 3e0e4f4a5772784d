//! What an evaluation gives.

use std::fmt;

use serde::Serialize;

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
    /// For tasks that give each example one label.
    pub confusion: Option<Confusion>,
}

impl Report {
    /// The score called `name`.
    pub fn score(&self, name: &str) -> Option<&Score> {
        self.scores.iter().find(|score| score.name == name)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} examples in {} documents",
            self.task, self.n_examples, self.n_documents
        )?;
        for score in &self.scores {
            let Score { name, value, low, high } = score;
            writeln!(f, "  {name:<14} {value:>5.1}  [{low:.1}, {high:.1}]")?;
        }
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
