//! Which actors a clause speaks of, in which order.
//!
//! Order stands for role: in "A asked B for help" A asks. An agent after "by"
//! in a passive clause goes first. Who is a country, or acts for one (a seat
//! of government, a capital, officials), counts as the country; persons and
//! companies count as themselves, but agree with their country, so that
//! "Putin attacked" can be told of by "Russia attacked".

/// An actor in a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    /// Archive id.
    pub(crate) id: String,
    /// Archive id of its country.
    pub(crate) country: Option<String>,
    /// True where it counts as its country.
    pub(crate) is_country: bool,
}

impl Role {
    /// True where the two can be the same party to an action.
    fn agrees(&self, other: &Self) -> bool {
        self.id == other.id
            || (self.is_country || other.is_country)
                && self.country.is_some()
                && self.country == other.country
    }

    /// What clauses are looked up by: equal for some key wherever two agree.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let own = (!self.is_country || self.country.is_none()).then_some(self.id.as_str());
        own.into_iter().chain(self.country.as_deref())
    }
}

/// How the actors of two clauses go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RoleMatch {
    /// The first two of each agree, in order.
    Agree,
    /// There is too little to compare.
    Open,
    /// They disagree.
    Differ,
}

/// Adds `role` unless one that agrees is there.
pub(crate) fn push_role(roles: &mut Vec<Role>, role: Role, is_agent: bool) {
    if roles.iter().any(|known| known.agrees(&role)) {
        return;
    }
    if is_agent { roles.insert(0, role) } else { roles.push(role) }
}

/// Compares the first two actors of each clause.
pub(crate) fn match_roles(a: &[Role], b: &[Role]) -> RoleMatch {
    match (a, b) {
        ([], _) | (_, []) => RoleMatch::Open,
        ([a1, a2, ..], [b1, b2, ..]) => {
            if a1.agrees(b1) && a2.agrees(b2) {
                RoleMatch::Agree
            } else {
                RoleMatch::Differ
            }
        }
        ([one], many) | (many, [one]) => {
            let is_there = many.iter().take(2).any(|role| role.agrees(one));
            if is_there { RoleMatch::Open } else { RoleMatch::Differ }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, RoleMatch, match_roles};

    fn roles(text: &str) -> Vec<Role> {
        text.split_whitespace()
            .map(|part| match part.split_once('/') {
                Some((id, country)) => {
                    Role { id: id.into(), country: Some(country.into()), is_country: false }
                }
                None => Role { id: part.into(), country: Some(part.into()), is_country: true },
            })
            .collect()
    }

    #[track_caller]
    fn check(a: &str, b: &str, expected: RoleMatch) {
        assert_eq!(match_roles(&roles(a), &roles(b)), expected);
        assert_eq!(match_roles(&roles(b), &roles(a)), expected);
    }

    #[test]
    fn who_asks_whom_must_agree() {
        check("russia china", "russia china ukraine", RoleMatch::Agree);
        check("russia china", "china russia", RoleMatch::Differ);
        check("russia ukraine", "russia china", RoleMatch::Differ);
        check("russia", "russia china", RoleMatch::Open);
        check("", "russia china", RoleMatch::Open);
        check("iran", "russia china", RoleMatch::Differ);
    }

    #[test]
    fn a_person_agrees_with_its_country_but_not_with_its_compatriots() {
        check("putin/russia ukraine", "russia ukraine", RoleMatch::Agree);
        check("putin/russia ukraine", "lavrov/russia ukraine", RoleMatch::Differ);
    }
}
