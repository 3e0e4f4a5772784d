//! The roof of the arithmetic: what a core can do with all numbers in registers.

#![expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]

use std::hint::black_box;
use std::time::Instant;

use crate::instruction_set::{InstructionSet, Task};
use crate::lanes::{ByteBlock, GROUP, LANES, Lanes};

/// Sums that do not wait for one another: enough to hide the latency of any
/// processor, few enough for its registers.
const WIDE: usize = 24;
const NARROW: usize = 3;
const STEPS: usize = 20_000_000;

impl InstructionSet {
    /// Products of bytes that one core adds up in a second, measured in a loop
    /// that touches no memory. Takes some tenths of a second. Of `portable` it
    /// tells little: the compiler may shorten the loop.
    pub fn peak_of_bytes(self) -> f64 {
        let start = Instant::now();
        if let Some(n_products) = self.matrices_in_registers(STEPS / 4) {
            return rate(n_products, start);
        }
        let n_vectors = self.run(Bytes);
        rate(n_vectors * STEPS * LANES * GROUP, start)
    }

    /// The same for floats.
    pub fn peak_of_floats(self) -> f64 {
        let start = Instant::now();
        let n_vectors = self.run(Floats);
        rate(n_vectors * STEPS * LANES, start)
    }
}

#[expect(clippy::cast_precision_loss, reason = "rates are shown to a few digits")]
fn rate(n: usize, start: Instant) -> f64 {
    n as f64 / start.elapsed().as_secs_f64()
}

struct Bytes;

impl Task for Bytes {
    /// Vectors that are added to in a step.
    type Output = usize;

    #[inline(always)]
    fn run<K: Lanes>(self, lanes: K) -> usize {
        if K::IS_WIDE { bytes::<K, WIDE>(lanes) } else { bytes::<K, NARROW>(lanes) }
    }
}

#[inline(always)]
fn bytes<K: Lanes, const N: usize>(lanes: K) -> usize {
    let weights = lanes.weights(black_box(&ByteBlock([1; LANES * GROUP])));
    let mut sums = [lanes.no_sums(); N];
    for step in 0..STEPS {
        // Inputs change, else their products would be taken once only.
        let inputs = lanes.inputs([step.to_le_bytes()[0]; GROUP]);
        for sum in &mut sums {
            *sum = lanes.add_products(*sum, inputs, weights);
        }
        // The loop may not be cut short, but what it holds stays in registers.
        black_box(());
    }
    for sum in sums {
        black_box(lanes.totals(sum));
    }
    N
}

struct Floats;

impl Task for Floats {
    type Output = usize;

    #[inline(always)]
    fn run<K: Lanes>(self, lanes: K) -> usize {
        if K::IS_WIDE { floats::<K, WIDE>(lanes) } else { floats::<K, { 2 * NARROW }>(lanes) }
    }
}

#[inline(always)]
fn floats<K: Lanes, const N: usize>(lanes: K) -> usize {
    let weights = lanes.floats(black_box(&[1.0; LANES]));
    let input = black_box(0.5);
    let mut sums = [lanes.floats(&[0.0; LANES]); N];
    for _ in 0..STEPS {
        for sum in &mut sums {
            *sum = lanes.add_product(*sum, input, weights);
        }
        black_box(());
    }
    for sum in sums {
        let mut totals = [0.0; LANES];
        lanes.store(sum, &mut totals);
        black_box(totals);
    }
    N
}
