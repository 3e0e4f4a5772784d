//! One file a verb.

pub(crate) mod aggregate;
pub(crate) mod annotate;
pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod corpus;
pub(crate) mod evaluate;
pub(crate) mod explain;
pub(crate) mod gold;
pub(crate) mod models;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod top;
