//! What can go wrong in a comparison.

/// Why two evaluations cannot be compared, or a baseline cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvalError {
    /// The two count different things.
    #[error("the two evaluations of `{task}` have other labels or scores")]
    OtherMeasure {
        /// The task.
        task: String,
    },

    /// The two are not of the same gold data.
    #[error("the gold data of `{task}` are not the same: `{document}` differs")]
    OtherGold {
        /// The task.
        task: String,
        /// The first document that differs.
        document: String,
    },

    /// A line of a baseline is not what it should be.
    #[error("line {line} of the baseline cannot be understood")]
    BaselineLine {
        /// From 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },

    /// A line of a baseline does not go with those before it.
    #[error("line {line} of the baseline: {reason}")]
    BaselineOrder {
        /// From 1.
        line: usize,
        /// What is wrong.
        reason: &'static str,
    },
}
