//! Whether a clause says that something is not so.

use std::collections::BTreeSet;

const NEGATORS: &[&str] = &[
    "not", "never", "no", "none", "nobody", "nothing", "neither", "cannot", "nowhere", "without",
    "cant",
];
/// What stays of "hasn't" where the words end at the apostrophe.
const CONTRACTED: &[&str] = &[
    "isn", "aren", "wasn", "weren", "hasn", "haven", "hadn", "don", "doesn", "didn", "won",
    "wouldn", "can", "couldn", "shouldn", "mustn", "needn", "ain", "mightn", "shan", "oughtn",
    "daren",
];
const UNTRUTHS: &[&str] = &[
    "false",
    "untrue",
    "baseless",
    "unfounded",
    "groundless",
    "rubbish",
    "nonsense",
    "denied",
    "denies",
    "deny",
    "denying",
    "refuted",
    "lies",
    "fabricated",
];
/// After "not": not a negation of what is said.
const FOCUS: &[&str] = &["only", "just", "merely"];

/// The words of a clause that negate it, as indices, in order.
///
/// "without" negates only where it opens the clause; "not only" and "no
/// doubt" negate nothing.
pub(crate) fn negators(words: &[&str]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for (idx, word) in words.iter().enumerate() {
        let next = words.get(idx + 1).copied().unwrap_or("");
        let is_contraction = CONTRACTED.contains(word)
            && matches!(next, "'" | "’")
            && words.get(idx + 2).is_some_and(|word| *word == "t");
        if is_contraction {
            found.extend([idx, idx + 2]);
        } else if *word == "without" && idx > 0
            || *word == "not" && FOCUS.contains(&next)
            || *word == "no" && words.iter().skip(idx + 1).take(3).any(|word| *word == "doubt")
        {
            // Said of a part of the clause, or not at all.
        } else if NEGATORS.contains(word) || UNTRUTHS.contains(word) {
            found.insert(idx);
        }
    }
    found
}

/// True where the clause is negated: an odd number of negations, a contraction
/// counted once.
pub(crate) fn is_negated(words: &[&str]) -> bool {
    let n_contracted_ends =
        |found: &BTreeSet<usize>| found.iter().filter(|idx| words[**idx] == "t").count();
    let found = negators(words);
    (found.len() - n_contracted_ends(&found)) % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::is_negated;
    use crate::clauses::clause_words;

    #[track_caller]
    fn check(clause: &str, expected: bool) {
        let words = clause_words(clause);
        let words: Vec<&str> = words.iter().map(|word| word.lower.as_str()).collect();
        assert_eq!(is_negated(&words), expected, "{clause}");
    }

    #[test]
    fn a_negated_clause_is_told_from_an_affirmed_one() {
        check("Moscow had not asked China for help", true);
        check("Moscow had asked China for help", false);
        check("she hadn’t been warned", true);
        check("No water has been withheld", true);
        check("nobody in the government knew", true);
        check("the claims of withheld water were false", true);
        check("neither bank nor court paid", true);
    }

    #[test]
    fn two_negations_affirm() {
        check("it is not false that rain fell", false);
        check("he never denied the sale", false);
    }

    #[test]
    fn some_negators_negate_nothing() {
        check("not only gates were shut", false);
        check("there was no longer any doubt that engines came", false);
        check("Zambia closed the gates without notice", false);
    }
}
