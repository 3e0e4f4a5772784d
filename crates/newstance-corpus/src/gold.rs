//! Readers of labelled data.
//!
//! Reading is strict: a malformed file is an error with its line, never a
//! lower score.

mod article_columns;
mod brat;
mod brat_document;
mod columns;
mod entities;
mod error;
mod label_studio;
mod label_studio_task;
mod pairs;
mod passage;
mod passage_file;
mod quote;
mod seesaw;
mod spacy;
mod text_file;
mod text_pairs;

pub use article_columns::Columns;
pub use brat::{GoldAttribution, GoldAttributions, read_attributions};
pub use brat_document::{PART, brat_annotations, read_brat_folder};
pub use entities::{GoldEntities, GoldEntity, GoldToken, read_entities};
pub use error::GoldError;
pub use label_studio::{LabelledSpan, LabelledText, SpanRelation, read_label_studio};
pub use label_studio_task::{label_studio_config, label_studio_task};
pub use pairs::{GoldPair, read_directed_pairs, read_target_pairs};
pub use passage::{GoldActor, GoldClaim, GoldPassage, GoldStance, GoldStatement, read_passages};
pub use quote::Place;
pub use seesaw::{GoldStory, GoldTriple, read_seesaw};
pub use text_pairs::{GoldTextPair, GoldTextPairs, TextPairLabels, read_text_pairs};
