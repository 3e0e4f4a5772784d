//! What layers are begun with: whoever goes on with them must mean the same.

use anyhow::{Context, bail};
use newstance_pipeline::Shard;
use serde_json::{Map, Value, json};

use crate::args::InputArgs;
use crate::run_record::roles_of;
use crate::session::Session;

/// Everything that the layers and tables of a run depend on, besides the
/// articles. Where files lie is left out: their hashes tell more.
pub(crate) fn plan(session: &Session, input: &InputArgs) -> anyhow::Result<Value> {
    let mut settings =
        serde_json::to_value(&session.settings).context("cannot note the settings")?;
    if let Some(models) = settings.get_mut("models").and_then(Value::as_object_mut) {
        models.remove("bundle");
        models.remove("roles");
    }
    let mut files = Map::new();
    for (name, checkpoint) in session.bundle.checkpoints() {
        for (file, hash) in &checkpoint.files {
            files.insert(format!("{name}/{file}"), json!(hash));
        }
    }
    Ok(json!({
        "newstance": env!("CARGO_PKG_VERSION"),
        "settings": settings,
        "instruction_set": session.settings.models.instruction_set(),
        "model_files": files,
        "model_roles": roles_of(&session.bundle),
        "limit": input.limit,
        "shard": input.shard,
    }))
}

/// The first key, as a path with dots, under which two plans differ.
pub(crate) fn difference(left: &Value, right: &Value) -> Option<String> {
    let (Some(a), Some(b)) = (left.as_object(), right.as_object()) else {
        return (left != right).then(String::new);
    };
    let absent = Value::Null;
    for key in a.keys().chain(b.keys()) {
        let inner = difference(a.get(key).unwrap_or(&absent), b.get(key).unwrap_or(&absent));
        match inner.as_deref() {
            None => {}
            Some("") => return Some(key.clone()),
            Some(rest) => return Some(format!("{key}.{rest}")),
        }
    }
    None
}

/// Checks that the plans of several run folders fit together: they differ in
/// nothing but their shard and how layers become tables, and where one is a
/// shard, all shards are there.
pub(crate) fn check_together(plans: &[(String, Value)]) -> anyhow::Result<()> {
    let Some((first_name, first)) = plans.first() else { return Ok(()) };
    let mut shards: Vec<Shard> = Vec::new();
    for (name, plan) in plans {
        let shard = plan["shard"].clone();
        shards.push(
            serde_json::from_value(shard)
                .with_context(|| format!("cannot understand the plan of `{name}`"))?,
        );
        if let Some(key) = difference(&of_layers(first), &of_layers(plan)) {
            bail!("the layers of `{first_name}` and `{name}` were made with another `{key}`");
        }
    }
    let of = shards[0].of();
    if shards.iter().any(|shard| shard.of() != of) {
        bail!("the run folders are shards of different cuts");
    }
    let missing: Vec<String> = (1..=of)
        .filter(|index| shards.iter().all(|shard| shard.index() != *index))
        .map(|index| format!("{index}/{of}"))
        .collect();
    if !missing.is_empty() {
        bail!("shards are missing: {}\nhint: name their run folders, too", missing.join(", "));
    }
    Ok(())
}

/// A plan without its shard and without what only tables depend on.
fn of_layers(plan: &Value) -> Value {
    let mut plan = plan.clone();
    if let Some(fields) = plan.as_object_mut() {
        fields.remove("shard");
        if let Some(settings) = fields.get_mut("settings").and_then(Value::as_object_mut) {
            settings.remove("aggregate");
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{check_together, difference};

    #[test]
    fn a_difference_is_named_by_its_path() {
        let plan = json!({"a": 1, "b": {"c": [1], "d": null}});
        assert_eq!(difference(&plan, &plan), None);
        assert_eq!(difference(&plan, &json!({"a": 2, "b": {"c": [1]}})), Some("a".into()));
        let other = json!({"a": 1, "b": {"c": [2]}});
        assert_eq!(difference(&plan, &other), Some("b.c".into()));
        assert_eq!(difference(&other, &plan), Some("b.c".into()));
        assert_eq!(difference(&json!({}), &plan), Some("a".into()));
    }

    #[test]
    fn a_plan_that_was_written_and_read_is_the_same() {
        for hundredths in 1_u8..=250 {
            let plan = json!({ "temperature": f32::from(hundredths) / 100.0 });
            let read = serde_json::from_str(&plan.to_string()).unwrap();
            assert_eq!(difference(&plan, &read), None, "{plan}");
        }
    }

    fn plan(shard: (u32, u32), threshold: f64, resamples: u32) -> (String, Value) {
        let plan = json!({
            "settings": {"stance": {"threshold": threshold}, "aggregate": {"n": resamples}},
            "shard": {"index": shard.0, "of": shard.1},
        });
        (format!("{}", shard.0), plan)
    }

    #[track_caller]
    fn check(plans: &[(String, Value)], error: &str) {
        let message =
            check_together(plans).map_or_else(|error| error.to_string(), |()| String::new());
        assert!(message.contains(error) && message.is_empty() == error.is_empty(), "{message}");
    }

    #[test]
    fn all_shards_of_one_cut_and_one_plan_fit_together() {
        check(&[], "");
        check(&[plan((1, 1), 0.5, 1)], "");
        check(&[plan((1, 1), 0.5, 1), plan((1, 1), 0.5, 1)], "");
        check(&[plan((2, 2), 0.5, 1), plan((1, 2), 0.5, 2)], "");
        check(&[plan((1, 2), 0.5, 1), plan((2, 2), 0.6, 1)], "settings.stance.threshold");
        check(&[plan((1, 3), 0.5, 1), plan((3, 3), 0.5, 1)], "2/3");
        check(&[plan((1, 2), 0.5, 1), plan((2, 3), 0.5, 1)], "different cuts");
    }
}
