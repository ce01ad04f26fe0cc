//! The tree of sections: what stands directly below what, in order, in each language.

use std::collections::{BTreeMap, HashMap};

use super::{Ix, Site, Sort};
use crate::language::Lang;

/// Parents and children by entry.
#[derive(Debug, Default)]
pub(super) struct Tree {
    parents: Vec<Option<Ix>>,
    children: BTreeMap<Ix, Vec<Ix>>,
    subsections: BTreeMap<Ix, Vec<Ix>>,
}

impl Tree {
    pub(super) fn grow(site: &Site) -> Self {
        let sections: HashMap<(&str, Lang), Ix> = site
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.section)
            .map(|(ix, entry)| ((&*entry.id, entry.lang), ix))
            .collect();
        let mut tree = Self { parents: vec![None; site.entries.len()], ..Self::default() };
        for (ix, entry) in site.entries.iter().enumerate() {
            let Some(parent) = nearest(&sections, &entry.id, entry.lang) else { continue };
            tree.parents[ix] = Some(parent);
            let below = if entry.section { &mut tree.subsections } else { &mut tree.children };
            below.entry(parent).or_default().push(ix);
        }
        tree.sort(site);
        tree
    }

    fn sort(&mut self, site: &Site) {
        for (&section, children) in &mut self.children {
            let own = site.entries[section].text("sort");
            let kind = children.first().map(|&ix| &*site.kind(ix).sort);
            let sort = Sort::parse(own.or(kind).unwrap_or("order"));
            sort.apply(children, &site.entries, site.entries[section].lang);
        }
        for (&section, subsections) in &mut self.subsections {
            Sort::parse("order").apply(subsections, &site.entries, site.entries[section].lang);
        }
    }

    pub(super) fn parent(&self, ix: Ix) -> Option<Ix> {
        self.parents.get(ix).copied().flatten()
    }

    pub(super) fn children(&self, section: Ix) -> &[Ix] {
        self.children.get(&section).map_or(&[], Vec::as_slice)
    }

    pub(super) fn subsections(&self, section: Ix) -> &[Ix] {
        self.subsections.get(&section).map_or(&[], Vec::as_slice)
    }
}

/// The nearest section around an id; folders without a page of their own are passed over.
fn nearest(sections: &HashMap<(&str, Lang), Ix>, id: &str, lang: Lang) -> Option<Ix> {
    if id.is_empty() {
        return None;
    }
    let mut folder = id;
    while let Some((parent, _)) = folder.rsplit_once('/') {
        if let Some(&ix) = sections.get(&(parent, lang)) {
            return Some(ix);
        }
        folder = parent;
    }
    sections.get(&("", lang)).copied()
}
