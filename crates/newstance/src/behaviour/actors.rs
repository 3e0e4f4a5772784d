//! Actors by the names that suites use.

use newstance_doc::{Annotated, Field};

/// True where actor `idx` is called `name`: by its name, an alias or a mention,
/// whatever the case and with or without "the".
pub(super) fn is_called(found: &Annotated, idx: usize, name: &str) -> bool {
    let actor = &found.actors[idx];
    let wanted = without_article(name);
    let is_name = |known: &str| without_article(known) == wanted;
    is_name(&actor.name)
        || actor.aliases.iter().any(|alias| is_name(alias))
        || found.mentions.iter().any(|mention| {
            let text = mention.span.of(found.article.field(mention.field));
            mention.actor_idx == Some(idx) && is_name(text)
        })
}

fn without_article(name: &str) -> String {
    let name = name.to_lowercase();
    name.strip_prefix("the ").unwrap_or(&name).to_owned()
}

/// The name of an actor's country; empty where none is known.
pub(super) fn country(found: &Annotated, idx: usize) -> &str {
    found.actors[idx].country_idx.map_or("", |country| found.actors[country].name.as_str())
}

/// The actor whose mention touches the first place of `text`.
pub(super) fn at_first_place(found: &Annotated, text: &str) -> Option<usize> {
    Field::ALL.into_iter().find_map(|field| {
        let whole = found.article.field(field);
        let is_letter = |c: char| c.is_alphanumeric();
        let start = whole.match_indices(text).map(|(start, _)| start).find(|&start| {
            let before = newstance_doc::Span::new(0, start).of(whole);
            let after = newstance_doc::Span::new(start + text.len(), whole.len()).of(whole);
            !before.ends_with(is_letter) && !after.starts_with(is_letter)
        })?;
        let place = newstance_doc::Span::new(start, start + text.len());
        let touches = |mention: &&newstance_doc::Mention| {
            mention.field == field && mention.span.overlaps(place)
        };
        found.mentions.iter().filter(touches).find_map(|mention| mention.actor_idx)
    })
}
