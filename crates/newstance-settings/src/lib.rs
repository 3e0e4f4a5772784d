//! What changes results, and what it makes of a bundle.
//!
//! [`Settings`] are `newstance.toml` with what was laid over it. The program
//! and the wheel read them here, so that the same settings mean the same in
//! both: which bundle ([`open_bundle`]), on which backends of the build
//! ([`backends`], [`device`]), with which lists and thresholds ([`annotator`]).

mod backends;
mod bundle;
mod error;
mod settings;
mod stages;

pub use backends::{backends, device, set_threads};
pub use bundle::open_bundle;
pub use error::SettingsError;
pub use settings::{ModelSettings, ROLES, Settings};
pub use stages::annotator;
