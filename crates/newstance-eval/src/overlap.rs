//! nervaluate's ways of matching entities that do not agree in both ends and label.

use newstance_doc::Span;

use crate::entities::Entity;
use crate::measure::MODES;

type Labelled<'e> = (&'e Entity, usize);

/// The credit of each mode, in the order of `MODES`: a prediction counts 1
/// where it is right, in mode `partial` 1/2 where it only overlaps.
///
/// As in nervaluate 1.2 predictions are taken in order, each takes one gold
/// entity away, and an overlap is at least a hundredth of the gold entity.
/// Both lists are sorted by span.
pub(crate) fn credits(gold: &[Labelled<'_>], predicted: &[Labelled<'_>]) -> [f64; MODES.len()] {
    let same_span = |p: &Labelled<'_>, g: &Labelled<'_>| p.0.span == g.0.span;
    let same = |p: &Labelled<'_>, g: &Labelled<'_>| p == g;
    [
        first_match(gold, predicted, same).0,
        first_match(gold, predicted, same_span).0,
        {
            let (right, overlapping) = first_match(gold, predicted, same_span);
            right + 0.5 * overlapping
        },
        nearest_match(gold, predicted),
    ]
}

/// How many predictions have a gold entity that `is_right` for them, and how
/// many only one that they overlap.
fn first_match(
    gold: &[Labelled<'_>],
    predicted: &[Labelled<'_>],
    is_right: impl Fn(&Labelled<'_>, &Labelled<'_>) -> bool,
) -> (f64, f64) {
    let mut free: Vec<Labelled<'_>> = gold.to_vec();
    let mut found = (0.0, 0.0);
    for entity in predicted {
        if let Some(idx) = free.iter().position(|other| is_right(entity, other)) {
            free.remove(idx);
            found.0 += 1.0;
        } else if let Some(idx) = free.iter().position(|g| overlaps(entity.0.span, g.0.span)) {
            free.remove(idx);
            found.1 += 1.0;
        }
    }
    found
}

/// How many predictions overlap a gold entity of their label: the one whose
/// ends are nearest is taken.
fn nearest_match(gold: &[Labelled<'_>], predicted: &[Labelled<'_>]) -> f64 {
    let mut free: Vec<Labelled<'_>> = gold.to_vec();
    let mut n_right = 0.0;
    for entity in predicted {
        let reached = |other: &Labelled<'_>| overlaps(entity.0.span, other.0.span);
        let of_label = free.iter().enumerate().filter(|(_, g)| reached(g) && g.1 == entity.1);
        let distance = |g: &Labelled<'_>| {
            let (a, b) = (entity.0.span, g.0.span);
            a.start.abs_diff(b.start) + a.end.abs_diff(b.end)
        };
        let nearest = of_label.min_by_key(|(_, g)| distance(g)).map(|(idx, _)| idx);
        if nearest.is_some() {
            n_right += 1.0;
        }
        if let Some(idx) = nearest.or_else(|| free.iter().position(reached)) {
            free.remove(idx);
        }
    }
    n_right
}

fn overlaps(predicted: Span, gold: Span) -> bool {
    let both = predicted.end.min(gold.end).saturating_sub(predicted.start.max(gold.start));
    both > 0 && 100 * both >= gold.len()
}

#[cfg(test)]
mod tests {
    use newstance_doc::Span;

    use super::credits;
    use crate::entities::Entity;

    fn entities(list: &[(usize, usize, &str)]) -> Vec<Entity> {
        let entity = |&(start, end, label): &(usize, usize, &str)| Entity {
            span: Span::new(start, end),
            label: label.to_owned(),
        };
        list.iter().map(entity).collect()
    }

    #[track_caller]
    fn check(
        gold: &[(usize, usize, &str)],
        predicted: &[(usize, usize, &str)],
        expected: [f64; 4],
    ) {
        let (gold, predicted) = (entities(gold), entities(predicted));
        let labelled = |list: &'static str| move |e: &Entity| list.find(e.label.as_str()).unwrap();
        let of = labelled("PO");
        let gold: Vec<_> = gold.iter().map(|e| (e, of(e))).collect();
        let predicted: Vec<_> = predicted.iter().map(|e| (e, of(e))).collect();
        let found = credits(&gold, &predicted);
        let is_close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(is_close, "{found:?} is not {expected:?}");
    }

    #[test]
    fn each_mode_forgives_something_else() {
        check(&[(0, 2, "P")], &[(0, 2, "P")], [1.0, 1.0, 1.0, 1.0]);
        check(&[(0, 2, "P")], &[(0, 2, "O")], [0.0, 1.0, 1.0, 0.0]);
        check(&[(0, 2, "P")], &[(0, 1, "P")], [0.0, 0.0, 0.5, 1.0]);
        check(&[(0, 2, "P")], &[(3, 4, "P")], [0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn a_gold_entity_is_taken_once() {
        check(&[(0, 4, "P")], &[(0, 2, "P"), (2, 4, "P")], [0.0, 0.0, 0.5, 1.0]);
    }
}
