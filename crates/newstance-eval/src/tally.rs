//! What an evaluation counts, document by document: all that scores, slices
//! and comparisons need.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::bootstrap::add;
use crate::measure::Measure;

/// Values by the name of their column (`outlet`, `decade`, `length`).
pub type Columns = BTreeMap<String, String>;

/// Most values of a column that slices.
const MOST_VALUES: usize = 30;

/// The examples of one document that have the same values in all columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// What the bootstrap draws.
    pub document: String,
    /// What the unit can be sliced by.
    pub columns: Columns,
    /// What was counted, in the layout of the tally's [`Measure`].
    pub counts: Vec<f64>,
}

/// A column and one of its values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slice {
    /// The column.
    pub column: String,
    /// The value.
    pub value: String,
}

impl std::fmt::Display for Slice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.column, self.value)
    }
}

/// The counts of one task on one set of gold data.
///
/// Units are sorted by document and columns, none twice; the order in which
/// examples came changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    task: String,
    measure: Measure,
    units: Vec<Unit>,
}

impl Tally {
    /// Adds up what has the same document and columns.
    ///
    /// # Panics
    ///
    /// If a unit has not as many counts as the measure wants.
    pub fn new(task: &str, measure: Measure, units: impl IntoIterator<Item = Unit>) -> Self {
        let width = measure.width();
        let mut merged: BTreeMap<(String, Columns), Vec<f64>> = BTreeMap::new();
        for unit in units {
            assert_eq!(unit.counts.len(), width, "a unit has another layout than its measure");
            let total =
                merged.entry((unit.document, unit.columns)).or_insert_with(|| vec![0.0; width]);
            add(total, &unit.counts);
        }
        let unit =
            |((document, columns), counts): (_, Vec<f64>)| Unit { document, columns, counts };
        Self { task: task.to_owned(), measure, units: merged.into_iter().map(unit).collect() }
    }

    /// The task.
    pub fn task(&self) -> &str {
        &self.task
    }

    /// The tally of another task that counts alike.
    #[must_use]
    pub fn renamed(self, task: &str) -> Self {
        Self { task: task.to_owned(), ..self }
    }

    /// How counts become scores.
    pub fn measure(&self) -> &Measure {
        &self.measure
    }

    /// The units, sorted.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The part of the tally that lies in `slice`.
    #[must_use]
    pub fn within(&self, slice: &Slice) -> Self {
        let is_within = |unit: &&Unit| unit.columns.get(&slice.column) == Some(&slice.value);
        Self {
            task: self.task.clone(),
            measure: self.measure.clone(),
            units: self.units.iter().filter(is_within).cloned().collect(),
        }
    }

    /// Every column with every value that occurs, sorted. A column with one
    /// value in the whole tally slices nothing, one with more than 30 names
    /// examples rather than slices them: they are left out.
    pub fn slices(&self) -> Vec<Slice> {
        let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (column, value) in self.units.iter().flat_map(|unit| &unit.columns) {
            values.entry(column).or_default().insert(value);
        }
        let slice = |column: &str, value: &str| Slice {
            column: column.to_owned(),
            value: value.to_owned(),
        };
        values
            .into_iter()
            .filter(|(column, values)| values.len() > 1 || !self.all_have(column))
            .filter(|(_, values)| values.len() <= MOST_VALUES)
            .flat_map(|(column, values)| values.into_iter().map(move |value| slice(column, value)))
            .collect()
    }

    fn all_have(&self, column: &str) -> bool {
        self.units.iter().all(|unit| unit.columns.contains_key(column))
    }

    /// The counts of each document.
    pub(crate) fn documents(&self) -> BTreeMap<&str, Vec<f64>> {
        let mut documents: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for unit in &self.units {
            let total =
                documents.entry(&unit.document).or_insert_with(|| vec![0.0; self.measure.width()]);
            add(total, &unit.counts);
        }
        documents
    }

    /// The counts of all documents together.
    pub(crate) fn total(&self) -> Vec<f64> {
        let mut total = vec![0.0; self.measure.width()];
        for unit in &self.units {
            add(&mut total, &unit.counts);
        }
        total
    }

    /// True where some answer came with a probability.
    pub(crate) fn has_probabilities(&self) -> bool {
        self.total()[self.measure.calibration_start()..].iter().any(|count| *count > 0.0)
    }

    /// Examples that the gold data hold.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number")]
    pub fn n_examples(&self) -> u64 {
        self.measure.gold(&self.total()).iter().sum::<f64>() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::{Columns, Slice, Tally, Unit};
    use crate::Measure;

    fn unit(document: &str, region: &str, right: bool) -> Unit {
        let measure = measure();
        let mut counts = vec![0.0; measure.width()];
        counts[usize::from(!right)] = 1.0;
        let columns = Columns::from([("region".to_owned(), region.to_owned())]);
        Unit { document: document.to_owned(), columns, counts }
    }

    fn measure() -> Measure {
        Measure::Classes { labels: vec!["a".to_owned(), "b".to_owned()], abstains: false }
    }

    #[test]
    fn units_with_the_same_columns_are_added_up_in_any_order() {
        let units = [unit("2", "Asia", true), unit("1", "Asia", false), unit("2", "Asia", false)];
        let tally = Tally::new("t", measure(), units.clone());
        let turned = Tally::new("t", measure(), units.into_iter().rev());
        assert_eq!((tally.units().len(), tally.n_examples()), (2, 3));
        assert_eq!(tally, turned);
    }

    #[test]
    fn a_column_with_one_value_slices_nothing() {
        let same = [unit("1", "Asia", true), unit("2", "Asia", true)];
        assert_eq!(Tally::new("t", measure(), same).slices(), []);
        let tally = Tally::new("t", measure(), [unit("1", "Asia", true), unit("1", "Peru", true)]);
        let names: Vec<String> = tally.slices().iter().map(Slice::to_string).collect();
        assert_eq!(names, ["region=Asia", "region=Peru"]);
        assert_eq!(tally.within(&tally.slices()[1]).n_examples(), 1);
    }
}
