//! Which statements make the same claim.
//!
//! The clauses of all statements are read from the earliest (by date, then
//! statement id). Each joins the claim whose first clause, the *seed*, it
//! belongs to; else it is the seed of a new one. Comparing with seeds only keeps
//! claims from chaining into giants, and the fixed order makes the result a
//! function of the archive.
//!
//! Without a model of relations a clause belongs to the seed that it is most
//! like, if it is alike enough and the actors' roles agree, and one of the two
//! being negated makes them opposites. With one, the few seeds that it is most
//! like are put to the model, which tells whether it is of that claim, and on
//! which side.

use newstance_doc::Annotated;

use crate::archive::Archive;
use crate::grouping::{Grouping, Place};
use crate::propositions::{Proposition, Reading, propositions};
use crate::referents::referent;
use crate::{AggregateError, AggregateSettings, ClaimModels};

/// A proposition in a group, and how it stands to the group's seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Member {
    /// Index of the proposition.
    pub(crate) proposition: usize,
    /// How like the seed it is, `0.0..=1.0`; 1 for the seed.
    pub(crate) likeness: f32,
    /// True where it says the same as the seed, false where the opposite.
    pub(crate) is_same: bool,
}

/// All propositions of an archive and how they group.
#[derive(Debug)]
pub(crate) struct Claims {
    /// From the earliest.
    pub(crate) propositions: Vec<Proposition>,
    /// The seed is the first of each; a reference stands in the group of what
    /// it refers to, and in none where that is unknown.
    pub(crate) groups: Vec<Vec<Member>>,
}

/// Likeness of a reference ("the allegations") to what it refers to.
const REFERENCE_LIKENESS: f32 = 0.5;

impl Claims {
    /// Groups the contents of all statements.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Embed`], [`AggregateError::EmbedCount`] and
    /// [`AggregateError::Compare`].
    pub(crate) fn new(
        archive: &Archive,
        models: ClaimModels<'_>,
        settings: &AggregateSettings,
    ) -> Result<Self, AggregateError> {
        let propositions = all_propositions(archive, settings)?;
        let Grouping { groups, place_of, .. } = Grouping::of(&propositions, models, settings)?;
        let mut claims = Self { propositions, groups };
        claims.add_references(&place_of);
        Ok(claims)
    }

    /// Puts each reference on the side of what it refers to.
    fn add_references(&mut self, place_of: &[Option<Place>]) {
        for idx in 0..self.propositions.len() {
            let Some(referent) = self.propositions[idx].refers_to else { continue };
            let Some((group, is_same)) = place_of[referent] else { continue };
            self.propositions[idx].is_negated = self.propositions[referent].is_negated;
            let member = Member { proposition: idx, likeness: REFERENCE_LIKENESS, is_same };
            self.groups[group].push(member);
        }
    }
}

/// The propositions of all statements, from the earliest.
///
/// # Errors
///
/// [`AggregateError::Scratch`].
pub(crate) fn all_propositions(
    archive: &Archive,
    settings: &AggregateSettings,
) -> Result<Vec<Proposition>, AggregateError> {
    let mut all: Vec<Proposition> = Vec::new();
    let of_article = |idx: usize, annotated: &Annotated| {
        let article = archive.article(idx, annotated);
        let statements = 0..annotated.statements.len();
        let mut found: Vec<Proposition> =
            statements.flat_map(|statement| propositions(article, statement)).collect();
        for idx in 0..found.len() {
            if found[idx].reading == Reading::Reference {
                found[idx].refers_to = referent(article, settings, &found, idx);
            }
        }
        found
    };
    archive.shelf.each_of(&archive.shelf.by_age(), of_article, |_, mut found| {
        for proposition in &mut found {
            proposition.refers_to = proposition.refers_to.map(|idx| idx + all.len());
        }
        all.append(&mut found);
        Ok::<(), AggregateError>(())
    })?;
    Ok(all)
}
