//! Bodies: a page's Markdown, with links, pictures and components of the site it stands in.

use std::{borrow::Cow, ops::Range, sync::Arc};

use tera::{Context, Value};

use super::{
    AnchorLink,
    functions::{argument, component_name},
    images::{Shown, resolve},
    query::{Query, Scope},
    world::World,
};
use crate::{
    content::{Name, Origin},
    diagnostics::{Diagnostic, Location, nearest},
    fingerprint::fingerprint,
    language::{Lang, slug},
    markdown::{self, Attribute, Call, Heading, Host, Link, LinkKind, Options},
    site::{Ix, Page},
};

/// A rendered body.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) html: String,
    pub(super) outline: Vec<Heading>,
}

/// Renders the body of the entry at `ix` for its own page.
pub(super) fn render(world: &World, ix: Ix) -> Body {
    read(world, ix, "")
}

/// Renders the body of the entry at `ix` for a page of something else. Its ids begin with its name, so that
/// they are not those of another body on that page.
pub(super) fn joined(world: &World, ix: Ix) -> String {
    let id = &world.site.entries[ix].id;
    let name = id.rsplit('/').next().unwrap_or(id);
    read(world, ix, &format!("{}-", slug(name))).html
}

/// The text is read here, and only here, so that a site's bodies are never all in memory.
fn read(world: &World, ix: Ix, id_prefix: &str) -> Body {
    let entry = &world.site.entries[ix];
    let Origin::Page { file, body, .. } = &entry.origin else { return Body::default() };
    world.ask(Query::Body((&*entry.id).into(), entry.lang));
    if body.is_empty() || Scope::with(|scope| scope.open.iter().any(|id| **id == *entry.id)) == Some(true) {
        return Body::default();
    }
    let text = match file.text() {
        Ok(text) => text,
        Err(problem) => {
            report(problem);
            return Body::default();
        }
    };
    if fingerprint(text.as_bytes()) != entry.text_fingerprint {
        report(Diagnostic::new("source.changed").at(Location::file(file.path.clone())));
        return Body::default();
    }
    Scope::with(|scope| scope.open.push((&*entry.id).into()));
    let source = Source { path: &file.path, text: &text, lang: entry.lang, id_prefix };
    let rendered = markup(world, source, body.clone());
    Scope::with(|scope| scope.open.pop());
    rendered
}

/// A part of an address without its percent signs.
fn decoded(part: &str) -> Cow<'_, str> {
    if part.contains('%') { percent_encoding::percent_decode_str(part).decode_utf8_lossy() } else { part.into() }
}

/// Renders Markdown that stands in a field.
pub(super) fn snippet(world: &World, text: &str) -> String {
    let url = Scope::with(|scope| scope.url.clone()).unwrap_or_default();
    let path = world.site.page_at(&url).and_then(Page::entry);
    let path = path.map_or_else(|| "site.toml".into(), |ix| world.site.entries[ix].path().clone());
    markup(world, Source { path: &path, text, lang: Scope::language(), id_prefix: "" }, 0..text.len()).html
}

fn markup(world: &World, source: Source<'_>, body: Range<usize>) -> Body {
    let Source { path, text, lang, id_prefix } = source;
    let allowed_html = &world.site.settings.allowed_html;
    let options = Options { lang, allowed_html, heading_base: 2, id_prefix, path, text, body };
    let mut host = PageHost { world, source };
    let rendered = markdown::render(&options, &mut host);
    Scope::with(|scope| scope.diagnostics.extend(rendered.diagnostics));
    Body { html: rendered.html, outline: rendered.outline }
}

fn report(diagnostic: Diagnostic) {
    Scope::with(|scope| scope.diagnostics.push(diagnostic));
}

/// A text that is rendered, and what its ids begin with.
#[derive(Clone, Copy)]
struct Source<'a> {
    path: &'a Arc<str>,
    text: &'a str,
    lang: Lang,
    id_prefix: &'a str,
}

/// What a text on a page may ask of the site.
struct PageHost<'a> {
    world: &'a World,
    source: Source<'a>,
}

impl Host for PageHost<'_> {
    fn link(&mut self, target: &str, at: Range<usize>) -> Link {
        let outside = ["http://", "https://", "mailto:", "tel:", "//"];
        if outside.iter().any(|start| target.starts_with(start)) {
            let own = target
                .strip_prefix(&self.world.site.settings.base_url)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            let web = target.starts_with("http") || target.starts_with("//");
            let kind = if web && !own { LinkKind::External } else { LinkKind::Internal };
            return Link { href: target.to_owned(), kind, ..Link::default() };
        }
        let (path, fragment) = target.split_once('#').map_or((target, None), |(path, fragment)| (path, Some(fragment)));
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let Some((mut href, kind)) = self.find(&decoded(path), target, at.clone()) else {
            return Link { href: target.to_owned(), kind: LinkKind::Broken, ..Link::default() };
        };
        if let Some(fragment) = fragment.filter(|fragment| !fragment.is_empty()) {
            // A place in the same text goes where the text goes.
            let own = if path.is_empty() { self.source.id_prefix } else { "" };
            if kind == LinkKind::Internal && query.is_none() && !href.contains('#') {
                let fragment = format!("{own}{}", decoded(fragment)).into();
                let link = AnchorLink { url: href.as_str().into(), fragment, place: self.place(at) };
                Scope::with(|scope| scope.anchors.push(link));
            }
            if path.is_empty() {
                href.clear();
            }
            if let Some((page, _)) = href.split_once('#') {
                href.truncate(page.len());
            }
            href = format!("{href}#{own}{fragment}");
        }
        if let Some(query) = query {
            let at = href.find('#').unwrap_or(href.len());
            href.insert_str(at, &format!("?{query}"));
        }
        Link { href, kind, ..Link::default() }
    }

    fn image(&mut self, target: &str, alt: &str, title: &str, at: Range<usize>) -> String {
        if target.starts_with("http://") || target.starts_with("https://") || target.starts_with("//") {
            report(Diagnostic::new("render.image-remote").arg("src", target).at(self.place(at)));
            return String::new();
        }
        let Some(file) = self.world.images.locate(target, self.source.path) else {
            report(Diagnostic::new("render.image-missing").arg("src", target).at(self.place(at)));
            return String::new();
        };
        let sizes = "(min-width: 48rem) 44rem, 100vw";
        let shown = Shown { alt, title, class: "", sizes, lazy: true, widths: &[] };
        match self.world.images.html(&file, &shown) {
            Ok(html) => html,
            Err(problems) => {
                problems.into_iter().for_each(report);
                String::new()
            }
        }
    }

    fn component(&mut self, call: &Call, body: Option<String>) -> String {
        let name = component_name(&call.name);
        let tera = self.world.tera();
        let Some(definition) = tera.get_component_definition(&name) else {
            let names: Vec<String> = directives(tera);
            let problem = Diagnostic::new("render.unknown-directive").arg("name", &call.name);
            report(problem.suggest(&call.name, names.iter().map(String::as_str)).at(self.place(call.at.clone())));
            return body.unwrap_or_default();
        };
        // The words in brackets are the body of a directive that has no other.
        let body = body.or_else(|| (!call.label.is_empty()).then(|| super::images::escape(&call.label)));
        let arguments = definition.args();
        let mut given = Context::new();
        let mut good = true;
        // A parameter whose name is misspelt is not missing as well.
        let mut meant = Vec::new();
        for Attribute { name: key, value, at: range } in &call.attributes {
            let parameter = component_name(key);
            let Some(argument_definition) = arguments.iter().find(|a| a.name() == parameter && !a.is_implicit()) else {
                let problem = Diagnostic::new("render.unknown-parameter").arg("name", &call.name).arg("parameter", key);
                let known = arguments.iter().filter(|a| !a.is_implicit()).map(tera::ComponentArg::name);
                let problem = problem.suggest(&parameter, known).at(self.place(range.clone()));
                meant.extend(problem.suggestion.clone());
                report(problem);
                good = false;
                continue;
            };
            match argument(value, argument_definition.arg_type()) {
                Some(value) => given.insert_value(parameter, value),
                None => {
                    let wanted = argument_definition.arg_type().map_or("string", |kind| kind.as_str());
                    let problem = Diagnostic::new("render.parameter-kind").arg("parameter", key).arg("value", value);
                    report(problem.arg("wanted", wanted).at(self.place(range.clone())));
                    good = false;
                }
            }
        }
        if !call.label.is_empty()
            && arguments.iter().any(|a| a.name() == "label" && !a.is_implicit())
            && !given.contains_key("label")
        {
            given.insert_value("label", Value::from(call.label.as_str()));
        }
        // A heading goes one level below the one it stands under, unless the author says otherwise.
        if arguments.iter().any(|a| a.name() == "level" && !a.is_implicit()) && !given.contains_key("level") {
            given.insert_value("level", Value::from(i64::from(call.level)));
        }
        let absent = |a: &&tera::ComponentArg| {
            a.is_required() && !given.contains_key(a.name()) && !meant.iter().any(|name| name == a.name())
        };
        for missing in arguments.iter().filter(absent) {
            let problem =
                Diagnostic::new("render.missing-parameter").arg("name", &call.name).arg("parameter", missing.name());
            report(problem.at(self.place(call.at.clone())));
            good = false;
        }
        if !good {
            return body.unwrap_or_default();
        }
        self.call(&name, call, &given, body)
    }
}

impl PageHost<'_> {
    fn call(&self, name: &str, call: &Call, given: &Context, body: Option<String>) -> String {
        let mut implicit = Context::new();
        implicit.insert_value("lang", Value::from(self.source.lang.as_str()));
        implicit.insert_value("site", self.world.ask(Query::Site(self.source.lang)));
        implicit.insert_value("page", self.page());
        let tera = self.world.tera();
        let before = Scope::with(|scope| scope.diagnostics.len()).unwrap_or_default();
        let rendered = tera.render_component_with_implicits(name, given, &implicit, body.as_deref(), true);
        // What a function within found wrong, and knew no place of, is wrong with this call.
        Scope::with(|scope| {
            for found in scope.diagnostics.iter_mut().skip(before).filter(|found| found.location.is_none()) {
                found.location = Some(self.place(call.at.clone()));
            }
        });
        match rendered {
            Ok(html) => html.trim().to_owned(),
            Err(error) => {
                let reason = super::reason(&error);
                report(
                    Diagnostic::new("render.directive")
                        .arg("name", &call.name)
                        .arg("reason", reason)
                        .at(self.place(call.at.clone())),
                );
                body.unwrap_or_default()
            }
        }
    }

    fn page(&self) -> Value {
        let url = Scope::with(|scope| scope.url.clone()).unwrap_or_default();
        let entry = self.world.site.page_at(&url).and_then(Page::entry);
        entry.map_or_else(Value::none, |ix| {
            let entry = &self.world.site.entries[ix];
            self.world.ask(Query::Card((&*entry.id).into(), entry.lang))
        })
    }

    fn place(&self, at: Range<usize>) -> Location {
        Location::in_text(self.source.path.clone(), self.source.text, at)
    }

    /// The address that a link of the site means, or nothing after a diagnostic.
    fn find(&mut self, path: &str, target: &str, at: Range<usize>) -> Option<(String, LinkKind)> {
        if path.is_empty() {
            let url = Scope::with(|scope| scope.url.to_string()).unwrap_or_default();
            return Some((url, LinkKind::Internal));
        }
        let found = if let Some(id) = path.strip_prefix('@') {
            self.entry(id.trim_start_matches('/').trim_end_matches(".md"))
        } else if path.ends_with(".md") {
            self.markdown_file(path)
        } else if let Some(absolute) = path.strip_prefix('/') {
            let url = if absolute.is_empty() { "/" } else { path.trim_end_matches('/') };
            self.world.ask(Query::Address(url.into()));
            if self.world.leads_somewhere(url) || is_made(url) {
                Some((url.to_owned(), LinkKind::Internal))
            } else {
                self.file(absolute)
            }
        } else {
            let folder = self.source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            resolve(folder, path).and_then(|path| self.file(&path))
        };
        if found.is_none() {
            report(self.broken(path, target).at(self.place(at)));
        }
        found
    }

    /// A link to another Markdown file, counted from this one's folder, from `content/` with a slash.
    fn markdown_file(&self, path: &str) -> Option<(String, LinkKind)> {
        let whole = match path.strip_prefix('/') {
            Some(path) => path.strip_prefix("content/").unwrap_or(path).to_owned(),
            None => {
                let folder = self.source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                resolve(folder, path)?.strip_prefix("content/")?.to_owned()
            }
        };
        let name = Name::of(&whole, &self.world.site.settings.languages).ok()?;
        // A link without a language leads to the page in the language of the text.
        self.entry(&name.id)
    }

    fn entry(&self, id: &str) -> Option<(String, LinkKind)> {
        let site = &self.world.site;
        let ix = site.entry_meant(id, self.source.lang);
        self.world.ask(Query::Link(id.into(), self.source.lang));
        ix.map(|ix| (site.urls[ix].to_string(), LinkKind::Internal))
    }

    /// A file that is published as it is.
    fn file(&self, path: &str) -> Option<(String, LinkKind)> {
        let published = path.strip_prefix("static/").or_else(|| path.strip_prefix("content/")).unwrap_or(path);
        self.world.ask(Query::File(published.into()));
        self.world.files.contains(published).then(|| (format!("/{published}"), LinkKind::File))
    }

    fn broken(&self, path: &str, target: &str) -> Diagnostic {
        let site = &self.world.site;
        let id = path.trim_start_matches(['@', '/', '.']).trim_end_matches(".md");
        if site.hidden.iter().any(|(hidden, _)| **hidden == *id || (path.ends_with(".md") && hidden.ends_with(id))) {
            return Diagnostic::new("render.link-left-out").arg("target", target);
        }
        let problem = Diagnostic::new("render.link-broken").arg("target", target);
        if path.starts_with('/') && !path.ends_with(".md") {
            return problem.suggest(path, site.pages.iter().map(|page| &*page.url));
        }
        let wanted = id.rsplit('/').next().unwrap_or(id);
        match nearest(wanted, site.entries.iter().map(|entry| entry.short_id())) {
            Some(near) => {
                let whole = site.entries.iter().find(|entry| entry.short_id() == near).map_or(near, |entry| &entry.id);
                Diagnostic { suggestion: Some(format!("@/{whole}")), ..problem }
            }
            None => problem,
        }
    }
}

/// Addresses that the build makes besides pages.
fn is_made(url: &str) -> bool {
    ["/sitemap.xml", "/robots.txt", "/opensearch.xml", "/redirects", "/kov-kontroll.html", "/kov-kontroll.json"]
        .contains(&url)
        || url.ends_with("/rss.xml")
        || url.ends_with("/atom.xml")
        || url.ends_with(".ics")
}

/// The names of the components that may be called as directives: those of one word, as texts write them.
fn directives(tera: &tera::Tera) -> Vec<String> {
    let mut names: Vec<String> =
        tera.get_component_names().filter(|name| !name.contains('.')).map(|name| name.replace('_', "-")).collect();
    names.sort();
    names
}
