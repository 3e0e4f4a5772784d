//! Says how often int8 gives the labels of f32, over the sentences of a file, one a line:
//! `cargo run --release -p newstance-encoder --example agreement -- models/default SENTENCES`.
//!
//! Words have a label of each head of the tagger. What the stance model is asked is how anyone, and the
//! outlet, stand to the first name of a sentence.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use newstance_doc::Span;
use newstance_encoder::EncoderBackend;
use newstance_model::{
    Bundle, HolderMark, Models, PairClassifier, PairInput, Precision, Scores, TokenClassifier,
    WordText,
};

const ROLES: [&str; 2] = ["ner", "attribution"];
/// Sentences that are read together; changes nothing.
const CHUNK: usize = 256;

/// The models of a bundle in one precision.
struct Side {
    tagger: Arc<dyn TokenClassifier>,
    stance: Arc<dyn PairClassifier>,
}

/// How many labels are the same, of how many.
#[derive(Clone, Copy, Default)]
struct Same {
    n: u64,
    of: u64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, file] = arguments.as_slice() else {
        return Err("usage: agreement BUNDLE SENTENCES".into());
    };
    let bytes = Side::load(Path::new(folder), Precision::Int8)?;
    let floats = Side::load(Path::new(folder), Precision::F32)?;
    let text = std::fs::read_to_string(file)?;
    let sentences: Vec<Vec<&str>> = text
        .lines()
        .map(|line| {
            let words = newstance_tokenize::words(line, Span::new(0, line.len()));
            words.into_iter().map(|word| word.of(line)).collect()
        })
        .filter(|words: &Vec<&str>| !words.is_empty())
        .collect();
    let mut words = [Same::default(); ROLES.len()];
    let mut whole = [Same::default(); ROLES.len()];
    let mut stances = [Same::default(); 2];
    for chunk in sentences.chunks(CHUNK) {
        let texts: Vec<WordText<'_>> = chunk.iter().map(|words| sentence(words)).collect();
        let (got, expected) =
            (bytes.tagger.score_words(&texts)?, floats.tagger.score_words(&texts)?);
        for (got, expected) in got.iter().zip(&expected) {
            for head in 0..ROLES.len() {
                let before = words[head];
                words[head].count(&got[head], &expected[head]);
                whole[head].of += 1;
                let are_all = words[head].n - before.n == words[head].of - before.of;
                whole[head].n += u64::from(are_all);
            }
        }
        let names = texts.iter().zip(&expected).filter_map(|(text, scores)| {
            let target = first_name(&scores[0])?;
            Some((text.words.clone(), target))
        });
        let names: Vec<(Vec<&str>, Range<usize>)> = names.collect();
        for (holder, same) in [HolderMark::Any, HolderMark::Outlet].into_iter().zip(&mut stances) {
            let ask = |(words, target): &(_, Range<usize>)| PairInput {
                words: Vec::clone(words),
                joined: Vec::new(),
                holder: holder.clone(),
                target: target.clone(),
            };
            let inputs: Vec<PairInput<'_>> = names.iter().map(ask).collect();
            same.count(&bytes.stance.score_pairs(&inputs)?, &floats.stance.score_pairs(&inputs)?);
        }
    }
    for (head, role) in ROLES.iter().enumerate() {
        println!("{role}: {} of words, {} of sentences", words[head], whole[head]);
    }
    println!("stance of anyone: {}, of the outlet: {}", stances[0], stances[1]);
    Ok(())
}

impl Side {
    fn load(folder: &Path, precision: Precision) -> Result<Self, Box<dyn std::error::Error>> {
        let bundle = Bundle::open(folder)?.with_precision(precision);
        let roles = [&ROLES[..], &["stance"]].concat();
        let models = Models::load_roles(&bundle, &[&EncoderBackend::default()], &roles)?;
        let mut taggers = models.token_classifiers_for(&ROLES)?;
        if taggers.len() > 1 {
            return Err("both roles of the tagger must be heads of one checkpoint".into());
        }
        Ok(Self { tagger: taggers.remove(0), stance: models.stance()? })
    }
}

impl Same {
    fn count(&mut self, got: &Scores, expected: &Scores) {
        for (got, expected) in got.rows().zip(expected.rows()) {
            self.of += 1;
            self.n += u64::from(highest(got) == highest(expected));
        }
    }
}

impl std::fmt::Display for Same {
    #[expect(clippy::cast_precision_loss, reason = "counts are below 2^52")]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2} % of {}", 100.0 * self.n as f64 / self.of as f64, self.of)
    }
}

fn sentence<'t>(words: &[&'t str]) -> WordText<'t> {
    let (sentence_starts, paragraph_starts) = (vec![0], vec![0]);
    WordText { words: words.to_vec(), sentence_starts, paragraph_starts, ..WordText::default() }
}

/// The first stretch of words that are not outside (column 0).
fn first_name(scores: &Scores) -> Option<Range<usize>> {
    let is_name: Vec<bool> = scores.rows().map(|row| highest(row) != 0).collect();
    let start = is_name.iter().position(|is_name| *is_name)?;
    let length = is_name[start..].iter().take_while(|is_name| **is_name).count();
    Some(start..start + length)
}

fn highest(row: &[f32]) -> usize {
    (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap_or(0)
}
