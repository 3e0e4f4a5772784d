//! What an evaluation counted, kept for the next one.
//!
//! A baseline is a text of JSON values, one a line: a head, then for each set
//! of gold data its name and measure followed by its units, then the outcome of
//! every behaviour case. It holds counts and names of documents, no text.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::EvalError;
use crate::measure::Measure;
use crate::tally::{Columns, Tally, Unit};

const FORMAT: u32 = 1;

/// The tally of one set of gold data.
#[derive(Clone, Debug, PartialEq)]
pub struct GoldTally {
    /// The gold data, by the name that `check` finds them under.
    pub gold: String,
    /// What was counted.
    pub tally: Tally,
}

/// Whether a behaviour case passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseOutcome {
    /// Suite, template and number.
    pub id: String,
    /// Whether it was as it should be.
    pub passes: bool,
}

/// Tallies and outcomes of one bundle.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    /// What the manifest of the bundle says, by key.
    pub facts: BTreeMap<String, String>,
    /// Every set of gold data.
    pub tallies: Vec<GoldTally>,
    /// Folders or files of behaviour suites.
    pub suites: Vec<String>,
    /// Every behaviour case.
    pub cases: Vec<CaseOutcome>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Baseline { format: u32, facts: BTreeMap<String, String>, suites: Vec<String> },
    Gold { task: String, gold: String, measure: Measure },
    Unit(String, Columns, Vec<(usize, f64)>),
    Case(CaseOutcome),
}

/// Probabilities are summed in many orders: what differs in the last digits is the same.
const DIGITS: f64 = 1e9;

impl Baseline {
    /// The baseline as text.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let mut push = |line: &Line| {
            text.push_str(&serde_json::json!(line).to_string());
            text.push('\n');
        };
        let (facts, suites) = (self.facts.clone(), self.suites.clone());
        push(&Line::Baseline { format: FORMAT, facts, suites });
        for GoldTally { gold, tally } in &self.tallies {
            let (task, measure) = (tally.task().to_owned(), tally.measure().clone());
            push(&Line::Gold { task, gold: gold.clone(), measure });
            for Unit { document, columns, counts } in tally.units() {
                let counts = counts.iter().enumerate().filter(|(_, count)| **count != 0.0);
                let counts = counts.map(|(idx, count)| (idx, (count * DIGITS).round() / DIGITS));
                push(&Line::Unit(document.clone(), columns.clone(), counts.collect()));
            }
        }
        for case in &self.cases {
            push(&Line::Case(case.clone()));
        }
        text
    }

    /// Reads what [`Self::to_text`] wrote.
    ///
    /// # Errors
    ///
    /// [`EvalError::BaselineLine`] and [`EvalError::BaselineOrder`], naming the line.
    pub fn from_text(text: &str) -> Result<Self, EvalError> {
        let mut baseline = Self::default();
        let mut open: Option<OpenTally> = None;
        for (idx, line) in text.lines().enumerate() {
            let parsed = serde_json::from_str(line);
            let line = idx + 1;
            let wrong = |reason| EvalError::BaselineOrder { line, reason };
            match parsed.map_err(|source| EvalError::BaselineLine { line, source })? {
                Line::Baseline { format: FORMAT, facts, suites } if idx == 0 => {
                    (baseline.facts, baseline.suites) = (facts, suites);
                }
                Line::Baseline { .. } => return Err(wrong("it has another format")),
                _ if idx == 0 => return Err(wrong("the first line is no head")),
                Line::Gold { task, gold, measure } => {
                    baseline.tallies.extend(open.take().map(OpenTally::close));
                    open = Some(OpenTally { task, gold, measure, units: Vec::new() });
                }
                Line::Unit(document, columns, sparse) => {
                    let open = open.as_mut().ok_or_else(|| wrong("a unit without gold data"))?;
                    let mut counts = vec![0.0; open.measure.width()];
                    for (place, count) in sparse {
                        let slot = counts.get_mut(place);
                        *slot.ok_or_else(|| wrong("a count that its measure lacks"))? = count;
                    }
                    open.units.push(Unit { document, columns, counts });
                }
                Line::Case(case) => baseline.cases.push(case),
            }
        }
        baseline.tallies.extend(open.map(OpenTally::close));
        Ok(baseline)
    }

    /// What stands otherwise in `facts`: key, here, there; `-` for nothing.
    pub fn changed_facts(&self, facts: &BTreeMap<String, String>) -> Vec<(String, String, String)> {
        let keys: BTreeSet<&String> = self.facts.keys().chain(facts.keys()).collect();
        let value = |of: &BTreeMap<String, String>, key: &String| {
            of.get(key).cloned().unwrap_or_else(|| "-".to_owned())
        };
        keys.into_iter()
            .map(|key| (key.clone(), value(&self.facts, key), value(facts, key)))
            .filter(|(_, before, now)| before != now)
            .collect()
    }

    /// The tally of a task on gold data of that name.
    pub fn tally(&self, task: &str, gold: &str) -> Option<&GoldTally> {
        self.tallies.iter().find(|known| known.tally.task() == task && known.gold == gold)
    }
}

struct OpenTally {
    task: String,
    gold: String,
    measure: Measure,
    units: Vec<Unit>,
}

impl OpenTally {
    fn close(self) -> GoldTally {
        GoldTally { gold: self.gold, tally: Tally::new(&self.task, self.measure, self.units) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Baseline, CaseOutcome, GoldTally};
    use crate::{ClassifiedExample, EvalError, compare, tally_classes};

    fn baseline() -> Baseline {
        let example = |idx: usize| ClassifiedExample {
            document: idx.to_string(),
            gold: idx % 2,
            probability: Some(0.1 + 0.07 * f64::from(u8::try_from(idx).unwrap())),
            ..ClassifiedExample::default()
        };
        let examples: Vec<_> = (0..10).map(example).collect();
        let tally = tally_classes("stance-target", &examples, &["a", "b"]);
        Baseline {
            facts: BTreeMap::from([("name".to_owned(), "default".to_owned())]),
            tallies: vec![GoldTally { gold: "x.jsonl".to_owned(), tally }],
            suites: vec!["tests/behaviour".to_owned()],
            cases: vec![CaseOutcome { id: "denial/1".to_owned(), passes: false }],
        }
    }

    #[test]
    fn what_was_written_is_read_back() {
        let before = baseline();
        let after = Baseline::from_text(&before.to_text()).unwrap();
        assert_eq!((&before.facts, &before.cases), (&after.facts, &after.cases));
        let known = after.tally("stance-target", "x.jsonl").unwrap();
        for difference in compare(&before.tallies[0].tally, &known.tally).unwrap() {
            assert!(difference.gain.abs() < 1e-6, "{difference:?}");
        }
        assert_eq!(after.to_text(), before.to_text());
    }

    #[track_caller]
    fn check_refused(old: &str, new: &str, expected_line: usize) {
        let error = Baseline::from_text(&baseline().to_text().replace(old, new)).unwrap_err();
        let (EvalError::BaselineLine { line, .. } | EvalError::BaselineOrder { line, .. }) = error
        else {
            panic!("{error}");
        };
        assert_eq!(line, expected_line);
    }

    #[test]
    fn a_broken_line_is_named() {
        check_refused("\"format\":1", "\"format\":2", 1);
        check_refused("\"measure\"", "\"mesure\"", 2);
        check_refused("[\"3\",{}", "[\"3\",{", 6);
        check_refused("[\"3\",{},[[2,", "[\"3\",{},[[99,", 6);
    }
}
