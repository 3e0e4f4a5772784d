//! Scores that must not fall.

use serde::{Deserialize, Serialize};

use crate::Report;

/// The floors of a project.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floors {
    /// One score of one task on one gold set each.
    pub floor: Vec<Floor>,
}

/// A score that must reach a value.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// The task.
    pub task: String,
    /// The gold data, below the folder of labelled data.
    pub gold: String,
    /// The score's name in the task's report.
    pub score: String,
    /// Per cent.
    pub at_least: f64,
}

/// How a report stands to a floor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FloorCheck {
    /// Per cent; none where the report has no such score.
    pub value: Option<f64>,
    /// Per cent.
    pub at_least: f64,
    /// True where the score is there and reaches the floor.
    pub is_reached: bool,
}

impl Floor {
    /// Compares a report with the floor.
    pub fn check(&self, report: &Report) -> FloorCheck {
        let value = report.score(&self.score).map(|score| score.value);
        let is_reached = value.is_some_and(|value| value >= self.at_least);
        FloorCheck { value, at_least: self.at_least, is_reached }
    }
}

#[cfg(test)]
mod tests {
    use super::Floor;
    use crate::{ClassifiedExample, tally_classes};

    #[test]
    fn a_score_that_is_not_there_misses_its_floor() {
        let example = |gold| ClassifiedExample { gold, ..ClassifiedExample::default() };
        let report = tally_classes("stance-pair", &[example(0), example(1)], &["a", "b"]).report();
        let reaches = |score: &str, at_least: f64| {
            let (task, gold) = ("stance-pair".to_owned(), "x".to_owned());
            Floor { task, gold, score: score.to_owned(), at_least }.check(&report).is_reached
        };
        assert!(reaches("accuracy", 50.0) && !reaches("accuracy", 50.1) && !reaches("f1", 0.0));
    }
}
