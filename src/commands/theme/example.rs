//! Example entries: every field of a content type filled with a value that fits it.

use jiff::{ToSpan as _, civil::date};
use toml::{Table, Value};

use crate::{
    language::Lang,
    schema::{Check, ContentType, Field, Kind, Rule, Types},
};

/// Common fields that an example leaves alone.
const LEFT: [&str; 19] = [
    "slug",
    "updated",
    "review_by",
    "owner",
    "draft",
    "publish_from",
    "publish_until",
    "aliases",
    "legacy_ids",
    "audience",
    "order",
    "toc",
    "search",
    "type",
    "template",
    "children_type",
    "sort",
    "per_page",
    "guide",
];

/// The front matter of an example entry; with `whole`, optional fields are filled too.
pub(super) fn entry(kind: &ContentType, types: &Types, whole: bool, lang: Lang) -> String {
    let mut made = Table::new();
    let title = kind.label.get(lang).unwrap_or(&kind.name);
    made.insert("title".into(), Value::from(if whole { title.to_owned() } else { format!("{title} 2") }));
    for (at, field) in kind.schema.fields().iter().enumerate() {
        let name = &*field.name;
        if name != "title" && (field.required || (whole && !LEFT.contains(&name))) {
            Example { types, lang, at }.fill(&mut made, field);
        }
    }
    for rule in &kind.rules {
        match &rule.check {
            Check::Required(fields) if holds(rule, &made) => {
                let wanted = fields.iter().filter_map(|name| kind.schema.field(name));
                wanted.for_each(|field| Example { types, lang, at: 0 }.fill(&mut made, field));
            }
            Check::AnyOf(fields) if !fields.iter().any(|name| made.contains_key(&**name)) => {
                let first = fields.first().and_then(|name| kind.schema.field(name));
                first.into_iter().for_each(|field| Example { types, lang, at: 0 }.fill(&mut made, field));
            }
            Check::Order(fields) => put_in_order(&mut made, fields),
            // A link to an act in force is written so.
            Check::LinkContains { field, host, text } => {
                let link = Value::from(format!("https://www.{host}/akt/123456?{text}"));
                let (outer, inner) = field.split_once('.').unwrap_or((field, ""));
                match made.get_mut(outer) {
                    Some(Value::Array(items)) => items.iter_mut().filter_map(Value::as_table_mut).for_each(|item| {
                        item.insert(inner.to_owned(), link.clone());
                    }),
                    Some(value) => *value = link,
                    None => {}
                }
            }
            _ => {}
        }
    }
    toml::to_string(&made).unwrap_or_default()
}

/// Whether a rule is about what was made so far.
fn holds(rule: &Rule, made: &Table) -> bool {
    rule.when.as_ref().is_none_or(|when| {
        let value = made.get(&*when.field).and_then(Value::as_str);
        value.is_some_and(|value| when.values.iter().any(|wanted| **wanted == *value))
    })
}

/// Days that must not go down are put in order.
fn put_in_order(made: &mut Table, fields: &[Box<str>]) {
    let there: Vec<&str> = fields.iter().map(|field| &**field).filter(|field| made.contains_key(*field)).collect();
    let mut values: Vec<Value> = there.iter().filter_map(|field| made.get(*field).cloned()).collect();
    values.sort_by_key(ToString::to_string);
    for (field, value) in there.iter().zip(values) {
        made.insert((*field).to_owned(), value);
    }
}

struct Example<'a> {
    types: &'a Types,
    lang: Lang,
    /// The field's number, by which its day differs from the others'.
    at: usize,
}

impl Example<'_> {
    fn fill(&self, made: &mut Table, field: &Field) {
        if let Some(value) = self.value(field) {
            made.insert(field.name.to_string(), value);
        }
    }

    fn value(&self, field: &Field) -> Option<Value> {
        Some(match field.kind {
            Kind::Text | Kind::Markdown => return self.text(field).map(Value::from),
            Kind::Number => Value::Integer(if floor(field) > 1000 { 2026 } else { floor(field).max(3) }),
            Kind::Money => Value::Integer(120),
            Kind::Boolean => Value::Boolean(true),
            Kind::Date => self.day(&field.name, ""),
            Kind::Datetime => self.day(&field.name, "T14:00:00"),
            Kind::Time => "10:00:00".parse::<toml::value::Datetime>().ok()?.into(),
            Kind::Choice => Value::from(&*field.choices.first()?.value),
            Kind::Choices => {
                field.choices.iter().take(2).map(|choice| Value::from(&*choice.value)).collect::<Vec<_>>().into()
            }
            Kind::Email => Value::from("naide@kadakavald.example"),
            Kind::Phone => Value::from("+372 5555 0100"),
            Kind::Url | Kind::Link => Value::from("https://www.kadakavald.example/naide"),
            Kind::Ref => Value::from(self.reference(field)),
            Kind::Image => picture(self.lang),
            Kind::File => {
                let ending = field.limits.accept.first().map_or("pdf", |ending| &**ending);
                let ending = if ending == "csv" { "csv" } else { "pdf" };
                Table::from_iter([
                    ("path".to_owned(), Value::from(format!("/naide.{ending}"))),
                    ("title".to_owned(), Value::from(field.label(self.lang))),
                ])
                .into()
            }
            Kind::Address => Table::from_iter([("full".to_owned(), Value::from("Kadaka tn 12, Kadaka alevik"))]).into(),
            Kind::RegistryCode => Value::from("75999990"),
            Kind::List => {
                let item = field.item()?;
                if item.kind == Kind::Ref {
                    return Some(vec![Value::from(self.reference(item))].into());
                }
                let one = self.value(item)?;
                // Two items show the gap between them; a list of one text would repeat itself.
                let count = if item.kind == Kind::Group { 2 } else { 1 }.max(field.limits.min_items.unwrap_or(1));
                vec![one; count].into()
            }
            Kind::Group => {
                let inner = field.fields().iter().enumerate().filter_map(|(at, field)| {
                    Some((field.name.to_string(), Example { at: self.at + at, ..*self }.value(field)?))
                });
                inner.collect::<Table>().into()
            }
            Kind::PersonalCode | Kind::Iban | Kind::ReferenceNumber => return None,
        })
    }

    /// The field's own label, or what its pattern lets through.
    fn text(&self, field: &Field) -> Option<String> {
        // Two names that mean something outside the site's own files.
        match &*field.name {
            "e_form" => return Some("teabenoue".to_owned()),
            "icon" => return Some("heart".to_owned()),
            _ => {}
        }
        let label: String = field.label(self.lang).chars().take(field.limits.max_length.unwrap_or(200)).collect();
        let candidates = [label.as_str(), "2026", "123456", "KOV-001", "naide", "text/csv", "9.1.1.1"];
        let fits = |text: &&str| field.limits.pattern.as_ref().is_none_or(|pattern| pattern.fits(text));
        candidates.into_iter().find(fits).map(ToOwned::to_owned)
    }

    /// What was prepared lies behind, what will happen ahead; each field has a day of its own.
    fn day(&self, name: &str, time: &str) -> Value {
        let past = ["published", "documented_at", "prepared", "reviewed", "agenda_published", "initiated", "date"];
        let days = i64::try_from(self.at).unwrap_or(0);
        let day = if past.contains(&name) { date(2026, 11, 2) } else { date(2026, 12, 1) };
        let day = day.checked_add(if past.contains(&name) { 0.days() } else { days.days() }).unwrap_or(day);
        format!("{day}{time}")
            .parse::<toml::value::Datetime>()
            .map_or_else(|_| Value::from(day.to_string()), Value::from)
    }

    /// An example of the first type that the field may name.
    fn reference(&self, field: &Field) -> String {
        let kind = field.to.iter().find_map(|name| self.types.get(name));
        match kind.map(|kind| (&*kind.name, kind.folder.as_deref())) {
            Some(("person", _)) => "persons/mari-kask".to_owned(),
            Some(("unit", _)) => "units/kantselei".to_owned(),
            Some((_, Some(folder))) => format!("{folder}/naide"),
            _ => "uudised/naide".to_owned(),
        }
    }
}

fn floor(field: &Field) -> i64 {
    field.limits.min.as_ref().and_then(|min| min.to_text().parse().ok()).unwrap_or(0)
}

fn picture(lang: Lang) -> Value {
    let alt = if lang == Lang::ET {
        "Järv õhtuvalguses"
    } else if lang == Lang::RU {
        "Озеро в вечернем свете"
    } else {
        "A lake in evening light"
    };
    Table::from_iter([("src".to_owned(), Value::from("/images/naide.jpg")), ("alt".to_owned(), Value::from(alt))])
        .into()
}
