//! The columns of every table: the contract, stated once.

use std::path::Path;

use arrow::array::RecordBatch;
use newstance_doc::{
    Problem,
    rows::{
        ActorRow, AffiliationRow, ArticleRow, ChangeRow, ClaimPositionRow, ClaimRow, MentionRow,
        OmissionRow, PairRow, SentenceRow, SpeakerRow, StanceRow, StatementRow, Tables, TurnRow,
    },
};

use crate::{
    BatchError, CellError, Column, ColumnType, Format, Table, TablesError,
    batch::{batch_of, rows_of_batches},
    folder::{read_table, write_table},
};

macro_rules! nullable {
    () => {
        false
    };
    (null) => {
        true
    };
}

macro_rules! columns {
    ($($table:ident: $row:ident { $($column:ident: $type:ident $(or $null:ident)?,)* })*) => {
        $(impl Table for $row {
            const NAME: &'static str = stringify!($table);
            const COLUMNS: &'static [Column] = &[$(Column {
                name: stringify!($column),
                column_type: ColumnType::$type,
                nullable: nullable!($($null)?),
            },)*];
        })*
    };
}

macro_rules! tables {
    ($($table:ident: $row:ident $columns:tt)*) => {
        columns! { $($table: $row $columns)* }

        /// Writes every table of `tables` into `folder`.
        pub(crate) fn write_all(
            folder: &Path,
            tables: &Tables,
            format: Format,
        ) -> Result<(), TablesError> {
            $(write_table::<$row>(folder, &tables.$table, format)?;)*
            Ok(())
        }

        /// Every table of [`Tables`] as Arrow columns, with its name.
        ///
        /// # Errors
        ///
        /// [`CellError`] where a value does not fit its column.
        pub fn table_batches(
            tables: &Tables,
        ) -> Result<Vec<(&'static str, RecordBatch)>, CellError> {
            Ok(vec![$((stringify!($table), batch_of::<$row>(&tables.$table)?),)*])
        }

        /// The tables of Arrow columns: what [`table_batches`] gave, or what was
        /// read from the files of a run folder. `batches` gives those of a table.
        ///
        /// # Errors
        ///
        /// [`BatchError`] naming the table whose columns or rows are not its own.
        pub fn tables_of_batches(
            mut batches: impl FnMut(&'static str) -> Vec<RecordBatch>,
        ) -> Result<Tables, BatchError> {
            Ok(Tables { $($table: rows_of_batches::<$row>(&batches(stringify!($table)))?,)* })
        }

        /// Reads every table of [`Tables`] from `folder`.
        pub(crate) fn read_all(folder: &Path) -> Result<Tables, TablesError> {
            Ok(Tables { $($table: read_table::<$row>(folder)?,)* })
        }
    };
}

tables! {
    articles: ArticleRow {
        article_id: Text,
        outlet: Text or null,
        date: Day or null,
        date_raw: Text or null,
        title: Text,
        text: Text,
        authors: Texts,
        url: Text or null,
        language: Text or null,
        extra: Text or null,
        n_sentences: Count,
        n_words: Count,
        text_sha256: Text,
        wire_group: Text,
        is_wire_copy: Flag,
        agency: Text or null,
    }
    sentences: SentenceRow {
        article_id: Text,
        sentence: Count,
        field: Text,
        start_char: Count,
        end_char: Count,
    }
    mentions: MentionRow {
        mention_id: Text,
        article_id: Text,
        sentence: Count,
        field: Text,
        start_char: Count,
        end_char: Count,
        text: Text,
        label: Text,
        probability: Probability,
        actor_id: Text or null,
    }
    actors: ActorRow {
        actor_id: Text,
        name: Text,
        kind: Text,
        country: Text or null,
        affiliation: Text or null,
        role: Text or null,
        wikidata: Text or null,
        aliases: Texts,
        n_articles: Count,
        n_mentions: Count,
    }
    affiliations: AffiliationRow {
        actor_id: Text,
        affiliation: Text,
        role: Text or null,
        first_date: Day or null,
        last_date: Day or null,
        n_articles: Count,
    }
    statements: StatementRow {
        statement_id: Text,
        article_id: Text,
        sentence: Count,
        field: Text,
        form: Text,
        force: Text,
        speaker_id: Text or null,
        speaker_kind: Text,
        speaker_text: Text or null,
        source: Spans,
        cue: Spans,
        content: Spans,
        content_text: Text,
        parent_id: Text or null,
        probability: Probability,
    }
    stances: StanceRow {
        stance_id: Text,
        article_id: Text,
        sentence: Count,
        field: Text,
        start_char: Count,
        end_char: Count,
        holder_id: Text,
        target_id: Text,
        position: Text,
        p_supports: Probability,
        p_neutral: Probability,
        p_opposes: Probability,
        basis: Text,
        statement_id: Text or null,
    }
    claims: ClaimRow {
        claim_id: Text,
        text: Text,
        n_statements: Count,
        n_articles: Count,
        n_affirms: Count,
        n_denies: Count,
        n_questions: Count,
        first_date: Day or null,
        last_date: Day or null,
    }
    positions: ClaimPositionRow {
        claim_id: Text,
        statement_id: Text,
        article_id: Text,
        holder_id: Text or null,
        position: Text,
        p_affirms: Probability,
        p_denies: Probability,
        p_questions: Probability,
    }
    changes: ChangeRow {
        level: Text,
        holder_id: Text,
        target_id: Text,
        outlet: Text or null,
        period_unit: Text,
        period_start: Day,
        n_before: Count,
        n_after: Count,
        net_before: Number,
        net_after: Number,
        p_value: Number,
        is_flagged: Flag,
    }
    turns: TurnRow {
        holder_id: Text,
        outlet: Text or null,
        claim_id: Text or null,
        target_id: Text or null,
        from_position: Text,
        to_position: Text,
        from_date: Day,
        to_date: Day,
        n_from: Count,
        n_to: Count,
        from_evidence_id: Text,
        to_evidence_id: Text,
        from_article_id: Text,
        to_article_id: Text,
        p_from: Probability,
        p_to: Probability,
    }
    omissions: OmissionRow {
        claim_id: Text,
        outlet: Text,
        n_articles: Count,
        n_with_denial: Count,
        share: Number,
        share_low: Number or null,
        share_high: Number or null,
        denial_date: Day,
        denial_outlet: Text,
        denial_article_id: Text,
        article_ids: Texts,
    }
    problems: Problem {
        article_id: Text or null,
        file: Text or null,
        line: Count or null,
        kind: Text,
        message: Text,
    }
}

// The two of counts, which are not held in memory.
columns! {
    pairs: PairRow {
        level: Text,
        holder_id: Text,
        target_id: Text,
        period_unit: Text,
        period_start: Day or null,
        outlet: Text or null,
        wire: Text,
        n_supports: Number,
        n_neutral: Number,
        n_opposes: Number,
        n_articles: Count,
        net: Number,
        net_low: Number or null,
        net_high: Number or null,
        net_corrected: Number or null,
        net_corrected_low: Number or null,
        net_corrected_high: Number or null,
    }
    speakers: SpeakerRow {
        level: Text,
        speaker_id: Text,
        period_unit: Text,
        period_start: Day or null,
        outlet: Text or null,
        wire: Text,
        n_statements: Count,
        share: Number,
        share_low: Number or null,
        share_high: Number or null,
    }
}
