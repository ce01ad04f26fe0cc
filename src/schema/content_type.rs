//! Content types: what a page, a news item, a service … consists of and how it behaves.

use std::{cell::RefCell, sync::Arc};

use jiff::civil::DateTime;

use super::{Field, Fields, Localized, Rule, Schema, Table, TomlText, Value, definition::read_fields, rules};
use crate::diagnostics::Diagnostic;

/// The fields that say who issued a document, when, by which act, and who explains it (`AvTS` § 28 (2)).
const QUARTET: [&str; 4] = ["issuer", "documented_at", "act_ref", "contact"];

/// What becomes of an entry when its time has passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expiry {
    /// Its page stays, marked as past; listings leave it out.
    #[default]
    Archive,
    /// It is taken down.
    Remove,
}

/// A content type, read from `types/<name>.toml`.
#[derive(Clone, Debug)]
pub struct ContentType {
    /// Its name: the file's name.
    pub name: Arc<str>,
    /// What one of its entries is called.
    pub label: Localized,
    /// What several are called.
    pub plural: Localized,
    /// What it is for, in a sentence.
    pub description: Localized,
    /// The law that asks for it.
    pub law: Option<Box<str>>,
    /// The folder below `content/` whose pages are of this type.
    pub folder: Option<Box<str>>,
    /// The template of its page: `<name>.html` unless it says otherwise.
    pub template: Box<str>,
    /// The template of its listing.
    pub list_template: Option<Box<str>>,
    /// Whether each entry has a page of its own.
    pub page: bool,
    /// The id of the page that shows entries without a page of their own.
    pub shown_on: Option<Box<str>>,
    /// The table below `data/` whose rows are entries of this type as well.
    pub data: Option<Box<str>>,
    /// The field by which listings are sorted; a leading `-` means downwards.
    pub sort: Box<str>,
    /// How many entries a page of a listing has.
    pub per_page: Option<usize>,
    /// The field whose year makes archive pages.
    pub archive: Option<Box<str>>,
    /// Whether its listings have a feed.
    pub feed: bool,
    /// The fields after which an entry is past: the first that has a value counts.
    pub expires: Vec<Box<str>>,
    /// What becomes of it then.
    pub expiry: Expiry,
    /// The field that serves as summary where there is no `summary`.
    pub summary: Option<Box<str>>,
    /// The schema.org type of its pages.
    pub schema_org: Option<Box<str>>,
    /// Whether it publishes official documents: then issuer, date, act and contact are required.
    pub official: bool,
    /// The common fields and its own.
    pub schema: Schema,
    /// What must hold between fields.
    pub rules: Vec<Rule>,
}

impl ContentType {
    /// Reads a content type from its file, with the fields that all types have from `common`. `None` when
    /// it has no name. Everything that is wrong in `file` is reported, and in `common` syntax alone: see
    /// [`ContentType::check_common`].
    pub fn parse(file: &TomlText<'_>, common: Option<&TomlText<'_>>, out: &mut Vec<Diagnostic>) -> Option<Self> {
        let shared = common.map_or_else(Vec::new, |common| {
            let parsed = common.parse(&mut Vec::new());
            Schema::parse(common, &parsed, "field", &mut Vec::new()).into_fields()
        });
        let parsed = file.parse(out);
        let found = RefCell::new(std::mem::take(out));
        let table = Table::new(file, &parsed, &found);
        let read = Self::read(&table, file, shared);
        table.finish();
        *out = found.into_inner();
        read
    }

    /// Reports what is wrong in the file of the common fields.
    pub fn check_common(common: &TomlText<'_>, out: &mut Vec<Diagnostic>) {
        let parsed = common.parse(out);
        let found = RefCell::new(std::mem::take(out));
        let table = Table::new(common, &parsed, &found);
        read_fields(&table, "field", common);
        table.finish();
        *out = found.into_inner();
    }

    fn read(table: &Table<'_, '_>, file: &TomlText<'_>, shared: Vec<Field>) -> Option<Self> {
        let name = table.required_text("name");
        let stem = file.path.rsplit('/').next().and_then(|last| last.strip_suffix(".toml"));
        if !name.is_empty() && stem.is_some_and(|stem| stem != name) {
            table.report(Diagnostic::new("schema.type-name").arg("name", &name).at(table.here()));
        }
        let short = |key: &'static str| table.text(key).map(Into::into);
        let official = table.boolean("official").unwrap_or(false);
        let own = read_fields(table, "field", file);
        let schema = compose(table, shared, own, official);
        let content_type = Self {
            label: table.localized("label").into(),
            plural: table.localized("plural").into(),
            description: table.localized("description").into(),
            law: short("law"),
            folder: short("folder"),
            template: table.text("template").unwrap_or_else(|| format!("{name}.html")).into(),
            list_template: short("list_template"),
            page: table.boolean("page").unwrap_or(true),
            shown_on: short("shown_on"),
            data: short("data"),
            sort: named_field(table, &schema, "sort").unwrap_or_else(|| "title".into()),
            per_page: table.count("per_page").filter(|count| *count > 0),
            archive: named_field(table, &schema, "archive"),
            feed: table.boolean("feed").unwrap_or(false),
            expires: named_fields(table, &schema, "expires"),
            expiry: expiry(table),
            summary: named_field(table, &schema, "summary"),
            schema_org: short("schema_org"),
            official,
            rules: rules::read(table, &schema),
            schema,
            name: name.as_str().into(),
        };
        (!name.is_empty()).then_some(content_type)
    }

    /// The moment from which the entry is past; `None` when it does not expire.
    #[must_use]
    pub fn expires_at(&self, fields: &Fields) -> Option<DateTime> {
        self.expires.iter().find_map(|name| fields.get(name)).and_then(Value::ends)
    }

    /// The fields whose values are terms of taxonomies.
    pub fn taxonomy_fields(&self) -> impl Iterator<Item = &Field> {
        self.schema.fields().iter().filter(|field| field.taxonomy.is_some())
    }

    /// The fields that name other entries, themselves or in a list or group within.
    pub fn reference_fields(&self) -> impl Iterator<Item = &Field> {
        self.schema.fields().iter().filter(|field| field.has_references())
    }
}

/// The common fields, each replaced by the type's own of the same name, and the type's other fields.
fn compose(table: &Table<'_, '_>, shared: Vec<Field>, mut own: Vec<Field>, official: bool) -> Schema {
    let mut fields: Vec<Field> = shared
        .into_iter()
        .map(|field| own.iter().position(|mine| mine.name == field.name).map_or(field, |at| own.remove(at)))
        .collect();
    fields.append(&mut own);
    let mut require = table.texts("require");
    if official {
        require.extend(QUARTET.map(|name| (name.to_owned(), table.here())));
    }
    for (name, place) in require {
        match fields.iter_mut().find(|field| *field.name == *name) {
            Some(field) => field.required = true,
            None => table.report(no_field(&name, fields.iter().map(|field| &*field.name)).at(place)),
        }
    }
    Schema::new(fields)
}

/// The field that `key` names, which must be there.
fn named_field(table: &Table<'_, '_>, schema: &Schema, key: &'static str) -> Option<Box<str>> {
    let (name, place) = table.placed_text(key)?;
    report_unknown(table, schema, name.trim_start_matches('-'), place);
    Some(name.into())
}

fn named_fields(table: &Table<'_, '_>, schema: &Schema, key: &'static str) -> Vec<Box<str>> {
    let named = |(name, place): (String, _)| {
        report_unknown(table, schema, &name, place);
        name.into()
    };
    table.texts(key).into_iter().map(named).collect()
}

fn report_unknown(table: &Table<'_, '_>, schema: &Schema, name: &str, place: crate::diagnostics::Location) {
    if schema.field(name).is_none() {
        table.report(no_field(name, schema.fields().iter().map(|field| &*field.name)).at(place));
    }
}

pub(super) fn no_field<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    Diagnostic::new("schema.no-field").arg("field", name).suggest(name, known)
}

fn expiry(table: &Table<'_, '_>) -> Expiry {
    let Some((word, place)) = table.placed_text("expire") else { return Expiry::default() };
    match word.as_str() {
        "archive" => Expiry::Archive,
        "remove" => Expiry::Remove,
        _ => {
            table.report(
                Diagnostic::new("schema.expire").arg("word", &word).suggest(&word, ["archive", "remove"]).at(place),
            );
            Expiry::default()
        }
    }
}

/// All content types of a theme, in order of their names.
#[derive(Clone, Debug, Default)]
pub struct Types(Vec<ContentType>);

impl Types {
    /// Puts content types together.
    #[must_use]
    pub fn new(mut types: Vec<ContentType>) -> Self {
        types.sort_by(|a, b| a.name.cmp(&b.name));
        types.dedup_by(|a, b| a.name == b.name);
        Self(types)
    }

    /// The type at `index`, which one of the other methods gave.
    ///
    /// # Panics
    /// When there are fewer types.
    #[must_use]
    pub fn at(&self, index: usize) -> &ContentType {
        &self.0[index]
    }

    /// How many types there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no type.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The index of the type `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|kind| &*kind.name == name)
    }

    /// The type `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&ContentType> {
        self.find(name).map(|index| self.at(index))
    }

    /// The index of the type whose folder `folder` is.
    #[must_use]
    pub fn by_folder(&self, folder: &str) -> Option<usize> {
        self.0.iter().position(|kind| kind.folder.as_deref() == Some(folder))
    }

    /// The index of the type whose rows stand in the table `data`.
    #[must_use]
    pub fn by_data(&self, data: &str) -> Option<usize> {
        self.0.iter().position(|kind| kind.data.as_deref() == Some(data))
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|kind| &*kind.name)
    }

    /// The types, in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &ContentType> {
        self.0.iter()
    }

    /// Reports references to types that are not there, and folders or tables that two types claim.
    pub fn check(&self, out: &mut Vec<Diagnostic>) {
        for kind in &self.0 {
            for (field, name) in kind.schema.fields().iter().flat_map(targets) {
                if self.find(name).is_none() {
                    let problem = Diagnostic::new("schema.no-type").arg("type", &kind.name).arg("field", &field.name);
                    out.push(problem.arg("to", name).suggest(name, self.names()));
                }
            }
        }
    }
}

/// The types that a field, or one within it, may name.
fn targets(field: &Field) -> Vec<(&Field, &str)> {
    let own = field.to.iter().map(|name| (field, &**name));
    own.chain(field.item().into_iter().flat_map(targets)).chain(field.fields().iter().flat_map(targets)).collect()
}
