//! Where a text is cut for a model that cannot read it at once.

use std::ops::Range;

use crate::manifest::Context;

/// A part of a text that is read on one pass.
pub(crate) type Window = Vec<Stretch>;

/// Words that stand together in a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// The paragraph that they belong to.
    pub(crate) paragraph: usize,
    /// The words that the model sees.
    pub(crate) words: Range<usize>,
    /// Those among them that take their scores from here.
    pub(crate) scored: Range<usize>,
}

/// Where a text may be cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cuts<'t> {
    pub(crate) paragraph_starts: &'t [usize],
    pub(crate) sentence_starts: &'t [usize],
    /// How much stands in a window at most.
    pub(crate) context: Context,
}

/// The windows of a text whose words have `sizes` pieces, each at most
/// `capacity`; every word is scored in exactly one.
///
/// A window holds whole paragraphs with a separator of one piece between them,
/// else whole sentences of one, else a stretch of a sentence. Stretches of one
/// sentence overlap; a word is scored where it is farther from the cut. Where
/// the context is a sentence, no window holds two.
pub(crate) fn windows(cuts: Cuts<'_>, sizes: &[usize], capacity: usize) -> Vec<Window> {
    let mut windows = Vec::new();
    let mut window = Window::new();
    let mut total = 0;
    let is_alone = cuts.context == Context::Sentence;
    for (paragraph, words) in parts(0..sizes.len(), cuts.paragraph_starts).into_iter().enumerate() {
        let sentences = if is_alone { parts(words, cuts.sentence_starts) } else { vec![words] };
        let of_words = |words| stretches(paragraph, words, (cuts, sizes), capacity);
        for stretch in sentences.into_iter().flat_map(of_words) {
            let size: usize = sizes[stretch.words.clone()].iter().sum();
            if !window.is_empty() && (is_alone || total + 1 + size > capacity) {
                windows.push(std::mem::take(&mut window));
            }
            total = if window.is_empty() { size } else { total + 1 + size };
            window.push(stretch);
        }
    }
    if !window.is_empty() {
        windows.push(window);
    }
    windows
}

/// Cuts `words` before each of `starts` that lies inside them.
fn parts(words: Range<usize>, starts: &[usize]) -> Vec<Range<usize>> {
    let mut bounds: Vec<usize> =
        starts.iter().copied().filter(|start| words.start < *start && *start < words.end).collect();
    bounds.extend([words.start, words.end]);
    bounds.sort_unstable();
    bounds.dedup();
    bounds.windows(2).map(|ends| ends[0]..ends[1]).collect()
}

/// A paragraph in as few stretches as fit.
fn stretches(
    paragraph: usize,
    words: Range<usize>,
    (cuts, sizes): (Cuts<'_>, &[usize]),
    capacity: usize,
) -> Vec<Stretch> {
    let size = |words: &Range<usize>| sizes[words.clone()].iter().sum::<usize>();
    let whole = |words: Range<usize>| Stretch { paragraph, scored: words.clone(), words };
    if size(&words) <= capacity {
        return vec![whole(words)];
    }
    let mut found = Vec::new();
    let mut open = words.start..words.start;
    for sentence in parts(words, cuts.sentence_starts) {
        if size(&(open.start..sentence.end)) <= capacity {
            open.end = sentence.end;
            continue;
        }
        if !open.is_empty() {
            found.push(whole(open));
        }
        open = sentence;
        if size(&open) > capacity {
            found.extend(overlapping(paragraph, open.clone(), sizes, capacity));
            open.start = open.end;
        }
    }
    if !open.is_empty() {
        found.push(whole(open));
    }
    found
}

/// A sentence that does not fit, in stretches that overlap by about half.
fn overlapping(
    paragraph: usize,
    sentence: Range<usize>,
    sizes: &[usize],
    capacity: usize,
) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    let mut start = sentence.start;
    loop {
        let end = start + fitting(sizes[start..sentence.end].iter(), capacity);
        if end == sentence.end {
            // The last stretch reaches back as far as it can.
            start = end - fitting(sizes[sentence.start..end].iter().rev(), capacity);
        }
        let mut scored_start = sentence.start;
        if let Some(before) = found.last_mut() {
            // In the middle of what both see.
            scored_start = start.max(before.scored.start) + (before.words.end - start) / 2;
            scored_start = scored_start.min(before.words.end);
            before.scored.end = scored_start;
        }
        found.push(Stretch { paragraph, words: start..end, scored: scored_start..end });
        if end == sentence.end {
            return found;
        }
        let half: usize = fitting(sizes[start..end].iter(), capacity / 2);
        start += half.max(1);
    }
}

/// How many of `sizes` fit into `capacity`, one at least.
fn fitting<'s>(sizes: impl Iterator<Item = &'s usize>, capacity: usize) -> usize {
    let mut total = 0;
    let fits = sizes.take_while(|size| {
        total += **size;
        total <= capacity
    });
    fits.count().max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Cuts, Window, windows};
    use crate::manifest::Context;

    /// Stretches as `scored<words>`, windows parted by a bar.
    fn written(windows: &[Window]) -> String {
        let stretch = |s: &super::Stretch| {
            if s.words == s.scored {
                format!("{:?}", s.words)
            } else {
                format!("{:?} of {:?}", s.scored, s.words)
            }
        };
        let window = |w: &Window| w.iter().map(stretch).collect::<Vec<_>>().join(" + ");
        windows.iter().map(window).collect::<Vec<_>>().join(" | ")
    }

    #[track_caller]
    fn check(sizes: &[usize], paragraphs: &[usize], sentences: &[usize], expected: &str) {
        check_with(Context::Article, sizes, (paragraphs, sentences), expected);
    }

    #[track_caller]
    fn check_with(
        context: Context,
        sizes: &[usize],
        (paragraph_starts, sentence_starts): (&[usize], &[usize]),
        expected: &str,
    ) {
        let cuts = Cuts { paragraph_starts, sentence_starts, context };
        assert_eq!(written(&windows(cuts, sizes, 8)), expected);
    }

    #[test]
    fn sentences_stand_alone_where_that_is_the_context() {
        let one = |sizes: &[usize], starts, expected| {
            check_with(Context::Sentence, sizes, starts, expected);
        };
        one(&[1; 8], (&[0, 3, 6], &[0, 2, 3, 6]), "0..2 | 2..3 | 3..6 | 6..8");
        one(&[1; 14], (&[0], &[0, 12]), "0..6 of 0..8 | 6..12 of 4..12 | 12..14");
    }

    #[test]
    fn whole_paragraphs_share_a_window_while_they_and_their_separators_fit() {
        check(&[1; 8], &[0, 3, 6], &[0], "0..3 + 3..6 | 6..8");
        check(&[1; 8], &[0, 4], &[0], "0..4 | 4..8");
    }

    #[test]
    fn a_paragraph_that_does_not_fit_is_cut_between_sentences() {
        check(&[1; 12], &[0], &[0, 5, 8, 10], "0..8 | 8..12");
    }

    #[test]
    fn a_sentence_that_does_not_fit_is_read_in_stretches_that_overlap() {
        check(&[1; 12], &[0], &[0], "0..6 of 0..8 | 6..12 of 4..12");
        check(&[1; 14], &[0], &[0], "0..6 of 0..8 | 6..9 of 4..12 | 9..14 of 6..14");
    }

    #[test]
    fn words_as_long_as_a_window_stand_alone() {
        check(&[8, 8, 1], &[0], &[0], "0..1 | 1..2 | 2..3");
    }

    #[test]
    fn no_words_need_no_window() {
        check(&[], &[0], &[0], "");
    }

    proptest! {
        #[test]
        fn every_word_is_scored_once_and_no_window_is_too_long(
            sizes in proptest::collection::vec(1_usize..9, 0..120),
            paragraphs in proptest::collection::vec(0_usize..130, 0..8),
            sentences in proptest::collection::vec(0_usize..130, 0..20),
            capacity in 8_usize..40,
            one_sentence: bool,
        ) {
            let context = if one_sentence { Context::Sentence } else { Context::Article };
            let cuts =
                Cuts { paragraph_starts: &paragraphs, sentence_starts: &sentences, context };
            let windows = windows(cuts, &sizes, capacity);
            let scored: Vec<usize> =
                windows.iter().flatten().flat_map(|stretch| stretch.scored.clone()).collect();
            prop_assert_eq!(scored, (0..sizes.len()).collect::<Vec<_>>());
            for window in &windows {
                let n_pieces: usize =
                    window.iter().flat_map(|stretch| &sizes[stretch.words.clone()]).sum();
                prop_assert!(n_pieces + window.len() - 1 <= capacity);
                for stretch in window {
                    prop_assert!(stretch.words.start <= stretch.scored.start);
                    prop_assert!(stretch.scored.end <= stretch.words.end);
                }
            }
        }
    }
}
