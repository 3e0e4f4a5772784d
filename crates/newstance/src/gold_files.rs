//! Annotated texts: from what was found, and into the files that `evaluate` reads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, bail};
use newstance_corpus::gold::{
    Columns, LabelledSpan, LabelledText, PART, SpanRelation, brat_annotations,
};
use newstance_doc::{
    Annotated, Basis, CharOffsets, Field, Holder, MentionForm, Position, Span, Statement,
};
use serde_json::json;

/// Labels of entities.
pub(crate) const ENTITY_LABELS: [&str; 6] = ["PER", "ORG", "GPE", "LOC", "NORP", "MISC"];
/// Labels of the parts of a statement.
pub(crate) const STATEMENT_LABELS: [&str; 3] = ["SOURCE", "CUE", "CONTENT"];
/// From a content to its source and cue, from the first part of a span to the
/// others, from a holder to its target.
pub(crate) const RELATIONS: [&str; 5] = ["source", "cue", PART, "supports", "opposes"];

/// The body of an article with what was found in it. Spans of the headline are
/// left out: annotation tools show one text. So are statements within
/// statements: gold of attribution has one layer.
pub(crate) fn labelled(found: &Annotated) -> LabelledText {
    let mut drawing = Drawing { spans: Vec::new(), relations: Vec::new() };
    let mut places: BTreeMap<Span, usize> = BTreeMap::new();
    let named = found.mentions.iter().filter(|m| m.form == MentionForm::Name);
    for mention in named.filter(|mention| mention.field == Field::Text) {
        places.insert(mention.span, drawing.span(mention.span, mention.label.as_str()));
    }
    let mut drawn: BTreeMap<(&str, Span), usize> = BTreeMap::new();
    let is_drawn = |s: &&Statement| s.field == Field::Text && s.parent_idx.is_none();
    for statement in found.statements.iter().filter(is_drawn) {
        let mut role = |spans: &[Span], label: &'static str| {
            let mut first = None;
            for span in spans {
                let idx =
                    *drawn.entry((label, *span)).or_insert_with(|| drawing.span(*span, label));
                match first {
                    None => first = Some(idx),
                    Some(first) => drawing.relation(first, idx, PART),
                }
            }
            first
        };
        let content = role(&statement.content, "CONTENT");
        let (source, cue) = (role(&statement.source, "SOURCE"), role(&statement.cue, "CUE"));
        let Some(content) = content else { continue };
        for (part, label) in [(source, "source"), (cue, "cue")] {
            if let Some(part) = part {
                drawing.relation(content, part, label);
            }
        }
    }
    draw_stances(found, &places, &mut drawing);
    LabelledText {
        id: found.article.id.clone(),
        columns: columns(found),
        text: found.article.text.clone(),
        spans: drawing.spans,
        relations: drawing.relations,
    }
}

fn columns(found: &Annotated) -> Columns {
    let article = &found.article;
    let outlet = article.outlet.clone().map(|outlet| ("outlet".to_owned(), outlet));
    let date = article.date.map(|date| ("date".to_owned(), date.to_string()));
    outlet.into_iter().chain(date).collect()
}

struct Drawing {
    spans: Vec<LabelledSpan>,
    relations: Vec<SpanRelation>,
}

impl Drawing {
    fn span(&mut self, span: Span, label: &str) -> usize {
        let (id, label) = (String::new(), label.to_owned());
        self.spans.push(LabelledSpan { id, span, label, choices: Vec::new() });
        self.spans.len() - 1
    }

    fn relation(&mut self, from: usize, to: usize, label: &str) {
        let relation = SpanRelation { from, to, labels: vec![label.to_owned()] };
        if !self.relations.contains(&relation) {
            self.relations.push(relation);
        }
    }
}

/// Stances that one sentence tells, between the first names of both ends in it.
fn draw_stances(found: &Annotated, places: &BTreeMap<Span, usize>, drawing: &mut Drawing) {
    let in_sentence = |actor: usize, sentence: usize| {
        found
            .mentions
            .iter()
            .filter(|m| m.actor_idx == Some(actor) && m.sentence_idx == sentence)
            .find_map(|m| places.get(&m.span).copied().filter(|_| m.field == Field::Text))
    };
    for stance in found.stances.iter().filter(|s| s.basis == Basis::Told) {
        let Holder::Actor(holder) = stance.holder else { continue };
        let ends = in_sentence(holder, stance.sentence_idx)
            .zip(in_sentence(stance.target_idx, stance.sentence_idx));
        if let Some((from, to)) = ends.filter(|_| stance.position != Position::Neutral) {
            drawing.relation(from, to, stance.position.as_str());
        }
    }
}

/// Writes what `evaluate` reads: `attribution/` (task `attribution`),
/// `entities.jsonl` (`ner`) and `stance-pair.jsonl` (`stance-pair`). Gives the
/// number of statements, entities and pairs.
pub(crate) fn write_gold(texts: &[LabelledText], folder: &Path) -> anyhow::Result<[usize; 3]> {
    let attribution = folder.join("attribution");
    for part in ["text", "attributions"] {
        let path = attribution.join(part);
        std::fs::create_dir_all(&path)
            .with_context(|| format!("cannot make the folder `{}`", path.display()))?;
    }
    let (mut entities, mut pairs) = (String::new(), String::new());
    let mut counts = [0; 3];
    for text in texts {
        check_labels(text)?;
        let name = file_name(&text.id);
        let (standoff, n_statements) = attribution_standoff(text);
        write(&attribution.join("text").join(format!("{name}.txt")), &text.text)?;
        write(&attribution.join("attributions").join(format!("{name}.ann")), &standoff)?;
        let (line, n_entities) = entity_line(text);
        entities.push_str(&line);
        let lines = pair_lines(text);
        counts[0] += n_statements;
        counts[1] += n_entities;
        counts[2] += lines.len();
        pairs.extend(lines);
    }
    write(&folder.join("entities.jsonl"), &entities)?;
    write(&folder.join("stance-pair.jsonl"), &pairs)?;
    Ok(counts)
}

/// Writes text and annotations side by side, as brat keeps them.
pub(crate) fn write_brat(text: &LabelledText, folder: &Path) -> anyhow::Result<()> {
    let name = file_name(&text.id);
    write(&folder.join(format!("{name}.txt")), &text.text)?;
    write(&folder.join(format!("{name}.ann")), &brat_annotations(text))
}

pub(crate) fn write(path: &Path, content: &str) -> anyhow::Result<()> {
    std::fs::write(path, content).with_context(|| format!("cannot write `{}`", path.display()))
}

/// An id as the name of a file.
fn file_name(id: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    id.strip_suffix(".txt").unwrap_or(id).chars().map(plain).collect()
}

fn check_labels(text: &LabelledText) -> anyhow::Result<()> {
    let is_known =
        |label: &str| ENTITY_LABELS.contains(&label) || STATEMENT_LABELS.contains(&label);
    if let Some(span) = text.spans.iter().find(|span| !is_known(&span.label)) {
        let known = ENTITY_LABELS.iter().chain(&STATEMENT_LABELS).copied().collect::<Vec<_>>();
        bail!("`{}`: label `{}` is not one of {}", text.id, span.label, known.join(", "));
    }
    let labels = text.relations.iter().flat_map(|relation| &relation.labels);
    match labels.into_iter().find(|label| !RELATIONS.contains(&label.as_str())) {
        Some(label) => {
            bail!("`{}`: relation `{label}` is not one of {}", text.id, RELATIONS.join(", "))
        }
        None => Ok(()),
    }
}

/// The ends of relations of that label from `from`.
fn targets<'t>(
    text: &'t LabelledText,
    from: usize,
    label: &'static str,
) -> impl Iterator<Item = usize> + 't {
    let has = move |relation: &&SpanRelation| {
        relation.from == from && relation.labels.iter().any(|known| known == label)
    };
    text.relations.iter().filter(has).map(|relation| relation.to)
}

/// A span with its other parts.
fn with_parts(text: &LabelledText, first: usize) -> Vec<usize> {
    let mut parts = vec![first];
    parts.extend(targets(text, first, PART));
    parts.sort_by_key(|idx| text.spans[*idx].span);
    parts.dedup();
    parts
}

/// Source, cue and content of each statement as brat events.
fn attribution_standoff(text: &LabelledText) -> (String, usize) {
    let offsets = CharOffsets::new(&text.text);
    let is_later_part = |idx: usize| {
        text.relations.iter().any(|r| r.to == idx && r.labels.iter().any(|label| label == PART))
    };
    let (mut spans, mut events) = (Vec::new(), Vec::new());
    let (mut n_spans, mut n_events) = (0, 0);
    let contents = (0..text.spans.len())
        .filter(|&idx| text.spans[idx].label == "CONTENT" && !is_later_part(idx));
    for content in contents {
        let mut roles = Vec::new();
        let source = targets(text, content, "source").next();
        let cue = targets(text, content, "cue").next();
        for (role, first) in [("Content", Some(content)), ("Source", source), ("Cue", cue)] {
            let Some(first) = first else { continue };
            let places: Vec<String> = with_parts(text, first)
                .into_iter()
                .map(|idx| {
                    let (start, end) = offsets.span(text.spans[idx].span);
                    format!("{start} {end}")
                })
                .collect();
            n_spans += 1;
            let quote = text.spans[first].span.of(&text.text).replace(['\n', '\t'], " ");
            spans.push(format!("T{n_spans}\t{role} {}\t{quote}\n", places.join(";")));
            roles.push(format!("{role}:T{n_spans}"));
        }
        n_events += 1;
        events.push(format!("E{n_events}\t{}\n", roles.join(" ")));
    }
    spans.extend(events);
    (spans.concat(), n_events)
}

fn entity_line(text: &LabelledText) -> (String, usize) {
    let offsets = CharOffsets::new(&text.text);
    let entities: Vec<_> = entities(text)
        .map(|idx| {
            let (start, end) = offsets.span(text.spans[idx].span);
            json!([start, end, text.spans[idx].label])
        })
        .collect();
    let mut line = json!({ "id": text.id, "text": text.text, "entities": entities });
    for (column, value) in &text.columns {
        line[column] = json!(value);
    }
    (format!("{line}\n"), entities.len())
}

fn entities(text: &LabelledText) -> impl Iterator<Item = usize> {
    (0..text.spans.len()).filter(|&idx| ENTITY_LABELS.contains(&text.spans[idx].label.as_str()))
}

/// A line for each two entities of a sentence: `neutral` where no stance is drawn.
fn pair_lines(text: &LabelledText) -> Vec<String> {
    let mut lines = Vec::new();
    for sentence in newstance_tokenize::sentences(&text.text, Field::Text) {
        let mut inside: Vec<usize> =
            entities(text).filter(|&idx| sentence.span.contains(text.spans[idx].span)).collect();
        inside.sort_by_key(|&idx| text.spans[idx].span);
        let quote = sentence.span.of(&text.text);
        let offsets = CharOffsets::new(quote);
        let mut seen = BTreeSet::new();
        for (place, &p) in inside.iter().enumerate() {
            for &q in &inside[place + 1..] {
                let within = |idx: usize| {
                    let span = text.spans[idx].span;
                    let start = span.start - sentence.span.start;
                    offsets.span(Span::new(start, start + span.len()))
                };
                if text.spans[p].span.overlaps(text.spans[q].span) || !seen.insert((p, q)) {
                    continue;
                }
                let line = json!({
                    "article": text.id, "text": quote, "p": within(p), "q": within(q),
                    "label": pair_label(text, p, q),
                });
                lines.push(format!("{line}\n"));
            }
        }
    }
    lines
}

fn pair_label(text: &LabelledText, p: usize, q: usize) -> &'static str {
    let stands = |from: usize, to: usize, label| targets(text, from, label).any(|end| end == to);
    [
        (stands(p, q, "supports"), "p_supports_q"),
        (stands(q, p, "supports"), "q_supports_p"),
        (stands(p, q, "opposes"), "p_opposes_q"),
        (stands(q, p, "opposes"), "q_opposes_p"),
    ]
    .into_iter()
    .find_map(|(stands, label)| stands.then_some(label))
    .unwrap_or("neutral")
}

#[cfg(test)]
mod tests {
    use newstance_corpus::gold::{Columns, LabelledSpan, LabelledText, SpanRelation};
    use newstance_doc::Span;

    use super::{attribution_standoff, file_name, pair_lines};

    fn text(spans: &[(usize, usize, &str)], relations: &[(usize, usize, &str)]) -> LabelledText {
        let span = |&(start, end, label): &(usize, usize, &str)| LabelledSpan {
            id: String::new(),
            span: Span::new(start, end),
            label: label.to_owned(),
            choices: Vec::new(),
        };
        let relation = |&(from, to, label): &(usize, usize, &str)| SpanRelation {
            from,
            to,
            labels: vec![label.to_owned()],
        };
        LabelledText {
            id: "a/1".to_owned(),
            columns: Columns::new(),
            text: "Ana told Bo it rained. Cy left.".to_owned(),
            spans: spans.iter().map(span).collect(),
            relations: relations.iter().map(relation).collect(),
        }
    }

    #[test]
    fn a_content_draws_its_source_and_parts() {
        let spans = [(12, 14, "CONTENT"), (15, 21, "CONTENT"), (0, 3, "SOURCE")];
        let (standoff, n) =
            attribution_standoff(&text(&spans, &[(0, 1, "part"), (0, 2, "source")]));
        assert_eq!(n, 1);
        let expected =
            "T1\tContent 12 14;15 21\tit\nT2\tSource 0 3\tAna\nE1\tContent:T1 Source:T2\n";
        assert_eq!(standoff, expected);
    }

    #[test]
    fn two_entities_of_a_sentence_are_a_pair() {
        let spans = [(0, 3, "PER"), (9, 11, "PER"), (23, 25, "PER")];
        let lines = pair_lines(&text(&spans, &[(1, 0, "opposes")]));
        assert_eq!(lines.len(), 1);
        assert!(lines[0].contains("\"label\":\"q_opposes_p\""), "{}", lines[0]);
        assert!(lines[0].contains("\"p\":[0,3],\"q\":[9,11]"), "{}", lines[0]);
    }

    #[test]
    fn an_id_becomes_a_file_name() {
        assert_eq!(file_name("a/1 é"), "a_1_é");
        assert_eq!(file_name("visit.txt"), "visit");
    }
}
