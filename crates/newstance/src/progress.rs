//! How far a run is: a bar in a terminal, a plain line now and then elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use newstance_pipeline::Progress;

const LINE_EVERY: Duration = Duration::from_secs(10);

/// Shows progress on stderr.
#[derive(Debug)]
pub(crate) struct ProgressDisplay {
    bar: Option<ProgressBar>,
    start: Instant,
    last_line: Instant,
}

impl ProgressDisplay {
    /// A bar where stderr is a terminal, else lines.
    pub(crate) fn new() -> Self {
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
            let template = "{spinner} {msg}  [{bar:30}] {percent:>3}%  {eta} left";
            bar.set_style(
                ProgressStyle::with_template(template).expect("the template is well formed"),
            );
            bar
        });
        let now = Instant::now();
        Self { bar, start: now, last_line: now }
    }

    /// Takes news of the run.
    pub(crate) fn update(&mut self, progress: Progress) {
        let seconds = self.start.elapsed().as_secs_f64().max(1e-3);
        let message = message(progress, seconds);
        if let Some(bar) = &self.bar {
            if let Some(total) = progress.bytes_total {
                bar.set_length(total);
                bar.set_position(progress.bytes_read.min(total));
            }
            bar.set_message(message);
        } else if self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            say(&format!("{message}{}", share(progress, seconds)));
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Writes a line to stderr; a closed stderr is nobody's problem.
pub(crate) fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

#[expect(clippy::cast_precision_loss, reason = "rates are shown to three digits")]
fn message(progress: Progress, seconds: f64) -> String {
    let counts = progress.counts;
    let problems = match counts.problems {
        0 => String::new(),
        n => format!(", {n} problems"),
    };
    format!(
        "{} articles, {:.1}/s, {:.0} words/s{problems}",
        counts.articles,
        counts.articles as f64 / seconds,
        counts.words as f64 / seconds
    )
}

#[expect(clippy::cast_precision_loss, reason = "a share is shown to two digits")]
fn share(progress: Progress, seconds: f64) -> String {
    let Some(total) = progress.bytes_total.filter(|&total| total > 0) else { return String::new() };
    let done = (progress.bytes_read as f64 / total as f64).clamp(1e-6, 1.0);
    let left = Duration::from_secs_f64(seconds / done - seconds);
    format!(", {:.0} % read, about {} left", 100.0 * done, HumanDuration(left))
}
