//! Precision and recall from counts.

/// What was found, what should have been, and what is in both.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// Found and right.
    pub matched: f64,
    /// Found.
    pub predicted: f64,
    /// To be found.
    pub gold: f64,
}

impl Counts {
    /// Reads three numbers of a vector of counts.
    pub(crate) fn from_slice(values: &[f64]) -> Self {
        Self { matched: values[0], predicted: values[1], gold: values[2] }
    }

    /// Share of the found that is right, `0.0..=1.0`; 0 where nothing was found.
    pub fn precision(self) -> f64 {
        ratio(self.matched, self.predicted)
    }

    /// Share of what should be found that was, `0.0..=1.0`; 0 where there is nothing.
    pub fn recall(self) -> f64 {
        ratio(self.matched, self.gold)
    }

    /// Harmonic mean of precision and recall, `0.0..=1.0`; 0 where nothing is right.
    pub fn f1(self) -> f64 {
        ratio(2.0 * self.matched, self.predicted + self.gold)
    }
}

/// `part / whole`; 0 where the whole is nothing.
pub(crate) fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn scores_come_from_counts() {
        let counts = Counts { matched: 2.0, predicted: 4.0, gold: 8.0 };
        assert!((counts.precision() - 0.5).abs() < 1e-12);
        assert!((counts.recall() - 0.25).abs() < 1e-12);
        assert!((counts.f1() - 1.0 / 3.0).abs() < 1e-12);
        assert!(Counts::default().f1().abs() < 1e-12);
    }
}
