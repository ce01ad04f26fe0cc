//! References between entries: each is found and written out in full, or reported.

use std::{collections::HashMap, sync::Arc};

use super::Site;
use crate::{
    diagnostics::{Diagnostic, nearest},
    schema::{Field, Kind, Value},
};

/// Replaces every reference by the whole id it means. What points to nothing is reported; what points
/// to something that is not on the site now is taken out with a warning.
pub(super) fn resolve(site: &mut Site, out: &mut Vec<Diagnostic>) {
    let types = site.types.clone();
    let mut changes = Vec::new();
    let mut meant = HashMap::new();
    for (ix, entry) in site.entries.iter().enumerate() {
        let content_type = types.at(entry.kind);
        for field in content_type.reference_fields() {
            let Some(value) = entry.fields.get(&field.name) else { continue };
            let mut resolved = value.clone();
            let mut resolver = Resolver { site, ix, field: &field.name, meant: &mut meant, out };
            resolver.value(field, &mut resolved);
            if resolved != *value {
                changes.push((ix, field.name.clone(), resolved));
            }
        }
    }
    for (ix, name, value) in changes {
        let entry = Arc::make_mut(&mut site.entries[ix]);
        entry.fields.insert(&name, value);
        entry.fingerprint = entry.fields.fingerprint();
    }
}

struct Resolver<'a> {
    site: &'a Site,
    ix: usize,
    field: &'a str,
    /// What references to nothing were probably meant to be: most of them come many times.
    meant: &'a mut HashMap<Box<str>, Option<String>>,
    out: &'a mut Vec<Diagnostic>,
}

impl Resolver<'_> {
    fn value(&mut self, field: &Field, value: &mut Value) {
        match (field.kind, value) {
            (Kind::Ref, Value::Text(text)) => {
                if let Some(id) = self.reference(field, text) {
                    *text = id;
                }
            }
            (Kind::List, Value::List(items)) => {
                if let Some(item) = field.item() {
                    items.iter_mut().for_each(|value| self.value(item, value));
                    items.retain(
                        |value| !matches!(value, Value::Text(text) if text.is_empty() && item.kind == Kind::Ref),
                    );
                }
            }
            (Kind::Group, Value::Group(fields)) => {
                for inner in field.fields() {
                    if let Some(value) = fields.get_mut(&inner.name) {
                        self.value(inner, value);
                    }
                }
            }
            _ => {}
        }
    }

    /// The whole id; an empty text when the entry is there but not on the site now.
    fn reference(&mut self, field: &Field, reference: &str) -> Option<Box<str>> {
        if let Some(id) = self.site.resolve_id(reference, &field.to) {
            return Some(id.as_ref().into());
        }
        if field.free_text && (reference.contains(' ') || !reference.contains('/')) {
            return None;
        }
        let entry = &self.site.entries[self.ix];
        let place = entry.place(self.field, Some(reference));
        let hidden = |id: &str| id == reference || id.rsplit('/').next() == Some(reference);
        if self.site.hidden.iter().any(|(id, _)| hidden(id)) {
            let problem = Diagnostic::new("site.reference-left-out").arg("reference", reference);
            self.out.push(problem.at(place));
            return Some("".into());
        }
        let wanted = field.to.join(", ");
        let mut problem = Diagnostic::new("site.reference").arg("field", self.field).arg("reference", reference);
        if !self.meant.contains_key(reference) {
            let ids = self.site.entries.iter().flat_map(|e| [&*e.id, e.short_id()]);
            self.meant.insert(reference.into(), nearest(reference, ids).map(ToOwned::to_owned));
        }
        problem.suggestion = self.meant.get(reference).cloned().flatten();
        self.out.push(problem.arg("types", wanted).at(place));
        None
    }
}
