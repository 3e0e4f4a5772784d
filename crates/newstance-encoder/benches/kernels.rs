//! The kernels by themselves, in the shapes of the default bundle:
//! `cargo bench -p newstance-encoder --features kernels`. Each is measured on every
//! instruction set of this processor but the portable one, which is there to be right.
//! Throughput is products (of a weight and an input; of a query or weight and a key) or values a second.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use newstance_encoder::InstructionSet;
use newstance_encoder::kernels::{AttentionKernel, LinearKernel, NormKernel};
use newstance_model::Precision;

/// Rows that go through a layer together.
const ROWS: usize = 192;
const HIDDEN: usize = 384;
const BETWEEN: usize = 1536;
const HEADS: usize = 12;

fn sets() -> impl Iterator<Item = InstructionSet> {
    InstructionSet::available().into_iter().filter(|set| set.to_string() != "portable")
}

fn linear(criterion: &mut Criterion) {
    let layers = [
        ("query_key_value", HIDDEN, 3 * HIDDEN, false),
        ("attention_output", HIDDEN, HIDDEN, false),
        ("intermediate_gelu", HIDDEN, BETWEEN, true),
        ("output", BETWEEN, HIDDEN, false),
    ];
    for precision in [Precision::Int8, Precision::F32] {
        let mut group = criterion.benchmark_group(format!("linear_{precision}"));
        for set in sets() {
            for (name, n_inputs, n_outputs, is_activated) in layers {
                let shape = (ROWS, n_inputs, n_outputs);
                let mut kernel = LinearKernel::new((set, precision), shape, is_activated);
                group.throughput(Throughput::Elements((ROWS * n_inputs * n_outputs) as u64));
                let id = BenchmarkId::new(name, set);
                group.bench_function(id, |bencher| {
                    bencher.iter(|| {
                        black_box(kernel.run());
                    });
                });
            }
        }
        group.finish();
    }
}

fn attention(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("attention");
    for set in sets() {
        for length in [27, 74, 192] {
            let n_sequences = (ROWS / length).max(1);
            let mut kernel = AttentionKernel::new(set, (n_sequences, length), (HIDDEN, HEADS));
            // Scores and mixtures.
            let n_products = 2 * n_sequences * length * length * HIDDEN;
            group.throughput(Throughput::Elements(n_products as u64));
            group.bench_function(BenchmarkId::new(format!("{length}_pieces"), set), |bencher| {
                bencher.iter(|| {
                    black_box(kernel.run());
                });
            });
        }
    }
    group.finish();
}

fn norm(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("layer_norm");
    for set in sets() {
        let mut kernel = NormKernel::new(set, (ROWS, HIDDEN));
        group.throughput(Throughput::Elements((ROWS * HIDDEN) as u64));
        group.bench_function(BenchmarkId::from_parameter(set), |bencher| {
            bencher.iter(|| {
                black_box(kernel.run());
            });
        });
    }
    group.finish();
}

criterion_group!(kernels, linear, attention, norm);
criterion_main!(kernels);
