//! The file of one passage, checked line by line.

use std::collections::BTreeMap;
use std::path::Path;

use newstance_doc::{ActorKind, Force, Position, Span, StatementForm};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;
use toml::Spanned;

use super::passage::{GoldActor, GoldClaim, GoldPassage, GoldStance, GoldStatement};
use super::quote::{Place, find_quote};
use super::text_file::read;
use super::{Columns, GoldError};
use crate::parse_date;

type Text = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PassageFile {
    id: Text,
    outlet: String,
    date: Text,
    region: String,
    beat: String,
    voice: String,
    #[serde(default)]
    cases: Vec<String>,
    #[serde(default)]
    story: Option<String>,
    #[serde(default)]
    title: String,
    text: Text,
    #[serde(default)]
    actor: Vec<ActorEntry>,
    #[serde(default)]
    statement: Vec<StatementEntry>,
    #[serde(default)]
    stance: Vec<StanceEntry>,
    #[serde(default)]
    claim: Vec<ClaimEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActorEntry {
    id: Text,
    name: String,
    kind: Text,
    country: Option<String>,
    affiliation: Option<Text>,
    mentions: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatementEntry {
    id: Text,
    speaker: Option<Text>,
    #[serde(default)]
    source: Vec<Text>,
    #[serde(default)]
    cue: Vec<Text>,
    content: Vec<Text>,
    form: Text,
    force: Text,
    parent: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StanceEntry {
    holder: Text,
    target: Text,
    position: Text,
    basis: Text,
    evidence: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimEntry {
    id: Text,
    text: String,
    #[serde(default)]
    same: Vec<Text>,
    #[serde(default)]
    opposite: Vec<Text>,
}

/// What is wrong, and at which byte of the file.
struct Fault {
    at: usize,
    reason: String,
}

impl Fault {
    fn at(value: &Text, reason: impl Into<String>) -> Self {
        Self { at: value.span().start, reason: reason.into() }
    }
}

/// Reads one passage.
///
/// # Errors
///
/// [`GoldError`], naming file, line and reason.
pub(crate) fn read_passage(path: &Path) -> Result<GoldPassage, GoldError> {
    let content = read(path)?;
    let wrong = |fault: Fault| GoldError::Line {
        path: path.to_owned(),
        line: Span::new(0, fault.at.min(content.len())).of(&content).matches('\n').count() + 1,
        reason: fault.reason,
    };
    let file: PassageFile = toml::from_str(&content).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        wrong(Fault { at, reason: error.message().to_owned() })
    })?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    if stem.as_deref() != Some(file.id.get_ref()) {
        let reason = format!("the id `{}` is not the name of the file", file.id.get_ref());
        return Err(wrong(Fault::at(&file.id, reason)));
    }
    passage(&file).map_err(wrong)
}

fn passage(file: &PassageFile) -> Result<GoldPassage, Fault> {
    if file.text.get_ref().trim().is_empty() {
        return Err(Fault::at(&file.text, "the text is empty"));
    }
    let date = parse_date(file.date.get_ref())
        .ok_or_else(|| Fault::at(&file.date, format!("`{}` is no date", file.date.get_ref())))?;
    let names = Names {
        title: &file.title,
        text: file.text.get_ref(),
        actors: index(file.actor.iter().map(|actor| &actor.id), "actor")?,
        statements: index(file.statement.iter().map(|statement| &statement.id), "statement")?,
    };
    index(file.claim.iter().map(|claim| &claim.id), "claim")?;
    let statements = each(&file.statement, |entry| statement(entry, &names))?;
    check_parents(&statements, &file.statement)?;
    Ok(GoldPassage {
        id: file.id.get_ref().clone(),
        columns: columns(file, i32::from(date.year())),
        story: file.story.clone(),
        outlet: file.outlet.clone(),
        date,
        title: file.title.clone(),
        text: file.text.get_ref().clone(),
        actors: each(&file.actor, |entry| actor(entry, &names))?,
        statements,
        stances: each(&file.stance, |entry| stance(entry, &names))?,
        claims: each(&file.claim, |entry| claim(entry, &names))?,
    })
}

fn each<E, T>(entries: &[E], read: impl Fn(&E) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    entries.iter().map(read).collect()
}

fn columns(file: &PassageFile, year: i32) -> Columns {
    let mut columns = Columns::from([
        ("outlet".to_owned(), file.outlet.clone()),
        ("region".to_owned(), file.region.clone()),
        ("beat".to_owned(), file.beat.clone()),
        ("voice".to_owned(), file.voice.clone()),
        ("decade".to_owned(), format!("{}s", year - year.rem_euclid(10))),
    ]);
    let case = |case: &String| (format!("case:{case}"), "yes".to_owned());
    columns.extend(file.cases.iter().map(case));
    columns
}

/// What the names of a file stand for.
struct Names<'f> {
    title: &'f str,
    text: &'f str,
    actors: BTreeMap<&'f str, usize>,
    statements: BTreeMap<&'f str, usize>,
}

impl Names<'_> {
    fn actor(&self, id: &Text) -> Result<usize, Fault> {
        let known = self.actors.get(id.get_ref().as_str());
        known.copied().ok_or_else(|| unknown("actor", id))
    }

    fn statement(&self, id: &Text) -> Result<usize, Fault> {
        let known = self.statements.get(id.get_ref().as_str());
        known.copied().ok_or_else(|| unknown("statement", id))
    }

    fn place(&self, quote: &Text) -> Result<Place, Fault> {
        find_quote(quote.get_ref(), self.title, self.text)
            .map_err(|reason| Fault::at(quote, reason))
    }

    /// Places of one list: sorted, of one field, none within another.
    fn places(&self, quotes: &[Text]) -> Result<Vec<Place>, Fault> {
        let mut places = Vec::with_capacity(quotes.len());
        for quote in quotes {
            let place = self.place(quote)?;
            if places.iter().any(|other: &Place| other.field != place.field) {
                return Err(Fault::at(quote, "the spans are of title and text"));
            }
            if places.iter().any(|other: &Place| other.span.overlaps(place.span)) {
                return Err(Fault::at(quote, "two spans of one list overlap"));
            }
            places.push(place);
        }
        places.sort();
        Ok(places)
    }
}

fn unknown(what: &str, id: &Text) -> Fault {
    Fault::at(id, format!("there is no {what} `{}`", id.get_ref()))
}

fn index<'f>(
    ids: impl Iterator<Item = &'f Text>,
    what: &str,
) -> Result<BTreeMap<&'f str, usize>, Fault> {
    let mut known = BTreeMap::new();
    for (idx, id) in ids.enumerate() {
        if known.insert(id.get_ref().as_str(), idx).is_some() {
            return Err(Fault::at(id, format!("the {what} `{}` is there twice", id.get_ref())));
        }
    }
    Ok(known)
}

/// One of the words of a list that the tables use.
fn word<'f, T: Deserialize<'f>>(value: &'f Text) -> Result<T, Fault> {
    let input: StrDeserializer<'f, serde::de::value::Error> =
        value.get_ref().as_str().into_deserializer();
    T::deserialize(input).map_err(|error| Fault::at(value, error.to_string()))
}

fn actor(entry: &ActorEntry, names: &Names<'_>) -> Result<GoldActor, Fault> {
    let mut mentions = Vec::with_capacity(entry.mentions.len());
    for quote in &entry.mentions {
        let place = names.place(quote)?;
        if mentions.contains(&place) {
            return Err(Fault::at(quote, format!("`{}` is listed twice", quote.get_ref())));
        }
        mentions.push(place);
    }
    mentions.sort();
    Ok(GoldActor {
        id: entry.id.get_ref().clone(),
        name: entry.name.clone(),
        kind: word::<ActorKind>(&entry.kind)?,
        country: entry.country.clone(),
        affiliation: entry.affiliation.as_ref().map(|id| names.actor(id)).transpose()?,
        mentions,
    })
}

fn statement(entry: &StatementEntry, names: &Names<'_>) -> Result<GoldStatement, Fault> {
    let content = names.places(&entry.content)?;
    let Some(field) = content.first().map(|place| place.field) else {
        return Err(Fault::at(&entry.id, "the statement has no content"));
    };
    let (source, cue) = (names.places(&entry.source)?, names.places(&entry.cue)?);
    if source.iter().chain(&cue).any(|place| place.field != field) {
        return Err(Fault::at(&entry.id, "the statement has spans in title and text"));
    }
    Ok(GoldStatement {
        id: entry.id.get_ref().clone(),
        speaker: entry.speaker.as_ref().map(|id| names.actor(id)).transpose()?,
        source,
        cue,
        content,
        form: word::<StatementForm>(&entry.form)?,
        force: word::<Force>(&entry.force)?,
        parent: entry.parent.as_ref().map(|id| names.statement(id)).transpose()?,
    })
}

/// A statement's content lies in that of its parent, and it is not its own ancestor.
fn check_parents(statements: &[GoldStatement], entries: &[StatementEntry]) -> Result<(), Fault> {
    for (idx, (statement, entry)) in statements.iter().zip(entries).enumerate() {
        let (Some(parent), Some(id)) = (statement.parent, &entry.parent) else { continue };
        let (inner, outer) = (statement.content_hull(), statements[parent].content_hull());
        let holds = inner.zip(outer).is_some_and(|(inner, outer)| {
            inner.field == outer.field && outer.span.contains(inner.span)
        });
        if !holds {
            let reason = format!("the content of `{}` does not hold this one", id.get_ref());
            return Err(Fault::at(id, reason));
        }
        let ancestors = std::iter::successors(Some(parent), |&above| statements[above].parent);
        if ancestors.take(statements.len()).any(|above| above == idx) {
            return Err(Fault::at(id, "the statement holds itself"));
        }
    }
    Ok(())
}

fn stance(entry: &StanceEntry, names: &Names<'_>) -> Result<GoldStance, Fault> {
    let holder = match entry.holder.get_ref().as_str() {
        "outlet" => None,
        _ => Some(names.actor(&entry.holder)?),
    };
    let position = word::<Position>(&entry.position)?;
    if position == Position::Neutral {
        return Err(Fault::at(&entry.position, "neutral stances are not listed"));
    }
    let basis = entry.basis.get_ref();
    if !["statement", "told", "outlet"].contains(&basis.as_str()) {
        return Err(Fault::at(&entry.basis, format!("there is no basis `{basis}`")));
    }
    Ok(GoldStance {
        holder,
        target: names.actor(&entry.target)?,
        position,
        basis: basis.clone(),
        evidence: names.place(&entry.evidence)?,
    })
}

fn claim(entry: &ClaimEntry, names: &Names<'_>) -> Result<GoldClaim, Fault> {
    let same = each(&entry.same, |id| names.statement(id))?;
    let opposite = each(&entry.opposite, |id| names.statement(id))?;
    if let Some(id) = entry.opposite.iter().zip(&opposite).find(|(_, idx)| same.contains(idx)) {
        return Err(Fault::at(id.0, "the statement says the same and the opposite"));
    }
    let (id, text) = (entry.id.get_ref().clone(), entry.text.clone());
    Ok(GoldClaim { id, text, same, opposite })
}

#[cfg(test)]
mod tests {
    use newstance_doc::{Force, Position};

    use super::read_passage;
    use crate::gold::{GoldError, GoldPassage};

    const PASSAGE: &str = r#"
id = "001-strike"
outlet = "Coastal Herald"
date = "1974-05-02"
region = "Africa"
beat = "labour"
voice = "wire"
cases = ["nested"]
title = "Minister denies it"
text = """
The minister said he thought the strike had ended. “It goes on,” the union said.
"""
[[actor]]
id = "minister"
name = "Ana Koroma"
kind = "person"
country = "Sierra Leone"
mentions = ["The minister", "he", "title:Minister"]
[[actor]]
id = "union"
name = "the union"
kind = "group"
mentions = ["the union"]
[[statement]]
id = "s0"
speaker = "minister"
source = ["The minister"]
cue = ["said#1"]
content = ["he thought the strike had ended"]
form = "indirect"
force = "affirms"
[[statement]]
id = "s1"
speaker = "minister"
content = ["the strike had ended"]
form = "indirect"
force = "denies"
parent = "s0"
[[statement]]
id = "s2"
speaker = "union"
content = ["“It goes on,”"]
form = "direct"
force = "affirms"
[[stance]]
holder = "union"
target = "minister"
position = "opposes"
basis = "statement"
evidence = "“It goes on,”"
[[claim]]
id = "ended"
text = "the strike had ended"
same = ["s1"]
opposite = ["s2"]
"#;

    fn read(content: &str) -> Result<GoldPassage, GoldError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("001-strike.toml");
        std::fs::write(&path, content).unwrap();
        read_passage(&path)
    }

    /// Puts `new` for `old`; the error must name the line of it.
    #[track_caller]
    fn check_refused(old: &str, new: &str, expected: &str) {
        let (before, _) = PASSAGE.split_once(old).unwrap();
        let GoldError::Line { line, reason, .. } =
            read(&PASSAGE.replacen(old, new, 1)).unwrap_err()
        else {
            panic!("another error");
        };
        assert!(reason.contains(expected), "{reason}");
        assert_eq!(line, before.matches('\n').count() + 1, "{reason}");
    }

    #[test]
    fn a_passage_is_read_whole() {
        let passage = read(PASSAGE).unwrap();
        let quoted =
            |place: &super::Place| place.span.of(passage.article().field(place.field)).to_owned();
        let mentions: Vec<String> = passage.actors[0].mentions.iter().map(quoted).collect();
        assert_eq!(mentions, ["Minister", "The minister", "he"]);
        assert_eq!(
            (passage.statements[1].parent, passage.statements[1].force),
            (Some(0), Force::Denies)
        );
        assert_eq!(passage.stances[0].position, Position::Opposes);
        assert_eq!(
            (passage.claims[0].same.as_slice(), passage.claims[0].opposite.as_slice()),
            ([1].as_slice(), [2].as_slice())
        );
        assert_eq!(passage.columns["decade"], "1970s");
        assert_eq!(passage.columns["case:nested"], "yes");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        check_refused("beat =", "baet =", "unknown field `baet`");
        check_refused("001-strike", "002-strike", "the id `002-strike`");
        check_refused("1974-05-02", "1974-15-02", "`1974-15-02` is no date");
        check_refused("\"said#1\"", "\"said\"", "`said` stands 2 times");
        check_refused("kind = \"group\"", "kind = \"herd\"", "unknown variant `herd`");
        check_refused("speaker = \"union\"", "speaker = \"unoin\"", "there is no actor `unoin`");
        check_refused("parent = \"s0\"", "parent = \"s2\"", "the content of `s2`");
        check_refused("parent = \"s0\"", "parent = \"s1\"", "the statement holds itself");
        check_refused("position = \"opposes\"", "position = \"neutral\"", "neutral stances");
        check_refused("opposite = [\"s2\"]", "opposite = [\"s1\"]", "the statement says the same");
        check_refused("id = \"s1\"", "id = \"s0\"", "the statement `s0` is there twice");
    }

    #[test]
    fn a_broken_file_is_an_error_with_its_line() {
        let error = read(&PASSAGE.replacen("[[claim]]", "[[claim", 1)).unwrap_err();
        assert!(matches!(&error, GoldError::Line { line, .. } if *line > 40), "{error}");
    }
}
