//! Packed pieces to padded tensors, and states back.

use std::ops::Range;

use newstance_model::{Extent, PackedPieces};
use tch::{Device, Kind, Tensor};

/// What is added to the score of a piece that may not be read; far below any
/// score, within the range of every precision.
const UNREAD: f64 = -10_000.0;

/// No batch is narrower: rust-bert's `DeBERTa` takes a mask of one column for
/// one without columns.
const LEAST_PIECES: usize = 2;

/// Sequences side by side, each padded to the longest, asides behind their
/// text. Empty sequences are left out.
#[derive(Debug, Default)]
pub(crate) struct Padded {
    n_sequences: usize,
    longest: usize,
    /// `[sequences, longest]`, as are types and positions.
    ids: Vec<i64>,
    types: Vec<i64>,
    positions: Vec<i64>,
    /// The padded place of each piece, in packed order.
    places: Vec<i64>,
    /// 1 where a piece may be read: `[sequences, longest]`, or with asides
    /// `[sequences, longest, longest]`, readers first.
    reads: Vec<i8>,
    has_asides: bool,
}

/// The same on a device.
#[derive(Debug)]
pub(crate) struct PaddedTensors {
    /// `[sequences, longest]`
    pub(crate) ids: Tensor,
    /// `[sequences, longest]`
    pub(crate) types: Tensor,
    /// `[sequences, longest]`
    pub(crate) positions: Tensor,
    /// `[sequences, longest]` or `[sequences, longest, longest]`
    pub(crate) reads: Tensor,
    /// `[pieces]`
    places: Tensor,
}

impl Padded {
    /// Pads `batch` for a model whose first position is `first_position`.
    pub(crate) fn new(batch: &PackedPieces, first_position: usize) -> Self {
        let sequences: Vec<&Extent> =
            batch.sequences().iter().filter(|sequence| !sequence.all().is_empty()).collect();
        let longest = sequences.iter().map(|sequence| sequence.all().len()).max().unwrap_or(0);
        let longest = longest.max(LEAST_PIECES);
        let has_asides = sequences.iter().any(|sequence| !sequence.asides.is_empty());
        let n_places = sequences.len() * longest;
        let mut padded = Self {
            n_sequences: sequences.len(),
            longest,
            ids: vec![0; n_places],
            types: vec![0; n_places],
            positions: vec![integer(first_position); n_places],
            places: Vec::with_capacity(batch.n_pieces()),
            reads: vec![0; if has_asides { n_places * longest } else { n_places }],
            has_asides,
        };
        for (row, sequence) in sequences.into_iter().enumerate() {
            let start = row * longest;
            let pieces = sequence.all();
            let places = start..start + pieces.len();
            write(&mut padded.ids[places.clone()], &batch.ids()[pieces.clone()], 0);
            write(&mut padded.types[places.clone()], &batch.types()[pieces.clone()], 0);
            let positions = &batch.positions()[pieces];
            write(&mut padded.positions[places.clone()], positions, first_position);
            padded.places.extend(places.map(integer));
            padded.write_reads(row, sequence);
        }
        padded
    }

    /// True where there is no piece.
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Everything reads the text; an aside reads itself, too.
    fn write_reads(&mut self, row: usize, sequence: &Extent) {
        let longest = self.longest;
        let n_text = sequence.text.len();
        if !self.has_asides {
            self.reads[row * longest..row * longest + n_text].fill(1);
            return;
        }
        let start = row * longest * longest;
        let readers = self.reads[start..start + longest * longest].chunks_exact_mut(longest);
        let own = |reader: usize| -> Range<usize> {
            let reader = sequence.text.start + reader;
            let aside = sequence.asides.iter().find(|aside| aside.contains(&reader));
            aside.map_or(0..0, |aside| {
                aside.start - sequence.text.start..aside.end - sequence.text.start
            })
        };
        for (reader, reads) in readers.enumerate() {
            reads[..n_text].fill(1);
            reads[own(reader)].fill(1);
        }
    }

    /// Copies it to `device`.
    pub(crate) fn to_device(&self, device: Device) -> PaddedTensors {
        let (n_sequences, longest) = (integer(self.n_sequences), integer(self.longest));
        let tensor = |values: &[i64]| {
            Tensor::from_slice(values).view([n_sequences, longest]).to_device(device)
        };
        let shape: &[i64] = if self.has_asides {
            &[n_sequences, longest, longest]
        } else {
            &[n_sequences, longest]
        };
        PaddedTensors {
            ids: tensor(&self.ids),
            types: tensor(&self.types),
            positions: tensor(&self.positions),
            reads: Tensor::from_slice(&self.reads).view(shape).to_device(device),
            places: Tensor::from_slice(&self.places).to_device(device),
        }
    }
}

impl PaddedTensors {
    /// What is added to scores `[sequences, heads, readers, pieces]`: 0 where a
    /// piece may be read, much less elsewhere.
    pub(crate) fn added_to_scores(&self, kind: Kind) -> Tensor {
        let reads = if self.reads.dim() == 3 {
            self.reads.unsqueeze(1)
        } else {
            self.reads.unsqueeze(1).unsqueeze(1)
        };
        let unread: Tensor = 1 - reads;
        (unread * UNREAD).to_kind(kind)
    }

    /// The states of the pieces, packed as their input: `[pieces * size]` of
    /// `[sequences, longest, size]`.
    ///
    /// # Errors
    ///
    /// What libtorch says.
    pub(crate) fn unpad(&self, states: &Tensor) -> Result<Vec<f32>, tch::TchError> {
        let size = *states.size().last().unwrap_or(&0);
        let rows = states.f_reshape([-1, size])?.f_index_select(0, &self.places)?;
        Vec::try_from(rows.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?.f_reshape([-1])?)
    }
}

fn write(places: &mut [i64], values: &[u32], first: usize) {
    for (place, value) in places.iter_mut().zip(values) {
        *place = i64::from(*value) + integer(first);
    }
}

/// Numbers of pieces are small.
fn integer(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use newstance_model::PackedPieces;

    use super::Padded;

    #[test]
    fn sequences_are_padded_to_the_longest_and_empty_ones_left_out() {
        let mut batch = PackedPieces::default();
        batch.push_text(&[7, 8, 9], &[0, 1, 0]);
        batch.push_text(&[], &[]);
        batch.push_text(&[5], &[3]);
        let padded = Padded::new(&batch, 2);
        assert_eq!(padded.ids, [7, 8, 9, 5, 0, 0]);
        assert_eq!(padded.types, [0, 1, 0, 3, 0, 0]);
        assert_eq!(padded.positions, [2, 3, 4, 2, 2, 2]);
        assert_eq!(padded.reads, [1, 1, 1, 1, 0, 0]);
        assert_eq!(padded.places, [0, 1, 2, 3]);
    }

    #[test]
    fn an_aside_reads_the_text_and_itself_and_nothing_reads_it() {
        let mut batch = PackedPieces::default();
        batch.push_text(&[7, 8], &[0, 0]);
        batch.push_aside(&[1], &[1]);
        batch.push_aside(&[2, 3], &[0, 1]);
        batch.push_text(&[5], &[0]);
        let padded = Padded::new(&batch, 0);
        assert_eq!(padded.positions, [0, 1, 1, 0, 1, 0, 0, 0, 0, 0]);
        let rows: Vec<&[i8]> = padded.reads.chunks(5).collect();
        assert_eq!(rows[0], [1, 1, 0, 0, 0]);
        assert_eq!(rows[2], [1, 1, 1, 0, 0]);
        assert_eq!(rows[3], [1, 1, 0, 1, 1]);
        assert_eq!(rows[4], [1, 1, 0, 1, 1]);
        assert_eq!(rows[5], [1, 0, 0, 0, 0]);
        assert_eq!(padded.places, [0, 1, 2, 3, 4, 5]);
    }
}
