//! Counts what encoders are given, and how long they take.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use newstance_model::{Encoder, EncoderLoader, Hidden, ModelError, PackedPieces, Precision};

/// A backend whose encoders are metered.
#[derive(Debug)]
pub(crate) struct MeteredBackend {
    inner: Box<dyn EncoderLoader>,
    meters: Mutex<Vec<(String, Arc<Meter>)>>,
}

/// What one encoder did; all threads add to it.
#[derive(Debug, Default)]
struct Meter {
    pieces: AtomicU64,
    passes: AtomicU64,
    nanoseconds: AtomicU64,
}

/// What one encoder did since the last time somebody asked.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// Name of the checkpoint's folder.
    pub(crate) checkpoint: String,
    pub(crate) pieces: u64,
    /// Sequences that were read.
    pub(crate) passes: u64,
    /// Of all threads together.
    pub(crate) busy: Duration,
}

impl MeteredBackend {
    pub(crate) fn new(inner: Box<dyn EncoderLoader>) -> Self {
        Self { inner, meters: Mutex::default() }
    }

    /// What each encoder did, in the order of loading; all begin from 0 again.
    pub(crate) fn take(&self) -> Vec<Reading> {
        let meters = self.meters.lock().unwrap_or_else(PoisonError::into_inner);
        let read = |(checkpoint, meter): &(String, Arc<Meter>)| Reading {
            checkpoint: checkpoint.clone(),
            pieces: meter.pieces.swap(0, Ordering::Relaxed),
            passes: meter.passes.swap(0, Ordering::Relaxed),
            busy: Duration::from_nanos(meter.nanoseconds.swap(0, Ordering::Relaxed)),
        };
        meters.iter().map(read).collect()
    }
}

impl EncoderLoader for MeteredBackend {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn load(&self, folder: &Path, precision: Precision) -> Result<Arc<dyn Encoder>, ModelError> {
        let inner = self.inner.load(folder, precision)?;
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
        let meter = Arc::new(Meter::default());
        let mut meters = self.meters.lock().unwrap_or_else(PoisonError::into_inner);
        meters.push((name.unwrap_or_default(), Arc::clone(&meter)));
        Ok(Arc::new(MeteredEncoder { inner, meter }))
    }
}

#[derive(Debug)]
struct MeteredEncoder {
    inner: Arc<dyn Encoder>,
    meter: Arc<Meter>,
}

impl Encoder for MeteredEncoder {
    fn backend(&self) -> &'static str {
        self.inner.backend()
    }

    fn hidden_size(&self) -> usize {
        self.inner.hidden_size()
    }

    fn max_pieces(&self) -> usize {
        self.inner.max_pieces()
    }

    fn pads(&self) -> bool {
        self.inner.pads()
    }

    fn reads_asides(&self) -> bool {
        self.inner.reads_asides()
    }

    fn encode(&self, batch: &PackedPieces) -> Result<Hidden, ModelError> {
        let start = Instant::now();
        let hidden = self.inner.encode(batch)?;
        let took = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.meter.nanoseconds.fetch_add(took, Ordering::Relaxed);
        self.meter.pieces.fetch_add(batch.n_pieces() as u64, Ordering::Relaxed);
        self.meter.passes.fetch_add(batch.sequences().len() as u64, Ordering::Relaxed);
        Ok(hidden)
    }

    fn take_back(&self, states: Hidden) {
        self.inner.take_back(states);
    }
}

#[cfg(test)]
mod tests {
    use newstance_encoder::EncoderBackend;
    use newstance_model::{EncoderLoader, PackedPieces, Precision};

    use super::MeteredBackend;

    #[test]
    fn a_meter_counts_pieces_and_passes_and_begins_again() {
        let backend = MeteredBackend::new(Box::new(EncoderBackend::default()));
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/encoder/bert");
        let encoder = backend.load(folder.as_ref(), Precision::F32).unwrap();
        let mut batch = PackedPieces::default();
        batch.push_text(&[1; 2], &[0; 2]);
        batch.push_text(&[1; 3], &[0; 3]);
        encoder.encode(&batch).unwrap();
        encoder.encode(&batch).unwrap();
        let [reading] = backend.take().try_into().unwrap();
        assert_eq!((reading.checkpoint.as_str(), reading.pieces, reading.passes), ("bert", 10, 4));
        assert!(reading.busy.as_nanos() > 0);
        assert_eq!(backend.take()[0].pieces, 0);
    }
}
