//! Pages that were made, and the answers that each rests on: one is made again only when an answer changed.
//!
//! A build, the preview and a theme's trial run ask for pages by the same call, [`Renderer::make`]; they
//! differ in what they remember of earlier pages.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU8, Ordering},
    },
};

use super::{
    Rendered, Renderer,
    query::{Query, Read},
    world::World,
};
use crate::{diagnostics::Severity, site::Page};

/// Every answer that some page rests on. Each has a number, so that a page keeps numbers alone.
#[derive(Debug, Default)]
pub struct Answers(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    numbers: HashMap<Arc<Read>, u32>,
    reads: Vec<Arc<Read>>,
}

/// A page as it was made.
#[derive(Debug)]
pub struct Made {
    /// The page.
    pub rendered: Rendered,
    /// The numbers of the answers it rests on, once these were taken out of it to be remembered.
    pub(super) reads: Box<[u32]>,
    /// Nothing was wrong that other pages could mend.
    pub(super) settled: bool,
}

/// Which of the answers that were known when a world came to be still hold in it, found out when first
/// asked. Those about bodies are not kept: they are cheap, and what an edit changes most often.
#[derive(Debug)]
pub(super) struct Verdicts(Vec<AtomicU8>);

const UNKNOWN: u8 = 0;
const HOLDS: u8 = 1;
const CHANGED: u8 = 2;

impl Answers {
    /// The numbers of `reads`, each once.
    fn numbers(&self, reads: Vec<Read>) -> Box<[u32]> {
        let mut numbers = Vec::with_capacity(reads.len());
        let mut new = Vec::new();
        {
            let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
            for read in reads {
                match known.numbers.get(&read) {
                    Some(&number) => numbers.push(number),
                    None => new.push(read),
                }
            }
        }
        if !new.is_empty() {
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            for read in new {
                let next = u32::try_from(known.reads.len()).unwrap_or(u32::MAX);
                let read = Arc::new(read);
                let Known { numbers: by_read, reads } = &mut *known;
                let number = *by_read.entry(read.clone()).or_insert_with(|| {
                    reads.push(read);
                    next
                });
                numbers.push(number);
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into()
    }

    fn get(&self, number: u32) -> Option<Arc<Read>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).reads.get(number as usize).cloned()
    }

    fn count(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).reads.len()
    }
}

impl Verdicts {
    pub(super) fn new(answers: &Answers) -> Self {
        Self((0..answers.count()).map(|_| AtomicU8::new(UNKNOWN)).collect())
    }

    /// What is known of `earlier`, after nothing changed but bodies.
    pub(super) fn after_bodies(answers: &Answers, earlier: &Self) -> Self {
        let new = Self::new(answers);
        for (new, found) in new.0.iter().zip(&earlier.0) {
            new.store(found.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        new
    }

    fn holds(&self, world: &World, answers: &Answers, number: u32) -> bool {
        // One that was learned since has no place.
        let found = self.0.get(number as usize);
        match found.map(|found| found.load(Ordering::Relaxed)) {
            Some(HOLDS) => return true,
            Some(CHANGED) => return false,
            _ => {}
        }
        let Some(read) = answers.get(number) else { return false };
        let holds = world.answer(&read.0).1 == read.1;
        if let Some(found) = found.filter(|_| !matches!(read.0, Query::Body(..))) {
            found.store(if holds { HOLDS } else { CHANGED }, Ordering::Relaxed);
        }
        holds
    }
}

impl Made {
    /// Something is wrong for which a build would be refused.
    pub fn failed(&self) -> bool {
        self.rendered.diagnostics.iter().any(|found| found.severity == Severity::Error)
    }
}

impl Renderer {
    /// The page: as it was made `earlier`, if all that it rests on is as it was, or else made anew.
    pub fn make(&self, page: &Page, earlier: Option<&Arc<Made>>) -> Arc<Made> {
        match earlier.filter(|made| self.still_right(made)) {
            Some(made) => made.clone(),
            None => Arc::new(self.make_new(page)),
        }
    }

    fn make_new(&self, page: &Page) -> Made {
        let rendered = self.render(page);
        // What was probably meant depends on all that there is.
        let settled = rendered.diagnostics.iter().all(|found| {
            found.severity != Severity::Error && found.suggestion.is_none() && !found.code.starts_with("render.link")
        });
        Made { rendered, reads: Box::default(), settled }
    }

    /// Takes what the page rests on out of it and remembers it with that of all others: for pages that are kept
    /// in memory.
    pub fn remember(&self, made: &mut Made) {
        let reads = self.answers.numbers(std::mem::take(&mut made.rendered.reads));
        made.reads = made.reads.iter().chain(&reads).copied().collect();
    }

    /// Everything that the page asked, each once.
    pub fn queries(&self, made: &Made) -> BTreeSet<Query> {
        let remembered = made.reads.iter().filter_map(|&number| Some(self.answers.get(number)?.0.clone()));
        made.rendered.reads.iter().map(|(query, _)| query.clone()).chain(remembered).collect()
    }

    /// Nothing that `made` rests on has changed.
    fn still_right(&self, made: &Made) -> bool {
        made.settled
            && made.reads.iter().all(|&number| self.holds(number))
            && made.rendered.reads.iter().all(|read| self.answers_still(read))
    }

    /// The queries whose answers are not what `made` rests on.
    pub fn changed(&self, made: &Made) -> Vec<Query> {
        let remembered = made.reads.iter().filter(|&&number| !self.holds(number));
        let remembered = remembered.filter_map(|&number| Some(self.answers.get(number)?.0.clone()));
        let others =
            made.rendered.reads.iter().filter(|read| !self.answers_still(read)).map(|(query, _)| query.clone());
        let mut changed: Vec<Query> = remembered.chain(others).collect();
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    fn answers_still(&self, (query, answer): &Read) -> bool {
        self.world().answer(query).1 == *answer
    }

    fn holds(&self, number: u32) -> bool {
        self.verdicts.holds(self.world(), &self.answers, number)
    }
}
