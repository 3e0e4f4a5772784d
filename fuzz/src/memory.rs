//! A bound on memory.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

const MAX_BYTES: usize = 1 << 30;

/// The system's allocator, which has no more than 1 GiB to give.
struct Bounded {
    used_bytes: AtomicUsize,
}

#[global_allocator]
static BOUNDED: Bounded = Bounded { used_bytes: AtomicUsize::new(0) };

impl Bounded {
    /// True where so many more bytes may be given; they count as given then.
    fn take(&self, n_bytes: usize) -> bool {
        let before = self.used_bytes.fetch_add(n_bytes, Ordering::Relaxed);
        let fits = before.saturating_add(n_bytes) <= MAX_BYTES;
        if !fits {
            self.give_back(n_bytes);
        }
        fits
    }

    fn give_back(&self, n_bytes: usize) {
        self.used_bytes.fetch_sub(n_bytes, Ordering::Relaxed);
    }
}

#[expect(
    unsafe_code,
    reason = "an allocator is unsafe to write; this one hands all on to the system's"
)]
// SAFETY: whatever is given comes from the system's allocator and goes back to it.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !self.take(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.give_back(layout.size());
        // SAFETY: as the caller promises; `pointer` came from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_bytes: usize) -> *mut u8 {
        if !self.take(new_bytes) {
            return std::ptr::null_mut();
        }
        self.give_back(layout.size());
        // SAFETY: as the caller promises; `pointer` came from `System`.
        unsafe { System.realloc(pointer, layout, new_bytes) }
    }
}
