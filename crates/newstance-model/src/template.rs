//! What is asked about a pair in words of its own, behind the sentence.

use std::collections::BTreeMap;

use newstance_doc::Position;
use serde::{Deserialize, Serialize};

/// A second text behind the first one, for a model that reads two: with
/// `{holder}` and `{target}` for a pair, with `{second}` for two texts.
///
/// Either `second` alone, whose answer is a label of the model, or a hypothesis
/// for each position, of which the model says whether the sentence entails it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Template {
    /// The second text: `{target}`, or `{holder} supports {target}.`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<String>,
    /// A text for `supports` and one for `opposes`, `neutral` where it has one;
    /// the model's label `entails` says that a text holds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hypotheses: BTreeMap<String, String>,
    /// What stands for a holder that is anyone.
    #[serde(default = "any")]
    pub any: String,
    /// What stands for a holder that is the text's author.
    #[serde(default = "outlet")]
    pub outlet: String,
}

fn any() -> String {
    "Someone".to_owned()
}

fn outlet() -> String {
    "The author".to_owned()
}

/// The label by which a model says that a hypothesis holds.
pub(crate) const ENTAILS: &str = "entails";

impl Template {
    /// A template of one second text.
    pub fn of_second(second: impl Into<String>) -> Self {
        Self {
            second: Some(second.into()),
            hypotheses: BTreeMap::new(),
            any: any(),
            outlet: outlet(),
        }
    }

    /// A template of one hypothesis a position.
    pub fn of_hypotheses(hypotheses: BTreeMap<String, String>) -> Self {
        Self { second: None, hypotheses, any: any(), outlet: outlet() }
    }

    /// Checks that it asks what `role` is asked about.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as what is said of "the template".
    pub fn check(&self, role: &str) -> Result<(), String> {
        if self.second.is_some() != self.hypotheses.is_empty() {
            return Err("needs `second` or `hypotheses`, and not both".to_owned());
        }
        for position in self.hypotheses.keys() {
            if !Position::ALL.iter().any(|known| known.as_str() == position) {
                return Err(format!("has a hypothesis for `{position}`, which is no position"));
            }
        }
        let polar = [Position::Supports, Position::Opposes].map(Position::as_str);
        match polar.into_iter().find(|position| !self.hypotheses.contains_key(*position)) {
            Some(missing) if self.second.is_none() => {
                return Err(format!("has no hypothesis for `{missing}`"));
            }
            _ => {}
        }
        let (needed, known): (_, &[&str]) =
            if role == CLAIM { ("second", &["second"]) } else { ("target", &["holder", "target"]) };
        if role == CLAIM && self.second.is_none() {
            return Err("has hypotheses, which are about holder and target".to_owned());
        }
        for text in self.second.iter().chain(self.hypotheses.values()) {
            // A place that does not end is none.
            let places = text
                .split('{')
                .skip(1)
                .map(|rest| rest.split_once('}').map_or("", |(name, _)| name));
            let places: Vec<&str> = places.collect();
            if !places.iter().all(|place| known.contains(place)) {
                let known = known.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>();
                return Err(format!("`{text}` has places other than {}", known.join(" and ")));
            }
            if !places.contains(&needed) {
                return Err(format!("`{text}` has no {{{needed}}}"));
            }
        }
        Ok(())
    }
}

/// The role whose model is given two contents.
const CLAIM: &str = "claim";

/// `text` with what stands at its places; what is put in is not looked at again.
pub(crate) fn filled(text: &str, places: &[(&str, &str)]) -> String {
    let mut result = String::new();
    for (n, part) in text.split('{').enumerate() {
        let place = part.split_once('}').filter(|_| n > 0);
        let value = |name| places.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        match place.and_then(|(name, rest)| Some((value(name)?, rest))) {
            Some((value, rest)) => {
                result.push_str(value);
                result.push_str(rest);
            }
            None => result.push_str(part),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::{Template, filled};

    #[test]
    fn places_are_filled_once() {
        let places = [("holder", "{target}"), ("target", "China")];
        assert_eq!(filled("{holder} opposes {target}.", &places), "{target} opposes China.");
        assert_eq!(filled("{target}", &places), "China");
        assert_eq!(filled("no place", &places), "no place");
    }

    #[track_caller]
    fn check_refused(template: &str, expected: &str) {
        let template: Template = toml::from_str(template).unwrap();
        let problem = template.check("stance").unwrap_err();
        assert!(problem.contains(expected), "{problem}");
    }

    #[test]
    fn a_template_of_contents_has_a_place_for_the_second() {
        let check = |text: &str| Template::of_second(text).check("claim");
        assert_eq!(check("It is true that {second}"), Ok(()));
        assert_eq!(check("{target}"), Err("`{target}` has places other than {second}".to_owned()));
        assert_eq!(check("true"), Err("`true` has no {second}".to_owned()));
    }

    #[test]
    fn a_template_that_asks_nothing_is_refused() {
        check_refused("", "needs `second` or `hypotheses`");
        check_refused("second = 'x'", "`x` has no {target}");
        check_refused("second = '{who} {target}'", "has places other than");
        check_refused("second = '{target'", "has places other than");
        check_refused("hypotheses = { likes = '{target}' }", "`likes`, which is no position");
        check_refused("hypotheses = { supports = '{target}' }", "no hypothesis for `opposes`");
        assert!(Template::of_second("{holder} likes {target}").check("stance").is_ok());
    }
}
