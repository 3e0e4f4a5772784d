//! The tables of a run folder: a contract with everything downstream.
//!
//! One struct a table, one field a column, in the order of the contract.
//! Columns ending in `_char` count Unicode code points. Absent values are
//! `None`. Rows are sorted by their id columns.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Problem;

/// A span in characters; `[start, end]` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(u64, u64)", into = "(u64, u64)")]
pub struct CharSpan {
    /// The first character.
    pub start_char: u64,
    /// The character after the last.
    pub end_char: u64,
}

impl From<(u64, u64)> for CharSpan {
    fn from((start_char, end_char): (u64, u64)) -> Self {
        Self { start_char, end_char }
    }
}

impl From<CharSpan> for (u64, u64) {
    fn from(span: CharSpan) -> Self {
        (span.start_char, span.end_char)
    }
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($(#[$column_doc:meta])* $column:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub struct $name {
            $($(#[$column_doc])* pub $column: $type,)*
        }
    )*};
}

rows! {
    /// Table `articles`.
    ArticleRow {
        /// The input's id, or a hash of url, title and text.
        article_id: String,
        /// Who published it.
        outlet: Option<String>,
        /// Day of publication.
        date: Option<Date>,
        /// The date as the archive writes it.
        date_raw: Option<String>,
        /// The headline.
        title: String,
        /// The body.
        text: String,
        /// Who wrote it.
        authors: Vec<String>,
        /// Where it was published.
        url: Option<String>,
        /// BCP 47 tag.
        language: Option<String>,
        /// The input's other fields, JSON.
        extra: Option<String>,
        /// Sentences in title and text.
        n_sentences: u64,
        /// Words in title and text.
        n_words: u64,
        /// SHA-256 of the text, hexadecimal.
        text_sha256: String,
        /// The article id of the earliest article with the same text.
        wire_group: String,
        /// True where another article of the group is the original.
        is_wire_copy: bool,
        /// The news agency that the text credits as its source.
        agency: Option<String>,
    }
    /// Table `sentences`.
    SentenceRow {
        /// The article.
        article_id: String,
        /// Index in the article.
        sentence: u64,
        /// `title` or `text`.
        field: String,
        /// First character.
        start_char: u64,
        /// Character after the last.
        end_char: u64,
    }
    /// Table `mentions`.
    MentionRow {
        /// Article and index.
        mention_id: String,
        /// The article.
        article_id: String,
        /// Index of the sentence.
        sentence: u64,
        /// `title` or `text`.
        field: String,
        /// First character.
        start_char: u64,
        /// Character after the last.
        end_char: u64,
        /// Verbatim.
        text: String,
        /// PER, ORG, GPE, LOC, NORP or MISC.
        label: String,
        /// That it is such a mention.
        probability: f32,
        /// Whom it stands for.
        actor_id: Option<String>,
    }
    /// Table `actors`.
    ActorRow {
        /// Wikidata id or slug.
        actor_id: String,
        /// The fullest name.
        name: String,
        /// person, organisation, country, party, group, place, topic.
        kind: String,
        /// Actor id of its country.
        country: Option<String>,
        /// Actor id of what it belongs to most often.
        affiliation: Option<String>,
        /// Its most frequent office.
        role: Option<String>,
        /// Wikidata id.
        wikidata: Option<String>,
        /// Other names seen, sorted.
        aliases: Vec<String>,
        /// Articles that mention it.
        n_articles: u64,
        /// Mentions of it.
        n_mentions: u64,
    }
    /// Table `affiliations`.
    AffiliationRow {
        /// Who.
        actor_id: String,
        /// To whom.
        affiliation: String,
        /// As what.
        role: Option<String>,
        /// First day seen.
        first_date: Option<Date>,
        /// Last day seen.
        last_date: Option<Date>,
        /// Articles that say so.
        n_articles: u64,
    }
    /// Table `statements`.
    StatementRow {
        /// Article and index.
        statement_id: String,
        /// The article.
        article_id: String,
        /// Index of the sentence where the content begins.
        sentence: u64,
        /// `title` or `text`.
        field: String,
        /// direct, mixed, indirect.
        form: String,
        /// affirms, denies, questions, demands, promises, predicts.
        force: String,
        /// Who speaks.
        speaker_id: Option<String>,
        /// name, nominal, pronoun, none.
        speaker_kind: String,
        /// Verbatim source.
        speaker_text: Option<String>,
        /// Spans of the source.
        source: Vec<CharSpan>,
        /// Spans of the cue.
        cue: Vec<CharSpan>,
        /// Spans of the content.
        content: Vec<CharSpan>,
        /// Verbatim content, spans joined by a space.
        content_text: String,
        /// The statement that holds this one.
        parent_id: Option<String>,
        /// That it is such a statement.
        probability: f32,
    }
    /// Table `stances`.
    StanceRow {
        /// Article and index.
        stance_id: String,
        /// The article.
        article_id: String,
        /// Index of the sentence that was judged.
        sentence: u64,
        /// `title` or `text`.
        field: String,
        /// First character of the evidence.
        start_char: u64,
        /// Character after its last.
        end_char: u64,
        /// Who stands; `outlet` for the outlet's own voice.
        holder_id: String,
        /// Toward whom.
        target_id: String,
        /// supports, neutral, opposes.
        position: String,
        /// Calibrated probability.
        p_supports: f32,
        /// Calibrated probability.
        p_neutral: f32,
        /// Calibrated probability.
        p_opposes: f32,
        /// statement, told, outlet.
        basis: String,
        /// The statement that it was read from.
        statement_id: Option<String>,
    }
    /// Table `claims`.
    ClaimRow {
        /// From the claim's first statement.
        claim_id: String,
        /// Earliest affirmative content.
        text: String,
        /// Statements in it.
        n_statements: u64,
        /// Articles with such statements.
        n_articles: u64,
        /// Positions that affirm.
        n_affirms: u64,
        /// Positions that deny.
        n_denies: u64,
        /// Positions that question.
        n_questions: u64,
        /// First day.
        first_date: Option<Date>,
        /// Last day.
        last_date: Option<Date>,
    }
    /// Table `positions`.
    ClaimPositionRow {
        /// The claim.
        claim_id: String,
        /// The statement.
        statement_id: String,
        /// The article.
        article_id: String,
        /// Who takes the position.
        holder_id: Option<String>,
        /// affirms, denies, questions.
        position: String,
        /// Probability.
        p_affirms: f32,
        /// Probability.
        p_denies: f32,
        /// Probability.
        p_questions: f32,
    }
    /// Table `pairs`.
    PairRow {
        /// actor, affiliation, country.
        level: String,
        /// Who stands.
        holder_id: String,
        /// Toward whom.
        target_id: String,
        /// all, year, month, week, day.
        period_unit: String,
        /// First day of the period; none for `all`.
        period_start: Option<Date>,
        /// The outlet; none for all.
        outlet: Option<String>,
        /// every, once.
        wire: String,
        /// Expected number of stances that support.
        n_supports: f64,
        /// Expected number of neutral stances.
        n_neutral: f64,
        /// Expected number of stances that oppose.
        n_opposes: f64,
        /// Articles with such stances.
        n_articles: u64,
        /// (supports - opposes) / (supports + neutral + opposes).
        net: f64,
        /// Lower end of its 95 % interval; none where the wire groups are too
        /// few to give one (`interval_min_articles` of the settings).
        net_low: Option<f64>,
        /// Upper end of its 95 % interval; none where they are too few.
        net_high: Option<f64>,
        /// `net` corrected for the model's errors; none where the settings have
        /// no correction (`aggregate.correction`).
        net_corrected: Option<f64>,
        /// Lower end of its 95 % interval, which covers what the labelled
        /// stances leave open, too.
        net_corrected_low: Option<f64>,
        /// Upper end of its 95 % interval.
        net_corrected_high: Option<f64>,
    }
    /// Table `speakers`.
    SpeakerRow {
        /// actor, affiliation, country.
        level: String,
        /// Who speaks.
        speaker_id: String,
        /// all, year, month, week, day.
        period_unit: String,
        /// First day of the period; none for `all`.
        period_start: Option<Date>,
        /// The outlet; none for all.
        outlet: Option<String>,
        /// every, once.
        wire: String,
        /// Statements.
        n_statements: u64,
        /// Share of the statements with a known speaker.
        share: f64,
        /// Lower end of its 95 % interval; none where the wire groups in
        /// which it speaks are too few.
        share_low: Option<f64>,
        /// Upper end of its 95 % interval; none where they are too few.
        share_high: Option<f64>,
    }
    /// Table `changes`: every series of a pair that was tested for a change in
    /// time, wire copies left out, with the month that fits one best.
    ChangeRow {
        /// actor, affiliation, country.
        level: String,
        /// Who stands.
        holder_id: String,
        /// Toward whom.
        target_id: String,
        /// The outlet; none for all.
        outlet: Option<String>,
        /// month.
        period_unit: String,
        /// First day of the first period after the change.
        period_start: Date,
        /// Articles before.
        n_before: u64,
        /// Articles after.
        n_after: u64,
        /// Net stance before.
        net_before: f64,
        /// Net stance after.
        net_after: f64,
        /// How often chance alone makes as great a change in such a series.
        p_value: f64,
        /// True where that is seldom enough.
        is_flagged: bool,
    }
    /// Table `turns`: who changed position, on a claim or toward an actor.
    TurnRow {
        /// Who.
        holder_id: String,
        /// Whose voice it is, where the holder is the outlet's own voice.
        outlet: Option<String>,
        /// On which claim; none for a stance.
        claim_id: Option<String>,
        /// Toward whom; none for a position on a claim.
        target_id: Option<String>,
        /// affirms, denies, supports, opposes.
        from_position: String,
        /// The opposite.
        to_position: String,
        /// Last day of the first position.
        from_date: Date,
        /// First day of the second.
        to_date: Date,
        /// Statements or stances that show the first.
        n_from: u64,
        /// Statements or stances that show the second.
        n_to: u64,
        /// The surest of the first: a statement of a claim, or a stance.
        from_evidence_id: String,
        /// The surest of the second.
        to_evidence_id: String,
        /// Its article.
        from_article_id: String,
        /// Its article.
        to_article_id: String,
        /// Probability of the first's evidence.
        p_from: f32,
        /// Probability of the second's evidence.
        p_to: f32,
    }
    /// Table `omissions`: whose denial an outlet left out, after another
    /// outlet had it.
    OmissionRow {
        /// The claim.
        claim_id: String,
        /// The outlet.
        outlet: String,
        /// Its articles from `denial_date` on that affirm the claim.
        n_articles: u64,
        /// Those of them that carry a denial, too.
        n_with_denial: u64,
        /// Their share.
        share: f64,
        /// Lower end of its 95 % interval; none where the articles are too few.
        share_low: Option<f64>,
        /// Upper end of its 95 % interval; none where they are too few.
        share_high: Option<f64>,
        /// First day on which another outlet had a denial.
        denial_date: Date,
        /// That outlet.
        denial_outlet: String,
        /// Its article.
        denial_article_id: String,
        /// The articles that left it out, from the earliest.
        article_ids: Vec<String>,
    }
}

/// The tables of a run, each sorted by its id columns, but for the two of counts,
/// `pairs` and `speakers`: their rows can be hundreds of millions, and are
/// handed on one by one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tables {
    /// Table `articles`.
    pub articles: Vec<ArticleRow>,
    /// Table `sentences`.
    pub sentences: Vec<SentenceRow>,
    /// Table `mentions`.
    pub mentions: Vec<MentionRow>,
    /// Table `actors`.
    pub actors: Vec<ActorRow>,
    /// Table `affiliations`.
    pub affiliations: Vec<AffiliationRow>,
    /// Table `statements`.
    pub statements: Vec<StatementRow>,
    /// Table `stances`.
    pub stances: Vec<StanceRow>,
    /// Table `claims`.
    pub claims: Vec<ClaimRow>,
    /// Table `positions`.
    pub positions: Vec<ClaimPositionRow>,
    /// Table `changes`.
    pub changes: Vec<ChangeRow>,
    /// Table `turns`.
    pub turns: Vec<TurnRow>,
    /// Table `omissions`.
    pub omissions: Vec<OmissionRow>,
    /// Table `problems`.
    pub problems: Vec<Problem>,
}

impl Tables {
    /// All tables.
    pub fn new(of_articles: ArticleTables, of_archive: ArchiveTables) -> Self {
        Self {
            articles: of_articles.articles,
            sentences: of_articles.sentences,
            mentions: of_articles.mentions,
            actors: of_archive.actors,
            affiliations: of_archive.affiliations,
            statements: of_articles.statements,
            stances: of_articles.stances,
            claims: of_archive.claims,
            positions: of_archive.positions,
            changes: of_archive.changes,
            turns: of_archive.turns,
            omissions: of_archive.omissions,
            problems: of_archive.problems,
        }
    }

    /// The number of rows of each table, by its name.
    pub fn n_rows(&self) -> Vec<(&'static str, usize)> {
        vec![
            ("articles", self.articles.len()),
            ("sentences", self.sentences.len()),
            ("mentions", self.mentions.len()),
            ("actors", self.actors.len()),
            ("affiliations", self.affiliations.len()),
            ("statements", self.statements.len()),
            ("stances", self.stances.len()),
            ("claims", self.claims.len()),
            ("positions", self.positions.len()),
            ("changes", self.changes.len()),
            ("turns", self.turns.len()),
            ("omissions", self.omissions.len()),
            ("problems", self.problems.len()),
        ]
    }
}

/// Rows of the tables that say of each article what was found in it: those of
/// some articles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArticleTables {
    /// Table `articles`.
    pub articles: Vec<ArticleRow>,
    /// Table `sentences`.
    pub sentences: Vec<SentenceRow>,
    /// Table `mentions`.
    pub mentions: Vec<MentionRow>,
    /// Table `statements`.
    pub statements: Vec<StatementRow>,
    /// Table `stances`.
    pub stances: Vec<StanceRow>,
}

impl ArticleTables {
    /// Adds the rows of other articles behind these.
    pub fn append(&mut self, mut other: Self) {
        self.articles.append(&mut other.articles);
        self.sentences.append(&mut other.sentences);
        self.mentions.append(&mut other.mentions);
        self.statements.append(&mut other.statements);
        self.stances.append(&mut other.stances);
    }
}

/// The tables that say what only a whole archive can tell, but those of counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArchiveTables {
    /// Table `actors`.
    pub actors: Vec<ActorRow>,
    /// Table `affiliations`.
    pub affiliations: Vec<AffiliationRow>,
    /// Table `claims`.
    pub claims: Vec<ClaimRow>,
    /// Table `positions`.
    pub positions: Vec<ClaimPositionRow>,
    /// Table `changes`.
    pub changes: Vec<ChangeRow>,
    /// Table `turns`.
    pub turns: Vec<TurnRow>,
    /// Table `omissions`.
    pub omissions: Vec<OmissionRow>,
    /// Table `problems`.
    pub problems: Vec<Problem>,
}
