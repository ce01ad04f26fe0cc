//! Cards: what lists show of an entry. Everything but its body, so that an edited body changes one page.

use rayon::prelude::*;
use tera::Value;

use super::{values, world::World};
use crate::{
    fingerprint::{Fingerprint, fingerprint},
    site::{Ix, Site},
};

/// An entry's card and its fingerprint.
#[derive(Clone, Debug)]
pub(super) struct Card {
    pub(super) value: Value,
    pub(super) fingerprint: Fingerprint,
}

/// Common fields that stand on the card itself and need not stand among its fields again.
const OWN: [&str; 9] = ["title", "summary", "published", "updated", "review_by", "image", "slug", "aliases", "draft"];

/// Makes the cards of all entries; those that are as they were are taken from `earlier`.
pub(super) fn all(site: &Site, earlier: Option<&World>) -> Vec<Card> {
    let make = |ix: Ix| {
        let entry = &site.entries[ix];
        let known = earlier.and_then(|world| Some(&world.cards[world.site.find(&entry.id, entry.lang)?]));
        let fingerprint = print(site, ix);
        match known.filter(|card| card.fingerprint == fingerprint) {
            Some(card) => card.clone(),
            None => Card { value: card(site, ix), fingerprint },
        }
    };
    (0..site.entries.len()).into_par_iter().with_min_len(64).map(make).collect()
}

/// The fingerprint of all that a card shows.
fn print(site: &Site, ix: Ix) -> Fingerprint {
    let entry = &site.entries[ix];
    let mut bytes = Vec::with_capacity(512);
    bytes.extend(entry.fingerprint.to_le_bytes());
    bytes.extend([u8::from(site.archived[ix]), u8::from(entry.section)]);
    let parent = site.parent(ix).map_or("", |parent| &site.entries[parent].id);
    for part in [&*site.urls[ix], &*entry.summary, &*site.kind(ix).name, parent, &*entry.id, entry.lang.as_str()] {
        bytes.extend(part.as_bytes());
        bytes.push(0);
    }
    fingerprint(&bytes)
}

fn card(site: &Site, ix: Ix) -> Value {
    let entry = &site.entries[ix];
    let kind = site.kind(ix);
    let url = &*site.urls[ix];
    let own = |name: &str| entry.fields.get(name).map_or_else(Value::none, values::field);
    let mut fields = tera::Map::with_capacity(entry.fields.len());
    for (name, value) in entry.fields.iter().filter(|(name, _)| !OWN.contains(&&***name)) {
        fields.insert(name.to_string().into(), values::field(value));
    }
    let section = site.parent(ix).map(|parent| site.entries[parent].id.to_string());
    values::map([
        ("title", Value::from(entry.title())),
        ("url", Value::from(url)),
        ("type", Value::from(&*kind.name)),
        ("id", Value::from(&*entry.id)),
        ("lang", Value::from(entry.lang.as_str())),
        ("summary", if entry.summary.is_empty() { Value::none() } else { Value::from(&*entry.summary) }),
        ("lead", own("summary")),
        ("published", own("published")),
        ("updated", own("updated")),
        ("review_by", own("review_by")),
        ("image", own("image")),
        ("section", Value::from(section.as_deref())),
        ("is_section", Value::from(entry.section)),
        ("draft", Value::from(entry.fields.get("draft").and_then(|value| value.as_bool()).unwrap_or(false))),
        ("expired", Value::from(site.archived[ix])),
        ("no_page", Value::from(!kind.page && !entry.section)),
        ("anchor", Value::from(url.split_once('#').map(|(_, anchor)| anchor.to_owned()))),
        ("fields", fields.into()),
    ])
}
