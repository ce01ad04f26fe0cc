//! Taxonomies: terms and the entries that have them, in each language.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Ix, Site, Sort};
use crate::{
    language::{Collator, Lang, slug},
    schema::Kind,
};

/// A term of a taxonomy in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The term as it is written in the fields.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// The last part of its address.
    pub slug: String,
    /// The entries that have it, the newest first.
    pub entries: Vec<Ix>,
}

/// All taxonomies.
#[derive(Clone, Debug, Default)]
pub struct Taxonomies {
    terms: BTreeMap<String, HashMap<Lang, Vec<Term>>>,
}

impl Taxonomies {
    /// Gathers the terms of all entries that have a page.
    pub(super) fn gather(site: &Site) -> Self {
        let mut found: BTreeMap<(String, Lang), Found> = BTreeMap::new();
        for (ix, entry) in site.entries.iter().enumerate() {
            let kind = site.kind(ix);
            if !kind.page || site.archived[ix] {
                continue;
            }
            for field in kind.taxonomy_fields() {
                let Some(taxonomy) = &field.taxonomy else { continue };
                let Some(value) = entry.fields.get(&field.name) else { continue };
                for name in value.texts() {
                    let label = match field.element_kind() {
                        Kind::Choice | Kind::Choices => field.choice_label(name, entry.lang).to_owned(),
                        Kind::Ref => {
                            site.find_any(name, entry.lang).map_or(name, |ix| site.entries[ix].title()).to_owned()
                        }
                        _ => name.to_owned(),
                    };
                    let terms = found.entry((taxonomy.to_string(), entry.lang)).or_default();
                    let term = terms.entry(name.to_owned()).or_insert_with(|| (label, Vec::new()));
                    if term.1.last() != Some(&ix) {
                        term.1.push(ix);
                    }
                }
            }
        }
        let mut terms: BTreeMap<String, HashMap<Lang, Vec<Term>>> = BTreeMap::new();
        for ((taxonomy, lang), found) in found {
            terms.entry(taxonomy).or_default().insert(lang, in_order(site, lang, found));
        }
        Self { terms }
    }

    /// The terms of a taxonomy in a language, in the order of their names.
    pub fn terms(&self, taxonomy: &str, lang: Lang) -> &[Term] {
        self.terms.get(taxonomy).and_then(|languages| languages.get(&lang)).map_or(&[], Vec::as_slice)
    }

    /// The names of all taxonomies.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.terms.keys().map(String::as_str)
    }
}

/// Terms by name, with their labels and entries.
type Found = BTreeMap<String, (String, Vec<Ix>)>;

fn in_order(site: &Site, lang: Lang, found: Found) -> Vec<Term> {
    let collator = Collator::new(lang);
    let mut taken = BTreeSet::new();
    let mut terms: Vec<Term> = found
        .into_iter()
        .map(|(name, (label, mut entries))| {
            Sort::parse("-published").apply(&mut entries, &site.entries, lang);
            Term { slug: free_slug(&label, &mut taken), name, label, entries }
        })
        .collect();
    terms.sort_by_cached_key(|term| (collator.key(&term.label), term.name.clone()));
    terms
}

/// Two terms may fold to one slug (`Õu` and `Ou`): the second gets a number.
fn free_slug(label: &str, taken: &mut BTreeSet<String>) -> String {
    let base = slug(label);
    let mut free = base.clone();
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{base}-{number}");
        number += 1;
    }
    free
}
