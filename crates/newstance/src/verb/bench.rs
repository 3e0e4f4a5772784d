//! `bench`: how fast articles are read, and where the time goes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use newstance_doc::Span;
use newstance_model::{EncoderLoader, WordText};
use newstance_pipeline::{Counts, RunOptions, annotate_corpus};
use newstance_settings::{backends, set_threads};
use newstance_tokenize::words;
use rayon::prelude::*;
use serde::Serialize;

use crate::Outcome;
use crate::archive::open_archive;
use crate::args::{BenchArgs, TablesArgs};
use crate::meter::{MeteredBackend, Reading};
use crate::session::{Session, read_settings};
use crate::verb::aggregate::aggregate_into;

/// Lines that are read together.
const LINES: usize = 64;

/// What is being measured, loaded once.
struct Bench<'a> {
    args: &'a BenchArgs,
    session: Session,
    backends: Vec<MeteredBackend>,
}

/// One measurement: everything, with that many threads.
#[derive(Debug, Serialize)]
struct Measurement {
    threads: usize,
    articles: u64,
    sentences: u64,
    words: u64,
    /// Wall time of what is shown as a rate: `annotate`, or reading all lines.
    seconds: f64,
    /// Wall time of `aggregate`; none for lines.
    aggregate_seconds: Option<f64>,
    encoders: Vec<EncoderShare>,
}

/// What an encoder had to do with it.
#[derive(Debug, Serialize)]
struct EncoderShare {
    checkpoint: String,
    pieces: u64,
    /// Sequences that were read.
    passes: u64,
    /// Pieces a second and thread while it was at work.
    pieces_per_second: f64,
    /// Of the threads' time.
    share: f64,
}

/// Runs the verb.
pub(crate) fn run(args: &BenchArgs) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let settings = read_settings(&args.settings)?;
    if args.sentences.is_none() {
        // Looked for before models are loaded, and opened anew in each round.
        open_archive(&args.inputs, &settings.corpus)?;
    }
    let instruction_set = settings.models.instruction_set();
    let backends: Vec<_> = backends(&settings)?.into_iter().map(MeteredBackend::new).collect();
    let loaders: Vec<_> = backends.iter().map(|backend| backend as &dyn EncoderLoader).collect();
    let session = Session::load(settings, &loaders)?;
    let loaded = start.elapsed();

    let bench = Bench { args, session, backends };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let most = args.settings.threads.unwrap_or(cores).max(1);
    let mut out = anstream::stdout().lock();
    if !args.json {
        let (precisions, took) = (bench.precisions(), loaded.as_secs_f64());
        let place = match &bench.session.device {
            Some(device) => format!("libtorch, {device}"),
            None => instruction_set.to_string(),
        };
        writeln!(out, "{precisions} on {place}, loaded in {took:.2} s")?;
    }
    // Powers of two, and what there is.
    let mut threads: Vec<usize> =
        std::iter::successors(Some(1), |n| Some(n * 2)).take_while(|n| *n < most).collect();
    threads.push(most);
    let mut alone = None;
    for threads in threads {
        let measurement = bench.median(threads)?;
        let alone = *alone.get_or_insert(measurement.seconds);
        if args.json {
            writeln!(out, "{}", serde_json::to_string(&measurement)?)?;
        } else {
            print(&mut out, &measurement, alone)?;
        }
    }
    if let (Some(kib), false) = (peak_kib(), args.json) {
        writeln!(out, "peak memory: {} MB", kib * 1024 / 1_000_000)?;
    }
    Ok(Outcome::Done)
}

impl Bench<'_> {
    /// The measurement whose time is the median of all rounds.
    fn median(&self, threads: usize) -> anyhow::Result<Measurement> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .context("cannot start the threads")?;
        set_threads(threads);
        let mut rounds = Vec::new();
        for _ in 0..self.args.rounds {
            self.take();
            rounds.push(pool.install(|| match &self.args.sentences {
                Some(path) => self.read_lines(path, threads),
                None => self.read_articles(threads),
            })?);
        }
        rounds.sort_by(|left, right| left.seconds.total_cmp(&right.seconds));
        let middle = rounds.len() / 2;
        Ok(rounds.swap_remove(middle))
    }

    /// What each checkpoint is run in.
    fn precisions(&self) -> String {
        let checkpoints = self.session.bundle.checkpoints();
        let named: Vec<String> =
            checkpoints.map(|(name, entry)| format!("{name} {}", entry.precision)).collect();
        named.join(", ")
    }

    /// What each encoder did since the last time.
    fn take(&self) -> Vec<Reading> {
        self.backends.iter().flat_map(MeteredBackend::take).collect()
    }

    fn read_articles(&self, threads: usize) -> anyhow::Result<Measurement> {
        let folder = Scratch::create()?;
        let mut reader = open_archive(&self.args.inputs, &self.session.settings.corpus)?;
        let options = RunOptions { limit: self.args.limit, ..RunOptions::default() };
        let start = Instant::now();
        let annotator = &self.session.annotator;
        let counts = annotate_corpus(annotator, &mut reader, &folder.0, options, &mut |_| ())?;
        let annotate = start.elapsed();
        let encoders = self.take();
        let start = Instant::now();
        let folders = std::slice::from_ref(&folder.0);
        aggregate_into(&self.session, folders, &folder.0, &TablesArgs::default())?;
        let aggregate = Some(start.elapsed().as_secs_f64());
        let measured = Measurement::new(threads, counts, annotate, &encoders);
        Ok(Measurement { aggregate_seconds: aggregate, ..measured })
    }

    fn read_lines(&self, path: &Path, threads: usize) -> anyhow::Result<Measurement> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read `{}`", path.display()))?;
        let text_of = |line| WordText {
            words: words(line, Span::new(0, line.len())).iter().map(|word| word.of(line)).collect(),
            sentence_starts: vec![0],
            paragraph_starts: vec![0],
            ..WordText::default()
        };
        let lines: Vec<WordText<'_>> =
            text.lines().map(text_of).filter(|line| !line.words.is_empty()).collect();
        let taggers = self.session.models.token_classifiers_for(&["ner", "attribution"])?;
        let start = Instant::now();
        lines.par_chunks(LINES).try_for_each(|lines| {
            taggers.iter().try_for_each(|tagger| tagger.score_words(lines).map(|_| ()))
        })?;
        let took = start.elapsed();
        let counts = Counts {
            sentences: lines.len() as u64,
            words: lines.iter().map(|line| line.words.len() as u64).sum(),
            ..Counts::default()
        };
        Ok(Measurement::new(threads, counts, took, &self.take()))
    }
}

impl Measurement {
    fn new(threads: usize, counts: Counts, took: Duration, encoders: &[Reading]) -> Self {
        let seconds = took.as_secs_f64();
        let share = |reading: &Reading| EncoderShare {
            checkpoint: reading.checkpoint.clone(),
            pieces: reading.pieces,
            passes: reading.passes,
            pieces_per_second: rate(reading.pieces, reading.busy.as_secs_f64()),
            share: reading.busy.as_secs_f64() / (seconds * rate(threads as u64, 1.0)),
        };
        Self {
            threads,
            articles: counts.articles,
            sentences: counts.sentences,
            words: counts.words,
            seconds,
            aggregate_seconds: None,
            encoders: encoders.iter().filter(|reading| reading.pieces > 0).map(share).collect(),
        }
    }
}

fn print(out: &mut dyn Write, measured: &Measurement, alone: f64) -> anyhow::Result<()> {
    let Measurement { threads, articles, sentences, words, seconds, .. } = measured;
    let speed_up = alone / seconds;
    let pieces: u64 = measured.encoders.iter().map(|encoder| encoder.pieces).sum();
    write!(out, "{threads} thread{}: ", if *threads == 1 { "" } else { "s" })?;
    if *articles > 0 {
        write!(out, "{:.2} articles/s, ", rate(*articles, *seconds))?;
    }
    let (words, pieces) = (rate(*words, *seconds), rate(pieces, *seconds));
    writeln!(out, "{words:.0} words/s, {pieces:.0} pieces/s, {speed_up:.2} times one thread")?;
    for encoder in &measured.encoders {
        let EncoderShare { checkpoint, pieces, passes, pieces_per_second, share } = encoder;
        write!(
            out,
            "  {checkpoint}: {:.0} % of the time, {pieces_per_second:.0} pieces/s a thread, {:.2} \
             passes a sentence of {:.0} pieces",
            100.0 * share,
            rate(*passes, rate(*sentences, 1.0)),
            rate(*pieces, rate(*passes, 1.0)),
        )?;
        if *articles > 0 {
            write!(out, ", {:.0} pieces an article", rate(*pieces, rate(*articles, 1.0)))?;
        }
        writeln!(out)?;
    }
    if let Some(aggregate) = measured.aggregate_seconds {
        let share = 1.0 - measured.encoders.iter().map(|encoder| encoder.share).sum::<f64>();
        writeln!(out, "  all else in `annotate`: {:.0} % of the time", 100.0 * share)?;
        writeln!(out, "  `aggregate`: {aggregate:.1} s after {seconds:.1} s of `annotate`")?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "rates are shown to a few digits")]
fn rate(n: u64, per: f64) -> f64 {
    n as f64 / per
}

/// A folder that vanishes.
struct Scratch(PathBuf);

impl Scratch {
    fn create() -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("newstance-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make `{}`", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left in a temporary folder does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The most memory that this process has held, where the system tells.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
