//! The lists that pages show.

use tera::Value;

use super::{values, world::World};
use crate::{
    fingerprint::Fingerprint,
    site::{Ix, Page, PageKind, join},
};

/// How many pages of a list are named before and after the one that is shown.
const AROUND: usize = 2;

/// What a page lists: all entries, and which of them it shows.
struct List<'a> {
    /// All entries.
    items: &'a [Ix],
    /// How many stand on a page.
    per_page: usize,
    /// The page that is shown, from 1.
    number: usize,
    /// The section whose list it is.
    section: Option<Ix>,
}

/// The list that a page shows, with the addresses of its further pages.
pub(super) fn listing(world: &World, page: &Page) -> (Value, Fingerprint) {
    match of(world, page) {
        Some(list) => shown(world, page, &list),
        None => (Value::none(), 0),
    }
}

fn of<'a>(world: &'a World, page: &Page) -> Option<List<'a>> {
    let site = &world.site;
    Some(match &page.kind {
        &PageKind::Entry(ix, number) if site.entries[ix].section => {
            let listing = site.listing(ix);
            List { items: &listing.items, per_page: listing.per_page, number, section: Some(ix) }
        }
        &PageKind::Archive(ix, year, number) => {
            let listing = site.listing(ix);
            let items = listing.years.get(&year).map_or(&[][..], Vec::as_slice);
            List { items, per_page: listing.per_page, number, section: Some(ix) }
        }
        PageKind::Term(name, at, number) => {
            let term = &site.taxonomies.terms(name, page.lang)[*at];
            List { items: &term.entries, per_page: site.settings.per_page, number: *number, section: None }
        }
        _ => return None,
    })
}

fn shown(world: &World, page: &Page, list: &List<'_>) -> (Value, Fingerprint) {
    let List { items, per_page, number, .. } = *list;
    let site = &world.site;
    let pages = items.len().div_ceil(per_page).max(1);
    let from = (number - 1).saturating_mul(per_page).min(items.len());
    let shown = &items[from..from.saturating_add(per_page).min(items.len())];
    let first = site.first_url(page);
    let url = |number: usize| site.numbered(&first, page.lang, number);
    let mut last = 0;
    let numbered = numbers(number, pages).map(|at| {
        let gap = at > last + 1;
        last = at;
        values::map([
            ("number", Value::from(at)),
            ("url", Value::from(url(at))),
            ("current", Value::from(at == number)),
            ("gap", Value::from(gap)),
        ])
    });
    let feed = list.section.filter(|&ix| site.children(ix).first().is_some_and(|&child| site.kind(child).feed));
    let around = values::map([
        ("page_number", Value::from(number)),
        ("pages", Value::from(pages)),
        ("total", Value::from(items.len())),
        ("previous_url", Value::from((number > 1).then(|| url(number - 1)))),
        ("next_url", Value::from((number < pages).then(|| url(number + 1)))),
        ("pages_urls", Value::from(numbered.collect::<Vec<_>>())),
        ("years", Value::from(list.section.map(|ix| years(world, page, ix)).unwrap_or_default())),
        ("feed_url", Value::from(feed.map(|ix| join(&site.urls[ix], "atom.xml")))),
    ]);
    let (items, cards) = world.list(shown.iter().copied());
    let print = values::mixed(&[values::fingerprint(&around), cards]);
    let mut map = around.into_map().unwrap_or_default();
    map.insert("items".into(), items);
    (map.into(), print)
}

/// The pages that a page of a list names: the first, the last and those around it. All of them would be
/// more than anybody reads, and cost the square of their number.
fn numbers(number: usize, pages: usize) -> impl Iterator<Item = usize> {
    let from = number.saturating_sub(AROUND).max(2);
    let to = number.saturating_add(AROUND).min(pages.saturating_sub(1));
    std::iter::once(1).chain(from..=to).chain((pages > 1).then_some(pages))
}

/// A section's years with their addresses and counts, the latest first.
fn years(world: &World, page: &Page, section: Ix) -> Vec<Value> {
    let site = &world.site;
    let current = match page.kind {
        PageKind::Archive(_, year, _) => Some(year),
        _ => None,
    };
    let years = site.listing(section).years.iter().rev().map(|(&year, items)| {
        values::map([
            ("year", Value::from(i64::from(year))),
            ("url", Value::from(join(&site.urls[section], &year.to_string()))),
            ("count", Value::from(items.len())),
            ("current", Value::from(current == Some(year))),
        ])
    });
    years.collect()
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn a_list_names_its_first_its_last_and_the_pages_around() {
        let named = |number, pages| numbers(number, pages).collect::<Vec<_>>();
        assert_eq!(named(1, 1), [1]);
        assert_eq!(named(1, 2), [1, 2]);
        assert_eq!(named(1, 9), [1, 2, 3, 9]);
        assert_eq!(named(5, 9), [1, 3, 4, 5, 6, 7, 9]);
        assert_eq!(named(9, 9), [1, 7, 8, 9]);
    }
}
