//! Menus and footers that pages have in common to the byte: they are read on the first pages that have them.
//!
//! A part is passed over only when nothing is wrong with it and nothing outside of it depends on what it holds, so
//! that what is told is the same whichever page came first.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::{links, subject::Subject};
use crate::fingerprint::Fingerprint;

/// The parts that were read, by the fingerprint of their HTML; those that were read once are not known yet.
#[derive(Default)]
pub(super) struct Parts(RwLock<HashMap<Fingerprint, Option<Arc<Part>>>>);

/// What pages must know of a part that they pass over.
#[derive(Debug)]
pub(super) struct Part {
    /// The `id` of each element that has one, in order.
    pub(super) ids: Vec<String>,
    /// The [`links::mark`]s of the addresses on this site to which it leads.
    pub(super) inside: Vec<u64>,
}

impl Parts {
    /// The part of this fingerprint, if it may be passed over.
    pub(super) fn get(&self, print: Fingerprint) -> Option<Arc<Part>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&print)?.clone()
    }

    /// Takes up the parts of a page that was looked at and that other pages may pass over.
    pub(super) fn learn(&self, subject: &Subject<'_>) {
        let tree = subject.tree;
        for repeated in tree.repeated().iter().filter(|repeated| repeated.part.is_none() && repeated.closed) {
            // Most parts that are on one page only are never on another.
            if self.is_first(repeated.print) {
                continue;
            }
            let id = repeated.id;
            let blamed = subject.blamed().iter().any(|&other| tree.is_inside(other, id));
            // A heading of the first level is counted; a field may have its label elsewhere, and the other way round.
            let reaches_out = tree.named(id, ["h1", "title", "label", "input", "select", "textarea"]).next().is_some();
            if blamed || reaches_out || tree.is_hidden(id) {
                continue;
            }
            let ids = tree.elements(id).filter_map(|at| tree.attribute(at, "id")).map(ToOwned::to_owned).collect();
            let part = Part { ids, inside: links::inside(subject, id) };
            self.keep(repeated.print, part);
        }
    }

    /// Takes up a part.
    pub(super) fn keep(&self, print: Fingerprint, part: Part) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(print, Some(Arc::new(part)));
    }

    /// Whether a part was not read before.
    fn is_first(&self, print: Fingerprint) -> bool {
        if self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(&print) {
            return false;
        }
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(print, None).is_none()
    }
}
