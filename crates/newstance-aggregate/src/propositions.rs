//! What a statement says, clause by clause.

use std::collections::BTreeSet;
use std::ops::Range;

use newstance_doc::{ActorKind, Annotated, Field, Force, MentionForm, Sentence, Span, Statement};

use crate::archive::{InArchive, StatementRef};
use crate::clauses::{Clause, ClauseWord, clauses, is_saying};
use crate::denial::{ClauseState, clause_force};
use crate::negation::{is_negated, negators};
use crate::roles::{Role, push_role};
use crate::stems::stem;
use crate::word_list::WordList;

/// Where a proposition was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reading {
    /// In a clause of the content.
    Content,
    /// In the question that the content answers ("Asked whether ..., he said no").
    Question,
    /// Elsewhere: the content only refers to it ("the allegations").
    Reference,
}

/// One clause of a statement.
#[derive(Clone, Debug)]
pub(crate) struct Proposition {
    /// The statement.
    pub(crate) at: StatementRef,
    /// Number of the archive id of its speaker, where it is known.
    pub(crate) speaker: Option<u32>,
    /// How sure it is that it was stated, `0.0..=1.0`.
    pub(crate) probability: f32,
    /// Of a reference the index of the proposition that is meant, where it is
    /// known.
    pub(crate) refers_to: Option<usize>,
    /// Where it was read.
    pub(crate) reading: Reading,
    /// What the speaker does with it.
    pub(crate) force: Force,
    /// True where it says that something is not so.
    pub(crate) is_negated: bool,
    /// Its actors.
    pub(crate) roles: Vec<Role>,
    /// Stems of its content words, without actors and negations; sorted, each once.
    pub(crate) stems: WordList,
    /// Its words without negations, stand-ins for its actors: what is compared.
    /// Neither the names nor a denial then make two clauses alike or unlike.
    pub(crate) masked: WordList,
    /// Its words as they stand, a space between them: what a model is asked about.
    pub(crate) words: String,
    /// Verbatim.
    pub(crate) text: String,
}

impl Proposition {
    /// How many content words and actors it has.
    pub(crate) fn n_words(&self) -> usize {
        self.stems.len() + self.roles.len()
    }
}

const ANSWERS: &[(&str, bool)] = &[
    ("no", false),
    ("yes", true),
    ("never", false),
    ("absolutely not", false),
    ("of course not", false),
    ("not at all", false),
    ("that is not true", false),
    ("it is not true", false),
    ("that is true", true),
    ("it is true", true),
];
const REFERRING: &[&str] = &[
    "the",
    "this",
    "that",
    "these",
    "those",
    "it",
    "any",
    "such",
    "all",
    "his",
    "her",
    "their",
    "its",
    "of",
    "to",
    "be",
    "is",
    "was",
    "were",
    "are",
    "true",
    "allegation",
    "allegations",
    "charge",
    "charges",
    "accusation",
    "accusations",
    "claim",
    "claims",
    "report",
    "reports",
    "suggestion",
    "suggestions",
    "assertion",
    "assertions",
    "so",
];
const COUNTRY_MASKS: &[&str] = &["the country", "another country", "a third country", "others"];
const BARE_PRONOUNS: &[&str] = &["he", "she", "they", "it", "we", "i", "them", "him", "us"];

/// A word of the article with the mention that it belongs to.
struct Word<'t> {
    span: Span,
    mention: Option<usize>,
    clause: ClauseWord<'t>,
}

/// The propositions of a statement, in the order of its clauses.
///
/// Empty for demands and promises, and for a content that only passes on
/// another statement, whose propositions are that one's.
pub(crate) fn propositions(article: InArchive<'_>, statement_idx: usize) -> Vec<Proposition> {
    let annotated = article.annotated;
    let statement = &annotated.statements[statement_idx];
    if matches!(statement.force, Force::Demands | Force::Promises) {
        return vec![];
    }
    let inner: Vec<Span> = annotated
        .statements
        .iter()
        .filter(|child| child.parent_idx == Some(statement_idx) && child.field == statement.field)
        .flat_map(|child| child.source.iter().chain(&child.cue).chain(&child.content))
        .copied()
        .collect();
    let is_own = |span: Span| {
        statement.content.iter().any(|part| part.contains(span))
            && !inner.iter().any(|part| part.contains(span))
    };
    let Some(within) = Span::hull_of(&statement.content) else { return vec![] };
    let words = words_of(annotated, (statement.field, within), is_own);
    let reader = Reader { article, annotated, statement_idx, statement };
    let mut found = reader.read(&words);
    if !inner.is_empty() {
        // "that he" is what stays of "that he thought Kiev would fall".
        found.retain(|p| p.reading != Reading::Content || !p.stems.is_empty());
    }
    found
}

/// The words of `field` that lie in the sentences which `within` touches and
/// are wanted, in order.
fn words_of(
    annotated: &Annotated,
    (field, within): (Field, Span),
    is_wanted: impl Fn(Span) -> bool,
) -> Vec<Word<'_>> {
    let text = annotated.article.field(field);
    let mut words = Vec::new();
    let sentences = &annotated.sentences;
    let first = sentences.partition_point(|s| (s.field, s.span.end) <= (field, within.start));
    let touched = |s: &Sentence| s.field == field && s.span.start < within.end;
    for (sentence, layer) in
        sentences.iter().enumerate().skip(first).take_while(|(_, s)| touched(s))
    {
        for span in layer.words.iter().copied().filter(|span| is_wanted(*span)) {
            let text = span.of(text);
            let after = annotated
                .mentions
                .partition_point(|m| (m.field, m.span.start) <= (field, span.start));
            let mention = after.checked_sub(1).filter(|idx| {
                let mention = &annotated.mentions[*idx];
                mention.field == field && mention.span.contains(span)
            });
            let clause = ClauseWord { lower: text.to_lowercase(), sentence, text };
            words.push(Word { span, mention, clause });
        }
    }
    words
}

struct Reader<'a> {
    article: InArchive<'a>,
    annotated: &'a Annotated,
    statement_idx: usize,
    statement: &'a Statement,
}

impl Reader<'_> {
    fn read(&self, words: &[Word<'_>]) -> Vec<Proposition> {
        let clause_words: Vec<ClauseWord<'_>> = words.iter().map(|w| w.clause.clone()).collect();
        let mut found: Vec<(bool, Proposition)> = Vec::new();
        for clause in clauses(&clause_words) {
            let lower: Vec<&str> =
                clause_words[clause.words.clone()].iter().map(|w| w.lower.as_str()).collect();
            let joined = lower.join(" ");
            let subject = found.last().and_then(|(_, p)| p.roles.first()).cloned();
            let subject = subject.filter(|_| clause.takes_subject);
            if let Some((_, is_yes)) = ANSWERS.iter().find(|(answer, _)| *answer == joined) {
                found.push((true, self.answer(*is_yes, words[clause.words.start].span)));
                continue;
            }
            let mut proposition = self.proposition(&words[clause.words.clone()], subject.as_ref());
            if lower.iter().all(|word| REFERRING.contains(word)) {
                proposition.reading = Reading::Reference;
            } else {
                proposition.force = self.force(words, &clause, proposition.is_negated);
            }
            let is_long = lower.len() >= 3 || proposition.reading == Reading::Reference;
            found.push((is_long && !proposition.masked.is_empty(), proposition));
        }
        let any_long = found.iter().any(|(is_long, _)| *is_long);
        let kept = found.into_iter().filter(|(is_long, _)| *is_long || !any_long);
        kept.map(|(_, proposition)| proposition).filter(|p| !p.masked.is_empty()).collect()
    }

    fn force(&self, words: &[Word<'_>], clause: &Clause, is_negated: bool) -> Force {
        let text = self.annotated.article.field(self.statement.field);
        let content_start = self.statement.content.iter().map(|span| span.start).min();
        let cue_start = self.statement.cue.iter().map(|span| span.start).min();
        let said_by_cue = match (cue_start, content_start) {
            (Some(start), Some(end)) if start < end => {
                let lead = Span::new(start, end).of(text).to_lowercase();
                lead.split(|c: char| !c.is_alphanumeric()).any(is_saying)
            }
            _ => false,
        };
        let is_governed = words.first().is_some_and(|word| word.clause.lower == "that");
        let state = ClauseState { is_negated, is_said: clause.is_said || said_by_cue, is_governed };
        clause_force(self.statement.force, state)
    }

    /// What a bare yes or no stands for: the question in its sentence, or
    /// something said before.
    fn answer(&self, is_yes: bool, answer: Span) -> Proposition {
        let force = if is_yes { Force::Affirms } else { Force::Denies };
        let question = self.question(answer);
        let mut proposition = self.proposition(&question, None);
        proposition.force = force;
        proposition.reading = Reading::Question;
        if proposition.masked.is_empty() {
            proposition.reading = Reading::Reference;
            let text = self.annotated.article.field(self.statement.field);
            answer.of(text).clone_into(&mut proposition.text);
            proposition.masked = proposition.text.to_lowercase().lines().collect();
        }
        proposition
    }

    fn question(&self, answer: Span) -> Vec<Word<'_>> {
        let field = self.statement.field;
        let sentences = &self.annotated.sentences;
        let Some(sentence) = sentences.iter().find(|s| s.field == field && s.span.contains(answer))
        else {
            return vec![];
        };
        let attribution = self.statement.source.iter().chain(&self.statement.cue);
        let before = |end: usize| move |span: Span| sentence.span.contains(span) && span.end <= end;
        let words = words_of(self.annotated, (field, sentence.span), before(answer.start));
        let asks = |word: &Word<'_>| matches!(word.clause.lower.as_str(), "whether" | "if");
        let Some(start) = words.iter().rposition(asks) else { return vec![] };
        let start_byte = words[start].span.end;
        let end_byte =
            attribution.map(|s| s.start).filter(|s| *s > start_byte).min().unwrap_or(answer.start);
        let mut words = words_of(self.annotated, (field, sentence.span), |span| {
            span.start >= start_byte && before(end_byte)(span)
        });
        let comma = words.iter().rposition(|word| word.clause.lower == ",");
        words.truncate(comma.unwrap_or(words.len()));
        let lower = |back: usize, words: &[Word<'_>]| {
            words.len().checked_sub(back).map(|idx| words[idx].clause.lower.clone())
        };
        let says_true = matches!(lower(1, &words).as_deref(), Some("true" | "correct" | "so"));
        if says_true && matches!(lower(2, &words).as_deref(), Some("was" | "is" | "were" | "are")) {
            words.truncate(words.len() - 2);
        }
        words
    }

    fn proposition(&self, words: &[Word<'_>], subject: Option<&Role>) -> Proposition {
        let text = self.annotated.article.field(self.statement.field);
        let lower: Vec<&str> = words.iter().map(|w| w.clause.lower.as_str()).collect();
        let mut masks = Masks::default();
        masks.roles.extend(subject.cloned());
        let mut masked: Vec<String> = subject.into_iter().flat_map(|role| masks.of(role)).collect();
        let mut stems = BTreeSet::new();
        let negators = negators(&lower);
        let mut last = None;
        for (idx, word) in words.iter().enumerate() {
            let role = word.mention.and_then(|mention| self.role(mention));
            match role {
                Some(_) if word.mention == last => {}
                Some(role) => {
                    push_role(&mut masks.roles, role.clone(), is_agent(&lower, idx));
                    masked.extend(masks.of(&role));
                }
                None if !negators.contains(&idx) => {
                    stems.extend(stem(lower[idx]));
                    masked.push(lower[idx].to_owned());
                }
                None => {}
            }
            last = word.mention;
        }
        let spans: Option<Range<usize>> =
            words.first().zip(words.last()).map(|(a, b)| a.span.start..b.span.end);
        Proposition {
            at: StatementRef { article: self.article.idx, statement: self.statement_idx },
            speaker: self.statement.speaker_idx.map(|speaker| self.article.actor_number(speaker)),
            probability: self.statement.probability,
            refers_to: None,
            reading: Reading::Content,
            force: self.statement.force,
            is_negated: is_negated(&lower),
            roles: masks.roles,
            stems: stems.into_iter().collect(),
            masked: masked.into_iter().collect(),
            words: words.iter().map(|word| word.clause.text).collect::<Vec<_>>().join(" "),
            text: spans.map_or(String::new(), |range| Span::from(range).of(text).to_owned()),
        }
    }

    /// The actor that a mention puts into its clause; none for possessives and
    /// for mentions of nobody known.
    fn role(&self, mention: usize) -> Option<Role> {
        let mention = &self.annotated.mentions[mention];
        let text = mention.span.of(self.annotated.article.field(mention.field)).to_lowercase();
        let actor_idx = mention.actor_idx?;
        if mention.form == MentionForm::Pronoun && !BARE_PRONOUNS.contains(&text.as_str()) {
            return None;
        }
        let actor = &self.annotated.actors[actor_idx];
        let country = self.article.country_id(actor_idx);
        let acts_for_country = match actor.kind {
            ActorKind::Country => true,
            ActorKind::Place | ActorKind::Group => country.is_some(),
            ActorKind::Organisation => country.is_some() && actor.wikidata.is_some(),
            ActorKind::Person | ActorKind::Party | ActorKind::Topic => false,
        };
        let is_masked = acts_for_country || actor.kind == ActorKind::Person;
        is_masked.then(|| Role {
            id: self.article.actor_id(actor_idx).to_owned(),
            country: country.map(str::to_owned),
            is_country: acts_for_country,
        })
    }
}

fn is_agent(lower: &[&str], idx: usize) -> bool {
    let passive = ["been", "was", "were", "is", "are", "be", "being"];
    let before = lower.iter().take(idx);
    idx > 0 && lower[idx - 1] == "by" && before.into_iter().any(|word| passive.contains(word))
}

/// Stand-ins for actors, by order of appearance.
#[derive(Default)]
struct Masks {
    roles: Vec<Role>,
    countries: Vec<String>,
}

impl Masks {
    fn of(&mut self, role: &Role) -> Vec<String> {
        if !role.is_country {
            return vec!["somebody".to_owned()];
        }
        let country = role.country.clone().unwrap_or_else(|| role.id.clone());
        let known = self.countries.iter().position(|c| *c == country).unwrap_or_else(|| {
            self.countries.push(country);
            self.countries.len() - 1
        });
        let mask = COUNTRY_MASKS[known.min(COUNTRY_MASKS.len() - 1)];
        mask.split(' ').map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use newstance_doc::ActorKind::{Country, Organisation, Person};
    use newstance_doc::Force;

    use super::{Reading, propositions};
    use crate::AggregateSettings;
    use crate::archive::Archive;
    use crate::testing::Draft;

    /// The propositions of a content after a cue, as
    /// `force[reading] roles: masked words`.
    #[track_caller]
    fn check(text: &str, cue: &str, content: &str, force: Force, expected: &[&str]) {
        let mut draft = Draft::new("a", text);
        let russia = draft.actor("Russia", Country);
        let china = draft.actor("China", Country);
        let kremlin = draft.actor_of("Kremlin", Organisation, "Russia");
        let peskov = draft.actor_of("Dmitry Peskov", Person, "Russia");
        for (name, actor) in [
            ("Russia", russia),
            ("Moscow", russia),
            ("China", china),
            ("Kremlin", kremlin),
            ("Peskov", peskov),
        ] {
            draft.mention(name, actor);
        }
        draft.statement(Some(peskov), cue, content, force);
        let draft = draft.done();
        let archive =
            Archive::of(std::slice::from_ref(&draft), &AggregateSettings::default()).unwrap();
        let got: Vec<String> = propositions(archive.article(0, &draft), 0)
            .iter()
            .map(|p| {
                let roles: Vec<&str> = p.roles.iter().map(|r| r.id.as_str()).collect();
                let reading = match p.reading {
                    Reading::Content => "",
                    Reading::Question => "?",
                    Reading::Reference => "^",
                };
                let not = if p.is_negated { " not" } else { "" };
                format!(
                    "{}{reading}{not} {}: {}",
                    p.force.as_str(),
                    roles.join(" "),
                    p.masked.iter().collect::<Vec<_>>().join(" ")
                )
            })
            .collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn the_second_clause_has_the_subject_of_the_first() {
        check(
            "Peskov denied the allegations, saying that Moscow had the means and had not asked China for help.",
            "denied",
            "that Moscow had the means and had not asked China for help",
            Force::Denies,
            &[
                "affirms russia: the country had the means",
                "affirms not russia china: the country had asked another country for help",
            ],
        );
    }

    #[test]
    fn a_bare_no_answers_the_question_before_it() {
        check(
            "When asked whether Russia’s requesting assistance from China was true, Peskov said, “No.”",
            "said",
            "“No.”",
            Force::Affirms,
            &["denies? russia china: the country ’ s requesting assistance from another country"],
        );
    }

    #[test]
    fn a_content_of_determiners_and_accusations_refers() {
        check(
            "Peskov denied the allegations.",
            "denied",
            "the allegations",
            Force::Denies,
            &["denies^ : the allegations"],
        );
    }

    #[test]
    fn the_agent_of_a_passive_goes_first() {
        check(
            "Peskov said China was asked by Russia.",
            "said",
            "China was asked by Russia",
            Force::Affirms,
            &["affirms russia china: the country was asked by another country"],
        );
    }

    #[test]
    fn a_demand_proposes_nothing() {
        check("Peskov demanded that China pay.", "demanded", "that China pay", Force::Demands, &[]);
    }
}
