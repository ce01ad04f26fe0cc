//! Reads definitions of fields from TOML: `[[field]]` in content types, `[[setting]]` in themes.

use super::{Choice, Field, Kind, Localized, Pattern, Table, TomlText, Value, field::Limits};
use crate::diagnostics::Diagnostic;

/// Reads one definition; `None` when it has no usable name or kind. What is wrong is reported.
///
/// Keys that the definition may have besides those of every field are to be read from `table` before;
/// the caller finishes the table.
pub(super) fn read_field(table: &Table<'_, '_>, file: &TomlText<'_>) -> Option<Field> {
    let name = name(table)?;
    let kind = kind(table, "kind")?;
    let mut field = Field {
        label: table.localized("label").into(),
        help: table.localized("help").into(),
        law: table.text("law").map(Into::into),
        required: table.boolean("required").unwrap_or(false),
        translatable: table.boolean("translatable").unwrap_or(false),
        taxonomy: table.text("taxonomy").map(Into::into),
        ..Field::new(&name, kind)
    };
    if field.label.is_empty() {
        table.report(about(Diagnostic::new("schema.no-label"), &field).at(table.here()));
    }
    let element = if kind == Kind::List { item_kind(table) } else { kind };
    let details = Field {
        to: table.texts("to").into_iter().map(|(name, _)| name.into()).collect(),
        free_text: table.boolean("free_text").unwrap_or(false),
        choices: choices(table),
        limits: limits(table, file, element),
        fields: read_fields(table, "field", file),
        label: field.label.clone(),
        help: field.help.clone(),
        ..Field::new(&name, element)
    };
    check_details(table, &details);
    if kind == Kind::List {
        field.limits.min_items = details.limits.min_items;
        field.limits.max_items = details.limits.max_items;
        field.item = Some(Box::new(details));
    } else {
        field = Field {
            to: details.to,
            free_text: details.free_text,
            choices: details.choices,
            limits: details.limits,
            fields: details.fields,
            ..field
        };
    }
    field.default = default(table, &field, file);
    Some(field)
}

/// Reads the list of definitions under `key`; a name that stands twice is reported.
pub(super) fn read_fields(table: &Table<'_, '_>, key: &'static str, file: &TomlText<'_>) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for inner in table.list(key) {
        // Without a name or kind nothing more can be said of it.
        let Some(field) = read_field(&inner, file) else { continue };
        if fields.iter().any(|other| other.name == field.name) {
            inner.report(about(Diagnostic::new("schema.field-twice"), &field).at(inner.here()));
        } else {
            fields.push(field);
        }
        inner.finish();
    }
    fields
}

fn about(diagnostic: Diagnostic, field: &Field) -> Diagnostic {
    diagnostic.arg("field", &field.name)
}

/// A name that templates can call: small letters, digits and `_`.
fn name(table: &Table<'_, '_>) -> Option<String> {
    let Some((name, place)) = table.placed_text("name") else {
        table.required_text("name");
        return None;
    };
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !fits {
        table.report(Diagnostic::new("schema.name").arg("name", &name).at(place));
    }
    fits.then_some(name)
}

fn kind(table: &Table<'_, '_>, key: &'static str) -> Option<Kind> {
    let Some((name, place)) = table.placed_text(key) else {
        table.required_text(key);
        return None;
    };
    let kind = Kind::parse(&name);
    if kind.is_none() {
        let problem = Diagnostic::new("schema.unknown-kind").arg("kind", &name).at(place);
        table.report(problem.suggest(&name, Kind::ALL.iter().map(|kind| kind.as_str())));
    }
    kind
}

/// What the items of a list are: the kind that `item` names, or groups where it has fields.
fn item_kind(table: &Table<'_, '_>) -> Kind {
    if table.get("item").is_some() {
        return kind(table, "item").filter(|kind| *kind != Kind::List).unwrap_or(Kind::Text);
    }
    if table.get("field").is_some() { Kind::Group } else { Kind::Text }
}

fn choices(table: &Table<'_, '_>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for inner in table.list("choices") {
        let value = inner.required_text("value");
        let label = Localized::from(inner.localized("label"));
        inner.finish();
        choices.push(Choice { value: value.into(), label });
    }
    choices
}

fn limits(table: &Table<'_, '_>, file: &TomlText<'_>, kind: Kind) -> Limits {
    let plain = Field::new("limit", kind);
    let limit = |key: &'static str| table.get(key).and_then(|value| read_value(table, &plain, value, file));
    Limits {
        min: limit("min"),
        max: limit("max"),
        min_length: table.count("min_length"),
        max_length: table.count("max_length"),
        min_items: table.count("min_items"),
        max_items: table.count("max_items"),
        pattern: pattern(table),
        accept: table.texts("accept").into_iter().map(|(ending, _)| ending.to_lowercase().into()).collect(),
    }
}

fn pattern(table: &Table<'_, '_>) -> Option<Pattern> {
    let (text, place) = table.placed_text("pattern")?;
    let pattern = Pattern::parse(&text);
    if pattern.is_none() {
        table.report(Diagnostic::new("schema.bad-pattern").arg("pattern", &text).at(place));
    }
    pattern
}

fn default(table: &Table<'_, '_>, field: &Field, file: &TomlText<'_>) -> Option<Value> {
    table.get("default").and_then(|value| read_value(table, field, value, file))
}

fn read_value(
    table: &Table<'_, '_>,
    field: &Field,
    value: &toml::Spanned<toml::de::DeValue<'_>>,
    file: &TomlText<'_>,
) -> Option<Value> {
    let mut problems = Vec::new();
    let value = field.read(value, file, &mut problems);
    for problem in problems {
        table.report(problem);
    }
    value
}

/// What a kind cannot do without.
fn check_details(table: &Table<'_, '_>, field: &Field) {
    let lacks = match field.kind {
        Kind::Choice | Kind::Choices if field.choices.is_empty() => "choices",
        Kind::Group if field.fields.is_empty() => "field",
        _ => return,
    };
    table.report(
        about(Diagnostic::new("schema.kind-needs"), field).arg("kind", field.kind).arg("key", lacks).at(table.here()),
    );
}
