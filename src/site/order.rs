//! Puts entries in order by a field, up or down, texts in the order of their language.

use std::{cmp::Ordering, sync::Arc};

use crate::{
    content::Entry,
    language::{Collator, Lang},
    schema::Value,
};

/// A field to sort by: `title`, or `-published` for the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    field: String,
    descending: bool,
}

impl Sort {
    /// Reads what `sort` says.
    pub fn parse(text: &str) -> Self {
        let descending = text.starts_with('-');
        Self { field: text.trim_start_matches('-').to_owned(), descending }
    }

    /// Sorts the entries at `at`. Those without the field come last, in order of their titles.
    pub fn apply(&self, at: &mut [usize], entries: &[Arc<Entry>], lang: Lang) {
        let collator = Collator::new(lang);
        at.sort_by_cached_key(|&ix| {
            let entry = &entries[ix];
            let own = key(entry.fields.get(&self.field), &collator);
            // Dates seldom tie, and a collation key is dear: equal dates go by id.
            let dated = matches!(own, Key::Number(_)) && self.field != "order";
            let title = if dated { Vec::new() } else { collator.key(entry.title()) };
            Keyed { own, descending: self.descending, title, id: entry.id.clone() }
        });
    }
}

#[derive(PartialEq, Eq)]
enum Key {
    Number(i64),
    Text(Vec<u8>),
    Absent,
}

fn key(value: Option<&Value>, collator: &Collator) -> Key {
    match value {
        None => Key::Absent,
        Some(value) => match value.as_sort_number() {
            Some(number) => Key::Number(number),
            None => value.as_str().map_or(Key::Absent, |text| Key::Text(collator.key(text))),
        },
    }
}

#[derive(PartialEq, Eq)]
struct Keyed {
    own: Key,
    descending: bool,
    title: Vec<u8>,
    id: std::sync::Arc<str>,
}

impl Ord for Keyed {
    fn cmp(&self, other: &Self) -> Ordering {
        let own = match (&self.own, &other.own) {
            (Key::Absent, Key::Absent) => Ordering::Equal,
            (Key::Absent, _) => Ordering::Greater,
            (_, Key::Absent) => Ordering::Less,
            (Key::Number(a), Key::Number(b)) => self.turned(a.cmp(b)),
            (Key::Text(a), Key::Text(b)) => self.turned(a.cmp(b)),
            (Key::Number(_), Key::Text(_)) => Ordering::Less,
            (Key::Text(_), Key::Number(_)) => Ordering::Greater,
        };
        own.then_with(|| self.title.cmp(&other.title)).then_with(|| self.id.cmp(&other.id))
    }
}

impl Keyed {
    fn turned(&self, ordering: Ordering) -> Ordering {
        if self.descending { ordering.reverse() } else { ordering }
    }
}

impl PartialOrd for Keyed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
