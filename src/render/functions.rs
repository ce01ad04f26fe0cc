//! Functions that templates call. Whatever they learn about the site, they ask as a query.

#![expect(clippy::unnecessary_wraps, reason = "all functions have one signature")]

use tera::{Error, Kwargs, Map, State, Tera, TeraResult, Value};

use super::{
    body, embeds, forms,
    images::Shown,
    json_ld,
    query::{Query, Scope, Selection},
    world::World,
};
use crate::{diagnostics::nearest, language};

/// Registers all functions; they must be known before the templates are read.
pub(super) fn register(tera: &mut Tera) {
    let add = |tera: &mut Tera, name: &'static str, function: fn(&World, &Kwargs) -> TeraResult<Value>| {
        tera.register_function(name, move |kwargs: Kwargs, _: &State<'_>| -> TeraResult<Value> {
            let world = Scope::world().ok_or_else(|| Error::message("no page is being rendered"))?;
            function(&world, &kwargs)
        });
    };
    add(tera, "entries", entries);
    add(tera, "entry", entry);
    add(tera, "body", entry_body);
    add(tera, "section", section);
    add(tera, "menu", menu);
    add(tera, "terms", terms);
    add(tera, "term_url", term_url);
    add(tera, "data", data);
    add(tera, "asset", asset);
    add(tera, "image", image);
    add(tera, "image_url", image_url);
    add(tera, "icon", icon);
    add(tera, "t", translated);
    add(tera, "label", label);
    add(tera, "url_for", url_for);
    add(tera, "alerts", alerts);
    add(tera, "markdown", markdown);
    add(tera, "json_ld", structured_data);
    add(tera, "embed", embed);
    add(tera, "form", forms::form);
    add(tera, "form_action", forms::form_action);
}

pub(super) fn text<'k>(kwargs: &'k Kwargs, name: &'static str) -> TeraResult<Option<&'k str>> {
    // A template may pass on a field that is not there.
    match kwargs.get::<&Value>(name)? {
        None => Ok(None),
        Some(value) if value.is_none() || value.is_undefined() => Ok(None),
        Some(_) => kwargs.get::<&str>(name),
    }
}

fn number(kwargs: &Kwargs, name: &'static str) -> TeraResult<Option<usize>> {
    kwargs.get::<usize>(name)
}

fn entries(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let boxed = |name| Ok::<_, Error>(text(kwargs, name)?.map(Into::into));
    let mut fields = Vec::new();
    if let Some(map) = kwargs.get::<&Map>("where")? {
        for (key, value) in map {
            if value.is_none() || value.is_undefined() {
                continue;
            }
            fields.push((key.as_str().unwrap_or_default().into(), value.to_string().into()));
        }
    }
    fields.sort();
    let kind: Option<Box<str>> = boxed("type")?;
    if let Some(name) = &kind
        && world.site.types.find(name).is_none()
    {
        return Err(unknown("type", name, world.site.types.names()));
    }
    let selection = Selection {
        kind,
        within: boxed("in")?,
        fields,
        upcoming: boxed("upcoming")?,
        past: boxed("past")?,
        sort: boxed("sort")?,
        limit: number(kwargs, "limit")?,
        offset: number(kwargs, "offset")?.unwrap_or(0),
        archived: kwargs.get::<bool>("archived")?.unwrap_or(false),
    };
    Ok(world.ask(Query::Entries(Box::new(selection), Scope::language())))
}

/// What the page says of itself to machines. It tells of the page's entry and of what stands above it, which
/// the page has asked for already.
fn structured_data(world: &World, _: &Kwargs) -> TeraResult<Value> {
    let url = Scope::with(|scope| scope.url.clone()).unwrap_or_default();
    Ok(world.site.page_at(&url).map_or_else(|| safe(""), |page| json_ld::script(world, page)))
}

fn entry(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    Ok(match text(kwargs, "id")? {
        Some(id) => world.ask(Query::Card(id.into(), Scope::language())),
        None => Value::none(),
    })
}

fn entry_body(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let Some(id) = text(kwargs, "id")? else { return Ok(Value::none()) };
    let lang = Scope::language();
    world.ask(Query::Link(id.into(), lang));
    Ok(match world.site.entry_meant(id, lang) {
        Some(ix) => safe(&body::joined(world, ix)),
        None => Value::none(),
    })
}

fn section(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let id = text(kwargs, "id")?.unwrap_or_default();
    Ok(world.ask(Query::Section(id.into(), Scope::language())))
}

fn menu(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let name = text(kwargs, "name")?.unwrap_or("main");
    Ok(world.ask(Query::Menu(name.into(), Scope::language())))
}

fn terms(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    Ok(world.ask(Query::Terms(kwargs.must_get::<&str>("taxonomy")?.into(), Scope::language())))
}

fn term_url(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let (taxonomy, name) = (kwargs.must_get::<&str>("taxonomy")?, kwargs.must_get::<&str>("name")?);
    Ok(world.ask(Query::Term(taxonomy.into(), name.into(), Scope::language())))
}

fn data(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let name = kwargs.must_get::<&str>("name")?;
    let name = name.trim_start_matches("data/");
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    Ok(world.ask(Query::Data(name.into())))
}

fn asset(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let name = kwargs.must_get::<&str>("name")?;
    if world.assets.get(name).is_none() {
        return Err(unknown("asset", name, world.assets.names()));
    }
    Ok(world.ask(Query::Asset(name.into())))
}

fn image(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let Some(src) = text(kwargs, "src")? else { return Ok(Value::none()) };
    let Some(file) = world.images.locate(src, "") else {
        return Err(Error::message(format!("there is no picture `{src}`")));
    };
    let widths = kwargs.get::<Vec<u32>>("widths")?.unwrap_or_default();
    let shown = Shown {
        alt: text(kwargs, "alt")?.unwrap_or_default(),
        title: "",
        class: text(kwargs, "class")?.unwrap_or_default(),
        sizes: text(kwargs, "sizes")?.unwrap_or("(min-width: 60rem) 60rem, 100vw"),
        lazy: kwargs.get::<bool>("lazy")?.unwrap_or(true),
        widths: &widths,
    };
    match world.images.html(&file, &shown) {
        Ok(html) => Ok(safe(&html)),
        Err(problems) => {
            Scope::with(|scope| scope.diagnostics.extend(problems));
            Ok(Value::none())
        }
    }
}

/// The address of a picture in one size, for links to it.
fn image_url(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let Some(src) = text(kwargs, "src")? else { return Ok(Value::none()) };
    let width = kwargs.get::<u32>("width")?.unwrap_or(1600);
    Ok(Value::from(world.images.url(src, width).map(|(url, ..)| url)))
}

/// How another site's film or map is shown in a frame: `src`, and the `name` of who is asked; nothing where it
/// can only be linked to.
fn embed(_: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let found = text(kwargs, "url")?.and_then(embeds::embed);
    Ok(found.map_or_else(Value::none, |embeds::Embed { src, name }| {
        Value::from(Map::from_iter([("src".into(), Value::from(src)), ("name".into(), Value::from(name))]))
    }))
}

fn icon(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let name = kwargs.must_get::<&str>("name")?;
    match world.theme.files.text(&format!("icons/{name}.svg")) {
        Some(svg) => Ok(safe(svg.trim())),
        None => {
            let files = world.theme.files.below("icons/").map(|(path, _)| path);
            let names: Vec<_> = files.filter_map(|path| path.strip_prefix("icons/")?.strip_suffix(".svg")).collect();
            Err(unknown("icon", name, names))
        }
    }
}

fn translated(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let key = kwargs.must_get::<&str>("key")?;
    let count = kwargs.get::<u64>("n")?;
    let lang = Scope::language();
    let Some(words) = world.theme.strings.get(lang, key, count) else {
        return Err(unknown("string", key, world.theme.strings.keys()));
    };
    if !words.contains('{') {
        return Ok(Value::from(words));
    }
    let mut filled = words.to_owned();
    for (name, value) in kwargs.iter() {
        let name = name.as_str().unwrap_or_default();
        let place = format!("{{{name}}}");
        if name != "key" && filled.contains(&place) {
            let shown = if name == "n" { language::number(lang, value.to_string()) } else { value.to_string() };
            filled = filled.replace(&place, &shown);
        }
    }
    Ok(Value::from(filled))
}

fn label(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    let lang = Scope::language();
    let kind = kwargs.must_get::<&str>("type")?;
    let Some(found) = world.site.types.find(kind) else { return Err(unknown("type", kind, world.site.types.names())) };
    let content_type = world.site.types.at(found);
    let Some(name) = text(kwargs, "field")? else {
        let words =
            if kwargs.get::<bool>("plural")?.unwrap_or(false) { &content_type.plural } else { &content_type.label };
        return Ok(Value::from(words.get(lang).unwrap_or(kind)));
    };
    // `steps.title` is the field `title` of the group `steps`.
    let mut parts = name.split('.');
    let mut field = parts.next().and_then(|first| content_type.schema.field(first));
    for part in parts {
        field = field.and_then(|outer| {
            let fields = outer.item().unwrap_or(outer).fields();
            fields.iter().find(|inner| &*inner.name == part)
        });
    }
    let Some(field) = field else {
        return Err(unknown("field", name, content_type.schema.fields().iter().map(|field| &*field.name)));
    };
    Ok(Value::from(match text(kwargs, "value")? {
        Some(value) => field.choice_label(value, lang),
        None => field.label(lang),
    }))
}

fn url_for(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    Ok(match text(kwargs, "id")? {
        Some(id) => world.ask(Query::Link(id.into(), Scope::language())),
        None => Value::none(),
    })
}

fn alerts(world: &World, _: &Kwargs) -> TeraResult<Value> {
    let all = world.ask(Query::Alerts(Scope::language()));
    let url = Scope::with(|scope| scope.url.clone()).unwrap_or_default();
    let here = |alert: &&Value| {
        let scope = alert.get_from_path("fields.pages").and_then(Value::as_array).unwrap_or_default();
        scope.is_empty() || scope.iter().filter_map(Value::as_str).any(|pattern| covers(pattern, &url))
    };
    Ok(Value::from(all.as_array().unwrap_or_default().iter().filter(here).cloned().collect::<Vec<_>>()))
}

/// A page's scope is an address, or with `*` at its end all addresses that begin so.
fn covers(pattern: &str, url: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => url.starts_with(start.trim_end_matches('/')),
        None => pattern.trim_end_matches('/') == url.trim_end_matches('/'),
    }
}

fn markdown(world: &World, kwargs: &Kwargs) -> TeraResult<Value> {
    Ok(match text(kwargs, "text")? {
        Some(source) => safe(&body::snippet(world, source)),
        None => Value::none(),
    })
}

/// HTML that is not escaped again.
pub(super) fn safe(html: &str) -> Value {
    Value::safe_string(html)
}

fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Error {
    let meant = nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Error::message(format!("there is no {what} `{name}`{meant}"))
}

/// Puts a component's arguments together: what a directive gives as text becomes what the component's
/// parameter wants.
pub(super) fn argument(text: &str, wanted: Option<tera::ComponentArgType>) -> Option<Value> {
    use tera::ComponentArgType as Wanted;
    match wanted {
        None | Some(Wanted::String) => Some(Value::from(text)),
        Some(Wanted::Bool) => match text {
            "" | "true" | "jah" | "yes" => Some(Value::from(true)),
            "false" | "ei" | "no" => Some(Value::from(false)),
            _ => None,
        },
        Some(Wanted::Integer) => text.parse::<i64>().ok().map(Value::from),
        Some(Wanted::Float | Wanted::Number) => {
            let plain = text.replace(',', ".");
            plain.parse::<i64>().ok().map(Value::from).or_else(|| plain.parse::<f64>().ok().map(Value::from))
        }
        Some(Wanted::Array) => {
            Some(Value::from(text.split([',', ';']).map(|item| Value::from(item.trim())).collect::<Vec<_>>()))
        }
        Some(_) => None,
    }
}

/// The component that a directive's name means: `key-facts` is `key_facts`.
pub(super) fn component_name(directive: &str) -> String {
    directive.replace('-', "_")
}
