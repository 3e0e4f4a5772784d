//! A layer's weights, laid out for products.

#![expect(clippy::inline_always, reason = "it must be compiled with its caller's features")]

use std::ops::Range;

use crate::aligned::Aligned;
use crate::bytes::{ByteRows, ByteWeights};
use crate::floats::FloatWeights;
use crate::instruction_set::{InstructionSet, Task};
use crate::lanes::{Lanes, PANEL, Rows};
use crate::vector::Activation;

/// Rows that go through all panels together: few enough for what is made of
/// them to stay near, enough to load weights seldom.
pub(crate) const BLOCK: usize = 192;

/// What the weights and inputs of layers are multiplied as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    /// 32-bit floating point.
    Floats,
    /// Bytes, with a scale for each output and each row.
    Bytes,
}

/// `Y = X W + b`.
#[derive(Debug)]
pub(crate) struct Linear {
    weights: Weights,
    /// Up to whole panels.
    bias: Vec<[f32; PANEL]>,
    n_inputs: usize,
    n_outputs: usize,
    set: InstructionSet,
}

#[derive(Debug)]
enum Weights {
    Floats(FloatWeights),
    Bytes(ByteWeights),
}

/// What becomes of `X W + b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// It replaces the output.
    Replace,
    /// What the activation makes of it replaces the output.
    Activate(Activation),
    /// It is added to the output.
    Add,
}

/// Room for what is between input and output.
#[derive(Debug, Default)]
pub(crate) struct Room {
    rounded: ByteRows,
    float_sums: Aligned<f32>,
    byte_sums: Aligned<i32>,
}

/// Part of a layer's weights.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) panel: usize,
    /// Which steps of the inputs.
    pub(crate) steps: Range<usize>,
}

/// A product of rows with weights, in panels of outputs and stretches of inputs.
pub(crate) trait Product {
    type Sum: Copy + Default;

    /// Steps of a stretch: its weights of a panel fit into the nearest cache.
    const STRETCH: usize;

    /// How many steps the inputs take.
    fn n_steps(&self) -> usize;

    /// How many rows are summed together.
    fn n_together<K: Lanes>(lanes: K) -> usize;

    /// Adds to the sums of at most [`Self::n_together`] rows what a panel and a
    /// stretch of inputs give; the first stretch replaces what was there. There
    /// are sums for so many rows, whose last ones may be lost where there are fewer.
    fn add<K: Lanes>(
        &self,
        lanes: K,
        place: Place,
        rows: Range<usize>,
        sums: &mut [[Self::Sum; PANEL]],
    );

    /// What a row's sums, of a panel, come to.
    fn values(&self, panel: usize, row: usize, sums: &[Self::Sum; PANEL]) -> [f32; PANEL];
}

impl Linear {
    /// Takes weights of shape `[outputs, inputs]` and a bias of `[outputs]`.
    ///
    /// # Panics
    ///
    /// If they do not fit together or have no inputs.
    pub(crate) fn new(
        weight: &[f32],
        bias: &[f32],
        n_inputs: usize,
        arithmetic: Arithmetic,
        set: InstructionSet,
    ) -> Self {
        assert!(n_inputs > 0 && weight.len() == bias.len() * n_inputs, "weights of a layer");
        let mut padded = vec![[0.0; PANEL]; bias.len().div_ceil(PANEL)];
        padded.as_flattened_mut()[..bias.len()].copy_from_slice(bias);
        let weights = match arithmetic {
            Arithmetic::Floats => Weights::Floats(FloatWeights::new(weight, n_inputs)),
            Arithmetic::Bytes => Weights::Bytes(ByteWeights::new(weight, n_inputs)),
        };
        Self { weights, bias: padded, n_inputs, n_outputs: bias.len(), set }
    }

    /// Number of outputs.
    pub(crate) fn n_outputs(&self) -> usize {
        self.n_outputs
    }

    /// Makes outputs of all rows of `input`.
    ///
    /// # Panics
    ///
    /// If `output` has not as many rows.
    pub(crate) fn apply(&self, input: &[f32], output: &mut [f32], store: Store, room: &mut Room) {
        let n_rows = input.len() / self.n_inputs;
        assert_eq!(output.len(), n_rows * self.n_outputs, "outputs of a layer");
        let inputs = input.chunks(BLOCK * self.n_inputs);
        for (input, output) in inputs.zip(output.chunks_mut(BLOCK * self.n_outputs)) {
            let (bias, n_outputs) = (&self.bias, self.n_outputs);
            match &self.weights {
                Weights::Floats(weights) => {
                    let rows = Rows { values: input, stride: self.n_inputs };
                    let product = weights.with(rows);
                    let sums = &mut room.float_sums;
                    self.set.run(Multiply { product, bias, n_outputs, output, store, sums });
                }
                Weights::Bytes(weights) => {
                    room.rounded.round(self.set, input, self.n_inputs);
                    let product = weights.with(&room.rounded);
                    let sums = &mut room.byte_sums;
                    self.set.run(Multiply { product, bias, n_outputs, output, store, sums });
                }
            }
        }
    }
}

/// A product and what becomes of it.
struct Multiply<'w, P: Product> {
    product: P,
    bias: &'w [[f32; PANEL]],
    n_outputs: usize,
    /// As many rows as the product has.
    output: &'w mut [f32],
    store: Store,
    sums: &'w mut Aligned<P::Sum>,
}

impl<P: Product> Task for Multiply<'_, P> {
    type Output = ();

    #[inline(always)]
    fn run<K: Lanes>(self, lanes: K) {
        let Self { product, bias, n_outputs, output, store, sums } = self;
        let n_rows = output.len() / n_outputs;
        let (n_steps, n_together) = (product.n_steps(), P::n_together(lanes));
        let is_whole = n_steps <= P::STRETCH;
        // Sums of one stretch are finished at once, in the same place.
        let n_kept = if is_whole { n_together } else { n_rows.next_multiple_of(n_together) };
        let (sums, _) = sums.first(n_kept * PANEL).as_chunks_mut::<PANEL>();
        for (panel, bias) in bias.iter().enumerate() {
            let columns = panel * PANEL..n_outputs.min((panel + 1) * PANEL);
            for first_step in (0..n_steps).step_by(P::STRETCH) {
                let steps = first_step..n_steps.min(first_step + P::STRETCH);
                for first in (0..n_rows).step_by(n_together) {
                    let sums = &mut sums[if is_whole { 0 } else { first }..][..n_together];
                    let rows = first..n_rows.min(first + n_together);
                    product.add(lanes, Place { panel, steps: steps.clone() }, rows.clone(), sums);
                    if steps.end < n_steps {
                        continue;
                    }
                    for (idx, sums) in sums[..rows.len()].iter().enumerate() {
                        let row = first + idx;
                        let output = &mut output[row * n_outputs..][columns.clone()];
                        let values = product.values(panel, row, sums);
                        finish(lanes, values, bias, store, output);
                    }
                }
            }
        }
    }
}

/// Stores the values of one row and one panel, or as many as there is room for.
#[inline(always)]
fn finish<K: Lanes>(
    lanes: K,
    mut values: [f32; PANEL],
    bias: &[f32; PANEL],
    store: Store,
    output: &mut [f32],
) {
    for column in 0..PANEL {
        values[column] += bias[column];
    }
    if let Store::Activate(activation) = store {
        activation.apply(lanes, &mut values);
    }
    if let Ok(output) = <&mut [f32; PANEL]>::try_from(&mut *output) {
        if store == Store::Add {
            for column in 0..PANEL {
                output[column] += values[column];
            }
        } else {
            *output = values;
        }
        return;
    }
    for (output, value) in output.iter_mut().zip(values) {
        *output = if store == Store::Add { *output + value } else { value };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Arithmetic, Linear, Room, Store};
    use crate::instruction_set::InstructionSet;
    use crate::testing::noise;

    fn layer(
        n_inputs: usize,
        n_outputs: usize,
        arithmetic: Arithmetic,
        set: InstructionSet,
    ) -> Linear {
        let weight: Vec<f32> = (0..n_inputs * n_outputs).map(noise).collect();
        let bias: Vec<f32> = (0..n_outputs).map(noise).collect();
        Linear::new(&weight, &bias, n_inputs, arithmetic, set)
    }

    fn apply(layer: &Linear, input: &[f32], store: Store) -> Vec<f32> {
        apply_in(layer, input, store, &mut Room::default())
    }

    fn apply_in(layer: &Linear, input: &[f32], store: Store, room: &mut Room) -> Vec<f32> {
        let mut output = vec![1.0; input.len() / layer.n_inputs * layer.n_outputs()];
        layer.apply(input, &mut output, store, room);
        output
    }

    #[test]
    fn what_stood_in_the_room_before_does_not_count() {
        for set in InstructionSet::available() {
            for arithmetic in [Arithmetic::Floats, Arithmetic::Bytes] {
                let mut room = Room::default();
                for (n_inputs, n_rows) in [(1000, 40), (70, 17), (64, 3), (600, 30), (65, 33)] {
                    let layer = layer(n_inputs, 70, arithmetic, set);
                    let input: Vec<f32> = (0..n_rows * n_inputs).map(noise).collect();
                    let got = apply_in(&layer, &input, Store::Replace, &mut room);
                    let fresh = apply(&layer, &input, Store::Replace);
                    assert_eq!(got, fresh, "{n_rows} rows of {n_inputs} on {set}");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_layer_is_near_the_definition(
            n_inputs in prop_oneof![1_usize..80, Just(384), Just(1000)],
            n_outputs in 1_usize..150,
            n_rows in 1_usize..120,
            in_bytes in any::<bool>(),
        ) {
            let arithmetic = if in_bytes { Arithmetic::Bytes } else { Arithmetic::Floats };
            let input: Vec<f32> = (0..n_rows * n_inputs).map(|idx| noise(idx + 9)).collect();
            let layer_of = |set| layer(n_inputs, n_outputs, arithmetic, set);
            let highest = apply(&layer_of(InstructionSet::detect()), &input, Store::Replace);
            for set in InstructionSet::available() {
                let layer = layer_of(set);
                let got = apply(&layer, &input, Store::Replace);
                prop_assert_eq!(&got, &highest, "{}", set);
                let added = apply(&layer, &input, Store::Add);
                for (idx, (got, added)) in got.iter().zip(&added).enumerate() {
                    let (row, output) = (idx / n_outputs, idx % n_outputs);
                    let (mut sum, mut bound) = (f64::from(noise(output)), 1e-4);
                    for i in 0..n_inputs {
                        let x = f64::from(input[row * n_inputs + i]);
                        let w = f64::from(noise(output * n_inputs + i));
                        sum += x * w;
                        bound += 1e-5 * (x * w).abs();
                        if in_bytes {
                            // Half a step of each factor, times the other one.
                            bound += w.abs() / 255.0 + x.abs() / 254.0 + 2e-5;
                        }
                    }
                    prop_assert!((f64::from(*got) - sum).abs() <= bound, "{got} for {sum}");
                    prop_assert!((added - 1.0 - got).abs() < 1e-4, "{added} for 1 + {got}");
                }
            }
        }

        #[test]
        fn a_row_has_the_same_bits_wherever_it_stands(
            n_inputs in prop_oneof![1_usize..80, Just(384), Just(600), Just(1536)],
            n_outputs in prop_oneof![1_usize..120, Just(384)],
            n_rows in 1_usize..400,
            place in 0_usize..400,
            in_bytes in any::<bool>(),
        ) {
            let place = place % n_rows;
            let arithmetic = if in_bytes { Arithmetic::Bytes } else { Arithmetic::Floats };
            let input: Vec<f32> = (0..n_rows * n_inputs).map(|idx| noise(idx + 5)).collect();
            let one = &input[place * n_inputs..(place + 1) * n_inputs];
            for set in InstructionSet::available().into_iter().skip(1) {
                let layer = layer(n_inputs, n_outputs, arithmetic, set);
                let alone = apply(&layer, one, Store::Replace);
                let together = apply(&layer, &input, Store::Replace);
                prop_assert_eq!(&alone, &together[place * n_outputs..(place + 1) * n_outputs], "{}", set);
            }
        }
    }
}
