//! E-forms on pages, and the theme's page around what the relay answers.

use tera::{Context, Kwargs, TeraResult, Value};

use super::{
    Renderer,
    functions::{safe, text},
    query::{Query, Scope},
    values,
    world::World,
};
use crate::{
    diagnostics::{Diagnostic, Location},
    fingerprint::{Fingerprint, fingerprint},
    forms::{
        Availability, Form,
        html::{self, Office, Place, Shell},
    },
    language::Lang,
    site::Page,
};

/// The template of the page around what the relay answers.
const SHELL: &str = "relay.html";

impl World {
    /// Who receives the forms, as they name it.
    pub fn office(&self) -> Office {
        let settings = &self.site.settings;
        let contact = |key: &str| settings.contact.get(key).cloned();
        Office { name: settings.name.clone(), email: contact("email"), phone: contact("phone") }
    }

    /// What a page's form depends on: its definition, the day, the relay and the office.
    pub(super) fn form_fingerprint(&self, id: &str) -> Fingerprint {
        let Some(form) = self.forms.get(id) else { return 0 };
        let (open, office) = (form.availability(self.site.moment.at.date()), self.office());
        let all = format!("{}|{open:?}|{:?}|{office:?}", form.version(), self.site.settings.relay_url);
        fingerprint(all.as_bytes())
    }

    /// The form of this id, noted for the page; a diagnostic if there is none.
    fn form_asked(&self, id: &str, query: Query) -> Option<&Form> {
        self.ask(query);
        let form = self.forms.get(id);
        if form.is_none() {
            let problem = Diagnostic::new("forms.unknown-form").arg("id", id).suggest(id, self.forms.ids());
            Scope::with(|scope| {
                let problem = match form_place(self, &scope.url, id) {
                    Some(place) => problem.at(place),
                    None => problem,
                };
                scope.diagnostics.push(problem);
            });
        }
        form
    }
}

/// The field of the page that names the form. A directive's place is known to who calls it.
fn form_place(world: &World, url: &str, id: &str) -> Option<Location> {
    let entry = &world.site.entries[world.site.page_at(url).and_then(Page::entry)?];
    (entry.text("e_form") == Some(id)).then(|| entry.place("e_form", Some(id)))
}

/// `form(id="teabenoue")`: the blank form, or how else to reach the office where it cannot be sent.
pub(super) fn form(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let Some(id) = text(kwargs, "id")? else { return Ok(Value::none()) };
    let lang = Scope::language();
    let Some(form) = world.form_asked(id, Query::Form(id.into(), lang)) else { return Ok(Value::none()) };
    let url = Scope::with(|scope| scope.url.clone()).unwrap_or_default();
    let place = Place {
        relay: world.site.settings.relay_url.as_deref(),
        today: world.site.moment.at.date(),
        office: &world.office(),
        known: &[("page", &*url), ("service", service(world, &url).unwrap_or_default())],
    };
    Ok(safe(&html::embedded(form, lang, &place)))
}

/// `form_action(id="tagasiside")`: where a theme's own markup sends a form; nothing where it cannot be sent.
pub(super) fn form_action(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let Some(id) = text(kwargs, "id")? else { return Ok(Value::none()) };
    let Some(form) = world.form_asked(id, Query::FormAction(id.into())) else { return Ok(Value::none()) };
    let open = form.availability(world.site.moment.at.date()) == Availability::Open;
    let relay = world.site.settings.relay_url.as_deref().filter(|_| open);
    let lang = form.language(Scope::language());
    Ok(Value::from(relay.map(|relay| format!("{relay}/{id}?lang={lang}"))))
}

/// The id of the service that a page is about.
fn service<'a>(world: &'a World, url: &str) -> Option<&'a str> {
    let site = &world.site;
    let ix = site.page_at(url).and_then(Page::entry)?;
    let entry = &site.entries[ix];
    if *site.kind(ix).name == *"service" {
        return Some(&entry.id);
    }
    entry.fields.get("services")?.texts().next()
}

impl Renderer {
    /// The theme's page around what the relay answers. The relay has an address of its own, so every
    /// address in it begins with the site's.
    ///
    /// # Errors
    /// `theme.no-template`, `theme.template`, and `theme.shell` when the template does not show the title
    /// and, once, the body.
    pub fn shell(&self, lang: Lang) -> Result<Shell, Vec<Diagnostic>> {
        if !self.tera().contains_template(SHELL) {
            return Err(vec![Diagnostic::new("theme.no-template").arg("template", SHELL)]);
        }
        let (result, scope) = Scope::new(self.world.clone(), lang, "").run(|| {
            let mut context = Context::new();
            context.insert_value("site", self.world.ask(Query::Site(lang)));
            context.insert_value("lang", Value::from(lang.as_str()));
            context.insert_value("body", safe(Shell::FORM));
            let page = [("title", safe(Shell::TITLE)), ("template", SHELL.into()), ("kind", "relay".into())];
            context.insert_value("page", values::map(page));
            self.tera().render(SHELL, &context)
        });
        let mut problems = scope.map(|scope| scope.diagnostics).unwrap_or_default();
        match result {
            Ok(html) => {
                let html = absolute(&html, &self.world.site.settings.base_url);
                match Shell::new(String::from_utf8(self.minified(html.into_bytes())).unwrap_or_default()) {
                    Some(shell) if problems.is_empty() => return Ok(shell),
                    Some(_) => {}
                    None => problems.push(Diagnostic::new("theme.shell").at(Location::file(SHELL))),
                }
            }
            Err(error) => {
                problems.push(Diagnostic::new("theme.template").arg("reason", super::reason(&error)));
            }
        }
        Err(problems)
    }
}

/// Puts the site's address before every address that begins with a slash.
fn absolute(html: &str, base: &str) -> String {
    let mut html = html.to_owned();
    for attribute in ["href", "src", "action"] {
        // `//host/…` has an address already.
        html = html.replace(&format!(" {attribute}=\"//"), &format!(" {attribute}=\"https://"));
        html = html.replace(&format!(" {attribute}=\"/"), &format!(" {attribute}=\"{base}/"));
    }
    let mut parts = html.split(" srcset=\"");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (list, rest) = part.split_once('"').unwrap_or((part, ""));
        let sizes: Vec<String> = list
            .split(',')
            .map(|size| match size.trim() {
                size if size.starts_with('/') => format!("{base}{size}"),
                size => size.to_owned(),
            })
            .collect();
        out = format!("{out} srcset=\"{}\"{rest}", sizes.join(", "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_shell_begin_with_the_site() {
        let html = r##"<a href="/uudised">x</a><a href="#main">y</a><a href="mailto:a@b">z</a><img src="/a.png" srcset="/a.png 1x, /b.png 2x">"##;
        insta::assert_snapshot!(absolute(html, "https://www.kadakavald.example"), @r##"<a href="https://www.kadakavald.example/uudised">x</a><a href="#main">y</a><a href="mailto:a@b">z</a><img src="https://www.kadakavald.example/a.png" srcset="https://www.kadakavald.example/a.png 1x, https://www.kadakavald.example/b.png 2x">"##);
    }
}
