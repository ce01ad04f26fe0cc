//! Names with their values, small and in order.

use std::sync::Arc;

use super::Value;
use crate::fingerprint::{Fingerprint, fingerprint};

/// The values of an entry, a group or a row by the names of their fields, in the schema's order.
///
/// Entries are kept in memory by the ten thousand: the names are shared with the schema, and a value
/// takes three words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(Arc<str>, Value)>);

impl Fields {
    /// The value of the field `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| &**known == name).map(|(_, value)| value)
    }

    /// The value of the field `name`, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.0.iter_mut().find(|(known, _)| &**known == name).map(|(_, value)| value)
    }

    /// The text of the field `name`, where it is one that is not empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// Sets the field `name`, in the place of what it was or at the end.
    pub fn insert(&mut self, name: &Arc<str>, value: Value) {
        match self.get_mut(name) {
            Some(old) => *old = value,
            None => self.0.push((Arc::clone(name), value)),
        }
    }

    /// Takes the field `name` out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(known, _)| &**known == name)?;
        Some(self.0.remove(at).1)
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// How many fields have a value.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no field has a value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fingerprint of all names and values.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let mut bytes = Vec::with_capacity(512);
        self.feed(&mut bytes);
        fingerprint(&bytes)
    }

    /// Adds to `bytes` what stands for all names and values.
    pub fn feed(&self, bytes: &mut Vec<u8>) {
        bytes.extend((self.0.len() as u64).to_le_bytes());
        for (name, value) in &self.0 {
            bytes.extend((name.len() as u64).to_le_bytes());
            bytes.extend(name.as_bytes());
            value.feed(bytes);
        }
    }

    /// An object with all values, see [`Value::to_json`].
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::Value::Object(self.0.iter().map(|(name, value)| (name.to_string(), value.to_json())).collect())
    }

    pub(super) fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }
}

impl FromIterator<(Arc<str>, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Value)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}
