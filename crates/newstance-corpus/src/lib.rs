//! Archives to articles, and the readers of labelled data.

pub mod gold;
