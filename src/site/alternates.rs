//! The same page in other languages.

use super::{Ix, Page, PageKind, Site};
use crate::{diagnostics::Diagnostic, language::Lang};

/// How a page stands in a language of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// The language.
    pub lang: Lang,
    /// The page's address in it, or of the nearest section that is translated.
    pub url: String,
    /// The page itself is translated.
    pub available: bool,
}

impl Site {
    /// The page in every language of the site that has a front page.
    pub fn translations(&self, page: &Page) -> Vec<Translation> {
        let languages = self.settings.languages.iter().copied().filter(|&lang| self.front_page(lang).is_some());
        languages
            .map(|lang| match self.alternate(page, lang) {
                Some(url) => Translation { lang, url, available: true },
                None => Translation { lang, url: self.nearest_translated(page, lang), available: false },
            })
            .collect()
    }

    /// The page's address in a language, where it is translated. Because it is worked out from what
    /// both pages are, each names the other (hreflang must be reciprocal).
    pub fn alternate(&self, page: &Page, lang: Lang) -> Option<String> {
        if lang == page.lang {
            return Some(page.url.to_string());
        }
        match &page.kind {
            PageKind::Entry(ix, 1) => self.twin(*ix, lang).map(|twin| self.urls[twin].to_string()),
            PageKind::Guide(ix) => {
                self.twin(*ix, lang).filter(|&twin| self.is_guide(twin)).map(|twin| self.guide_url(twin))
            }
            PageKind::Taxonomy(name) => {
                let url = self.taxonomy_url(name, lang)?;
                self.page_at(&url).map(|page| page.url.to_string())
            }
            PageKind::Term(name, at, 1) => {
                let term = &self.taxonomies.terms(name, page.lang)[*at].name;
                let other = self.taxonomies.terms(name, lang).iter().find(|other| other.name == *term)?;
                self.term_url(name, lang, &other.slug)
            }
            // The further pages of a listing differ from language to language.
            _ => None,
        }
    }

    /// An entry in another language.
    pub fn twin(&self, ix: Ix, lang: Lang) -> Option<Ix> {
        self.find(&self.entries[ix].id, lang)
    }

    fn nearest_translated(&self, page: &Page, lang: Lang) -> String {
        let mut around = page.entry().into_iter().flat_map(|ix| {
            let own = (page.number() > 1 || !matches!(page.kind, PageKind::Entry(..))).then_some(ix);
            own.into_iter().chain(self.ancestors(ix).into_iter().rev())
        });
        let twin = around.find_map(|ix| self.twin(ix, lang));
        twin.or_else(|| self.front_page(lang)).map_or_else(|| "/".to_owned(), |ix| self.urls[ix].to_string())
    }
}

/// Warns where the original was updated after the translation.
pub(super) fn report_stale(site: &Site, out: &mut Vec<Diagnostic>) {
    let default = site.settings.default_language();
    for (ix, entry) in site.entries.iter().enumerate().filter(|(_, entry)| entry.lang != default) {
        let Some(original) = site.twin(ix, default).map(|ix| &site.entries[ix]) else { continue };
        let date =
            |entry: &crate::content::Entry, field: &str| entry.fields.get(field).and_then(|value| value.as_date());
        let Some(changed) = date(original, "updated") else { continue };
        // A translation that says nothing of itself was made when it was published.
        let Some(translated) = date(entry, "updated").or_else(|| date(entry, "published")) else { continue };
        if translated < changed && matches!(entry.origin, crate::content::Origin::Page { .. }) {
            let problem = Diagnostic::new("site.stale-translation").arg("original", original.path());
            let field = if entry.fields.get("updated").is_some() { "updated" } else { "title" };
            out.push(problem.arg("changed", changed).arg("translated", translated).at(entry.place(field, None)));
        }
    }
}
