//! Pages: the model and the theme become HTML, and each page knows what it asked.
//!
//! Nothing here knows of the disk. One call renders one page; pages are rendered in any order, on any
//! number of threads, and come out the same.

mod body;
mod cache;
mod cards;
mod components;
mod embeds;
mod filters;
mod forms;
mod functions;
mod images;
mod json_ld;
mod kept;
mod listing;
mod page;
mod query;
mod templates;
mod values;
mod world;

pub use cache::{Answers, Made};
pub use components::{Component, Parameter};
pub use images::{Images, Needed};
pub use query::{Query, Read, Selection};
pub use templates::Templates;
pub use world::{Parts, World};

use std::sync::Arc;

use tera::Tera;

use crate::{
    diagnostics::{Diagnostic, Location},
    site::{Minify, Page},
};
use cache::Verdicts;
use query::Scope;

/// Makes pages.
pub struct Renderer {
    world: Arc<World>,
    answers: Arc<Answers>,
    verdicts: Verdicts,
}

/// A page, made.
#[derive(Debug)]
pub struct Rendered {
    /// Its HTML.
    pub html: Vec<u8>,
    /// The template that made it.
    pub template: String,
    /// What it asked, and the fingerprints of what it was told.
    pub reads: Vec<Read>,
    /// The pictures it shows.
    pub images: Vec<Needed>,
    /// Its links to places within pages.
    pub anchors: Vec<AnchorLink>,
    /// The hashes ([`id_hash`]) of the places within it that can be linked to.
    pub ids: Vec<u64>,
    /// What went wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// A link to a place within a page, to be checked when that page is made.
#[derive(Clone, Debug)]
pub struct AnchorLink {
    /// The page's address.
    pub url: Box<str>,
    /// The place's id.
    pub fragment: Box<str>,
    /// Where the link was written.
    pub place: Location,
}

impl AnchorLink {
    /// That there is no such place among `ids`, those of the page it leads to.
    pub fn problem(&self, ids: &[u64]) -> Option<Diagnostic> {
        let problem = || Diagnostic::new("render.anchor").arg("url", &self.url).arg("anchor", &self.fragment);
        (!ids.contains(&id_hash(&self.fragment))).then(|| problem().at(self.place.clone()))
    }
}

impl Renderer {
    /// Makes the pages of `world`; `answers` are those that earlier pages rest on.
    pub fn new(world: World, answers: Arc<Answers>) -> Self {
        let verdicts = Verdicts::new(&answers);
        Self { world: Arc::new(world), answers, verdicts }
    }

    /// Makes the pages of `world`, which differs from `earlier` at most in bodies of pages.
    pub fn after_bodies(world: World, earlier: &Self) -> Self {
        let verdicts = Verdicts::after_bodies(&earlier.answers, &earlier.verdicts);
        Self { world: Arc::new(world), answers: earlier.answers.clone(), verdicts }
    }

    /// What pages are made from.
    pub fn world(&self) -> &World {
        &self.world
    }

    fn tera(&self) -> &Tera {
        self.world.tera()
    }

    /// Makes a page.
    pub fn render(&self, page: &Page) -> Rendered {
        let candidates = page::templates(&self.world, page);
        let known = candidates.iter().find(|name| self.tera().contains_template(name));
        let tried = candidates.iter().take_while(|name| Some(*name) != known).chain(known);
        let template = known.or(candidates.last()).cloned().unwrap_or_default();
        let scope = Scope::new(self.world.clone(), page.lang, &page.url);
        let (result, scope) = scope.run(|| {
            self.world.ask(Query::Frame);
            for name in tried {
                self.world.ask(Query::Template(name.as_str().into()));
            }
            let context = page::context(&self.world, page, &template);
            let mut html = Vec::with_capacity(24 * 1024);
            let done = self.tera().render_to(&template, &context, &mut html).map(|()| html);
            // A mistake is shown at its line, which only the templates as they were written have.
            done.map_err(|error| match templates::as_written(&self.world.theme, &mut Vec::new()) {
                Some(tera) => tera.render(&template, &context).err().unwrap_or(error),
                None => error,
            })
        });
        let (reads, mut diagnostics, images, anchors) = match scope {
            Some(scope) => (scope.reads, scope.diagnostics, scope.images, scope.anchors),
            None => Default::default(),
        };
        let html = result.unwrap_or_else(|error| {
            diagnostics.push(self.template_problem(&error, page, known.is_none().then_some(&template)));
            Vec::new()
        });
        let ids = ids(&html);
        Rendered { html: self.minified(html), template, reads, images, anchors, ids, diagnostics }
    }

    fn minified(&self, html: Vec<u8>) -> Vec<u8> {
        if self.world.site.settings.minify != Minify::Full {
            return html;
        }
        match String::from_utf8(html) {
            Ok(html) => crate::minify::full(&html).into_bytes(),
            Err(error) => error.into_bytes(),
        }
    }

    fn template_problem(&self, error: &tera::Error, page: &Page, missing: Option<&String>) -> Diagnostic {
        let source = page.entry().map(|ix| self.world.site.entries[ix].path().clone());
        if let Some(name) = missing {
            let place = page.entry().map(|ix| self.world.site.entries[ix].place("template", None));
            let problem = Diagnostic::new("theme.no-template").arg("template", name);
            let names: Vec<&str> = self.tera().get_template_names().collect();
            let problem = problem.suggest(name, names);
            return match place {
                Some(place) => problem.at(place),
                None => problem,
            };
        }
        let problem = Diagnostic::new("theme.template-page").arg("reason", reason(error)).arg("page", &page.url);
        let problem = match templates::place(&self.world.theme, error) {
            Some(place) => problem.at(place),
            None => problem,
        };
        match source {
            Some(path) => problem.related(Location::file(path)),
            None => problem,
        }
    }

    /// The templates that a template extends and includes, itself first, with their files.
    pub fn template_chain(&self, template: &str) -> Vec<(String, String)> {
        templates::chain(&self.world.theme, template)
    }
}

/// What Tera says is wrong, in one line.
fn reason(error: &tera::Error) -> String {
    use tera::ErrorKind;
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => report.message().to_owned(),
        _ => error.to_string().lines().next().unwrap_or_default().to_owned(),
    }
}

/// The hash by which places within pages are compared.
pub fn id_hash(id: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// The ids in a page that templates and Markdown made; both put quotes around attributes.
fn ids(html: &[u8]) -> Vec<u64> {
    const BEFORE: &[u8] = b" id=\"";
    let id = |at: usize| {
        let rest = &html[at + BEFORE.len()..];
        let end = memchr::memchr(b'"', rest)?;
        std::str::from_utf8(&rest[..end]).ok().map(id_hash)
    };
    memchr::memmem::find_iter(html, BEFORE).filter_map(id).collect()
}
