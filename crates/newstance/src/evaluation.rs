//! Models against gold: what the pipeline finds, in the form that
//! `newstance-eval` counts.

mod alignment;
mod article;
mod attribution;
mod claim;
mod columns;
mod entities;
mod excerpt;
mod factuality;
mod gold_statements;
mod pairs;
mod prediction;
mod text_pairs;

use std::path::Path;

use anyhow::Context;
use newstance_eval::Tally;

pub(crate) use prediction::Prediction;

use crate::args::Task;
use crate::session::Session;

/// What a task counted, and every example of it.
#[derive(Clone, Debug)]
pub(crate) struct Evaluation {
    /// What was counted.
    pub(crate) tally: Tally,
    /// Every example, in the order of the gold data.
    pub(crate) predictions: Vec<Prediction>,
}

/// Fails where there is nothing at `path`: models are loaded for what is there.
pub(crate) fn require_gold(path: &Path) -> anyhow::Result<()> {
    std::fs::metadata(path)
        .map(drop)
        .with_context(|| format!("cannot read gold data `{}`", path.display()))
}

/// Scores `task` on the data at `path`.
pub(crate) fn evaluate(session: &Session, task: Task, path: &Path) -> anyhow::Result<Evaluation> {
    let annotator = &session.annotator;
    match task {
        Task::Ner => entities::evaluate(annotator, path, false),
        Task::NerNested => entities::evaluate(annotator, path, true),
        Task::Attribution => attribution::evaluate(annotator, path),
        Task::StancePair => pairs::evaluate_directed(annotator, path),
        Task::StanceTarget => pairs::evaluate_targets(annotator, path),
        Task::Claim => claim::evaluate(session, path),
        Task::ClaimPair => text_pairs::evaluate_claims(session, path),
        Task::Factuality
            if path.extension().is_some_and(|ending| ending == "json" || ending == "jsonl") =>
        {
            text_pairs::evaluate_entailment(session, path)
        }
        Task::Factuality => factuality::evaluate(annotator, path),
        Task::Article => article::evaluate(annotator, path),
    }
}

/// Where the first of the greatest stands.
fn greatest(scores: &[f64]) -> usize {
    (0..scores.len()).fold(0, |best, idx| if scores[idx] > scores[best] { idx } else { best })
}

#[cfg(test)]
mod tests {
    use super::greatest;

    #[test]
    fn of_equals_the_first_is_taken() {
        assert_eq!(greatest(&[0.2, 0.4, 0.4]), 1);
    }
}
