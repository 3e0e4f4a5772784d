//! The Python wheel `newstance`: the pipeline as a function over Arrow batches.
//!
//! Python, Spark and Ray hand over batches of articles and get batches of
//! layers back; [`aggregate`](newstance_aggregate) makes tables of all of them.
//! Batches cross the border by the Arrow C data interface. The interpreter is
//! free while models compute. What is Python's own (types, engines, HTML) lies
//! in `python/newstance`.

mod error;
mod fold;
mod loaded;
mod pipeline;
mod tables;
mod wire;

/// The functions under the package's Python modules.
#[pyo3::pymodule(name = "_native")]
mod native {
    #[pymodule_export]
    use crate::error::NewstanceError;
    #[pymodule_export]
    use crate::pipeline::{NativePipeline, settings_of_file};
    #[pymodule_export]
    use crate::tables::{layers_schema, read_tables, write_report, write_tables};
    #[pymodule_export]
    use crate::wire::{are_copies, max_shared, wire_signatures};
}
