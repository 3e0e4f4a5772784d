//! What a pair model sees of a text that is too long for it.

use std::ops::Range;

/// A word that stays, with the number of its pieces that do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) word: usize,
    pub(crate) n_pieces: usize,
}

/// What stays of a text and its pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) words: Vec<Kept>,
    pub(crate) holder: Option<Range<usize>>,
    pub(crate) target: Range<usize>,
}

/// Keeps the holder, the target, what is between them, and what is around
/// them, as far as `capacity` pieces go.
///
/// Where not even that fits, the beginnings of holder and target stay, and the
/// words nearest to them.
pub(crate) fn cut(
    sizes: &[usize],
    holder: Option<&Range<usize>>,
    target: &Range<usize>,
    capacity: usize,
) -> Cut {
    let low = holder.map_or(target.start, |holder| holder.start.min(target.start));
    let high = holder.map_or(target.end, |holder| holder.end.max(target.end));
    if sizes[low..high].iter().sum::<usize>() <= capacity {
        let kept = around(sizes, low..high, capacity);
        let words = kept.map(|word| Kept { word, n_pieces: sizes[word] }).collect();
        return Cut { words, holder: holder.cloned(), target: target.clone() };
    }
    apart(sizes, holder, target, capacity)
}

/// Grows `words` to both sides, the nearer side first, while it fits.
fn around(sizes: &[usize], words: Range<usize>, capacity: usize) -> Range<usize> {
    let Range { mut start, mut end } = words.clone();
    let mut total: usize = sizes[words.clone()].iter().sum();
    loop {
        let left = start.checked_sub(1).map(|idx| sizes[idx]);
        let right = sizes.get(end).copied();
        let left_fits = left.is_some_and(|size| total + size <= capacity);
        let right_fits = right.is_some_and(|size| total + size <= capacity);
        let left_is_nearer = words.start - start <= end - words.end || right.is_none();
        if left_fits && (left_is_nearer || !right_fits) {
            start -= 1;
            total += sizes[start];
        } else if right_fits {
            total += sizes[end];
            end += 1;
        } else {
            return start..end;
        }
    }
}

/// Keeps the beginnings of two spans and the words that are nearest to either.
fn apart(
    sizes: &[usize],
    holder: Option<&Range<usize>>,
    target: &Range<usize>,
    capacity: usize,
) -> Cut {
    let share = if holder.is_some() { capacity / 2 } else { capacity };
    let mut n_pieces = vec![0; sizes.len()];
    let mut shorten = |span: &Range<usize>| {
        let mut total = 0;
        let mut end = span.start;
        while end < span.end && (end == span.start || total + sizes[end] <= share) {
            n_pieces[end] = sizes[end].min(share);
            total += n_pieces[end];
            end += 1;
        }
        span.start..end
    };
    let holder = holder.map(&mut shorten);
    let target = shorten(target);

    let distance = |word: usize| {
        let to = |span: &Range<usize>| {
            span.start.saturating_sub(word).max((word + 1).saturating_sub(span.end))
        };
        holder.iter().chain([&target]).map(to).min().unwrap_or(0)
    };
    let mut others: Vec<usize> = (0..sizes.len()).filter(|word| n_pieces[*word] == 0).collect();
    others.sort_by_key(|word| (distance(*word), *word));
    let mut total: usize = n_pieces.iter().sum();
    for word in others {
        if total + sizes[word] > capacity {
            break;
        }
        n_pieces[word] = sizes[word];
        total += sizes[word];
    }
    // A word of the pair stays even without pieces: its marker stands beside it.
    let is_marked = |word: &usize| {
        target.contains(word) || holder.as_ref().is_some_and(|holder| holder.contains(word))
    };
    let kept = n_pieces.iter().enumerate();
    let kept = kept.filter(|(word, n_pieces)| **n_pieces > 0 || is_marked(word));
    let words = kept.map(|(word, n_pieces)| Kept { word, n_pieces: *n_pieces }).collect();
    Cut { words, holder, target }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::cut;

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "tables of cases read better so")]
    fn check(
        sizes: &[usize],
        holder: Option<Range<usize>>,
        target: Range<usize>,
        expected: &[usize],
    ) {
        let kept = cut(sizes, holder.as_ref(), &target, 6);
        let words: Vec<usize> = kept.words.iter().map(|kept| kept.word).collect();
        assert_eq!(words, expected);
    }

    #[test]
    fn a_text_that_fits_stays_whole() {
        check(&[1; 6], Some(0..1), 5..6, &[0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_word_of_the_pair_stays_without_pieces_too() {
        let mut sizes = [1; 20];
        sizes[0] = 0;
        sizes[19] = 0;
        check(&sizes, Some(0..1), 19..20, &[0, 1, 2, 3, 16, 17, 18, 19]);
    }

    #[test]
    fn what_is_around_a_pair_stays_evenly() {
        check(&[1; 20], Some(9..10), 11..12, &[8, 9, 10, 11, 12, 13].map(|word: usize| word - 1));
        check(&[1; 20], None, 19..20, &[14, 15, 16, 17, 18, 19]);
    }

    #[test]
    fn a_pair_too_far_apart_keeps_what_is_nearest_to_each() {
        check(&[1; 20], Some(3..4), 15..16, &[2, 3, 4, 14, 15, 16]);
    }

    #[test]
    fn a_holder_longer_than_the_model_keeps_its_beginning() {
        check(&[1; 20], Some(0..12), 15..16, &[0, 1, 2, 3, 14, 15]);
        check(&[9, 9, 9], Some(0..1), 2..3, &[0, 2]);
    }

    proptest! {
        #[test]
        fn a_cut_fits_and_keeps_both_marks(
            sizes in proptest::collection::vec(1_usize..7, 2..60),
            bounds in proptest::collection::vec(0.0_f64..1.0, 4),
            capacity in 6_usize..40,
        ) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss,
                clippy::cast_precision_loss, reason = "small numbers")]
            let mut bounds: Vec<usize> =
                bounds.iter().map(|part| (part * sizes.len() as f64) as usize).collect();
            bounds.sort_unstable();
            let holder = bounds[0]..bounds[1];
            let target = bounds[2]..bounds[3];
            prop_assume!(!holder.is_empty() && !target.is_empty());
            for holder in [Some(&holder), None] {
                let kept = cut(&sizes, holder, &target, capacity);
                prop_assert!(kept.words.iter().map(|kept| kept.n_pieces).sum::<usize>() <= capacity);
                prop_assert!(kept.words.is_sorted_by_key(|kept| kept.word));
                for span in kept.holder.iter().chain([&kept.target]) {
                    for word in span.clone() {
                        prop_assert!(kept.words.iter().any(|kept| kept.word == word));
                    }
                    prop_assert!(!span.is_empty());
                }
                prop_assert_eq!(kept.holder.is_some(), holder.is_some());
            }
        }
    }
}
