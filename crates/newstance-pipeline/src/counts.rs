//! What a run counts.

use std::collections::BTreeMap;

use newstance_corpus::LeftOut;
use serde::Serialize;

use crate::Annotation;

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What a run counted.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
        pub struct Counts {
            $($(#[$doc])* pub $name: u64,)*
        }

        impl Counts {
            /// Every count with its name.
            pub fn named(self) -> BTreeMap<String, u64> {
                [$((stringify!($name).to_owned(), self.$name),)*].into()
            }

            /// The counts of these names; what is not named is 0.
            pub fn from_named(named: &BTreeMap<String, u64>) -> Self {
                Self { $($name: named.get(stringify!($name)).copied().unwrap_or_default(),)* }
            }
        }

        impl std::ops::AddAssign for Counts {
            fn add_assign(&mut self, other: Self) {
                $(self.$name += other.$name;)*
            }
        }
    };
}

counts! {
    /// Articles annotated.
    articles,
    /// Words in them.
    words,
    /// Sentences.
    sentences,
    /// Mentions.
    mentions,
    /// Statements.
    statements,
    /// Judged pairs.
    stances,
    /// Pairs that the caps of the settings left unjudged.
    pairs_left_out,
    /// Problems.
    problems,
    /// Articles left out by their date.
    articles_by_date_left_out,
    /// Articles left out by their outlet.
    articles_by_outlet_left_out,
    /// Articles left out by their length.
    articles_by_length_left_out,
    /// Articles left out since they do not hold the terms of the query.
    articles_by_query_left_out,
    /// Articles left out by their language.
    articles_by_language_left_out,
}

impl Counts {
    /// Adds one article that is left out.
    pub(crate) fn leave_out(&mut self, reason: LeftOut) {
        let count = match reason {
            LeftOut::Date => &mut self.articles_by_date_left_out,
            LeftOut::Outlet => &mut self.articles_by_outlet_left_out,
            LeftOut::Length => &mut self.articles_by_length_left_out,
            LeftOut::Query => &mut self.articles_by_query_left_out,
            LeftOut::Language => &mut self.articles_by_language_left_out,
        };
        *count += 1;
    }

    /// Articles left out in all.
    pub fn left_out(self) -> u64 {
        self.articles_by_date_left_out
            + self.articles_by_outlet_left_out
            + self.articles_by_length_left_out
            + self.articles_by_query_left_out
            + self.articles_by_language_left_out
    }

    /// Adds one article.
    pub(crate) fn add(&mut self, annotation: &Annotation) {
        let annotated = &annotation.layers;
        self.articles += 1;
        self.words += annotated.sentences.iter().map(|s| s.words.len() as u64).sum::<u64>();
        self.sentences += annotated.sentences.len() as u64;
        self.mentions += annotated.mentions.len() as u64;
        self.statements += annotated.statements.len() as u64;
        self.stances += annotated.stances.len() as u64;
        self.pairs_left_out += annotation.n_pairs_left_out as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn counts_come_back_by_name_and_add_up() {
        let mut counts = Counts { articles: 3, problems: 1, ..Counts::default() };
        assert_eq!(Counts::from_named(&counts.named()), counts);
        counts += Counts { articles: 2, words: 7, ..Counts::default() };
        assert_eq!(counts, Counts { articles: 5, words: 7, problems: 1, ..Counts::default() });
    }
}
