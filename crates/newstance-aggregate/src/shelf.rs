//! All articles of a run, in order, read when they are needed.

use jiff::civil::Date;
use newstance_doc::Annotated;
use rayon::prelude::*;

use crate::AggregateError;
use crate::check::check_layers;
use crate::store::{Place, Scratch, Store};

/// Articles that are read and worked on at a time.
const BATCH: usize = if cfg!(test) { 2 } else { 128 };

/// What is known of an article without reading it.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its id.
    pub(crate) id: String,
    /// Its day of publication.
    pub(crate) date: Option<Date>,
    /// Its outlet.
    pub(crate) outlet: Option<String>,
    place: Place,
}

/// Takes articles in any order.
#[derive(Debug)]
pub(crate) struct ShelfBuilder {
    entries: Vec<Entry>,
    store: Store,
}

impl ShelfBuilder {
    /// No article yet.
    pub(crate) fn new(scratch: Option<Scratch>) -> Self {
        Self { entries: Vec::new(), store: Store::new(scratch) }
    }

    /// Takes an article.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Layer`] and [`AggregateError::Scratch`].
    pub(crate) fn push(&mut self, annotated: &Annotated) -> Result<(), AggregateError> {
        check_layers(annotated)?;
        let article = &annotated.article;
        self.entries.push(Entry {
            id: article.id.clone(),
            date: article.date,
            outlet: article.outlet.clone(),
            place: self.store.put(annotated)?,
        });
        Ok(())
    }

    /// The articles in order.
    ///
    /// # Errors
    ///
    /// [`AggregateError::RepeatedArticle`].
    pub(crate) fn sorted(mut self) -> Result<Shelf, AggregateError> {
        self.entries.sort_by(|a, b| a.id.cmp(&b.id));
        for pair in self.entries.windows(2) {
            if pair[0].id == pair[1].id {
                return Err(AggregateError::RepeatedArticle { article_id: pair[0].id.clone() });
            }
        }
        Ok(Shelf { entries: self.entries, store: self.store })
    }
}

/// The checked layers of every article, in order of article id.
#[derive(Debug)]
pub(crate) struct Shelf {
    /// Sorted by id; no id twice.
    pub(crate) entries: Vec<Entry>,
    store: Store,
}

impl Shelf {
    /// The article of that index.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Scratch`].
    pub(crate) fn read(&self, idx: usize) -> Result<Annotated, AggregateError> {
        self.store.get(self.entries[idx].place)
    }

    /// Lets `take` have what `map` makes of each article, in order of id.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Scratch`], and what `take` says.
    pub(crate) fn each<T: Send, E: From<AggregateError>>(
        &self,
        map: impl Fn(usize, &Annotated) -> T + Sync,
        take: impl FnMut(usize, T) -> Result<(), E>,
    ) -> Result<(), E> {
        let order: Vec<usize> = (0..self.entries.len()).collect();
        self.each_of(&order, map, take)
    }

    /// As [`Self::each`], of the articles `order`, in that order. `map` runs on
    /// several threads; a few articles are in memory at a time.
    pub(crate) fn each_of<T: Send, E: From<AggregateError>>(
        &self,
        order: &[usize],
        map: impl Fn(usize, &Annotated) -> T + Sync,
        mut take: impl FnMut(usize, T) -> Result<(), E>,
    ) -> Result<(), E> {
        for batch in order.chunks(BATCH) {
            let made: Vec<Result<T, AggregateError>> =
                batch.par_iter().map(|idx| Ok(map(*idx, &self.read(*idx)?))).collect();
            for (idx, made) in batch.iter().zip(made) {
                take(*idx, made?)?;
            }
        }
        Ok(())
    }

    /// The indices of all articles from the earliest by date, then id; those
    /// without a date come last.
    pub(crate) fn by_age(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|idx| {
            let date = self.entries[*idx].date;
            (date.is_none(), date, *idx)
        });
        order
    }
}
