//! Whether what came is what a suite expects.

use newstance_doc::{Annotated, Holder, Position, Span, Stance, Statement};

use super::actors::{at_first_place, country, is_called};
use super::suite::{ActorLike, Expectation, StanceLike, StatementLike};

/// One expectation beside what came.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome {
    /// In words.
    pub(super) expected: String,
    /// In words.
    pub(super) came: String,
    /// Whether it is as it should be.
    pub(super) passes: bool,
}

/// Whether a text gives what is expected.
pub(super) fn minimum(found: &Annotated, expectation: &Expectation) -> Outcome {
    let (passes, came) = match expectation {
        Expectation::Statement(like) => (has_statement(found, like), shown_statements(found)),
        Expectation::NoStatement(like) => (!has_statement(found, like), shown_statements(found)),
        Expectation::Stance(like) => (holds(found, like), shown_stances(found)),
        Expectation::NoStance(like) => (!holds(found, like), shown_stances(found)),
        Expectation::Actor(like) => (has_actor(found, like), shown_actors(found)),
        Expectation::NoActor(like) => (!has_actor(found, like), shown_actors(found)),
        Expectation::SameActor { first, second } => {
            let (one, other) = (at_first_place(found, first), at_first_place(found, second));
            (one.is_some() && one == other, shown_actors(found))
        }
        Expectation::OtherActor { first, second } => {
            let (one, other) = (at_first_place(found, first), at_first_place(found, second));
            (one.is_some() && other.is_some() && one != other, shown_actors(found))
        }
    };
    Outcome { expected: told(expectation), came, passes }
}

/// Whether two texts give the same where the expectation looks. Nothing in
/// both is no agreement: then the case tests nothing.
pub(super) fn invariance(
    first: &Annotated,
    second: &Annotated,
    expectation: &Expectation,
) -> Outcome {
    let seen = |found: &Annotated| -> Vec<String> {
        let mut seen: Vec<String> = match expectation {
            Expectation::Stance(like) => stances(found, like)
                .filter(|stance| stance.position != Position::Neutral)
                .map(|stance| stance.position.as_str().to_owned())
                .collect(),
            Expectation::Statement(like) => found
                .statements
                .iter()
                .filter(|statement| is_like(found, statement, like))
                .map(|s| format!("{} {}", s.force.as_str(), s.form.as_str()))
                .collect(),
            _ => Vec::new(),
        };
        seen.sort();
        seen.dedup();
        seen
    };
    let (one, other) = (seen(first), seen(second));
    Outcome {
        expected: format!("the same in both: {}", told(expectation)),
        came: format!("{} => {}", shown(&one), shown(&other)),
        passes: !one.is_empty() && one == other,
    }
}

/// Whether a stance is more probable in the second text than in the first. A
/// pair that is not judged has the probability 0.
pub(super) fn direction(
    first: &Annotated,
    second: &Annotated,
    expectation: &Expectation,
) -> Outcome {
    let probability = |found: &Annotated| match expectation {
        Expectation::Stance(like) => {
            let position = like.position.unwrap_or(Position::Neutral);
            let of_pair = StanceLike { position: None, ..like.clone() };
            stances(found, &of_pair).map(|s| s.probabilities.of(position)).fold(0.0, f32::max)
        }
        _ => 0.0,
    };
    let (one, other) = (probability(first), probability(second));
    Outcome {
        expected: format!("more probable in the second: {}", told(expectation)),
        came: format!("{one:.2} => {other:.2}"),
        passes: other > one,
    }
}

fn has_statement(found: &Annotated, like: &StatementLike) -> bool {
    found.statements.iter().any(|statement| is_like(found, statement, like))
}

fn is_like(found: &Annotated, statement: &Statement, like: &StatementLike) -> bool {
    let text = found.article.field(statement.field);
    let holds = |spans: &[Span], part: &Option<String>| {
        part.as_ref().is_none_or(|part| joined(spans, text).contains(part.as_str()))
    };
    let speaks = |speaker: Option<usize>, name: &Option<String>| match (name.as_deref(), speaker) {
        (None, _) | (Some("nobody"), None) => true,
        (Some(name), Some(idx)) => is_called(found, idx, name),
        (Some(_), None) => false,
    };
    let content = joined(&statement.content, text);
    let is_without = |part: &String| !content.contains(part.as_str());
    let speaker_country = statement.speaker_idx.map_or("", |idx| country(found, idx));
    let parent = statement.parent_idx.map(|parent| found.statements[parent].speaker_idx);
    holds(&statement.content, &like.content)
        && like.content_without.as_ref().is_none_or(is_without)
        && holds(&statement.source, &like.source)
        && holds(&statement.cue, &like.cue)
        && like.force.is_none_or(|force| force == statement.force)
        && like.form.is_none_or(|form| form == statement.form)
        && speaks(statement.speaker_idx, &like.speaker)
        && like.speaker_country.as_deref().is_none_or(|wanted| wanted == speaker_country)
        && (like.within_speaker.is_none()
            || parent.is_some_and(|parent| speaks(parent, &like.within_speaker)))
}

fn joined(spans: &[Span], text: &str) -> String {
    spans.iter().map(|span| span.of(text)).collect::<Vec<_>>().join(" … ")
}

fn holds(found: &Annotated, like: &StanceLike) -> bool {
    stances(found, like).next().is_some()
}

/// The stances that are like it, neutral ones too where no position is told.
fn stances<'f>(found: &'f Annotated, like: &'f StanceLike) -> impl Iterator<Item = &'f Stance> {
    let is_end = move |actor: Option<usize>, name: &Option<String>, of: &Option<String>| {
        let is_named = match (name.as_deref(), actor) {
            (None, _) | (Some("outlet"), None) => true,
            (Some(name), Some(idx)) => is_called(found, idx, name),
            (Some(_), None) => false,
        };
        let known = actor.map_or("", |idx| country(found, idx));
        is_named && of.as_deref().is_none_or(|wanted| wanted == known)
    };
    found.stances.iter().filter(move |stance| {
        let holder = match stance.holder {
            Holder::Actor(idx) => Some(idx),
            Holder::Outlet => None,
        };
        // Who is to be somebody is not the outlet.
        let is_somebody =
            like.holder.is_none() && holder.is_none() && like.holder_country.is_some();
        !is_somebody
            && is_end(holder, &like.holder, &like.holder_country)
            && is_end(Some(stance.target_idx), &like.target, &like.target_country)
            && like.position.is_none_or(|position| position == stance.position)
    })
}

fn has_actor(found: &Annotated, like: &ActorLike) -> bool {
    found.actors.iter().enumerate().any(|(idx, actor)| {
        let affiliation = actor.affiliation_idx.map(|of| found.actors[of].name.as_str());
        let role = actor.role.as_deref().unwrap_or_default();
        is_called(found, idx, &like.name)
            && like.kind.is_none_or(|kind| kind == actor.kind)
            && like.country.as_deref().is_none_or(|wanted| wanted == country(found, idx))
            && like.affiliation.as_deref().is_none_or(|wanted| Some(wanted) == affiliation)
            && like.role.as_deref().is_none_or(|part| role.contains(part))
    })
}

/// What a suite wrote, without what it left out.
fn told(expectation: &Expectation) -> String {
    let join = |what: &str, parts: &[(&str, Option<&str>)]| {
        let parts = parts.iter().filter_map(|(name, value)| Some(format!("{name} {}", (*value)?)));
        format!("{what} ({})", parts.collect::<Vec<_>>().join(", "))
    };
    let statement = |what: &str, like: &StatementLike| {
        let parts = [
            ("content", like.content.as_deref()),
            ("content without", like.content_without.as_deref()),
            ("speaker", like.speaker.as_deref()),
            ("speaker of", like.speaker_country.as_deref()),
            ("source", like.source.as_deref()),
            ("cue", like.cue.as_deref()),
            ("force", like.force.map(newstance_doc::Force::as_str)),
            ("form", like.form.map(newstance_doc::StatementForm::as_str)),
            ("within one of", like.within_speaker.as_deref()),
        ];
        join(what, &parts)
    };
    let stance = |what: &str, like: &StanceLike| {
        let parts = [
            ("holder", like.holder.as_deref()),
            ("holder of", like.holder_country.as_deref()),
            ("position", like.position.map(Position::as_str)),
            ("target", like.target.as_deref()),
            ("target of", like.target_country.as_deref()),
        ];
        join(what, &parts)
    };
    let actor = |what: &str, like: &ActorLike| {
        let parts = [
            ("name", Some(like.name.as_str())),
            ("kind", like.kind.map(newstance_doc::ActorKind::as_str)),
            ("country", like.country.as_deref()),
            ("affiliation", like.affiliation.as_deref()),
            ("role", like.role.as_deref()),
        ];
        join(what, &parts)
    };
    match expectation {
        Expectation::Statement(like) => statement("a statement", like),
        Expectation::NoStatement(like) => statement("no statement", like),
        Expectation::Stance(like) => stance("a stance", like),
        Expectation::NoStance(like) => stance("no stance", like),
        Expectation::Actor(like) => actor("an actor", like),
        Expectation::NoActor(like) => actor("no actor", like),
        Expectation::SameActor { first, second } => format!("`{first}` is `{second}`"),
        Expectation::OtherActor { first, second } => format!("`{first}` is not `{second}`"),
    }
}

fn shown(items: &[String]) -> String {
    if items.is_empty() { "nothing".to_owned() } else { items.join("; ") }
}

fn shown_statements(found: &Annotated) -> String {
    let statement = |statement: &Statement| {
        let text = found.article.field(statement.field);
        let speaker = statement.speaker_idx.map_or("nobody", |idx| found.actors[idx].name.as_str());
        let (force, form) = (statement.force.as_str(), statement.form.as_str());
        let cue = joined(&statement.cue, text);
        format!("{speaker} {force} [{cue}] “{}” ({form})", joined(&statement.content, text))
    };
    shown(&found.statements.iter().map(statement).collect::<Vec<_>>())
}

fn shown_stances(found: &Annotated) -> String {
    let stance = |stance: &Stance| {
        let holder = match stance.holder {
            Holder::Actor(idx) => found.actors[idx].name.as_str(),
            Holder::Outlet => "outlet",
        };
        let target = &found.actors[stance.target_idx].name;
        let p = stance.probabilities.of(stance.position);
        format!("{holder} {} {target} ({p:.2})", stance.position.as_str())
    };
    shown(&found.stances.iter().map(stance).collect::<Vec<_>>())
}

fn shown_actors(found: &Annotated) -> String {
    let actor = |(idx, actor): (usize, &newstance_doc::Actor)| {
        let mentions = found.mentions.iter().filter(|m| m.actor_idx == Some(idx));
        let mentions: Vec<&str> =
            mentions.map(|m| m.span.of(found.article.field(m.field))).collect();
        format!("{} ({}): {}", actor.name, actor.kind.as_str(), mentions.join(", "))
    };
    shown(&found.actors.iter().enumerate().map(actor).collect::<Vec<_>>())
}
