//! A check as `JUnit` XML, which every CI reads.

use std::fmt;

use crate::check::{CheckReport, CheckedCase, CheckedScore, CheckedTask, Verdict};

/// A check as `JUnit` XML: one suite a task, one test a score or slice; a suite of
/// behaviour cases. What cannot be judged, and a case that failed before, is skipped.
#[derive(Clone, Copy, Debug)]
pub struct JunitXml<'r>(pub &'r CheckReport);

impl fmt::Display for JunitXml<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self.0)
    }
}

fn write(text: &mut fmt::Formatter<'_>, report: &CheckReport) -> fmt::Result {
    writeln!(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(text, "<testsuites name=\"newstance check\">")?;
    for task in &report.tasks {
        write_task(text, task)?;
    }
    if !report.cases.is_empty() {
        let n_broken = report.cases.iter().filter(|case| case.is_broken()).count();
        open_suite(text, "behaviour", report.cases.len(), n_broken)?;
        for case in &report.cases {
            write_case(text, case)?;
        }
        writeln!(text, "  </testsuite>")?;
    }
    writeln!(text, "</testsuites>")
}

fn open_suite(text: &mut fmt::Formatter<'_>, name: &str, n: usize, n_failed: usize) -> fmt::Result {
    let name = escaped(name);
    writeln!(text, "  <testsuite name=\"{name}\" tests=\"{n}\" failures=\"{n_failed}\">")
}

fn write_task(text: &mut fmt::Formatter<'_>, task: &CheckedTask) -> fmt::Result {
    let name = format!("{} on {}", task.task, task.gold);
    let is_worse = |score: &&CheckedScore| score.verdict == Verdict::Worse;
    let n_worse = task.scores.iter().filter(is_worse).count();
    open_suite(text, &name, task.scores.len(), n_worse)?;
    for CheckedScore { difference: d, verdict } in &task.scores {
        let slice = d.slice.as_ref().map_or(String::new(), |slice| format!(" in {slice}"));
        let figures = format!("{:.2} -> {:.2} ({:+.2})", d.before, d.after, d.gain);
        let inside = match verdict {
            Verdict::Worse => Some(format!("<failure message=\"{}\"/>", escaped(&figures))),
            Verdict::TooFew => Some("<skipped message=\"too few examples\"/>".to_owned()),
            Verdict::Better | Verdict::Same => None,
        };
        write_test(text, (&name, &format!("{}{slice}", d.score)), inside.as_deref())?;
    }
    writeln!(text, "  </testsuite>")
}

fn write_case(text: &mut fmt::Formatter<'_>, case: &CheckedCase) -> fmt::Result {
    let told = format!("{} expected: {}; came: {}", case.sentence, case.expected, case.came);
    let inside = if case.is_broken() {
        Some(format!("<failure message=\"{}\"/>", escaped(&told)))
    } else if case.passes {
        None
    } else {
        Some(format!("<skipped message=\"{}\"/>", escaped(&format!("known to fail: {told}"))))
    };
    write_test(text, ("behaviour", &case.id), inside.as_deref())
}

fn write_test(
    text: &mut fmt::Formatter<'_>,
    of: (&str, &str),
    inside: Option<&str>,
) -> fmt::Result {
    let (class, name) = (escaped(of.0), escaped(of.1));
    write!(text, "    <testcase classname=\"{class}\" name=\"{name}\"")?;
    match inside {
        Some(inside) => writeln!(text, ">{inside}</testcase>"),
        None => writeln!(text, "/>"),
    }
}

/// Text as an attribute may hold it: XML 1.0 has no control characters.
fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '\n' | '\t' | '\r' => result.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => result.push('\u{fffd}'),
            c => result.push(c),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::JunitXml;
    use crate::{CheckReport, CheckedCase};

    fn case(passes: bool, passed_before: bool) -> CheckedCase {
        CheckedCase {
            id: "quotes & marks".to_owned(),
            sentence: "\"Never,\" said <Ana>\u{7}.".to_owned(),
            expected: "denies".to_owned(),
            came: "affirms".to_owned(),
            passes,
            passed_before: Some(passed_before),
        }
    }

    #[test]
    fn only_what_broke_is_a_failure() {
        let cases = vec![case(false, true), case(false, false), case(true, true)];
        let xml = JunitXml(&CheckReport { cases, ..CheckReport::default() }).to_string();
        assert!(xml.contains("tests=\"3\" failures=\"1\""), "{xml}");
        assert_eq!((xml.matches("<failure").count(), xml.matches("<skipped").count()), (1, 1));
    }

    #[test]
    fn whatever_a_sentence_holds_the_xml_is_well_formed() {
        let cases = vec![case(false, true)];
        let xml = JunitXml(&CheckReport { cases, ..CheckReport::default() }).to_string();
        assert!(xml.contains("&quot;Never,&quot; said &lt;Ana&gt;\u{fffd}."), "{xml}");
        assert!(xml.contains("quotes &amp; marks"), "{xml}");
    }
}
