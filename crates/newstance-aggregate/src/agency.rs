//! Whose text an article says that it prints.
//!
//! Each pattern was read on a sample of two archives (`data/wire`): of 92
//! credits all were right. What only says that an agency contributed, and the
//! credit of a picture, is none.

use std::sync::LazyLock;

use regex::Regex;

/// Where in a text a pattern is looked for, in characters.
enum Part {
    First(usize),
    Last(usize),
}

/// An agency as articles name it, and its name.
const AGENCIES: &[(&str, &str)] = &[
    ("associated press", "Associated Press"),
    ("ap", "Associated Press"),
    ("thomson reuters", "Reuters"),
    ("reuters", "Reuters"),
    ("reuter", "Reuters"),
    ("agence france-presse", "Agence France-Presse"),
    ("afp", "Agence France-Presse"),
    ("united press international", "United Press International"),
    ("upi", "United Press International"),
    ("bloomberg news", "Bloomberg"),
    ("bloomberg", "Bloomberg"),
    ("xinhua", "Xinhua"),
    ("tass", "TASS"),
    ("pti", "Press Trust of India"),
    ("kyodo", "Kyodo News"),
    ("dpa", "dpa"),
];

static PATTERNS: LazyLock<Vec<(Part, Regex)>> = LazyLock::new(|| {
    let short = "AP|Reuters|REUTERS|AFP|UPI|Xinhua|Bloomberg|dpa|TASS|PTI|Kyodo";
    let full = "Associated Press|Thomson Reuters|Reuters|Agence France-Presse|Bloomberg News|\
                United Press International";
    let pattern =
        |part, pattern: &str| (part, Regex::new(pattern).expect("it is fixed and tested"));
    vec![
        // A place, the agency in brackets and a dash begin a paragraph.
        pattern(
            Part::First(1500),
            &format!(
                r"(?m)^[ \t]*(?:\p{{Lu}}[\w .,'’/()-]{{0,70}}?\s)?\((?<agency>{short})\)\s*[-–—]{{1,2}}\s"
            ),
        ),
        // The whole is the agency's; of a picture there is more to the line.
        pattern(
            Part::Last(700),
            &format!(
                r"(?im)(?:^|[.!?”\x22]\s*|\|\s*)(?:copyright|©|\(c\))\s*(?:©\s*)?(?:\d{{4}}\s*)?(?:the )?(?<agency>{full}|AFP|Bloomberg)\b"
            ),
        ),
        pattern(
            Part::Last(900),
            &format!(
                r"This (?:story|article|report) (?:was|is) (?:reported|written|provided|published) (?:by|from) (?:[Tt]he )?(?<agency>{full})\b"
            ),
        ),
        pattern(
            Part::Last(900),
            r"(?<agency>Associated Press|\bAP|Reuters) (?:\w+ )?(?:[Ww]riters?|[Rr]eporters?|[Cc]orrespondents?|[Jj]ournalists?)\s+\p{Lu}[^.\n]{3,300}?(?:contributed|reported)",
        ),
        // The agency's own end of a despatch.
        pattern(Part::Last(40), r"(?:^|\n)\s*(?<agency>Reuter|REUTER|REUTERS)\s*\W{0,3}\s*$"),
    ]
});

/// The agency that `text` credits as its source; none where it credits none.
pub(crate) fn agency(text: &str) -> Option<&'static str> {
    PATTERNS.iter().find_map(|(part, pattern)| {
        let found = pattern.captures(part.of(text))?;
        let named = found.name("agency")?.as_str().to_lowercase();
        AGENCIES.iter().find(|(known, _)| *known == named).map(|(_, name)| *name)
    })
}

impl Part {
    fn of<'t>(&self, text: &'t str) -> &'t str {
        match *self {
            Self::First(n) => {
                let end = text.char_indices().nth(n).map_or(text.len(), |(end, _)| end);
                text.split_at(end).0
            }
            Self::Last(n) => {
                let start = text.char_indices().rev().nth(n - 1).map_or(0, |(start, _)| start);
                text.split_at(start).1
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::agency;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(agency(text), expected, "{text}");
    }

    #[test]
    fn a_dateline_names_the_agency() {
        check("LONDON (Reuters) - It rained.", Some("Reuters"));
        check("A caption.\n\nST. PAUL, Minn. (AP) — It rained.", Some("Associated Press"));
        check(
            "Ramallah (Palestinian Territories) (AFP) – It rained.",
            Some("Agence France-Presse"),
        );
        check("He works for Reuters (AP reported it).", None);
    }

    #[test]
    fn a_line_at_the_end_names_the_agency() {
        check(
            "It rained.\n\nCopyright 2020 The Associated Press. All rights reserved.",
            Some("Associated Press"),
        );
        check("It rained. © 2016 Thomson Reuters", Some("Reuters"));
        check(
            "It rained. This story was reported by The Associated Press.",
            Some("Associated Press"),
        );
        check(
            "It rained.\n___\nAP writer Ann Doe in Oslo contributed to this report.",
            Some("Associated Press"),
        );
        check("It rained.\n REUTER\n", Some("Reuters"));
    }

    #[test]
    fn pictures_and_contributions_are_no_credit() {
        check("It rained.\nImage copyright Reuters\nIt rained on.", None);
        check("It rained. The Associated Press contributed to this report.", None);
        check(&format!("{}LONDON (Reuters) - It rained.", "It rained. ".repeat(200)), None);
    }
}
