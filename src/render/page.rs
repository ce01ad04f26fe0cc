//! A page's template and what the template sees.

use tera::{Context, Map, Value};

use super::{body, query::Query, values, world::World};
use crate::{
    fingerprint::{Fingerprint, fingerprint},
    markdown::Heading,
    site::{Ix, Page, PageKind},
};

/// The names of the templates that may show a page, the best first.
pub(super) fn templates(world: &World, page: &Page) -> Vec<String> {
    let site = &world.site;
    match &page.kind {
        PageKind::Entry(ix, _) => entry_templates(world, *ix),
        PageKind::Archive(ix, ..) => {
            let kind = site.children(*ix).first().map_or("page", |&child| &site.kind(child).name);
            vec![format!("archive-{kind}.html"), "archive.html".to_owned()]
        }
        PageKind::Taxonomy(name) => vec![format!("taxonomy-{name}.html"), "taxonomy.html".to_owned()],
        PageKind::Term(name, ..) => vec![format!("term-{name}.html"), "term.html".to_owned()],
        PageKind::Guide(_) => vec!["guide-all.html".to_owned()],
        PageKind::NotFound => vec!["404.html".to_owned()],
    }
}

fn entry_templates(world: &World, ix: Ix) -> Vec<String> {
    let site = &world.site;
    let entry = &site.entries[ix];
    if let Some(own) = entry.text("template") {
        let name = if own.contains('.') { own.to_owned() } else { format!("{own}.html") };
        return vec![name];
    }
    let kind = site.kind(ix);
    if !entry.section {
        return vec![kind.template.to_string(), "page.html".to_owned()];
    }
    if entry.id.is_empty() {
        return vec!["home.html".to_owned(), "section.html".to_owned()];
    }
    if *kind.name != *"page" {
        return vec![kind.template.to_string(), "section.html".to_owned()];
    }
    if site.is_guide(ix) {
        return vec!["guide.html".to_owned(), "section.html".to_owned()];
    }
    match site.children(ix).first().map(|&child| site.kind(child)) {
        Some(children) if *children.name != *"page" => {
            let own = children.list_template.as_deref().map(ToOwned::to_owned);
            own.into_iter().chain([format!("list-{}.html", children.name), "list.html".to_owned()]).collect()
        }
        _ => vec!["section.html".to_owned()],
    }
}

/// What the template of a page sees.
pub(super) fn context(world: &World, page: &Page, template: &str) -> Context {
    let mut context = Context::new();
    context.insert_value("site", world.ask(Query::Site(page.lang)));
    context.insert_value("lang", Value::from(page.lang.as_str()));
    let card = page.entry().map(|ix| {
        let entry = &world.site.entries[ix];
        world.ask(Query::Card((&*entry.id).into(), entry.lang))
    });
    let mut map = card.as_ref().and_then(Value::as_map).cloned().unwrap_or_default();
    title(world, page, &mut map);
    let position = world.ask(Query::Position(page.url.clone()));
    map.extend(position.as_map().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
    let url = if matches!(page.kind, PageKind::NotFound) { "/404.html" } else { &*page.url };
    map.insert("url".into(), Value::from(url));
    map.insert("permalink".into(), Value::from(world.site.settings.absolute(url)));
    map.insert("template".into(), Value::from(template));
    map.insert("kind".into(), Value::from(kind_name(&page.kind)));
    if let PageKind::Entry(ix, number) = page.kind {
        let rendered = body::render(world, ix);
        // A listing's further pages do not repeat what stands before it.
        let shown = if number == 1 { rendered.html.as_str() } else { "" };
        context.insert_value("body", super::functions::safe(shown));
        context.insert_value("outline", Value::from(tree(&rendered.outline)));
    } else {
        context.insert_value("body", Value::from(""));
        context.insert_value("outline", Value::from(Vec::<Value>::new()));
    }
    special(world, page, &mut context);
    context.insert_value("page", map.into());
    context
}

fn kind_name(kind: &PageKind) -> &'static str {
    match kind {
        PageKind::Entry(..) => "entry",
        PageKind::Archive(..) => "archive",
        PageKind::Taxonomy(_) => "taxonomy",
        PageKind::Term(..) => "term",
        PageKind::Guide(_) => "guide",
        PageKind::NotFound => "not-found",
    }
}

/// What a page that is not an entry's has in the place of a card.
fn title(world: &World, page: &Page, map: &mut Map) {
    let title = match &page.kind {
        PageKind::Entry(..) | PageKind::Archive(..) | PageKind::Guide(_) => return,
        PageKind::Taxonomy(name) => {
            let label = world.site.settings.taxonomies.get(&**name).and_then(|t| t.label.get(page.lang));
            label.unwrap_or(name).to_owned()
        }
        PageKind::Term(name, at, _) => world.site.taxonomies.terms(name, page.lang)[*at].label.clone(),
        PageKind::NotFound => {
            let words = world.theme.strings.get(page.lang, "not_found.title", None);
            words.unwrap_or("404").to_owned()
        }
    };
    map.insert("title".into(), Value::from(title));
    map.insert("type".into(), Value::from("page"));
    map.insert("id".into(), Value::from(""));
    map.insert("lang".into(), Value::from(page.lang.as_str()));
    for absent in ["summary", "lead", "published", "updated", "review_by", "image", "section", "anchor"] {
        map.insert(absent.into(), Value::none());
    }
    for no in ["draft", "expired", "no_page", "is_section"] {
        map.insert(no.into(), Value::from(false));
    }
    map.insert("fields".into(), Map::new().into());
}

/// What only listings, terms, archives and guides have.
fn special(world: &World, page: &Page, context: &mut Context) {
    let site = &world.site;
    match &page.kind {
        PageKind::Entry(ix, _) if site.entries[*ix].section => {
            context.insert_value("list", world.ask(Query::Listing(page.url.clone())));
        }
        PageKind::Archive(_, year, _) => {
            context.insert_value("list", world.ask(Query::Listing(page.url.clone())));
            context.insert_value("year", Value::from(i64::from(*year)));
        }
        PageKind::Term(name, at, _) => {
            let term = &site.taxonomies.terms(name, page.lang)[*at];
            context.insert_value("list", world.ask(Query::Listing(page.url.clone())));
            context.insert_value(
                "term",
                values::map([
                    ("name", Value::from(term.name.as_str())),
                    ("label", Value::from(term.label.as_str())),
                    ("taxonomy", Value::from(&**name)),
                    ("url", Value::from(&*site.first_url(page))),
                    ("count", Value::from(term.entries.len())),
                ]),
            );
        }
        PageKind::Taxonomy(name) => {
            context.insert_value("terms", world.ask(Query::Terms(name.clone(), page.lang)));
            context.insert_value("taxonomy", Value::from(&**name));
        }
        PageKind::Guide(ix) => context.insert_value("guide", guide(world, *ix)),
        _ => {}
    }
    if let PageKind::Entry(ix, 1) = page.kind {
        let around = if site.is_guide(ix) { Some(ix) } else { site.parent(ix).filter(|&parent| site.is_guide(parent)) };
        if let Some(around) = around {
            context.insert_value("guide", guide(world, around));
        }
    }
}

fn guide(world: &World, ix: Ix) -> Value {
    let steps: Vec<Ix> = world.site.children(ix).to_vec();
    values::map([
        ("card", world.cards(&[ix]).as_array().and_then(|cards| cards.first().cloned()).unwrap_or_else(Value::none)),
        ("steps", world.cards(&steps)),
        ("all_url", Value::from(world.site.guide_url(ix))),
    ])
}

/// What decides about a page besides its entry: which templates may show it, and what it is about.
pub(super) fn identity(world: &World, page: &Page) -> Fingerprint {
    let site = &world.site;
    let mut bytes = Vec::with_capacity(256);
    let mut part = |text: &str| {
        bytes.extend(text.as_bytes());
        bytes.push(0);
    };
    part(kind_name(&page.kind));
    part(page.lang.as_str());
    templates(world, page).iter().for_each(|name| part(name));
    part("");
    match &page.kind {
        PageKind::Term(name, at, _) => {
            let term = &site.taxonomies.terms(name, page.lang)[*at];
            part(&term.name);
            part(&term.label);
            part(&term.entries.len().to_string());
        }
        PageKind::Entry(ix, _) | PageKind::Guide(ix) => {
            let around = if site.is_guide(*ix) { Some(*ix) } else { site.parent(*ix).filter(|&ix| site.is_guide(ix)) };
            let steps = around.into_iter().flat_map(|ix| std::iter::once(ix).chain(site.children(ix).iter().copied()));
            steps.for_each(|ix| part(&site.entries[ix].id));
        }
        _ => {}
    }
    fingerprint(&bytes)
}

/// Headings as a tree: deeper ones below the last that is less deep.
fn tree(headings: &[Heading]) -> Vec<Value> {
    let mut at = 0;
    branch(headings, &mut at, 0)
}

fn branch(headings: &[Heading], at: &mut usize, above: u8) -> Vec<Value> {
    let mut nodes = Vec::new();
    while let Some(heading) = headings.get(*at).filter(|heading| heading.level > above) {
        *at += 1;
        let children = branch(headings, at, heading.level);
        nodes.push(values::map([
            ("level", Value::from(heading.level)),
            ("id", Value::from(heading.id.as_str())),
            ("title", Value::from(heading.text.as_str())),
            ("children", Value::from(children)),
        ]));
    }
    nodes
}
