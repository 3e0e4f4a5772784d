//! How many threads libtorch takes for one operation.

use std::cell::Cell;
use std::sync::atomic::{AtomicI32, Ordering};

/// Threads of an operation on the processor; 0 for libtorch's own choice.
static WANTED: AtomicI32 = AtomicI32::new(0);

thread_local! {
    /// What this thread last told libtorch.
    static TOLD: Cell<i32> = const { Cell::new(0) };
}

/// Sets how many threads libtorch takes for one operation on the processor,
/// for all models; a core each where nothing is set. No result depends on it
/// beyond rounding.
pub fn set_threads(n_threads: usize) {
    WANTED.store(i32::try_from(n_threads.max(1)).unwrap_or(i32::MAX), Ordering::Relaxed);
}

/// Tells libtorch, from the thread that owns a model.
pub(crate) fn apply() {
    let wanted = WANTED.load(Ordering::Relaxed);
    if wanted > 0 && TOLD.get() != wanted {
        tch::set_num_threads(wanted);
        TOLD.set(wanted);
    }
}
