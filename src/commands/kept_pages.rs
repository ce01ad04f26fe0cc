//! Pages kept between builds (`build --cache`), each with what it rests on and why it was made.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use super::pipeline::PROGRAM;
use crate::{
    diagnostics::Diagnostic,
    output::Cache,
    render::{Made, Renderer},
    site::Site,
};

/// How many queries are named as reasons.
const MOST_REASONS: usize = 20;

/// A folder of pages. Each is found by its address and by the program that made it; settings and theme are among
/// what a page rests on. It may be deleted at any time, and a page that is damaged counts as absent.
pub(super) struct KeptPages(Cache);

impl KeptPages {
    /// The pages kept in `folder`, which is made.
    ///
    /// # Errors
    /// `commands.cannot-write`.
    pub(super) fn open(folder: &Path) -> Result<Self, Diagnostic> {
        let cache = Cache::new(folder);
        let wrong = |error| Diagnostic::new("commands.cannot-write").arg("path", folder.display()).arg("reason", error);
        cache.prepare().map_err(wrong)?;
        Ok(Self(cache))
    }

    /// The page as it was made last, and why it was made then.
    pub(super) fn get(&self, renderer: &Renderer, url: &str) -> Option<(Arc<Made>, Vec<String>)> {
        let (made, why) = renderer.recall(&self.0.get(&key(url))?)?;
        Some((Arc::new(made), why))
    }

    /// Keeps a page that was made in the place of `earlier`.
    pub(super) fn put(&self, renderer: &Renderer, url: &str, made: &Made, earlier: Option<&Made>) {
        let why = earlier.map(|earlier| renderer.changed(earlier)).unwrap_or_default();
        let why = why.iter().take(MOST_REASONS).map(ToString::to_string).collect();
        if let Some(bytes) = Renderer::keep(made, why) {
            // A full disk will show itself when the site is written.
            let _ = self.0.put(&key(url), &bytes);
        }
    }

    /// Removes what is not a page of the site, and what other programs made.
    pub(super) fn sweep(&self, site: &Site) {
        let keys: BTreeSet<String> = site.pages.iter().map(|page| key(&page.url)).collect();
        self.0.retain(&keys);
    }
}

fn key(url: &str) -> String {
    format!("{PROGRAM} {url}")
}
