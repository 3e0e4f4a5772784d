//! How far a run is: a bar in a terminal, a plain line now and then elsewhere,
//! JSON for schedulers.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use newstance_pipeline::Progress;
use serde::Serialize;

use crate::args::ProgressForm;

const LINE_EVERY: Duration = Duration::from_secs(10);
const JSON_EVERY: Duration = Duration::from_secs(1);

/// Shows progress on stderr.
#[derive(Debug)]
pub(crate) struct ProgressDisplay {
    form: Form,
    start: Instant,
    last_line: Instant,
    last: Option<Progress>,
}

#[derive(Debug)]
enum Form {
    Bar(ProgressBar),
    Lines,
    Json,
    Nothing,
}

/// What is shown of a run, as JSON.
#[derive(Debug, PartialEq, Serialize)]
struct Report {
    articles: u64,
    articles_per_second: f64,
    words: u64,
    words_per_second: f64,
    problems: u64,
    bytes_read: u64,
    bytes_total: Option<u64>,
    /// Of the input's bytes as stored, so that compressed input counts right.
    share_done: Option<f64>,
    seconds: f64,
    seconds_left: Option<f64>,
}

impl ProgressDisplay {
    /// In the form that is asked for.
    pub(crate) fn new(form: ProgressForm) -> Self {
        let form = match form {
            ProgressForm::Auto if stderr().is_terminal() => Form::Bar(bar()),
            ProgressForm::Auto => Form::Lines,
            ProgressForm::Json => Form::Json,
            ProgressForm::None => Form::Nothing,
        };
        let now = Instant::now();
        Self { form, start: now, last_line: now, last: None }
    }

    /// Takes news of the run.
    pub(crate) fn update(&mut self, progress: Progress) {
        self.last = Some(progress);
        let report = Report::new(progress, self.start.elapsed());
        match &self.form {
            Form::Bar(bar) => {
                if let Some(total) = progress.bytes_total {
                    bar.set_length(total);
                    bar.set_position(progress.bytes_read.min(total));
                }
                bar.set_message(report.message());
            }
            Form::Lines if is_time(&mut self.last_line, LINE_EVERY) => {
                say(&format!("{}{}", report.message(), report.share()));
            }
            Form::Json if is_time(&mut self.last_line, JSON_EVERY) => report.say_json(),
            Form::Lines | Form::Json | Form::Nothing => {}
        }
    }

    /// Takes the bar away, or tells the end.
    pub(crate) fn finish(&self) {
        match (&self.form, self.last) {
            (Form::Bar(bar), _) => bar.finish_and_clear(),
            (Form::Json, Some(last)) => Report::new(last, self.start.elapsed()).say_json(),
            _ => {}
        }
    }
}

impl Report {
    #[expect(clippy::cast_precision_loss, reason = "rates are shown to a few digits")]
    fn new(progress: Progress, took: Duration) -> Self {
        let seconds = took.as_secs_f64().max(1e-3);
        let (counts, before) = (progress.counts, progress.counts_before);
        let rate = |now: u64, then: u64| (now - then) as f64 / seconds;
        let total = progress.bytes_total.filter(|&total| total > 0);
        let read_now = progress.bytes_read.saturating_sub(progress.bytes_before);
        let left = |total: u64| {
            let left = total.saturating_sub(progress.bytes_read);
            (read_now > 0).then(|| left as f64 * seconds / read_now as f64)
        };
        Self {
            articles: counts.articles,
            articles_per_second: rate(counts.articles, before.articles),
            words: counts.words,
            words_per_second: rate(counts.words, before.words),
            problems: counts.problems,
            bytes_read: progress.bytes_read,
            bytes_total: progress.bytes_total,
            share_done: total.map(|total| (progress.bytes_read as f64 / total as f64).min(1.0)),
            seconds,
            seconds_left: total.and_then(left),
        }
    }

    fn message(&self) -> String {
        let problems = match self.problems {
            0 => String::new(),
            n => format!(", {n} problems"),
        };
        format!(
            "{} articles, {:.1}/s, {:.0} words/s{problems}",
            self.articles, self.articles_per_second, self.words_per_second
        )
    }

    fn share(&self) -> String {
        let (Some(done), Some(left)) = (self.share_done, self.seconds_left) else {
            return String::new();
        };
        // A century is as good as never, and fits a duration.
        let left = Duration::from_secs_f64(left.min(3e9));
        format!(", {:.0} % read, about {} left", 100.0 * done, HumanDuration(left))
    }

    fn say_json(&self) {
        if let Ok(json) = serde_json::to_string(self) {
            say(&json);
        }
    }
}

/// Writes a line to stderr; a closed stderr is nobody's problem.
pub(crate) fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// True where that long has passed since `last`, which is then now.
fn is_time(last: &mut Instant, every: Duration) -> bool {
    let is_time = last.elapsed() >= every;
    if is_time {
        *last = Instant::now();
    }
    is_time
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
    let template = "{spinner} {msg}  [{bar:30}] {percent:>3}%  {eta} left";
    bar.set_style(ProgressStyle::with_template(template).expect("the template is well formed"));
    bar
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use newstance_pipeline::{Counts, Progress};

    use super::Report;

    #[test]
    fn rates_and_the_time_left_are_of_this_sitting() {
        let progress = Progress {
            counts: Counts { articles: 130, words: 3000, ..Counts::default() },
            counts_before: Counts { articles: 100, words: 1000, ..Counts::default() },
            bytes_read: 600,
            bytes_before: 500,
            bytes_total: Some(1000),
        };
        let report = Report::new(progress, Duration::from_secs(10));
        let rates = (report.articles_per_second, report.words_per_second);
        assert_eq!((report.articles, rates), (130, (3.0, 200.0)));
        assert_eq!((report.share_done, report.seconds_left), (Some(0.6), Some(40.0)));
        assert_eq!(report.message(), "130 articles, 3.0/s, 200 words/s");
        assert_eq!(report.share(), ", 60 % read, about 40 seconds left");
    }

    #[test]
    fn where_the_size_is_not_known_nothing_is_said_of_it() {
        let progress = Progress {
            counts: Counts::default(),
            counts_before: Counts::default(),
            bytes_read: 5,
            bytes_before: 0,
            bytes_total: None,
        };
        let report = Report::new(progress, Duration::ZERO);
        assert_eq!((report.share_done, report.seconds_left), (None, None));
        assert_eq!(report.share(), "");
    }
}
