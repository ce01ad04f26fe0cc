//! `forms.json`: the forms that the site's pages use, for the relay.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use crate::{
    diagnostics::Diagnostic,
    forms::{Compiled, Version},
    language::Lang,
    render::{Query, Renderer},
    site::Page,
};

/// Its place in the written site. It says nothing that the pages do not say too, except the names of the
/// relay's destinations; and here it changes at one stroke with the pages whose forms it describes.
const FILE: &str = "forms.json";

/// A page with a form: whether it is of another type than `form`, and its address.
type Place = (bool, Box<str>);

/// The forms that pages use, and where each stands by language.
#[derive(Debug, Default)]
pub(super) struct Uses(BTreeMap<Box<str>, BTreeMap<Lang, Place>>);

impl Uses {
    /// Notes the forms of a page. Of several pages with a form, one of the type `form` stands for it, and
    /// of those the first by address.
    pub(super) fn keep<'a>(&mut self, renderer: &Renderer, page: &Page, asked: impl IntoIterator<Item = &'a Query>) {
        let site = &renderer.world().site;
        let other = page.entry().is_none_or(|ix| *site.kind(ix).name != *"form");
        for query in asked {
            match query {
                Query::FormAction(id) => drop(self.0.entry(id.clone()).or_default()),
                Query::Form(id, lang) => {
                    let place = (other, page.url.clone());
                    let known = self.0.entry(id.clone()).or_default().entry(*lang).or_insert_with(|| place.clone());
                    if place < *known {
                        *known = place;
                    }
                }
                _ => {}
            }
        }
    }

    /// When a form that a page uses opens or closes next.
    pub(super) fn next_change(&self, renderer: &Renderer) -> Option<DateTime> {
        let world = renderer.world();
        let today = world.site.moment.at.date();
        let days = self.0.keys().filter_map(|id| world.forms.get(id)?.next_change(today));
        days.min().map(|day| day.at(0, 0, 0, 0))
    }
}

/// The file: its path and its bytes. Nothing where the site has no relay.
pub(super) fn file(renderer: &Renderer, uses: Uses, out: &mut Vec<Diagnostic>) -> Option<(String, Vec<u8>)> {
    let world = renderer.world();
    let settings = &world.site.settings;
    settings.relay_url.as_ref()?;
    let mut shells = BTreeMap::new();
    for &lang in &settings.languages {
        match renderer.shell(lang) {
            Ok(shell) => drop(shells.insert(lang, shell)),
            Err(problems) => {
                out.extend(problems);
                return None;
            }
        }
    }
    let version = |(id, pages): (Box<str>, BTreeMap<Lang, Place>)| {
        let pages = pages.into_iter().map(|(lang, (_, url))| (lang, url.into_string())).collect();
        Some(Version::new(world.forms.get(&id)?.clone(), pages))
    };
    let forms = uses.0.into_iter().filter_map(version).collect();
    let compiled = Compiled::new(&settings.base_url, world.office(), settings.languages.clone(), shells, forms);
    Some((FILE.to_owned(), compiled.to_json().into_bytes()))
}
