//! Words kept once, by number.

use std::collections::BTreeMap;

/// Gives each value a number, from 0, in the order in which it first came.
#[derive(Clone, Debug)]
pub(crate) struct Names<T> {
    numbers: BTreeMap<T, u32>,
    values: Vec<T>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self { numbers: BTreeMap::new(), values: Vec::new() }
    }
}

impl<T: Ord + Clone> Names<T> {
    /// The number of `value`, a new one where it was not known.
    pub(crate) fn number(&mut self, value: T) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let number = u32::try_from(self.values.len()).expect("an archive has under 2^32 names");
        self.values.push(value.clone());
        self.numbers.insert(value, number);
        number
    }

    /// The value of a number that this gave.
    pub(crate) fn value(&self, number: u32) -> &T {
        &self.values[number as usize]
    }

    /// All values, by number.
    pub(crate) fn values(&self) -> &[T] {
        &self.values
    }
}

/// For each of `values` its place among the sorted distinct ones, and those.
pub(crate) fn ranks<'v, T: Ord>(values: impl Iterator<Item = &'v T>) -> (Vec<u32>, Vec<&'v T>) {
    let values: Vec<&T> = values.collect();
    let mut sorted = values.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let rank = |value: &&T| {
        let at = sorted.binary_search(value).expect("every value is among the sorted");
        u32::try_from(at).expect("an archive has under 2^32 names")
    };
    (values.iter().map(rank).collect(), sorted)
}

#[cfg(test)]
mod tests {
    use super::{Names, ranks};

    #[test]
    fn a_value_keeps_its_number() {
        let mut names = Names::default();
        assert_eq!(["b", "a", "b"].map(|name| names.number(name)), [0, 1, 0]);
        assert_eq!(names.value(1), &"a");
        assert_eq!(ranks(names.values().iter()), (vec![1, 0], vec![&"a", &"b"]));
    }
}
