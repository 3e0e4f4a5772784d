//! What the labels of a model that is added are to us.

use std::collections::BTreeMap;

use anyhow::bail;
use newstance_model::tag_parts;

use super::label_question::ask;
use crate::args::AddHow;

/// The labels of a role, and what stands for all others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ours {
    /// The role, for messages.
    pub(crate) role: &'static str,
    /// Those that a model must have, each.
    pub(crate) needed: &'static [&'static str],
    /// Those that it may have.
    pub(crate) more: &'static [&'static str],
    /// What a label is that is none of these.
    pub(crate) rest: &'static str,
    /// Whether labels are tags of words.
    pub(crate) is_tags: bool,
}

const STANCE: Ours = Ours {
    role: "stance",
    needed: &["supports", "opposes"],
    more: &["neutral"],
    rest: "neutral",
    is_tags: false,
};
/// Of a model that says whether a hypothesis holds.
const ENTAILMENT: Ours =
    Ours { role: "stance", needed: &["entails"], more: &["other"], rest: "other", is_tags: false };
const CLAIM: Ours = Ours {
    role: "claim",
    needed: &["same", "opposite"],
    more: &["unrelated"],
    rest: "unrelated",
    is_tags: false,
};
const NER: Ours = Ours {
    role: "ner",
    needed: &["PER"],
    more: &["ORG", "LOC", "NORP", "MISC"],
    rest: "O",
    is_tags: true,
};
const ATTRIBUTION: Ours = Ours {
    role: "attribution",
    needed: &["SOURCE", "CUE", "CONTENT"],
    more: &[],
    rest: "O",
    is_tags: true,
};

/// Names that models give to what we call otherwise, in lower case without
/// other signs: a proposal, which a person confirms.
const USUAL: [(&str, &[&str]); 15] = [
    (
        "supports",
        &["support", "favor", "favour", "infavor", "infavour", "pro", "for", "positive", "agree"],
    ),
    ("opposes", &["oppose", "against", "anti", "con", "negative", "disagree", "deny"]),
    ("neutral", &["none", "neither", "unrelated", "comment", "query", "other", "nostance"]),
    ("entails", &["entailment", "entail", "entailed"]),
    ("other", &["neutral", "contradiction", "notentailment", "notentailed"]),
    ("same", &["entailment", "equivalent", "paraphrase", "agree"]),
    ("opposite", &["contradiction", "contradicts", "disagree"]),
    ("unrelated", &["neutral", "notentailment", "other", "none", "discuss"]),
    ("PER", &["person", "people", "pers"]),
    ("ORG", &["organization", "organisation", "corporation", "company", "group", "corp"]),
    ("LOC", &["location", "gpe", "place", "fac", "facility", "geo", "country"]),
    ("NORP", &["nationality", "religion", "party", "demonym"]),
    (
        "MISC",
        &["event", "workofart", "product", "law", "language", "miscellaneous", "creativework"],
    ),
    ("SOURCE", &["speaker", "holder"]),
    ("CONTENT", &["quote", "quotation", "statement"]),
];

/// Types of tags that name no one.
const NOT_NAMES: [&str; 7] =
    ["date", "time", "percent", "money", "quantity", "ordinal", "cardinal"];

impl Ours {
    /// The labels of a role, or of a model of entailment that has it; none for a
    /// role without labels.
    pub(crate) fn of(role: &str, by_hypotheses: bool) -> Option<Self> {
        match role {
            "stance" if by_hypotheses => Some(ENTAILMENT),
            "stance" => Some(STANCE),
            "claim" => Some(CLAIM),
            "ner" => Some(NER),
            "attribution" => Some(ATTRIBUTION),
            _ => None,
        }
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.needed.iter().chain(self.more).copied()
    }

    fn knows(&self, name: &str) -> bool {
        let kind = if self.is_tags {
            name.strip_prefix("B-").or_else(|| name.strip_prefix("I-")).unwrap_or(name)
        } else {
            name
        };
        kind == self.rest || self.names().any(|known| known == kind)
    }

    /// What a label is by its own name: sure where the name is ours.
    fn by_name(&self, label: &str) -> Option<(&'static str, bool)> {
        let folded = |name: &str| -> String {
            name.chars()
                .filter(char::is_ascii_alphanumeric)
                .collect::<String>()
                .to_ascii_lowercase()
        };
        let label = folded(label);
        if let Some(same) = self.names().find(|name| folded(name) == label) {
            return Some((same, true));
        }
        if self.is_tags && NOT_NAMES.contains(&label.as_str()) {
            return Some((self.rest, true));
        }
        let usual = |name: &&str| {
            USUAL.iter().any(|(ours, others)| ours == name && others.contains(&label.as_str()))
        };
        // What entails is called so everywhere; what is for or against somebody is not.
        let is_standard = self.needed == ENTAILMENT.needed;
        self.names().find(usual).map(|name| (name, is_standard))
    }
}

/// True for labels of a model of entailment.
pub(crate) fn is_entailment(labels: &[String]) -> bool {
    labels.iter().any(|label| label.to_ascii_lowercase().starts_with("entail"))
}

/// The types of tags, or the labels themselves, each once.
fn kinds(labels: &[String], is_tags: bool) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for label in labels {
        let kind = if is_tags {
            match tag_parts(label) {
                Some((_, kind)) => kind,
                None => continue,
            }
        } else {
            label.as_str()
        };
        if !kinds.iter().any(|known| known == kind) {
            kinds.push(kind.to_owned());
        }
    }
    kinds
}

/// Our name for each label (or type of tags) of a model: what the flags say,
/// what is of our name, and what a person confirms.
pub(crate) fn label_map(
    ours: &Ours,
    labels: &[String],
    how: &AddHow,
) -> anyhow::Result<BTreeMap<String, String>> {
    let kinds = kinds(labels, ours.is_tags);
    let given = given(ours, labels, &kinds, how)?;
    // One name of ours, given for one label, is not to be proposed for another.
    let mut map = given.clone();
    let mut proposed: BTreeMap<String, String> = BTreeMap::new();
    for kind in kinds.iter().filter(|kind| !given.contains_key(*kind)) {
        match ours.by_name(kind) {
            Some((name, true)) => {
                map.insert(kind.clone(), name.to_owned());
            }
            Some((name, false)) => {
                proposed.insert(kind.clone(), name.to_owned());
            }
            None => {}
        }
    }
    let has = |map: &BTreeMap<String, String>, name: &str| {
        map.values().any(|known| known == name || known == &format!("B-{name}"))
    };
    let is_told = ours.needed.iter().all(|name| has(&map, name));
    if how.yes || (is_told && !given.is_empty()) {
        // What was said is enough; the rest is as proposed with `--yes`, else nothing.
        if how.yes {
            map.extend(proposed.clone());
        }
    } else if !proposed.is_empty() || !is_told {
        ask(ours.role, &unsettled(&kinds, &map), (ours, &mut map), &proposed)?;
    }
    if let Some(missing) = ours.needed.iter().find(|name| !has(&map, name)) {
        bail!("{}", what_to_give(ours, missing, &kinds, &proposed));
    }
    for kind in kinds {
        map.entry(kind).or_insert_with(|| ours.rest.to_owned());
    }
    Ok(map)
}

fn unsettled(kinds: &[String], map: &BTreeMap<String, String>) -> Vec<String> {
    kinds.iter().filter(|kind| !map.contains_key(*kind)).cloned().collect()
}

/// What `--label` says.
fn given(
    ours: &Ours,
    labels: &[String],
    kinds: &[String],
    how: &AddHow,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut map = BTreeMap::new();
    for flag in &how.label {
        let Some((name, its)) = flag.split_once('=') else {
            bail!("`--label {flag}` has no `=`\nhint: write `--label {}=ITS`", ours.needed[0]);
        };
        if !ours.knows(name) {
            let names: Vec<&str> = ours.names().collect();
            bail!(
                "`--label {flag}`: `{name}` is no label of ours\nhint: ours are {}",
                names.join(", ")
            );
        }
        if !labels.iter().chain(kinds).any(|known| known == its) {
            bail!("`--label {flag}`: the model has no label `{its}` (it has {})", kinds.join(", "));
        }
        if map.insert(its.to_owned(), name.to_owned()).is_some() {
            bail!("`--label {flag}`: `{its}` was given another name before");
        }
    }
    Ok(map)
}

/// What a person without a terminal has to say.
pub(crate) fn what_to_give(
    ours: &Ours,
    missing: &str,
    kinds: &[String],
    proposed: &BTreeMap<String, String>,
) -> String {
    let question = format!("which of {} is `{missing}`?", kinds.join(", "));
    let flag = |name: &&str| {
        let its = proposed.iter().find(|(_, known)| *known == name).map(|(its, _)| its.as_str());
        let quoted = its.map_or_else(|| "...".to_owned(), quoted);
        format!("--label {name}={quoted}")
    };
    let flags: Vec<String> = ours.needed.iter().map(flag).collect();
    format!("{question}\nhint: say so with `{}`", flags.join(" "))
}

/// A label as a shell takes it.
fn quoted(label: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if label.chars().all(is_plain) { label.to_owned() } else { format!("'{label}'") }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{Ours, label_map};
    use crate::args::{Cli, ModelsVerb, Verb};

    #[test]
    fn a_model_of_entailment_needs_no_word() {
        let ours = Ours::of("stance", true).unwrap();
        for label in ["entailment", "ENTAILMENT", "contradiction", "not_entailment", "neutral"] {
            let name = if label.to_lowercase() == "entailment" { "entails" } else { "other" };
            assert_eq!(ours.by_name(label), Some((name, true)), "{label}");
        }
        assert_eq!(ours.by_name("LABEL_0"), None);
    }

    fn map(role: &str, labels: &str, flags: &str) -> anyhow::Result<String> {
        let labels: Vec<String> = labels.split(' ').map(str::to_owned).collect();
        let line = format!("newstance models add x --role {role} {flags}");
        let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
        let Verb::Models(args) = cli.verb else { panic!("models") };
        let ModelsVerb::Add(add) = args.verb else { panic!("add") };
        let map = label_map(&Ours::of(role, false).unwrap(), &labels, &add.how)?;
        let pairs: Vec<String> = map.iter().map(|(its, ours)| format!("{its}={ours}")).collect();
        Ok(pairs.join(" "))
    }

    #[track_caller]
    fn check(role: &str, labels: &str, flags: &str, expected: &str) {
        assert_eq!(map(role, labels, flags).unwrap(), expected);
    }

    #[track_caller]
    fn check_refused(role: &str, labels: &str, flags: &str, expected: &str) {
        let error = map(role, labels, flags).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn labels_of_our_names_need_no_word() {
        let expected = "Neutral=neutral Opposes=opposes Supports=supports";
        check("stance", "Opposes Neutral Supports", "", expected);
        check("ner", "O B-PER I-PER B-LOC I-LOC B-DATE", "", "DATE=O LOC=LOC PER=PER");
        let tags = "O B-SOURCE B-CUE B-CONTENT I-CONTENT";
        check("attribution", tags, "", "CONTENT=CONTENT CUE=CUE SOURCE=SOURCE");
    }

    #[test]
    fn labels_of_other_names_are_asked_for() {
        let refused = "which of LABEL_0, LABEL_1, LABEL_2 is `supports`?\nhint: say so with \
                       `--label supports=... --label opposes=...`";
        check_refused("stance", "LABEL_0 LABEL_1 LABEL_2", "", refused);
        let proposed = "`--label supports=FAVOR --label opposes=AGAINST`";
        check_refused("stance", "AGAINST FAVOR NONE", "", proposed);
        check_refused("claim", "entailment neutral contradiction", "", "is `same`?");
        check_refused("ner", "O B-person I-person", "", "`--label PER=person`");
    }

    #[test]
    fn what_is_not_given_is_the_rest() {
        let flags = "--label supports=LABEL_2 --label opposes=LABEL_0";
        let expected = "LABEL_0=opposes LABEL_1=neutral LABEL_2=supports";
        check("stance", "LABEL_0 LABEL_1 LABEL_2", flags, expected);
        check("ner", "O B-X I-X B-Y", "--label PER=X", "X=PER Y=O");
        let whole = "--label O=LABEL_0 --label B-PER=LABEL_1 --label I-PER=LABEL_2";
        let expected = "LABEL_0=O LABEL_1=B-PER LABEL_2=I-PER";
        check("ner", "LABEL_0 LABEL_1 LABEL_2", whole, expected);
    }

    #[test]
    fn what_is_proposed_can_be_taken() {
        check(
            "stance",
            "AGAINST FAVOR NONE",
            "--yes",
            "AGAINST=opposes FAVOR=supports NONE=neutral",
        );
        let tags = "O B-PERSON I-PERSON B-GPE B-CARDINAL B-EVENT";
        check("ner", tags, "--yes", "CARDINAL=O EVENT=MISC GPE=LOC PERSON=PER");
    }

    #[test]
    fn a_flag_that_says_nothing_is_refused() {
        check_refused("stance", "A B", "--label supports", "has no `=`");
        check_refused("stance", "A B", "--label likes=A", "`likes` is no label of ours");
        check_refused("stance", "A B", "--label supports=C", "no label `C` (it has A, B)");
        let twice = "--label supports=A --label opposes=A";
        check_refused("stance", "A B", twice, "another name before");
    }
}
