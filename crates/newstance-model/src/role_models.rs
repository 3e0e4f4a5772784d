//! What answers a role: a head of a checkpoint, with its labels.

use newstance_doc::{Position, Relation};

use crate::both_ways::BothWays;
use crate::checkpoint::Checkpoint;
use crate::heads::{self, PooledHead};
use crate::label_columns::{LabelColumns, mapped};
use crate::loaded::Loaded;
use crate::marking::MarkerIds;
use crate::pair::PairModel;
use crate::positions::PositionColumns;
use crate::second_text::SecondTextModel;
use crate::tag_names::{Beginnings, Scheme, mapped_tags};
use crate::template::ENTAILS;
use crate::text_pair::TextPairModel;
use crate::token::TokenLayer;
use crate::{Activation, LabelSet, Markers, ModelError, Placement, RoleEntry, Template};

/// A token head that waits to be put together with those of its checkpoint.
#[derive(Clone, Debug)]
pub(crate) struct TokenRole {
    pub(crate) checkpoint_name: String,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) role: String,
    pub(crate) layer: TokenLayer,
}

/// The head of a role over so many places, with its labels; `rest` is there in
/// any case where the labels are not ours.
fn pooled(
    (name, role): (&str, &RoleEntry),
    rest: &str,
    loaded: &Loaded,
) -> Result<(PooledHead, LabelColumns), ModelError> {
    if loaded.config.architecture == "longformer" {
        let reason = format!(
            "role `{name}` reads one state of a text; a Longformer gives that piece global \
             attention, which no backend does"
        );
        return Err(ModelError::Format { path: loaded.folder.join("config.json"), reason });
    }
    let head_name = role.head.as_deref().unwrap_or(name);
    let size = (loaded.config.architecture.as_str(), loaded.checkpoint.encoder.hidden_size());
    let head = heads::pooled_head(&loaded.weights, head_name, size, role.pooling.len())?;
    let labels = labels(name, role, head.n_outputs(), loaded)?;
    if role.label_map.is_empty() && role.activation == Activation::Softmax {
        return Ok((head, LabelColumns::plain(labels, role.temperature)));
    }
    let names = if role.label_map.is_empty() {
        labels.names().to_vec()
    } else {
        mapped(name, labels.names(), &role.label_map)?
    };
    let how = (role.activation, role.temperature);
    Ok((head, LabelColumns::new(name, names, how, rest)))
}

pub(crate) fn pair_model(
    (name, role): (&str, &RoleEntry),
    markers: &Markers,
    loaded: &Loaded,
) -> Result<PairModel, ModelError> {
    let (head, columns) = pooled((name, role), Position::Neutral.as_str(), loaded)?;
    let positions = PositionColumns::of(columns.labels())?;
    let encoder = &loaded.checkpoint.encoder;
    if markers.placement == Placement::Beside && !encoder.reads_asides() {
        let backend = encoder.backend();
        let reason = format!(
            "role `{name}` has its markers beside the text, which backend `{backend}` cannot read \
             with this architecture\nhint: a model whose markers stand among the words can be read"
        );
        return Err(ModelError::Format { path: loaded.folder.join("config.json"), reason });
    }
    Ok(PairModel {
        head,
        columns,
        pooling: role.pooling.clone(),
        markers: marker_ids(markers, loaded)?,
        both_ways: both_ways((name, role), positions, loaded)?,
        checkpoint: loaded.checkpoint.clone(),
    })
}

pub(crate) fn text_pair_model(
    (name, role): (&str, &RoleEntry),
    loaded: &Loaded,
) -> Result<TextPairModel, ModelError> {
    let (head, columns) = pooled((name, role), Relation::Unrelated.as_str(), loaded)?;
    for relation in Relation::ALL {
        columns.labels().require(relation.as_str())?;
    }
    let template = role.template.as_ref().and_then(|template| template.second.clone());
    let checkpoint = loaded.checkpoint.clone();
    Ok(TextPairModel { checkpoint, head, columns, template })
}

/// What a model of entailment says otherwise.
const NOT_ENTAILS: &str = "other";

/// A model of two texts that judges pairs; without a template the target alone
/// is the second one.
pub(crate) fn second_text_model(
    (name, role): (&str, &RoleEntry),
    loaded: &Loaded,
) -> Result<SecondTextModel, ModelError> {
    let template = role.template.clone().unwrap_or_else(|| Template::of_second("{target}"));
    let by_hypotheses = template.second.is_none();
    let rest = if by_hypotheses { NOT_ENTAILS } else { Position::Neutral.as_str() };
    let (head, columns) = pooled((name, role), rest, loaded)?;
    if by_hypotheses {
        columns.labels().require(ENTAILS)?;
    } else {
        PositionColumns::of(columns.labels())?;
    }
    SecondTextModel::new((loaded.checkpoint.clone(), head, columns), template)
}

pub(crate) fn token_role(
    (name, role): (&str, &RoleEntry),
    loaded: &Loaded,
) -> Result<TokenRole, ModelError> {
    let hidden = loaded.checkpoint.encoder.hidden_size();
    let head_name = role.head.as_deref().unwrap_or(name);
    let linear = heads::token_head(&loaded.weights, head_name, hidden)?;
    let labels = labels(name, role, linear.n_outputs(), loaded)?;
    let columns = if role.activation == Activation::Identity {
        LabelColumns::unchanged(labels)
    } else if role.label_map.is_empty() {
        LabelColumns::plain(labels, role.temperature)
    } else {
        let names = mapped_tags(name, labels.names(), &role.label_map)?;
        // Columns that an `I-X` without a `B-X` begins in.
        let insides = names.iter().filter_map(|name| name.strip_prefix("I-"));
        let begins: Vec<String> = insides.map(|kind| format!("B-{kind}")).collect();
        LabelColumns::new(name, names, (role.activation, role.temperature), "O").with(begins)
    };
    let is_iob1 = role.scheme == Scheme::Iob1;
    let beginnings = is_iob1.then(|| Beginnings::of(columns.labels()));
    Ok(TokenRole {
        checkpoint_name: role.checkpoint.clone(),
        checkpoint: loaded.checkpoint.clone(),
        role: name.to_owned(),
        layer: TokenLayer { linear, columns, beginnings },
    })
}

/// The labels of a role: the manifest's, else those of `config.json`.
fn labels(
    name: &str,
    role: &RoleEntry,
    n_columns: usize,
    loaded: &Loaded,
) -> Result<LabelSet, ModelError> {
    let names =
        if role.labels.is_empty() { loaded.config.labels.clone() } else { role.labels.clone() };
    let labels = LabelSet::new(name, names);
    if labels.len() == n_columns { Ok(labels) } else { Err(labels.wrong_count(n_columns)) }
}

/// The head for both directions, where the role has one; its answer for one
/// direction has the columns `positions`.
fn both_ways(
    (name, role): (&str, &RoleEntry),
    positions: PositionColumns,
    loaded: &Loaded,
) -> Result<Option<BothWays>, ModelError> {
    let Some(entry) = &role.both_ways else { return Ok(None) };
    let size = (loaded.config.architecture.as_str(), loaded.checkpoint.encoder.hidden_size());
    let head = heads::pooled_head(&loaded.weights, &entry.head, size, role.pooling.len())?;
    let labels = LabelSet::new(format!("{name}, both ways"), entry.labels.clone());
    if labels.len() != head.n_outputs() {
        return Err(labels.wrong_count(head.n_outputs()));
    }
    Ok(Some(BothWays::new((head, entry.temperature), &labels, positions)?))
}

fn marker_ids(markers: &Markers, loaded: &Loaded) -> Result<MarkerIds, ModelError> {
    let id = |piece: &str| {
        loaded.checkpoint.pieces.id(piece).ok_or_else(|| ModelError::Format {
            path: loaded.folder.join("tokenizer.json"),
            reason: format!("it has no piece `{piece}`, which the bundle uses as a marker"),
        })
    };
    Ok(MarkerIds {
        holder: [id(&markers.holder[0])?, id(&markers.holder[1])?],
        target: [id(&markers.target[0])?, id(&markers.target[1])?],
        any: id(&markers.any)?,
        outlet: id(&markers.outlet)?,
        placement: markers.placement,
    })
}
