//! What changes results, and what it makes of a bundle.
//!
//! [`Settings`] are `newstance.toml` with what was laid over it. The program
//! and the wheel read them here, so that the same settings mean the same in
//! both: which bundle ([`open_bundle`]), on which instructions ([`backend`]),
//! with which lists and thresholds ([`annotator`]).

mod error;
mod settings;
mod stages;

pub use error::SettingsError;
pub use settings::{ModelSettings, Settings};
pub use stages::{annotator, backend, open_bundle};
