//! One state of the site, whose pages are made when somebody asks and, in the meantime, in turn.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use rayon::prelude::*;

use crate::{
    check::{self, Inspector},
    diagnostics::Diagnostic,
    fingerprint::{Fingerprint, fingerprint},
    render::{Made, Needed, Renderer},
    site::Site,
    source::SourceFile,
};

/// How much HTML is kept of pages that nobody looks at, in bytes; more would be made again when asked for.
const HELD: usize = 24 * 1024 * 1024;

/// The threads on which pages are made that nobody asked for yet.
static POOL: OnceLock<Option<rayon::ThreadPool>> = OnceLock::new();

/// How many queries are named as reasons.
const MOST_REASONS: usize = 12;

/// Makes what a site has besides pages: paths and bytes.
pub type Extras = fn(&Edition) -> Vec<(String, Vec<u8>)>;

/// What an edition is made from.
pub struct Source {
    /// Makes the pages.
    pub renderer: Arc<Renderer>,
    /// Files that are published as they are, in order of their paths.
    pub copies: Arc<[(String, SourceFile)]>,
    /// Makes feeds, sitemaps and the like.
    pub extras: Extras,
    /// Makes what rests on all pages: the search index, the relay's forms.
    pub gathered: Extras,
    /// What the site says of its own check.
    pub check: Arc<check::Settings>,
}

/// One state of the site.
pub struct Edition {
    source: Source,
    /// Counts the states of the site.
    number: u64,
    /// A place for each page, in the order of the site's; shared with earlier editions of the same pages.
    slots: Arc<[Mutex<Slot>]>,
    /// Every picture that any edition had, by the path of each of its files.
    pictures: Arc<Mutex<HashMap<String, Arc<Needed>>>>,
    extras: OnceLock<BTreeMap<String, Vec<u8>>>,
    gathered: OnceLock<BTreeMap<String, Vec<u8>>>,
    superseded: AtomicBool,
    held: Arc<AtomicUsize>,
}

/// A page as far as it was made.
#[derive(Clone, Default)]
struct Slot {
    /// As it was made last.
    made: Option<Arc<Made>>,
    /// The number of the last edition for which `made` is right; 0 for none.
    right_for: u64,
    /// The HTML to show: that of `made`, or of the last time when nothing was wrong.
    html: Option<Arc<[u8]>>,
    /// The queries whose answers had changed when it was made last.
    why: Vec<String>,
}

/// A page to be shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its HTML; of the last good state when it cannot be made now.
    pub html: Arc<[u8]>,
    /// The fingerprint of the HTML.
    pub print: Fingerprint,
    /// What is wrong with it.
    pub made: Arc<Made>,
}

impl Edition {
    /// The state of the site that comes after `earlier`, whose pages are taken over where they are right.
    pub fn new(source: Source, earlier: Option<&Self>) -> Self {
        let pages = &source.renderer.world().site.pages;
        let slots = match earlier {
            Some(earlier) if Arc::ptr_eq(pages, &earlier.site().pages) => earlier.slots.clone(),
            Some(earlier) => {
                pages.iter().enumerate().map(|(at, page)| Mutex::new(earlier.slot(at, &page.url))).collect()
            }
            None => pages.iter().map(|_| Mutex::default()).collect(),
        };
        Self {
            source,
            number: earlier.map_or(0, |earlier| earlier.number) + 1,
            slots,
            pictures: earlier.map(|earlier| earlier.pictures.clone()).unwrap_or_default(),
            extras: OnceLock::new(),
            gathered: OnceLock::new(),
            superseded: AtomicBool::new(false),
            held: earlier.map(|earlier| earlier.held.clone()).unwrap_or_default(),
        }
    }

    /// What is known of the page at an address, which stood here or near.
    fn slot(&self, near: usize, url: &str) -> Slot {
        let pages = &self.site().pages;
        let same = pages.get(near).is_some_and(|page| *page.url == *url);
        let at = if same { Some(near) } else { self.site().page_number(url) };
        at.map(|at| lock(&self.slots[at]).clone()).unwrap_or_default()
    }

    /// The site's model.
    pub fn site(&self) -> &Arc<Site> {
        &self.source.renderer.world().site
    }

    /// What its pages are made by.
    pub fn renderer(&self) -> &Renderer {
        &self.source.renderer
    }

    /// Something changed: [`Edition::make_all`] ends, and leaves the processors to what comes.
    pub fn supersede(&self) {
        self.superseded.store(true, Ordering::Relaxed);
    }

    /// The page at an address, for somebody who looks at it: it is kept as it is shown.
    pub fn page(&self, url: &str) -> Option<Shown> {
        self.made(url, true)
    }

    /// The page at an address, for what reads all pages one after another.
    pub fn read(&self, url: &str) -> Option<Shown> {
        self.made(url, false)
    }

    fn made(&self, url: &str, keep: bool) -> Option<Shown> {
        let at = self.site().page_number(url)?;
        let mut slot = lock(&self.slots[at]);
        let kept = slot.html.is_some();
        self.check(at, &mut slot);
        let made = slot.made.clone()?;
        let html = match slot.html.take() {
            Some(html) => html,
            // Right, but not kept.
            None => self.renderer().render(&self.site().pages[at]).html.into(),
        };
        slot.html = Some(html.clone());
        if !keep && !kept {
            self.let_go(&mut slot);
        }
        Some(Shown { print: fingerprint(&html), html, made })
    }

    /// Keeps the HTML of a page that nobody looks at only as long as there is room.
    fn let_go(&self, slot: &mut Slot) {
        let length = slot.html.as_ref().map_or(0, |html| html.len());
        if slot.made.as_ref().is_some_and(|made| made.failed()) {
            return;
        }
        if self.held.load(Ordering::Relaxed) + length > HELD {
            slot.html = None;
        } else {
            self.held.fetch_add(length, Ordering::Relaxed);
        }
    }

    /// What a browser shows at an address: the page, or what says that there is none.
    pub fn shown(&self, url: &str) -> Arc<[u8]> {
        let page = self.page(url).or_else(|| self.page(&self.not_found(url)));
        page.map_or_else(|| Arc::from(&b"404"[..]), |page| page.html)
    }

    /// The address of the page that says that there is none: in the language of the address, or else
    /// in the site's first.
    pub fn not_found(&self, url: &str) -> String {
        let first = url.trim_start_matches('/').split('/').next().unwrap_or_default();
        let own = format!("/{first}/404.html");
        if self.site().page_at(&own).is_some() { own } else { "/404.html".to_owned() }
    }

    /// Why the page at an address was made again last: the queries whose answers had changed.
    pub(super) fn why(&self, url: &str) -> Vec<String> {
        self.site().page_number(url).map(|at| lock(&self.slots[at]).why.clone()).unwrap_or_default()
    }

    /// Makes sure that the page is as it should be now.
    fn check(&self, at: usize, slot: &mut MutexGuard<'_, Slot>) {
        // A later edition may have been there before.
        if slot.right_for >= self.number {
            return;
        }
        let page = &self.site().pages[at];
        let made = self.renderer().make(page, slot.made.as_ref());
        let anew = slot.made.as_ref().is_none_or(|earlier| !Arc::ptr_eq(earlier, &made));
        if anew {
            self.note_pictures(&made);
            let changed = slot.made.as_ref().map(|earlier| self.renderer().changed(earlier)).unwrap_or_default();
            slot.why = changed.iter().take(MOST_REASONS).map(ToString::to_string).collect();
            slot.made = Arc::into_inner(made).map(|mut made| {
                self.renderer().remember(&mut made);
                // Kept apart, so that it can be let go.
                let html = std::mem::take(&mut made.rendered.html);
                if !made.failed() || slot.html.is_none() {
                    slot.html = Some(html.into());
                }
                Arc::new(made)
            });
        }
        slot.right_for = self.number;
    }

    /// Makes all pages that nobody asked for yet; ends early when a later edition comes. Gives whether
    /// it came to the end.
    pub fn make_all(&self) -> bool {
        self.superseded.store(false, Ordering::Relaxed);
        let make = |at: usize| {
            if self.superseded.load(Ordering::Relaxed) {
                return;
            }
            let mut slot = lock(&self.slots[at]);
            let kept = slot.html.is_some();
            self.check(at, &mut slot);
            if !kept {
                self.let_go(&mut slot);
            }
        };
        // On threads of their own: what is read after the next change must not wait for these.
        match POOL.get_or_init(|| rayon::ThreadPoolBuilder::new().build().ok()) {
            Some(pool) => pool.install(|| (0..self.slots.len()).into_par_iter().for_each(make)),
            None => (0..self.slots.len()).for_each(make),
        }
        !self.superseded.load(Ordering::Relaxed)
    }

    fn note_pictures(&self, made: &Made) {
        if made.rendered.images.is_empty() {
            return;
        }
        let mut pictures = lock(&self.pictures);
        for needed in &made.rendered.images {
            let all = Arc::new(needed.clone());
            for variant in &needed.variants {
                pictures.insert(variant.path.clone(), all.clone());
            }
        }
    }

    /// The original of a picture's variant, and the variant's place in its list.
    pub fn picture(&self, path: &str) -> Option<(Arc<Needed>, usize)> {
        let needed = lock(&self.pictures).get(path).cloned()?;
        let at = needed.variants.iter().position(|variant| variant.path == path)?;
        Some((needed, at))
    }

    /// A file of the theme, a feed or the like.
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        let asset = self.renderer().world().assets.to_write().get(path).map(|bytes| bytes.to_vec());
        asset.or_else(|| self.extras(path).get(path).cloned())
    }

    /// A file that is published as it is.
    pub fn copy(&self, path: &str) -> Option<&SourceFile> {
        let at = self.source.copies.binary_search_by(|(known, _)| known.as_str().cmp(path)).ok()?;
        Some(&self.source.copies[at].1)
    }

    fn extras(&self, path: &str) -> &BTreeMap<String, Vec<u8>> {
        // These read every page.
        let (made, make) = if path.starts_with("search/") || path == "forms.json" {
            (&self.gathered, self.source.gathered)
        } else {
            (&self.extras, self.source.extras)
        };
        made.get_or_init(|| make(self).into_iter().collect())
    }

    /// What the inspector finds on a page as it is shown, and where its links lead nowhere.
    pub(super) fn findings(&self, url: &str, shown: &Shown) -> Vec<Diagnostic> {
        let site = self.site();
        let mut found: Vec<Diagnostic> = shown
            .made
            .rendered
            .anchors
            .iter()
            .filter_map(|link| {
                let there = self.read(&link.url)?;
                link.problem(&there.made.rendered.ids)
            })
            .collect();
        found.extend(
            site.page_at(url)
                .into_iter()
                .flat_map(|page| Inspector::new(site, &self.source.check).page(page, &shown.html)),
        );
        self.source.check.judge(found, site.moment.at.date())
    }

    /// What is wrong with the pages, as far as they were made.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let made = self.slots.iter().filter_map(|slot| lock(slot).made.clone());
        made.flat_map(|made| made.rendered.diagnostics.clone()).collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
