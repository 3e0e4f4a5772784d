//! The loaded models of a bundle.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use newstance_doc::{Position, Relation};

use crate::both_ways::BothWays;
use crate::checkpoint::Checkpoint;
use crate::embed::EmbeddingModel;
use crate::heads::{self, PooledHead};
use crate::label_columns::{LabelColumns, mapped};
use crate::manifest::CheckpointEntry;
use crate::marking::MarkerIds;
use crate::pair::PairModel;
use crate::pieces::Pieces;
use crate::positions::PositionColumns;
use crate::second_text::SecondTextModel;
use crate::tag_names::{Beginnings, Scheme, mapped_tags};
use crate::template::ENTAILS;
use crate::text_pair::TextPairModel;
use crate::token::{TokenLayer, TokenModel};
use crate::{
    Bundle, CheckpointConfig, EncoderLoader, LabelSet, Markers, ModelError, PairClassifier,
    Placement, Pooling, RoleEntry, Template, TextEmbedder, TextPairClassifier, TokenClassifier,
    Weights,
};

/// No window is of use with less room than this for words and markers.
const LEAST_PIECES: usize = 16;

/// The models of a bundle, loaded: each checkpoint once.
#[derive(Clone, Debug)]
pub struct Models {
    bundle: String,
    token_heads: BTreeMap<String, TokenRole>,
    pairs: BTreeMap<String, Arc<dyn PairClassifier>>,
    text_pairs: BTreeMap<String, Arc<dyn TextPairClassifier>>,
    embedders: BTreeMap<String, Arc<dyn TextEmbedder>>,
}

/// A token head that waits to be put together with those of its checkpoint.
#[derive(Clone, Debug)]
struct TokenRole {
    checkpoint_name: String,
    checkpoint: Checkpoint,
    role: String,
    layer: TokenLayer,
}

/// A checkpoint with the folder that heads are read from.
#[derive(Debug)]
struct Loaded {
    checkpoint: Checkpoint,
    weights: Weights,
    folder: std::path::PathBuf,
    config: CheckpointConfig,
}

impl Models {
    /// Loads all roles of `bundle`, on the backends of `loaders`.
    ///
    /// Every file that the manifest names is compared with its SHA-256 first.
    ///
    /// # Errors
    ///
    /// What [`Self::load_roles`] gives.
    pub fn load(bundle: &Bundle, loaders: &[&dyn EncoderLoader]) -> Result<Self, ModelError> {
        let roles: Vec<&str> = bundle.roles().map(|(name, _)| name).collect();
        Self::load_roles(bundle, loaders, &roles)
    }

    /// Loads the roles called `roles`, and the checkpoints that they need.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`], [`ModelError::BackendMissing`],
    /// [`ModelError::Checksum`], [`ModelError::LabelCount`],
    /// [`ModelError::LabelMissing`] where a pair model lacks a position, or
    /// a model of text pairs a relation, or what reading a checkpoint gives.
    pub fn load_roles(
        bundle: &Bundle,
        loaders: &[&dyn EncoderLoader],
        roles: &[&str],
    ) -> Result<Self, ModelError> {
        let mut entries = BTreeMap::new();
        let mut checkpoints = BTreeMap::new();
        for name in roles {
            let role = bundle.role(name)?;
            entries.insert(*name, role);
            checkpoints.insert(role.checkpoint.as_str(), bundle.checkpoint_of(role));
        }
        let checkpoints = load_checkpoints(bundle, loaders, &checkpoints)?;
        let mut models = Self {
            bundle: bundle.name().to_owned(),
            token_heads: BTreeMap::new(),
            pairs: BTreeMap::new(),
            text_pairs: BTreeMap::new(),
            embedders: BTreeMap::new(),
        };
        for (name, role) in entries {
            models.add_role(bundle, (name, role), &checkpoints[role.checkpoint.as_str()])?;
        }
        Ok(models)
    }

    /// Token classifiers for `roles`: one for each checkpoint among them, with
    /// its heads, so that heads of one checkpoint share one pass. In the order
    /// in which `roles` first need each.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`] if one is not there or gives words no labels.
    pub fn token_classifiers_for(
        &self,
        roles: &[&str],
    ) -> Result<Vec<Arc<dyn TokenClassifier>>, ModelError> {
        let mut groups: Vec<(&str, Vec<&TokenRole>)> = Vec::new();
        for name in roles {
            let role = self.token_heads.get(*name).ok_or_else(|| self.missing(name))?;
            match groups.iter_mut().find(|(checkpoint, _)| *checkpoint == role.checkpoint_name) {
                Some((_, group)) => group.push(role),
                None => groups.push((&role.checkpoint_name, vec![role])),
            }
        }
        let classifier = |(_, group): (&str, Vec<&TokenRole>)| {
            let checkpoint = group[0].checkpoint.clone();
            let heads = group.into_iter().map(|role| (role.role.clone(), role.layer.clone()));
            Arc::new(TokenModel::new(checkpoint, heads.collect())) as Arc<dyn TokenClassifier>
        };
        Ok(groups.into_iter().map(classifier).collect())
    }

    /// The pair classifier of the role `stance`.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`] if there is none.
    pub fn stance(&self) -> Result<Arc<dyn PairClassifier>, ModelError> {
        self.pair_classifier("stance")
    }

    /// The pair classifier of a role.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`] if there is none.
    pub fn pair_classifier(&self, role: &str) -> Result<Arc<dyn PairClassifier>, ModelError> {
        self.pairs.get(role).cloned().ok_or_else(|| self.missing(role))
    }

    /// The classifier of text pairs of the role `claim`; none where the bundle
    /// does without.
    pub fn claim(&self) -> Option<Arc<dyn TextPairClassifier>> {
        self.text_pairs.get("claim").cloned()
    }

    /// The classifier of text pairs of a role.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`] if there is none.
    pub fn text_pair_classifier(
        &self,
        role: &str,
    ) -> Result<Arc<dyn TextPairClassifier>, ModelError> {
        self.text_pairs.get(role).cloned().ok_or_else(|| self.missing(role))
    }

    /// The embedder of the role `embedding`.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`] if there is none.
    pub fn embedding(&self) -> Result<Arc<dyn TextEmbedder>, ModelError> {
        self.embedders.get("embedding").cloned().ok_or_else(|| self.missing("embedding"))
    }

    fn missing(&self, role: &str) -> ModelError {
        ModelError::RoleMissing { bundle: self.bundle.clone(), role: role.to_owned() }
    }

    /// Makes what a role asks for: a pair model where it has markers, an
    /// embedder where it takes the mean, a model of text pairs where it reads
    /// the first piece alone (of positions, where it is the role `stance`), else a token head.
    fn add_role(
        &mut self,
        bundle: &Bundle,
        (name, role): (&str, &RoleEntry),
        loaded: &Loaded,
    ) -> Result<(), ModelError> {
        let key = name.to_owned();
        match (&role.markers, role.pooling.as_slice()) {
            (_, [Pooling::Mean | Pooling::First]) if is_embedding(name, role) => {
                let checkpoint = loaded.checkpoint.clone();
                let first_only = role.pooling == [Pooling::First];
                self.embedders.insert(key, Arc::new(EmbeddingModel { checkpoint, first_only }));
            }
            (None, [Pooling::First]) if name == STANCE => {
                let model = second_text_model((name, role), loaded)?;
                self.pairs.insert(key, Arc::new(model));
            }
            (Some(markers), _) => {
                let model = pair_model((name, role), markers, loaded)?;
                self.pairs.insert(key, Arc::new(model));
            }
            (None, [Pooling::First]) => {
                let model = text_pair_model((name, role), loaded)?;
                self.text_pairs.insert(key, Arc::new(model));
            }
            (None, []) => {
                self.token_heads.insert(key, token_role((name, role), loaded)?);
            }
            (None, _) => {
                let reason = format!("role `{name}` pools places but has no markers");
                let path = bundle.folder().join("bundle.toml");
                return Err(ModelError::Format { path, reason });
            }
        }
        Ok(())
    }
}

/// The role whose model judges pairs.
const STANCE: &str = "stance";
/// The role whose model gives vectors.
const EMBEDDING: &str = "embedding";

fn is_embedding(name: &str, role: &RoleEntry) -> bool {
    name == EMBEDDING || role.pooling == [Pooling::Mean]
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
    if role.label_map.is_empty() {
        return Ok((head, LabelColumns::plain(labels, role.temperature)));
    }
    let names = mapped(name, labels.names(), &role.label_map)?;
    let how = (role.activation, role.temperature);
    Ok((head, LabelColumns::new(name, names, how, rest)))
}

fn pair_model(
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

fn text_pair_model(
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
fn second_text_model(
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

fn token_role((name, role): (&str, &RoleEntry), loaded: &Loaded) -> Result<TokenRole, ModelError> {
    let hidden = loaded.checkpoint.encoder.hidden_size();
    let head_name = role.head.as_deref().unwrap_or(name);
    let linear = heads::token_head(&loaded.weights, head_name, hidden)?;
    let labels = labels(name, role, linear.n_outputs(), loaded)?;
    let columns = if role.label_map.is_empty() {
        LabelColumns::plain(labels, role.temperature)
    } else {
        let names = mapped_tags(labels.names(), &role.label_map);
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

/// Loads checkpoints side by side; the first error by name counts.
fn load_checkpoints<'b>(
    bundle: &Bundle,
    loaders: &[&dyn EncoderLoader],
    checkpoints: &BTreeMap<&'b str, &CheckpointEntry>,
) -> Result<BTreeMap<&'b str, Loaded>, ModelError> {
    thread::scope(|scope| {
        let threads: Vec<_> = checkpoints
            .iter()
            .map(|(name, entry)| {
                (*name, scope.spawn(move || load_checkpoint(bundle, loaders, name, entry)))
            })
            .collect();
        let join = |(name, thread): (&'b str, thread::ScopedJoinHandle<'_, _>)| {
            let loaded: Result<Loaded, ModelError> =
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok((name, loaded?))
        };
        threads.into_iter().map(join).collect()
    })
}

fn load_checkpoint(
    bundle: &Bundle,
    loaders: &[&dyn EncoderLoader],
    name: &str,
    entry: &CheckpointEntry,
) -> Result<Loaded, ModelError> {
    let loader = loaders.iter().find(|loader| loader.name() == entry.backend).ok_or_else(|| {
        ModelError::BackendMissing {
            backend: entry.backend.clone(),
            available: loaders.iter().map(|loader| loader.name()).collect(),
        }
    })?;
    bundle.require_checkpoint(name, entry)?;
    let folder = bundle.checkpoint_folder(entry);
    let encoder = loader.load(&folder, entry.precision)?;
    let config = CheckpointConfig::read(&folder)?;
    let pieces = Arc::new(Pieces::load(&folder, entry.case_types, entry.text, &config)?);
    let checkpoint = Checkpoint::new(encoder, pieces, entry.max_pieces);
    if checkpoint.max_pieces < LEAST_PIECES {
        let reason = format!(
            "checkpoint `{name}` reads {} pieces at once, {LEAST_PIECES} are the least",
            checkpoint.max_pieces
        );
        return Err(ModelError::Format { path: bundle.folder().join("bundle.toml"), reason });
    }
    let weights = Weights::open(&folder)?;
    Ok(Loaded { checkpoint, weights, folder, config })
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;
    use std::sync::Arc;

    use safetensors::tensor::{Dtype, TensorView};

    use super::Models;
    use crate::fake::{FakeEncoder, reference_folder};
    use crate::{Bundle, Encoder, EncoderLoader, ModelError, Precision, TokenHead};

    #[derive(Debug)]
    struct FakeLoader;

    impl EncoderLoader for FakeLoader {
        fn name(&self) -> &'static str {
            "encoder"
        }

        fn load(&self, _: &Path, _: Precision) -> Result<Arc<dyn Encoder>, ModelError> {
            Ok(Arc::new(FakeEncoder::default()))
        }
    }

    const MANIFEST: &str = r#"
        format = 1
        name = "test"
        licence = "none"
        [checkpoints.c]
        folder = "c"
        [checkpoints.single]
        folder = "single"
        [roles.ner]
        checkpoint = "c"
        labels = ["O", "B-PER"]
        [roles.attribution]
        checkpoint = "c"
        labels = ["O", "B-CUE", "I-CUE"]
        [roles.other]
        checkpoint = "single"
        [roles.stance]
        checkpoint = "c"
        labels = ["supports", "neutral", "opposes"]
        pooling = ["first", "holder", "target"]
        [roles.stance.markers]
        holder = ["[unused1]", "[unused2]"]
        target = ["[unused3]", "[unused4]"]
        any = "[unused5]"
        outlet = "[unused6]"
        [roles.stance.both_ways]
        head = "pair"
        labels = ["neutral", "first_supports", "second_supports", "first_opposes", "second_opposes"]
        [roles.claim]
        checkpoint = "c"
        labels = ["same", "opposite", "unrelated"]
        pooling = ["first"]
        [roles.embedding]
        checkpoint = "c"
        pooling = ["mean"]
    "#;

    fn write_checkpoint(folder: &Path, shapes: &[(&str, &[usize])]) {
        std::fs::create_dir_all(folder).unwrap();
        let zeros = vec![0; 4096];
        let tensors: BTreeMap<_, _> = shapes
            .iter()
            .map(|(name, shape)| {
                let n_bytes = 4 * shape.iter().product::<usize>();
                let view = TensorView::new(Dtype::F32, shape.to_vec(), &zeros[..n_bytes]);
                (*name, view.unwrap())
            })
            .collect();
        safetensors::serialize_to_file(tensors, None, &folder.join("model.safetensors")).unwrap();
        std::fs::copy(reference_folder().join("tokenizer.json"), folder.join("tokenizer.json"))
            .unwrap();
        let config = r#"{"id2label": {"0": "X", "1": "Y"}}"#;
        std::fs::write(folder.join("config.json"), config).unwrap();
    }

    fn load(manifest: &str) -> Result<Models, ModelError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("bundle.toml"), manifest).unwrap();
        write_checkpoint(
            &folder.path().join("c"),
            &[
                ("heads.ner.weight", &[2, 4]),
                ("heads.ner.bias", &[2]),
                ("heads.attribution.weight", &[3, 4]),
                ("heads.attribution.bias", &[3]),
                ("heads.stance.dense.weight", &[4, 12]),
                ("heads.stance.dense.bias", &[4]),
                ("heads.stance.weight", &[3, 4]),
                ("heads.stance.bias", &[3]),
                ("heads.claim.dense.weight", &[4, 4]),
                ("heads.claim.dense.bias", &[4]),
                ("heads.claim.weight", &[3, 4]),
                ("heads.claim.bias", &[3]),
                ("heads.pair.dense.weight", &[4, 12]),
                ("heads.pair.dense.bias", &[4]),
                ("heads.pair.weight", &[5, 4]),
                ("heads.pair.bias", &[5]),
            ],
        );
        write_checkpoint(
            &folder.path().join("single"),
            &[("classifier.weight", &[2, 4]), ("classifier.bias", &[2])],
        );
        Models::load(&Bundle::open(folder.path())?, &[&FakeLoader])
    }

    #[track_caller]
    fn check_refused(old: &str, new: &str, expected: &str) {
        let error = load(&MANIFEST.replace(old, new)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    fn roles(heads: &[TokenHead]) -> Vec<&str> {
        heads.iter().map(|head| head.role.as_str()).collect()
    }

    #[test]
    fn roles_of_one_checkpoint_share_one_classifier() {
        let models = load(MANIFEST).unwrap();
        let found = models.token_classifiers_for(&["ner", "other", "attribution"]).unwrap();
        let found: Vec<_> = found.iter().map(|classifier| roles(classifier.heads())).collect();
        assert_eq!(found, [vec!["ner", "attribution"], vec!["other"]]);
    }

    #[test]
    fn a_checkpoint_made_for_one_task_brings_its_labels() {
        let models = load(MANIFEST).unwrap();
        let found = models.token_classifiers_for(&["other"]).unwrap();
        assert_eq!(found[0].heads()[0].labels.names(), ["X", "Y"]);
    }

    #[test]
    fn pair_and_embedding_models_are_found_by_their_roles() {
        let models = load(MANIFEST).unwrap();
        assert_eq!(models.stance().unwrap().labels().names()[2], "opposes");
        assert_eq!(models.embedding().unwrap().dimension(), 4);
        assert_eq!(models.claim().unwrap().labels().names(), ["same", "opposite", "unrelated"]);
    }

    #[test]
    fn a_bundle_does_without_the_role_claim() {
        let (before, after) = MANIFEST.split_once("[roles.claim]").unwrap();
        let (_, after) = after.split_once("[roles.embedding]").unwrap();
        let models = load(&format!("{before}[roles.embedding]{after}")).unwrap();
        assert!(models.claim().is_none());
        let error = models.text_pair_classifier("claim").unwrap_err();
        assert!(matches!(error, ModelError::RoleMissing { .. }), "{error}");
    }

    #[test]
    fn a_role_that_is_not_there_is_an_error() {
        let models = load(MANIFEST).unwrap();
        let error = models.token_classifiers_for(&["force"]).unwrap_err();
        assert!(matches!(error, ModelError::RoleMissing { .. }), "{error}");
        assert!(models.token_classifiers_for(&["stance"]).is_err());
        assert!(models.pair_classifier("ner").is_err());
    }

    #[test]
    fn what_does_not_fit_together_is_told() {
        check_refused("\"I-CUE\"", "\"I-CUE\", \"X\"", "scores 3 labels, but its manifest names 4");
        check_refused("\"first_opposes\", ", "", "scores 5 labels, but its manifest names 4");
        check_refused("[unused6]", "[nope]", "it has no piece `[nope]`");
        check_refused("folder = \"c\"", "folder = \"d\"", "d/config.json`");
        check_refused("folder = \"c\"", "folder = \"c\"\nmax_pieces = 3", "reads 3 pieces");
        check_refused("[\"first\"]", "[\"first\", \"target\"]", "has no markers");
        check_refused("\"holder\", ", "", "weight `heads.stance.dense.weight` has shape [4, 12]");
    }

    #[test]
    fn a_pair_model_without_a_label_that_it_needs_is_refused_when_it_is_loaded() {
        check_refused("\"supports\"", "\"for\"", "model `stance` has no label `supports`");
        check_refused("\"opposes\"", "\"against\"", "model `stance` has no label `opposes`");
        check_refused(
            "first_opposes",
            "first_is_against",
            "model `stance, both ways` has no label `first_opposes`",
        );
        check_refused("\"opposite\"", "\"contrary\"", "model `claim` has no label `opposite`");
        check_refused("\"unrelated\"", "\"neither\"", "model `claim` has no label `unrelated`");
        // A model that judges one direction a pass needs the positions, too.
        let one_way = MANIFEST.replace("\"neutral\", \"opposes\"", "\"neither\", \"opposes\"");
        let (before, both_ways) = one_way.split_once("[roles.stance.both_ways]").unwrap();
        let (_, after) = both_ways.split_once("[roles.embedding]").unwrap();
        let error = load(&format!("{before}[roles.embedding]{after}")).unwrap_err().to_string();
        assert!(error.contains("model `stance` has no label `neutral`"), "{error}");
    }

    #[test]
    fn a_backend_that_is_not_in_the_build_is_an_error_that_lists_those_that_are() {
        check_refused(
            "folder = \"c\"",
            "folder = \"c\"\nbackend = \"torch\"",
            "backend `torch` is not in this build (it has encoder)",
        );
    }
}
