//! Passages with everything marked: actors, statements, stances, claims.

use std::path::Path;

use jiff::civil::Date;
use newstance_doc::{ActorKind, Article, Force, Position, Span, StatementForm};

use super::passage_file::read_passage;
use super::quote::Place;
use super::text_file::files;
use super::{Columns, GoldError};

/// An article, or a piece of one, with all that is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct GoldPassage {
    /// The file's name without its ending.
    pub id: String,
    /// What it can be sliced by: outlet, region, beat, voice, decade, and one
    /// column `case:NAME` for each hard case that it covers.
    pub columns: Columns,
    /// Passages of one story tell of the same events.
    pub story: Option<String>,
    /// Who published it.
    pub outlet: String,
    /// When.
    pub date: Date,
    /// The headline; empty where there is none.
    pub title: String,
    /// The body.
    pub text: String,
    /// Whom its mentions stand for.
    pub actors: Vec<GoldActor>,
    /// Who says what.
    pub statements: Vec<GoldStatement>,
    /// Who supports or opposes whom; all other pairs are neutral.
    pub stances: Vec<GoldStance>,
    /// What its statements share or contest.
    pub claims: Vec<GoldClaim>,
}

/// An actor of a passage.
#[derive(Clone, Debug, PartialEq)]
pub struct GoldActor {
    /// Its name in the file.
    pub id: String,
    /// Its name in the world.
    pub name: String,
    /// What sort of actor it is.
    pub kind: ActorKind,
    /// Name of its country, where that is known.
    pub country: Option<String>,
    /// Index of the actor that it belongs to.
    pub affiliation: Option<usize>,
    /// Where it is mentioned, sorted.
    pub mentions: Vec<Place>,
}

/// A statement of a passage. All its spans are of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct GoldStatement {
    /// Its name in the file.
    pub id: String,
    /// Index of the actor that speaks.
    pub speaker: Option<usize>,
    /// Who, in order.
    pub source: Vec<Place>,
    /// The words that attribute, in order.
    pub cue: Vec<Place>,
    /// What, in order; not empty.
    pub content: Vec<Place>,
    /// How the content stands in the text.
    pub form: StatementForm,
    /// What the speaker does with it.
    pub force: Force,
    /// Index of the statement whose content holds this one.
    pub parent: Option<usize>,
}

/// A stance of a passage.
#[derive(Clone, Debug, PartialEq)]
pub struct GoldStance {
    /// Index of the actor that stands; none for the outlet's own voice.
    pub holder: Option<usize>,
    /// Index of the actor toward whom.
    pub target: usize,
    /// Supports or opposes.
    pub position: Position,
    /// `statement`, `told` or `outlet`.
    pub basis: String,
    /// What it rests on.
    pub evidence: Place,
}

/// A proposition that statements share or contest.
#[derive(Clone, Debug, PartialEq)]
pub struct GoldClaim {
    /// Its name, in all passages of a story.
    pub id: String,
    /// In words.
    pub text: String,
    /// Indices of the statements whose content says the same.
    pub same: Vec<usize>,
    /// Indices of those whose content says the opposite.
    pub opposite: Vec<usize>,
}

impl GoldPassage {
    /// The passage as an archive would have it.
    pub fn article(&self) -> Article {
        Article {
            title: self.title.clone(),
            date: Some(self.date),
            outlet: Some(self.outlet.clone()),
            ..Article::plain(self.id.clone(), self.text.clone())
        }
    }
}

impl GoldStatement {
    /// From the first character of its content to the last, in their field.
    pub fn content_hull(&self) -> Option<Place> {
        hull(&self.content)
    }

    /// From the first character of its source to the last; none without one.
    pub fn source_hull(&self) -> Option<Place> {
        hull(&self.source)
    }
}

fn hull(places: &[Place]) -> Option<Place> {
    let spans: Vec<Span> = places.iter().map(|place| place.span).collect();
    Some(Place { field: places.first()?.field, span: Span::hull_of(&spans)? })
}

/// Reads a passage, or every `.toml` file of a folder, sorted by id.
///
/// # Errors
///
/// [`GoldError`], naming file, line and reason.
pub fn read_passages(path: &Path) -> Result<Vec<GoldPassage>, GoldError> {
    let is_passage = |file: &Path| file.extension().is_some_and(|ending| ending == "toml");
    let mut passages = Vec::new();
    for file in files(path)?.iter().filter(|file| is_passage(file)) {
        passages.push(read_passage(file)?);
    }
    if passages.is_empty() {
        return Err(GoldError::Empty { path: path.to_owned() });
    }
    Ok(passages)
}
