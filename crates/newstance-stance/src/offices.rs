//! Who speaks for a state.

use newstance_doc::ActorKind;

use crate::Layers;

/// Offices that only a state gives.
const STATE_OFFICES: [&str; 9] = [
    "minister",
    "ministry",
    "premier",
    "chancellor",
    "ambassador",
    "embassy",
    "envoy",
    "diplomat",
    "diplomats",
];

/// Offices that others give, too: those of a state where nobody else is named.
const OFFICES: [&str; 7] =
    ["president", "secretary", "official", "officials", "spokesman", "spokeswoman", "spokesperson"];

/// Who has one of these in an office does not hold it.
const NOT_IN_OFFICE: [&str; 6] = ["former", "ex", "shadow", "opposition", "rebel", "union"];

/// True of who holds an office of the country `target`, and so does not oppose
/// it: "“a slander on China,” Chinese spokesman Zhao said".
pub(crate) fn speaks_for(layers: &Layers<'_>, actor: usize, target: usize) -> bool {
    let actor = &layers.actors[actor];
    let office = actor.role.as_deref().unwrap_or(&actor.name).to_lowercase();
    let has = |nouns: &[&str]| {
        office.split(|c: char| !c.is_alphabetic()).any(|word| nouns.contains(&word))
    };
    let is_nobody_elses = actor.affiliation_idx.is_none_or(|owner| owner == target);
    layers.actors[target].kind == ActorKind::Country
        && actor.country_idx == Some(target)
        && matches!(actor.kind, ActorKind::Person | ActorKind::Group)
        && (has(&STATE_OFFICES) || is_nobody_elses && has(&OFFICES))
        && !has(&NOT_IN_OFFICE)
}
