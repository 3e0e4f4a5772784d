//! What `annotate` makes of one article.

use serde::{Deserialize, Serialize};

use crate::{Actor, Article, Mention, Sentence, Stance, Statement};

/// An article with all its layers; ids in it are indices into these lists.
///
/// It is a function of the article, the settings and the model files: nothing
/// in it depends on other articles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Annotated {
    /// The article, untouched.
    pub article: Article,
    /// In reading order, the title's first.
    pub sentences: Vec<Sentence>,
    /// In reading order.
    pub mentions: Vec<Mention>,
    /// In order of first mention; actors without a mention last.
    pub actors: Vec<Actor>,
    /// In order of their content's start, the title's first.
    pub statements: Vec<Statement>,
    /// In order of sentence, holder, target, basis.
    pub stances: Vec<Stance>,
}
