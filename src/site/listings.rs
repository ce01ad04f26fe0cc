//! What sections list: the entries, how many on a page, and the years of their archives.

use std::collections::BTreeMap;

use super::{Ix, Site, tree::Tree};

/// What a section lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Its entries, in order, without those whose time has passed.
    pub items: Vec<Ix>,
    /// How many stand on a page; at least one.
    pub per_page: usize,
    /// Its entries by year, the earliest first, where their type keeps archives.
    pub years: BTreeMap<i16, Vec<Ix>>,
}

/// The listings of all sections. They are made once: each page of a listing asks for it.
pub(super) fn gather(site: &Site, tree: &Tree) -> BTreeMap<Ix, Listing> {
    let sections = site.entries.iter().enumerate().filter(|(_, entry)| entry.section);
    sections.map(|(ix, _)| (ix, listing(site, tree.children(ix), ix))).collect()
}

fn listing(site: &Site, children: &[Ix], section: Ix) -> Listing {
    let items: Vec<Ix> = children.iter().copied().filter(|&ix| !site.archived[ix]).collect();
    if site.entries[section].id.is_empty() {
        // The front page is no listing of what happens to lie directly below it.
        return Listing { items, per_page: usize::MAX, years: BTreeMap::new() };
    }
    let own = site.entries[section].fields.get("per_page").and_then(|value| value.as_integer());
    let own = own.and_then(|number| usize::try_from(number).ok());
    let of_type = items.first().and_then(|&ix| site.kind(ix).per_page);
    let per_page = own.or(of_type).unwrap_or(usize::MAX).max(1);
    let mut years: BTreeMap<i16, Vec<Ix>> = BTreeMap::new();
    for &ix in children {
        let date = site.kind(ix).archive.as_ref().and_then(|field| site.entries[ix].fields.get(field)?.as_date());
        if let Some(date) = date {
            years.entry(date.year()).or_default().push(ix);
        }
    }
    Listing { items, per_page, years }
}
