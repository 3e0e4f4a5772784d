//! Which found actor is which gold actor.

use newstance_corpus::gold::{GoldPassage, GoldStory, Place};
use newstance_doc::{ActorKind, Annotated, Span};

/// The gold actor of each found actor; none for one that gold does not have.
pub(super) type Alignment = Vec<Option<usize>>;

/// Aligns by mentions: actors share as much as their mentions overlap, and the
/// two that share most belong together, one to one.
pub(super) fn by_mentions(passage: &GoldPassage, found: &Annotated) -> Alignment {
    let mut shared: Vec<(f64, usize, usize)> = Vec::new();
    for gold in 0..passage.actors.len() {
        for actor in 0..found.actors.len() {
            let mentions = found.mentions.iter().filter(|m| m.actor_idx == Some(actor));
            let share: f64 = mentions
                .flat_map(|mention| {
                    let found = Place { field: mention.field, span: mention.span };
                    passage.actors[gold].mentions.iter().map(move |place| overlap(*place, found))
                })
                .sum();
            if share > 0.0 {
                shared.push((share, gold, actor));
            }
        }
    }
    one_to_one(shared, found.actors.len())
}

/// Intersection over hull of two spans of one field.
#[expect(clippy::cast_precision_loss, reason = "lengths of mentions")]
fn overlap(gold: Place, found: Place) -> f64 {
    let (a, b): (Span, Span) = (gold.span, found.span);
    if gold.field != found.field || !a.overlaps(b) {
        return 0.0;
    }
    let both = a.end.min(b.end) - a.start.max(b.start);
    both as f64 / a.hull(b).len() as f64
}

/// Aligns by names: the same name or alias, whatever its case, else the same
/// last word for persons.
pub(super) fn by_names(story: &GoldStory, found: &Annotated) -> Alignment {
    let mut shared = Vec::new();
    for (gold, name) in story.entities.iter().enumerate() {
        let name = name.to_lowercase();
        for (idx, actor) in found.actors.iter().enumerate() {
            let mut names = actor.aliases.iter().chain([&actor.name]);
            let last = |name: &str| name.split_whitespace().next_back().map(str::to_lowercase);
            let is_same_person =
                actor.kind == ActorKind::Person && last(&actor.name) == last(&name);
            if names.any(|known| known.to_lowercase() == name) {
                shared.push((1.0, gold, idx));
            } else if is_same_person {
                shared.push((0.5, gold, idx));
            }
        }
    }
    one_to_one(shared, found.actors.len())
}

/// The greatest shares first, the earlier of equals.
fn one_to_one(mut shared: Vec<(f64, usize, usize)>, n_found: usize) -> Alignment {
    shared.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut alignment = vec![None; n_found];
    let mut taken = std::collections::BTreeSet::new();
    for (_, gold, actor) in shared {
        if alignment[actor].is_none() && taken.insert(gold) {
            alignment[actor] = Some(gold);
        }
    }
    alignment
}

#[cfg(test)]
mod tests {
    use super::one_to_one;

    #[test]
    fn who_shares_most_belongs_together() {
        let shared = vec![(1.0, 0, 0), (3.0, 0, 1), (2.0, 1, 1), (0.5, 1, 0)];
        assert_eq!(one_to_one(shared, 3), [Some(1), Some(0), None]);
    }
}
