//! Whether the layers of an article fit together.

use newstance_doc::{Annotated, Basis, Field, Holder, Span};

use crate::AggregateError;

/// Whether every index and span in `annotated` points to something.
///
/// # Errors
///
/// [`AggregateError::Layer`] for the first that does not.
pub(crate) fn check_layers(annotated: &Annotated) -> Result<(), AggregateError> {
    let fault = first_fault(annotated);
    match fault {
        None => Ok(()),
        Some((layer, index)) => {
            Err(AggregateError::Layer { article_id: annotated.article.id.clone(), layer, index })
        }
    }
}

fn first_fault(annotated: &Annotated) -> Option<(&'static str, usize)> {
    let n_sentences = annotated.sentences.len();
    let n_actors = annotated.actors.len();
    let n_statements = annotated.statements.len();
    let fits = |field: Field, span: Span| {
        let text = annotated.article.field(field);
        span.start <= span.end
            && text.is_char_boundary(span.start)
            && text.is_char_boundary(span.end)
    };
    let known = |idx: Option<usize>, n: usize| idx.is_none_or(|idx| idx < n);
    let sentence = |s: &newstance_doc::Sentence| {
        fits(s.field, s.span) && s.words.iter().all(|w| fits(s.field, *w))
    };
    let mention = |m: &newstance_doc::Mention| {
        m.sentence_idx < n_sentences && fits(m.field, m.span) && known(m.actor_idx, n_actors)
    };
    let actor = |a: &newstance_doc::Actor| {
        known(a.country_idx, n_actors) && known(a.affiliation_idx, n_actors)
    };
    let statement = |s: &newstance_doc::Statement| {
        s.sentence_idx < n_sentences
            && known(s.speaker_idx, n_actors)
            && known(s.parent_idx, n_statements)
            && [&s.source, &s.cue, &s.content].iter().all(|v| v.iter().all(|x| fits(s.field, *x)))
    };
    let stance = |s: &newstance_doc::Stance| {
        let holder = if let Holder::Actor(idx) = s.holder { idx < n_actors } else { true };
        let basis = if let Basis::Statement(idx) = s.basis { idx < n_statements } else { true };
        s.sentence_idx < n_sentences
            && fits(s.field, s.span)
            && s.target_idx < n_actors
            && holder
            && basis
    };
    let first = |layer: &'static str, fault: Option<usize>| fault.map(|index| (layer, index));
    first("sentence", annotated.sentences.iter().position(|s| !sentence(s)))
        .or_else(|| first("mention", annotated.mentions.iter().position(|m| !mention(m))))
        .or_else(|| first("actor", annotated.actors.iter().position(|a| !actor(a))))
        .or_else(|| first("statement", annotated.statements.iter().position(|s| !statement(s))))
        .or_else(|| first("stance", annotated.stances.iter().position(|s| !stance(s))))
}
