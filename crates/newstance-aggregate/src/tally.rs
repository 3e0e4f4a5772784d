//! Which of several values an archive gives most often.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// Counts values, and when each was first seen.
#[derive(Debug, Clone)]
pub(crate) struct Tally<T> {
    seen: BTreeMap<T, (usize, Option<Date>)>,
}

impl<T: Ord> Default for Tally<T> {
    fn default() -> Self {
        Self { seen: BTreeMap::new() }
    }
}

impl<T: Ord + Clone> Tally<T> {
    /// Counts `value` once, in an article of that date.
    pub(crate) fn add(&mut self, value: T, date: Option<Date>) {
        let (n, first) = self.seen.entry(value).or_insert((0, date));
        *n += 1;
        *first = earliest(*first, date);
    }

    /// The values, sorted.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.seen.keys()
    }

    /// The most frequent value; of several the one seen first, then the least.
    pub(crate) fn best(&self) -> Option<&T> {
        let rank = |(n, first): &(usize, Option<Date>)| (usize::MAX - n, first.is_none(), *first);
        self.seen.iter().min_by_key(|(value, seen)| (rank(seen), *value)).map(|(value, _)| value)
    }

    /// The most frequent value that `is_fit`, where one is, else of all; of
    /// several the one that `rank` puts first, then the least.
    pub(crate) fn best_by<K: Ord>(
        &self,
        is_fit: impl Fn(&T) -> bool,
        rank: impl Fn(&T) -> K,
    ) -> Option<&T> {
        self.seen
            .iter()
            .min_by_key(|(value, (n, _))| (!is_fit(value), usize::MAX - n, rank(value), *value))
            .map(|(value, _)| value)
    }
}

/// The earlier of two days, where one is known.
pub(crate) fn earliest(a: Option<Date>, b: Option<Date>) -> Option<Date> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The later of two days, where one is known.
pub(crate) fn latest(a: Option<Date>, b: Option<Date>) -> Option<Date> {
    a.max(b)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::Tally;

    #[test]
    fn the_earlier_of_two_equally_frequent_values_is_best() {
        let mut tally = Tally::default();
        tally.add("b", Some(date(2020, 1, 1)));
        tally.add("a", Some(date(2021, 1, 1)));
        assert_eq!(tally.best(), Some(&"b"));
        tally.add("a", None);
        assert_eq!(tally.best(), Some(&"a"));
    }
}
