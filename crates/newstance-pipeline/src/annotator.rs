//! One article through every stage.

use std::sync::Arc;

use newstance_doc::{Annotated, Article, Field, Sentence, Span, Statement};
use newstance_model::{LabelSet, ModelError, Models, PairClassifier, Scores, TokenClassifier};
use newstance_ner::{ActorSettings, Gazetteer, NameScores, Tagged, annotate_actors};
use newstance_stance::{
    ActionLexicon, ForceLexicon, Layers, Screen, StanceSettings, find_statements, judge_pairs,
    nest_statements, pairs_to_judge, resolve_speakers,
};

use crate::{PipelineError, word_text};

const NER: &str = "ner";
const ATTRIBUTION: &str = "attribution";
const SCREEN: &str = "screen";

/// The settings of the stages that read one article.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnnotatorSettings {
    /// How actors are found.
    pub actors: ActorSettings,
    /// How statements and stances are found.
    pub stance: StanceSettings,
}

/// What one article gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    /// The article with its layers.
    pub layers: Annotated,
    /// Pairs that the caps of the settings left unjudged.
    pub n_pairs_left_out: usize,
    /// Indices of the stances that an action of the text decided, and not the
    /// stance model.
    pub by_action: Vec<usize>,
}

/// What the taggers say of an article's words.
#[derive(Clone, Debug)]
pub struct TaggedWords<'t> {
    /// The sentences, the title's first.
    pub sentences: Vec<Sentence>,
    entities: HeadScores<'t>,
    attribution: HeadScores<'t>,
    screen: Option<HeadScores<'t>>,
}

/// One head's labels, and a matrix `[words, labels]` a sentence.
#[derive(Clone, Debug)]
struct HeadScores<'t> {
    labels: &'t LabelSet,
    sentences: Vec<Scores>,
}

impl TaggedWords<'_> {
    /// What the entity head says.
    pub fn entities(&self) -> NameScores<'_> {
        NameScores { labels: self.entities.labels, sentences: &self.entities.sentences }
    }
}

/// Everything that reading an article needs. Shared by all threads.
#[derive(Clone, Debug)]
pub struct Annotator {
    taggers: Vec<Arc<dyn TokenClassifier>>,
    stance: Arc<dyn PairClassifier>,
    gazetteer: Arc<Gazetteer>,
    lexicon: Arc<ForceLexicon>,
    actions: Arc<ActionLexicon>,
    settings: AnnotatorSettings,
}

impl Annotator {
    /// Takes the models of the roles `ner`, `attribution` and `stance`, and of `screen`
    /// where it costs no pass of its own.
    ///
    /// # Errors
    ///
    /// [`PipelineError::Model`] where a role is missing.
    pub fn new(
        models: &Models,
        gazetteer: Gazetteer,
        lexicon: ForceLexicon,
        settings: AnnotatorSettings,
    ) -> Result<Self, PipelineError> {
        let mut roles = vec![NER, ATTRIBUTION];
        if settings.stance.screen > 0.0 && models.is_read_with(SCREEN, &roles) {
            roles.push(SCREEN);
        }
        let taggers = models.token_classifiers_for(&roles)?;
        let (gazetteer, lexicon) = (Arc::new(gazetteer), Arc::new(lexicon));
        let actions = settings.stance.actions.then(ActionLexicon::built_in).unwrap_or_default();
        let actions = Arc::new(actions);
        Ok(Self { taggers, stance: models.stance()?, gazetteer, lexicon, actions, settings })
    }

    /// The same, with pairs judged by `model`, whatever it is: it must have the
    /// labels `supports`, `neutral` and `opposes`.
    #[must_use]
    pub fn with_stance(mut self, model: Arc<dyn PairClassifier>) -> Self {
        self.stance = model;
        self
    }

    /// The same, with words tagged by `taggers`, whatever they are: among them
    /// they must have a head of the role `ner` and one of the role `attribution`.
    #[must_use]
    pub fn with_taggers(mut self, taggers: Vec<Arc<dyn TokenClassifier>>) -> Self {
        self.taggers = taggers;
        self
    }

    /// Finds everything in one article.
    ///
    /// # Errors
    ///
    /// [`PipelineError`] where a model fails.
    pub fn annotate(&self, article: Article) -> Result<Annotation, PipelineError> {
        let words = self.tag(&article)?;
        let statements = self.statements(&article, &words)?;
        let statements = self.nest(&article, &words.sentences, statements)?;
        let sources = statements.iter().filter_map(|s| Some((s.field, *s.source.first()?)));
        let sources: Vec<(Field, Span)> = sources.collect();
        let tagged = Tagged { names: words.entities(), sources: &sources };
        let settings = &self.settings.actors;
        let named = annotate_actors(&article, &words.sentences, tagged, &self.gazetteer, settings);
        let layers = Layers {
            article: &article,
            sentences: &words.sentences,
            mentions: &named.mentions,
            actors: &named.actors,
        };
        let statements = resolve_speakers(&layers, statements);
        let screen = words.screen.as_ref().map(|head| Screen::new(head.labels, &head.sentences));
        let screen = screen.transpose()?;
        let settings = &self.settings.stance;
        let selection = pairs_to_judge(&layers, &statements, screen.as_ref(), settings);
        let judged =
            judge_pairs(self.stance.as_ref(), &selection.pairs, &self.actions, settings.threshold)?;
        let n_pairs_left_out = selection.n_left_out;
        let layers = Annotated {
            sentences: words.sentences,
            mentions: named.mentions,
            actors: named.actors,
            statements,
            stances: judged.stances,
            article,
        };
        Ok(Annotation { layers, n_pairs_left_out, by_action: judged.by_action })
    }

    /// Sentences, words and what the taggers say of them: one pass for all
    /// heads of a checkpoint.
    ///
    /// # Errors
    ///
    /// [`PipelineError::Model`] where a model fails.
    pub fn tag(&self, article: &Article) -> Result<TaggedWords<'_>, PipelineError> {
        self.tag_sentences(article, sentences_of(article))
    }

    /// [`Self::tag`] with sentences that are given.
    ///
    /// # Errors
    ///
    /// As [`Self::tag`].
    pub fn tag_sentences(
        &self,
        article: &Article,
        sentences: Vec<Sentence>,
    ) -> Result<TaggedWords<'_>, PipelineError> {
        let text = word_text::of_article(article, &sentences);
        let mut entities = None;
        let mut attribution = None;
        let mut screen = None;
        for tagger in &self.taggers {
            let scores = tagger.score_words(std::slice::from_ref(&text))?;
            for (head, scores) in tagger.heads().iter().zip(scores.into_iter().flatten()) {
                scores.require_shape(text.len(), &head.labels)?;
                let sentences = word_text::by_sentence(&scores, &sentences);
                let place = match head.role.as_str() {
                    NER => &mut entities,
                    SCREEN => &mut screen,
                    _ => &mut attribution,
                };
                *place = Some(HeadScores { labels: &head.labels, sentences });
            }
        }
        Ok(TaggedWords {
            sentences,
            entities: entities.ok_or_else(|| missing(NER))?,
            attribution: attribution.ok_or_else(|| missing(ATTRIBUTION))?,
            screen,
        })
    }

    /// The statements of an article, without their speakers.
    ///
    /// # Errors
    ///
    /// [`PipelineError::Stance`] where the attribution head lacks a label.
    pub fn statements(
        &self,
        article: &Article,
        words: &TaggedWords<'_>,
    ) -> Result<Vec<Statement>, PipelineError> {
        let HeadScores { labels, sentences } = &words.attribution;
        Ok(find_statements(article, &words.sentences, sentences, labels, &self.lexicon)?)
    }

    /// `statements` with those that lie in their contents.
    fn nest(
        &self,
        article: &Article,
        sentences: &[Sentence],
        statements: Vec<Statement>,
    ) -> Result<Vec<Statement>, PipelineError> {
        let has_attribution =
            |t: &&Arc<dyn TokenClassifier>| t.heads().iter().any(|head| head.role == ATTRIBUTION);
        let tagger =
            self.taggers.iter().find(has_attribution).ok_or_else(|| missing(ATTRIBUTION))?;
        Ok(nest_statements(tagger.as_ref(), article, sentences, statements, &self.lexicon)?)
    }

    /// The model that judges pairs.
    pub fn stance_model(&self) -> &dyn PairClassifier {
        self.stance.as_ref()
    }
}

fn missing(role: &str) -> ModelError {
    ModelError::RoleMissing { bundle: "of this run".to_owned(), role: role.to_owned() }
}

/// The sentences of both fields, the title's first.
pub(crate) fn sentences_of(article: &Article) -> Vec<Sentence> {
    Field::ALL
        .into_iter()
        .flat_map(|field| newstance_tokenize::sentences(article.field(field), field))
        .collect()
}
