//! The rows that a page may show, out of tables of any size.
//!
//! Tables are read row by row, and of the large ones only what may be shown is
//! kept: the most marked stances and claims, what these point to, and the
//! stretches of text that they stand in.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::civil::Date;
use newstance_doc::Problem;
use newstance_doc::rows::{
    ActorRow, AffiliationRow, ArticleRow, ChangeRow, ClaimPositionRow, ClaimRow, MentionRow,
    OmissionRow, SentenceRow, StanceRow, StatementRow, TurnRow,
};

use super::ReportLimits;
use super::most::Most;
use super::selection::{ClaimMark, StanceMark, greatest_omissions, surest_turns};
use super::stretch::{Stretch, stretch_of_stance, stretch_of_statement};
use crate::{Table, TableSource};

/// What a page is made of.
#[derive(Debug, Default)]
pub(crate) struct Excerpt {
    /// Rows of each table, those that are left out too.
    pub(crate) n_rows: BTreeMap<&'static str, u64>,
    /// First and last day.
    pub(crate) dates: Option<(Date, Date)>,
    /// All outlets.
    pub(crate) outlets: BTreeSet<String>,
    /// Problems by kind.
    pub(crate) problems: BTreeMap<&'static str, u64>,
    /// All actors.
    pub(crate) actors: Vec<ActorRow>,
    /// All tested series.
    pub(crate) changes: Vec<ChangeRow>,
    /// The surest turns, in the order of the table.
    pub(crate) turns: Vec<TurnRow>,
    /// The greatest omissions, in the order of the table.
    pub(crate) omissions: Vec<OmissionRow>,
    /// Claims, from the most marked.
    pub(crate) claims: Vec<ClaimRow>,
    /// The positions on them, in the order of the table.
    pub(crate) positions: Vec<ClaimPositionRow>,
    /// Stances, from the most marked.
    pub(crate) stances: Vec<StanceRow>,
    /// The statements of those stances and positions, by id.
    pub(crate) statements: BTreeMap<String, StatementRow>,
    /// The sentences of those stances and statements, by article and number.
    pub(crate) sentences: BTreeMap<(String, u64), SentenceRow>,
    /// Mentions of holders and targets beside those stances, by article and actor.
    pub(crate) mentions: HashMap<(String, String), Vec<MentionRow>>,
    /// The articles of those stretches, without their texts, by id.
    pub(crate) articles: BTreeMap<String, ArticleRow>,
    /// What stands in each stretch.
    pub(crate) texts: HashMap<Stretch, String>,
}

impl Excerpt {
    /// Reads what a page of `tables` may show.
    ///
    /// # Errors
    ///
    /// Those of the source.
    pub(crate) fn read<S: TableSource + ?Sized>(
        tables: &S,
        limits: ReportLimits,
    ) -> Result<Self, S::Error> {
        let mut this = Self::default();
        this.actors = this.all(tables)?;
        this.changes = this.all(tables)?;
        this.count::<AffiliationRow, _>(tables, |_| {})?;
        let mut problems = BTreeMap::new();
        this.count(tables, |row: Problem| *problems.entry(row.kind.as_str()).or_default() += 1)?;
        this.problems = problems;
        this.read_claims(tables, limits)?;
        this.read_stances(tables, limits)?;
        this.read_statements(tables)?;
        this.read_sentences(tables)?;
        this.read_mentions(tables)?;
        this.read_articles(tables)?;
        Ok(this)
    }

    /// Lets `see` have every row, and counts them.
    fn count<T: Table, S: TableSource + ?Sized>(
        &mut self,
        tables: &S,
        mut see: impl FnMut(T),
    ) -> Result<(), S::Error> {
        let mut n = 0;
        tables.each_row(|row| {
            n += 1;
            see(row);
        })?;
        self.n_rows.insert(T::NAME, n);
        Ok(())
    }

    fn all<T: Table, S: TableSource + ?Sized>(&mut self, tables: &S) -> Result<Vec<T>, S::Error> {
        let mut rows = Vec::new();
        self.count(tables, |row| rows.push(row))?;
        Ok(rows)
    }

    /// The turns, omissions, claims and positions.
    fn read_claims<S: TableSource + ?Sized>(
        &mut self,
        tables: &S,
        limits: ReportLimits,
    ) -> Result<(), S::Error> {
        let turns: Vec<TurnRow> = self.all(tables)?;
        let omissions: Vec<OmissionRow> = self.all(tables)?;
        let of_turns = turns.iter().filter_map(|turn| turn.claim_id.clone());
        let of_omissions = omissions.iter().map(|omission| omission.claim_id.clone());
        let told_of: HashSet<String> = of_turns.chain(of_omissions).collect();
        self.turns = surest_turns(turns, limits.turns);
        self.omissions = greatest_omissions(omissions, limits.omissions);
        let (mut claims, mut idx) = (Most::new(limits.claims), 0);
        self.count(tables, |claim: ClaimRow| {
            let is_told_of = told_of.contains(&claim.claim_id);
            claims.push(ClaimMark::new(&claim, is_told_of, idx), claim);
            idx += 1;
        })?;
        self.claims = claims.into_sorted();
        let kept: HashSet<String> = self.claims.iter().map(|c| c.claim_id.clone()).collect();
        let mut positions = Vec::new();
        self.count(tables, |row: ClaimPositionRow| {
            if kept.contains(&row.claim_id) {
                positions.push(row);
            }
        })?;
        self.positions = positions;
        Ok(())
    }

    fn read_stances<S: TableSource + ?Sized>(
        &mut self,
        tables: &S,
        limits: ReportLimits,
    ) -> Result<(), S::Error> {
        let turning: HashSet<String> = self
            .turns
            .iter()
            .flat_map(|turn| [turn.from_evidence_id.clone(), turn.to_evidence_id.clone()])
            .collect();
        let mut stances = Most::new(limits.stances);
        self.count(tables, |stance: StanceRow| {
            let is_turning = turning.contains(&stance.stance_id);
            stances.push(StanceMark::new(&stance, is_turning), stance);
        })?;
        self.stances = stances.into_sorted();
        Ok(())
    }

    fn read_statements<S: TableSource + ?Sized>(&mut self, tables: &S) -> Result<(), S::Error> {
        let of_positions = self.positions.iter().map(|row| row.statement_id.clone());
        let of_stances = self.stances.iter().filter_map(|row| row.statement_id.clone());
        let wanted: HashSet<String> = of_positions.chain(of_stances).collect();
        let mut statements = BTreeMap::new();
        self.count(tables, |row: StatementRow| {
            if wanted.contains(&row.statement_id) {
                statements.insert(row.statement_id.clone(), row);
            }
        })?;
        self.statements = statements;
        Ok(())
    }

    fn read_sentences<S: TableSource + ?Sized>(&mut self, tables: &S) -> Result<(), S::Error> {
        let of_statements =
            self.statements.values().map(|row| (row.article_id.clone(), row.sentence));
        let of_stances = self.stances.iter().map(|row| (row.article_id.clone(), row.sentence));
        let wanted: HashSet<(String, u64)> = of_statements.chain(of_stances).collect();
        let mut sentences = BTreeMap::new();
        self.count(tables, |row: SentenceRow| {
            let key = (row.article_id.clone(), row.sentence);
            if wanted.contains(&key) {
                sentences.insert(key, row);
            }
        })?;
        self.sentences = sentences;
        Ok(())
    }

    fn read_mentions<S: TableSource + ?Sized>(&mut self, tables: &S) -> Result<(), S::Error> {
        let mut beside: HashMap<(&str, &str), Vec<&StanceRow>> = HashMap::new();
        for stance in &self.stances {
            for actor in [&stance.holder_id, &stance.target_id] {
                let of_actor = (stance.article_id.as_str(), actor.as_str());
                beside.entry(of_actor).or_default().push(stance);
            }
        }
        let mut mentions: HashMap<(String, String), Vec<MentionRow>> = HashMap::new();
        let mut n = 0;
        tables.each_row(|row: MentionRow| {
            n += 1;
            let Some(actor) = row.actor_id.as_deref() else { return };
            let of_actor = beside.get(&(row.article_id.as_str(), actor));
            if of_actor.into_iter().flatten().any(|stance| is_beside(&row, stance)) {
                let key = (row.article_id.clone(), actor.to_owned());
                mentions.entry(key).or_default().push(row);
            }
        })?;
        self.n_rows.insert(MentionRow::NAME, n);
        self.mentions = mentions;
        Ok(())
    }

    /// Articles, and what stands in the stretches of the stances and statements.
    fn read_articles<S: TableSource + ?Sized>(&mut self, tables: &S) -> Result<(), S::Error> {
        let of_statements =
            self.statements.values().filter_map(|row| stretch_of_statement(self, row));
        let of_stances = self.stances.iter().filter_map(|row| stretch_of_stance(self, row));
        let mut wanted: HashMap<String, Vec<Stretch>> = HashMap::new();
        for stretch in of_statements.chain(of_stances) {
            wanted.entry(stretch.article_id.clone()).or_default().push(stretch);
        }
        let (mut articles, mut texts) = (BTreeMap::new(), HashMap::new());
        let (mut outlets, mut dates) = (BTreeSet::new(), None);
        self.count(tables, |mut row: ArticleRow| {
            dates = with_date(dates, row.date);
            if let Some(outlet) = row.outlet.as_ref().filter(|outlet| !outlets.contains(*outlet)) {
                outlets.insert(outlet.clone());
            }
            if let Some(stretches) = wanted.remove(&row.article_id) {
                let found = stretches.into_iter().map(|stretch| {
                    let text = stretch.of(&row);
                    (stretch, text)
                });
                texts.extend(found);
                row.text = String::new();
                articles.insert(row.article_id.clone(), row);
            }
        })?;
        (self.articles, self.texts, self.outlets, self.dates) = (articles, texts, outlets, dates);
        Ok(())
    }
}

/// True where a stance's sentence, or its evidence, has a mention.
pub(crate) fn is_beside(mention: &MentionRow, stance: &StanceRow) -> bool {
    mention.field == stance.field
        && (mention.sentence == stance.sentence
            || mention.start_char >= stance.start_char && mention.end_char <= stance.end_char)
}

/// First and last day, one more day taken in.
pub(crate) fn with_date(dates: Option<(Date, Date)>, date: Option<Date>) -> Option<(Date, Date)> {
    let Some(date) = date else { return dates };
    let (first, last) = dates.unwrap_or((date, date));
    Some((first.min(date), last.max(date)))
}
