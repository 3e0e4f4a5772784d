//! What ends a whole run.

/// Why a run could not go on. What concerns one article or one file is a
/// [`newstance_doc::Problem`] instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// The input cannot be opened.
    #[error("cannot read the input")]
    Corpus(#[from] newstance_corpus::CorpusError),

    /// A model cannot be loaded or lacks a label.
    #[error("cannot use the models")]
    Model(#[from] newstance_model::ModelError),

    /// A stage fails on what a model says.
    #[error("cannot find statements or stances")]
    Stance(#[from] newstance_stance::StanceError),

    /// The layers cannot be written or read.
    #[error("cannot write or read the run folder")]
    Tables(#[from] newstance_tables::TablesError),

    /// What was read before an interruption is not what is read now.
    #[error(
        "the input is not what it was when the first {n_parts} parts were made\nhint: begin anew with `--overwrite`"
    )]
    InputChanged {
        /// Parts that were made before.
        n_parts: usize,
    },

    /// The layers cannot be aggregated.
    #[error("cannot aggregate")]
    Aggregate(#[from] newstance_aggregate::AggregateError),
}
