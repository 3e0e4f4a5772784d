//! The file of a suite: templates, slots, expectations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, bail, ensure};
use newstance_doc::{ActorKind, Force, Position, StatementForm};
use serde::Deserialize;

/// Most cases of one template: more would be more of the same.
const MOST_CASES: usize = 10;

/// One sentence, or a pair of them, with what must come.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Case {
    /// Suite, template and number.
    pub(super) id: String,
    /// The headline; mostly empty.
    pub(super) title: String,
    /// What is read.
    pub(super) text: String,
    /// What sort of test it is.
    pub(super) test: Test,
    /// All of it must hold.
    pub(super) expect: Vec<Expectation>,
}

/// What sort of test a case is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    /// The expectations hold for the text.
    Minimum,
    /// What is named is the same in both texts.
    Invariance { changed: String },
    /// What is named grows from the text to the changed one.
    Direction { changed: String },
}

/// What must come of a text. In an invariance what is left out is compared; in
/// a direction the probability of a stance is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Expectation {
    /// Some statement is like this.
    Statement(StatementLike),
    /// No statement is like this.
    NoStatement(StatementLike),
    /// A holder stands to a target in that way.
    Stance(StanceLike),
    /// A holder stands to a target in no such way.
    NoStance(StanceLike),
    /// An actor is found.
    Actor(ActorLike),
    /// No such actor is found.
    NoActor(ActorLike),
    /// Two strings are mentions of one actor, at the first place of each.
    SameActor { first: String, second: String },
    /// Two strings are mentions of two actors.
    OtherActor { first: String, second: String },
}

/// A statement, as far as it is told.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct StatementLike {
    /// Part of its content.
    pub(super) content: Option<String>,
    /// What its content must not hold.
    pub(super) content_without: Option<String>,
    /// Name or mention of its speaker; `nobody` for none.
    pub(super) speaker: Option<String>,
    /// Name of its speaker's country.
    pub(super) speaker_country: Option<String>,
    /// Part of its source.
    pub(super) source: Option<String>,
    /// Part of its cue.
    pub(super) cue: Option<String>,
    /// What the speaker does.
    pub(super) force: Option<Force>,
    /// How the content stands in the text.
    pub(super) form: Option<StatementForm>,
    /// Name or mention of the speaker of the statement that holds it.
    pub(super) within_speaker: Option<String>,
}

/// A stance, as far as it is told.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StanceLike {
    /// Name or mention; `outlet` for the outlet's own voice.
    pub(super) holder: Option<String>,
    /// Name of the holder's country.
    pub(super) holder_country: Option<String>,
    /// Name or mention.
    pub(super) target: Option<String>,
    /// Name of the target's country.
    pub(super) target_country: Option<String>,
    /// How.
    pub(super) position: Option<Position>,
}

/// An actor, as far as it is told.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActorLike {
    /// Name or mention.
    pub(super) name: String,
    /// What sort of actor.
    pub(super) kind: Option<ActorKind>,
    /// Name of its country.
    pub(super) country: Option<String>,
    /// Name of what it belongs to.
    pub(super) affiliation: Option<String>,
    /// A part of its office.
    pub(super) role: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SuiteFile {
    suite: String,
    #[serde(rename = "about")]
    _about: String,
    template: Vec<Template>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    id: String,
    test: TestName,
    #[serde(default)]
    title: String,
    text: String,
    changed: Option<String>,
    #[serde(default)]
    slots: BTreeMap<String, Vec<String>>,
    expect: Vec<toml::Table>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TestName {
    Minimum,
    Invariance,
    Direction,
}

/// Reads the cases of a suite, in order.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Case>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the suite `{}`", path.display()))?;
    parse(&text).with_context(|| format!("cannot understand the suite `{}`", path.display()))
}

fn parse(text: &str) -> anyhow::Result<Vec<Case>> {
    let file: SuiteFile = toml::from_str(text)?;
    let mut known = BTreeSet::new();
    let mut cases = Vec::new();
    for template in &file.template {
        let id = format!("{}/{}", file.suite, template.id);
        ensure!(known.insert(id.clone()), "the template `{id}` is there twice");
        cases.extend(expand(template, &id).with_context(|| format!("template `{id}`"))?);
    }
    Ok(cases)
}

/// The cases of a template: its slots are walked side by side, one with a
/// single filler keeps it.
fn expand(template: &Template, id: &str) -> anyhow::Result<Vec<Case>> {
    let n_cases = template.slots.values().map(Vec::len).max().unwrap_or(1);
    ensure!(n_cases <= MOST_CASES, "it has {n_cases} cases, more than {MOST_CASES}");
    ensure!(!template.expect.is_empty(), "it expects nothing");
    for (slot, fillers) in &template.slots {
        let n = fillers.len();
        ensure!(n == 1 || n == n_cases, "slot `{slot}` has {n} fillers, another one {n_cases}");
        let is_used = [Some(&template.text), template.changed.as_ref(), Some(&template.title)];
        let mark = format!("{{{slot}}}");
        let in_text = is_used.into_iter().flatten().any(|text| text.contains(&mark));
        let in_expect = template.expect.iter().any(|table| table.to_string().contains(&mark));
        ensure!(in_text || in_expect, "slot `{slot}` is used nowhere");
    }
    (0..n_cases).map(|number| case(template, id, number)).collect()
}

fn case(template: &Template, id: &str, number: usize) -> anyhow::Result<Case> {
    let fill = |text: &str| -> anyhow::Result<String> {
        let mut filled = text.to_owned();
        for (slot, fillers) in &template.slots {
            let value = fillers.get(number).or(fillers.first()).map_or("", String::as_str);
            filled = filled.replace(&format!("{{{slot}}}"), value);
        }
        match filled.split_once('{').and_then(|(_, rest)| rest.split_once('}')) {
            Some((slot, _)) => bail!("there is no slot `{slot}`"),
            None => Ok(filled),
        }
    };
    let mut expect = Vec::with_capacity(template.expect.len());
    for table in &template.expect {
        let mut filled = toml::Table::new();
        for (key, value) in table {
            let value = match value {
                toml::Value::String(text) => toml::Value::String(fill(text)?),
                other => bail!("`{key}` of an expectation is `{other}`, not a string"),
            };
            filled.insert(key.clone(), value);
        }
        expect.push(filled.try_into::<Expectation>()?);
    }
    let changed = template.changed.as_deref().map(&fill).transpose()?;
    let test = match (template.test, changed) {
        (TestName::Minimum, None) => Test::Minimum,
        (TestName::Invariance, Some(changed)) => Test::Invariance { changed },
        (TestName::Direction, Some(changed)) => Test::Direction { changed },
        (TestName::Minimum, Some(_)) => bail!("a minimum test has no `changed`"),
        (_, None) => bail!("it lacks `changed`"),
    };
    check_test(&test, &expect)?;
    Ok(Case {
        id: format!("{id}/{}", number + 1),
        title: fill(&template.title)?,
        text: fill(&template.text)?,
        test,
        expect,
    })
}

/// An invariance compares something, a direction a stance's probability.
fn check_test(test: &Test, expect: &[Expectation]) -> anyhow::Result<()> {
    for expectation in expect {
        let is_good = match (test, expectation) {
            (Test::Minimum, Expectation::Stance(stance) | Expectation::NoStance(stance)) => {
                stance.position.is_some()
            }
            (Test::Minimum, _)
            | (Test::Invariance { .. }, Expectation::Statement(_) | Expectation::Stance(_)) => true,
            (Test::Direction { .. }, Expectation::Stance(stance)) => stance.position.is_some(),
            _ => false,
        };
        ensure!(is_good, "this test cannot expect {expectation:?}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Expectation, Test, parse};

    const SUITE: &str = r#"
suite = "denial"
about = "Who denies."
[[template]]
id = "that"
test = "minimum"
text = "{who} denied that {what}."
slots = { who = ["Ana", "Bo"], what = ["it rained"] }
expect = [{ what = "statement", speaker = "{who}", force = "denies" }]
[[template]]
id = "name"
test = "invariance"
text = "Ana attacked Bo."
changed = "Ana attacked {who}."
slots = { who = ["Cy", "Di"] }
expect = [{ what = "stance", holder = "Ana" }]
"#;

    #[track_caller]
    fn check_refused(old: &str, new: &str, expected: &str) {
        let error = format!("{:#}", parse(&SUITE.replacen(old, new, 1)).unwrap_err());
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn slots_are_walked_side_by_side() {
        let cases = parse(SUITE).unwrap();
        let told: Vec<(&str, &str)> =
            cases.iter().map(|case| (case.id.as_str(), case.text.as_str())).collect();
        assert_eq!(told[1], ("denial/that/2", "Bo denied that it rained."));
        assert_eq!(cases.len(), 4);
        assert_eq!(cases[3].test, Test::Invariance { changed: "Ana attacked Di.".to_owned() });
        let Expectation::Statement(statement) = &cases[1].expect[0] else { panic!() };
        assert_eq!(statement.speaker.as_deref(), Some("Bo"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_template() {
        check_refused("{who} ", "{whom} ", "template `denial/that`: there is no slot `whom`");
        check_refused("[\"it rained\"]", "[\"a\", \"b\", \"c\"]", "slot `who` has 2 fillers");
        check_refused("\"statement\"", "\"sentence\"", "unknown variant `sentence`");
        let rest = "changed = \"Ana attacked {who}.\"\nslots = { who = [\"Cy\", \"Di\"] }\n";
        check_refused(rest, "", "it lacks `changed`");
        check_refused("id = \"name\"", "id = \"that\"", "`denial/that` is there twice");
        check_refused("force = ", "farce = ", "unknown field `farce`");
        check_refused("\"invariance\"", "\"direction\"", "cannot expect");
        check_refused("who = [\"Cy\"", "x = [\"a\"], who = [\"Cy\"", "slot `x` is used nowhere");
    }
}
