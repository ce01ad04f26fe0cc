//! The town hall's own inspector: rules over the model and over each finished page.
//!
//! A page's rules see one page's HTML and its entry, so that the preview can run them on the page that is open.
//! What depends on all pages together comes after them. Words, severities, standards and examples of the
//! rules live in `diagnostics/catalog`; what a site lets through is in its `[check]`.

mod accessibility;
mod chrome;
mod privacy;
mod settings;
mod speech;
mod subject;
mod tree;

pub use settings::Settings;

use crate::{
    content::Origin,
    diagnostics::Diagnostic,
    site::{Page, PageKind, Site},
};
use subject::Subject;

/// Looks at a site's pages, texts and files.
pub struct Inspector<'a> {
    site: &'a Site,
    settings: &'a Settings,
    known: privacy::Known,
}

impl<'a> Inspector<'a> {
    /// An inspector of `site`, whose `[check]` is `settings`.
    #[must_use]
    pub fn new(site: &'a Site, settings: &'a Settings) -> Self {
        Self { site, settings, known: privacy::Known::of(site, settings) }
    }

    /// Everything that is wrong with one page: its HTML and, on an entry's own page, its source.
    #[must_use]
    pub fn page(&self, page: &Page, html: &[u8]) -> Vec<Diagnostic> {
        let tree = tree::Tree::parse(html);
        let mut subject = Subject::new(self.site, page, &tree);
        chrome::check(&mut subject, &self.settings.origins);
        accessibility::check(&mut subject);
        let mut found = subject.into_findings();
        if let PageKind::Entry(ix, 1) = page.kind
            && let Origin::Page { file, body, .. } = &self.site.entries[ix].origin
            && let Ok(text) = file.text()
        {
            let minutes = privacy::is_minutes(self.site.kind(ix), &self.site.entries[ix]);
            privacy::check(&self.known, &file.path, &text, minutes, &mut found);
            accessibility::check_text(&file.path, &text, body.clone(), &mut found);
        }
        found
    }
}

/// Findings that every page repeats, because the theme or a setting makes them, are told once.
pub fn once(found: &mut Vec<Diagnostic>) {
    let mut seen = std::collections::HashSet::new();
    found.retain(|finding| {
        finding.location.is_some()
            || seen.insert((finding.code.clone(), finding.arguments.iter().find(|(name, _)| name != "page").cloned()))
    });
}
