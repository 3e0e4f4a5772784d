//! What a speaker does with a content, by cue and negation.

use std::ops::Range;

use newstance_doc::Force;

use crate::ForceLexicon;
use crate::lexicon::fold;
use crate::paragraph::Paragraph;

/// Where a cue stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CueContext<'a> {
    pub(crate) paragraph: &'a Paragraph<'a>,
    /// The content that it attributes, in words of the paragraph.
    pub(crate) content: &'a [Range<usize>],
}

/// A word in or beside a cue.
#[derive(Debug)]
struct CueWord {
    idx: usize,
    is_cue: bool,
}

/// A stretch of cue words that the lexicon knows.
#[derive(Clone, Debug)]
struct Match {
    /// Into the list of cue words.
    words: Range<usize>,
    force: Force,
}

/// What may stand before a cue and belong to it, although the tagger left it out.
const BEFORE: [&str; 44] = [
    "do", "does", "did", "don", "doesn", "didn", "has", "have", "had", "hasn", "haven", "hadn",
    "is", "are", "was", "were", "isn", "wasn", "weren", "will", "would", "won", "wouldn", "can",
    "could", "cannot", "couldn", "'", "t", "not", "never", "no", "neither", "nor", "also",
    "longer", "to", "refused", "declined", "failed", "refuses", "declines", "yet", "n",
];
const MAX_BEFORE_WORDS: usize = 4;
/// "called [for ...]", "denied [that ...]": a cue's last word may be in its content.
const MAX_AFTER_WORDS: usize = 2;
const NEGATORS: [&str; 9] =
    ["not", "never", "cannot", "neither", "nor", "without", "hardly", "no", "nobody"];
const REFUSALS: [&str; 10] = [
    "refused",
    "refuses",
    "refusing",
    "declined",
    "declines",
    "declining",
    "failed",
    "fails",
    "failing",
    "unable",
];
/// Nouns of what was said, after a verb that tells what is done with it.
const SPEECH_NOUNS: [&str; 24] = [
    "claim",
    "claims",
    "allegation",
    "allegations",
    "report",
    "reports",
    "suggestion",
    "suggestions",
    "accusation",
    "accusations",
    "assertion",
    "assertions",
    "rumour",
    "rumours",
    "rumor",
    "rumors",
    "charge",
    "charges",
    "notion",
    "idea",
    "statement",
    "statements",
    "speculation",
    "warnings",
];
/// Who does not do one of these (by the beginning of the word) leaves open whether it is so.
const REPORTING: [&str; 36] = [
    "say", "said", "tell", "told", "confirm", "comment", "disclos", "specif", "mention", "explain",
    "elaborat", "announc", "reveal", "report", "identif", "provid", "discuss", "address",
    "respond", "clarif", "know", "knew", "indicat", "stat", "claim", "declar", "describ", "detail",
    "speculat", "releas", "repl", "answer", "suggest", "argu", "alleg", "assert",
];

/// The force of a statement with this `cue` (words of the paragraph, possibly
/// in parts, none for no cue).
///
/// - Of several cues that the lexicon knows in one ("denied it, saying") the
///   nearest to the content counts; "rejected claims that" is one, by its verb.
/// - "did not believe", "does not expect" deny; "did not say", "refused to
///   say", "did not deny" leave it open and question; "cannot deny", "never
///   doubted" affirm; demands stay demands.
/// - "asked/told X to ..." and "asked X for ..." demand; "no evidence" denies;
///   "said it would" (all of it cue) promises.
/// - What the lexicon does not know affirms, or denies where it is negated.
///
/// Negation inside the content is not looked at: that is what is said.
pub(crate) fn of_cue(
    context: &CueContext<'_>,
    cue: &[Range<usize>],
    lexicon: &ForceLexicon,
) -> Force {
    let words = cue_words(context, cue);
    if words.is_empty() {
        return Force::Affirms;
    }
    let folded: Vec<String> = words.iter().map(|word| fold(context.word(word.idx))).collect();
    if folded.windows(2).zip(&words).any(|(two, word)| word.is_cue && two == ["no", "evidence"]) {
        return Force::Denies;
    }
    let matches = matches(&words, &folded, lexicon);
    let chosen = choose(context, &words, &folded, &matches);
    let (verb, force) = match chosen {
        Some(found) => (found.words.clone(), found.force),
        None => (words.iter().position(|w| w.is_cue).map_or(0..0, |i| i..i + 1), Force::Affirms),
    };
    let verb_words = &folded[verb.clone()];
    if is_request(context, &words[verb.clone()], verb_words) {
        return Force::Demands;
    }
    if force == Force::Affirms && ends_with_will(&words, &folded) {
        return Force::Promises;
    }
    let before = &folded[verb.start.saturating_sub(MAX_BEFORE_WORDS)..verb.start];
    let refuses = before.iter().any(|word| REFUSALS.contains(&word.as_str()));
    if refuses || is_negated(before) {
        let reports = verb_words
            .first()
            .is_some_and(|verb| REPORTING.iter().any(|stem| verb.starts_with(stem)));
        let concedes =
            before.iter().any(|word| matches!(word.as_str(), "cannot" | "can" | "could"));
        negated(force, refuses || reports, concedes)
    } else {
        force
    }
}

impl<'a> CueContext<'a> {
    fn word(&self, idx: usize) -> &'a str {
        self.paragraph.words[idx].of(self.paragraph.text)
    }

    fn is_content(&self, idx: usize) -> bool {
        self.content.iter().any(|part| part.contains(&idx))
    }
}

/// The cue's words, with what may belong to it before and after each part.
fn cue_words(context: &CueContext<'_>, cue: &[Range<usize>]) -> Vec<CueWord> {
    let mut words = Vec::new();
    for part in cue {
        let mut start = part.start;
        while start > 0
            && part.start - start < MAX_BEFORE_WORDS
            && !context.is_content(start - 1)
            && BEFORE.contains(&fold(context.word(start - 1)).as_str())
        {
            start -= 1;
        }
        let end = (part.end + MAX_AFTER_WORDS).min(context.paragraph.words.len());
        words.extend((start..end).map(|idx| CueWord { idx, is_cue: part.contains(&idx) }));
    }
    words.sort_by_key(|word| (word.idx, !word.is_cue));
    words.dedup_by_key(|word| word.idx);
    words
}

fn matches(words: &[CueWord], folded: &[String], lexicon: &ForceLexicon) -> Vec<Match> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < words.len() {
        // Words that follow each other in the text only.
        let run = (start + 1..words.len())
            .find(|&idx| words[idx].idx != words[idx - 1].idx + 1)
            .unwrap_or(words.len());
        let known = lexicon
            .longest_at(&folded[start..run])
            .filter(|(n, _)| words[start..start + n].iter().any(|word| word.is_cue));
        if let Some((n, force)) = known {
            found.push(Match { words: start..start + n, force });
            start += n;
        } else {
            start += 1;
        }
    }
    found
}

fn choose<'m>(
    context: &CueContext<'_>,
    words: &[CueWord],
    folded: &[String],
    matches: &'m [Match],
) -> Option<&'m Match> {
    let distance = |found: &Match| {
        let (first, last) = (words[found.words.start].idx, words[found.words.end - 1].idx);
        let to_part = |part: &Range<usize>| {
            if part.start > first {
                part.start.saturating_sub(last)
            } else {
                first + 1 - part.end.min(first + 1)
            }
        };
        context.content.iter().map(to_part).min()
    };
    let mut chosen = (0..matches.len()).min_by_key(|&idx| distance(&matches[idx]))?;
    while chosen > 0 && SPEECH_NOUNS.contains(&folded[matches[chosen].words.start].as_str()) {
        let before = &matches[chosen - 1];
        if matches[chosen].words.start - before.words.end > 2 {
            break;
        }
        chosen -= 1;
    }
    matches.get(chosen)
}

/// "asked them to go", "told her to stop", "asked China for help".
fn is_request(context: &CueContext<'_>, verb: &[CueWord], folded: &[String]) -> bool {
    let (Some(last), Some(word), Some(said)) =
        (verb.last(), folded.first(), context.content.first())
    else {
        return false;
    };
    if said.start <= last.idx {
        return false;
    }
    let next = fold(context.word(said.start));
    match word.as_str() {
        "ask" | "asks" | "asked" | "asking" => matches!(next.as_str(), "to" | "for"),
        "tell" | "tells" | "told" | "telling" => next == "to",
        _ => false,
    }
}

fn ends_with_will(words: &[CueWord], folded: &[String]) -> bool {
    let last = words.iter().zip(folded).rfind(|(word, _)| word.is_cue);
    last.is_some_and(|(_, word)| matches!(word.as_str(), "will" | "would" | "shall"))
}

fn is_negated(before: &[String]) -> bool {
    before.iter().enumerate().any(|(idx, word)| {
        NEGATORS.contains(&word.as_str())
            || word == "t" && idx.checked_sub(1).is_some_and(|i| before[i] == "'")
    })
}

fn negated(force: Force, leaves_open: bool, concedes: bool) -> Force {
    match force {
        Force::Affirms | Force::Predicts if leaves_open => Force::Questions,
        Force::Affirms | Force::Predicts => Force::Denies,
        Force::Denies if concedes => Force::Affirms,
        Force::Denies | Force::Promises => Force::Questions,
        Force::Questions => Force::Affirms,
        Force::Demands => Force::Demands,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Tagged;

    /// The force of the first statement.
    #[track_caller]
    fn check(tagged: &str, expected: &str) {
        let statements = Tagged::new(tagged).statements();
        let force = statements.first().map(|s| s.force.as_str());
        assert_eq!(force, Some(expected), "{tagged}");
    }

    #[test]
    fn the_cue_tells_the_force() {
        check("{S:He} {C:said} {T:that it rained}.", "affirms");
        check("{S:He} {C:denied} {T:that it rained}.", "denies");
        check("{S:He} {C:frobnicated} {T:that it rained}.", "affirms");
        check("{S:He} {C:called for} {T:an end to the war}.", "demands");
        check("{S:He} {C:called} {T:for an end to the war}.", "demands");
        check("{S:She} {C:urged} them {T:to leave}.", "demands");
        check("{S:They} {C:vowed} {T:to stay}.", "promises");
        check("{S:They} {C:warned} {T:that prices would rise}.", "predicts");
        check("{T:It rained}, {C:according to} {S:officials}.", "affirms");
        check("{T:It rained}.", "affirms");
    }

    #[test]
    fn a_denied_claim_is_denied_by_its_verb() {
        check("{S:Kyiv} {C:rejected claims} {T:that it had fired first}.", "denies");
        check("{S:Kyiv} {C:rejected} {T:claims that it had fired first}.", "denies");
        check("{S:Kyiv} {C:dismissed the report} {T:that it had fired first}.", "denies");
        check("{S:Kyiv} {C:found no evidence} {T:that it had fired first}.", "denies");
    }

    #[test]
    fn the_cue_nearest_to_the_content_counts() {
        check(
            "{S:He} also {C:denied the allegations, saying} {T:that it had the means}.",
            "affirms",
        );
        check("{S:He} also {C:denied} {T:the allegations}, saying so.", "denies");
    }

    #[test]
    fn a_negated_cue_denies_or_leaves_open() {
        check("{S:He} {C:does not believe} {T:that it rained}.", "denies");
        check("{S:He} does not {C:believe} {T:that it rained}.", "denies");
        check("{S:He} doesn’t {C:think} {T:it rained}.", "denies");
        check("{S:He} {C:did not say} {T:that it rained}.", "questions");
        check("{S:He} {C:did not deny} {T:that it rained}.", "questions");
        check("{S:He} {C:refused to confirm} {T:that it rained}.", "questions");
        check("{S:He} {C:could not deny} {T:that it rained}.", "affirms");
        check("{S:He} {C:did not expect} {T:that it would rain}.", "denies");
    }

    #[test]
    fn negation_in_the_content_is_what_is_said() {
        check("{S:He} {C:said} {T:that it had not rained}.", "affirms");
        check("{S:He} {C:said} {T:there was no evidence that it rained}.", "affirms");
    }

    #[test]
    fn asking_someone_to_do_it_demands() {
        check("{S:He} {C:asked} {T:whether it rained}.", "questions");
        check("{S:He} {C:asked} her {T:to leave}.", "demands");
        check("{S:He} {C:told} her {T:to leave}.", "demands");
        check("{S:He} {C:told} her {T:that it rained}.", "affirms");
    }
}
