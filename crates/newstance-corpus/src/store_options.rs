//! How object stores are reached.

use std::collections::BTreeMap;

/// Keys and values for the stores behind `s3://`, `gs://` and `https://` inputs,
/// as the `object_store` crate names them: `aws_access_key_id`, `aws_endpoint`,
/// `google_service_account`, `timeout`. A key that a store does not know is passed
/// over, so that one set serves all.
///
/// Nothing is read from the environment here; whoever has one takes
/// [`StoreOptions::of_variables`] of it. Inputs `http://` need the key
/// `allow_http` with the value `true`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct StoreOptions(BTreeMap<String, String>);

impl StoreOptions {
    /// Those of environment variables whose names begin with `AWS_` or `GOOGLE_`.
    pub fn of_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let of_stores = variables
            .into_iter()
            .filter(|(name, _)| name.starts_with("AWS_") || name.starts_with("GOOGLE_"));
        of_stores.collect()
    }

    #[cfg(feature = "object-store")]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// True where inputs may be `http://`.
    #[cfg(feature = "object-store")]
    pub(crate) fn allows_http(&self) -> bool {
        self.0.get("allow_http").is_some_and(|value| value == "true")
    }
}

impl FromIterator<(String, String)> for StoreOptions {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.to_ascii_lowercase(), value)).collect())
    }
}

// The values are secrets.
impl std::fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("StoreOptions").field(&self.0.keys()).finish()
    }
}
