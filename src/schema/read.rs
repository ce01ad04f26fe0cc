//! Reads the values of a TOML table by the fields that it may have.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Field, Fields, Kind, Problem, Schema, TomlText, Value};
use crate::diagnostics::Diagnostic;

impl Schema {
    /// Reads `table`, which is (a part of) `toml`, into values. Every problem is reported at its place:
    /// unknown keys, missing required fields, values of the wrong kind or beyond the limits. What is
    /// wrong is left out of the result, the rest is there. Empty texts and lists count as absent.
    ///
    /// Editors' ways of writing are taken: dates as texts, whole numbers for decimals and amounts, one
    /// value for a list of one, a file's name alone for a file or picture.
    ///
    /// Defaults are not filled in, so that a translation can first take what it lacks from the original:
    /// see [`Schema::fill_defaults`].
    pub fn read(&self, table: &DeTable<'_>, toml: &TomlText<'_>, out: &mut Vec<Diagnostic>) -> Fields {
        Reader::new(toml, out).fields(self.fields(), table, Some(0..0))
    }
}

impl Field {
    /// Reads one value; `None` when it is empty or wrong, and what is wrong is reported.
    pub fn read(&self, value: &Spanned<DeValue<'_>>, toml: &TomlText<'_>, out: &mut Vec<Diagnostic>) -> Option<Value> {
        Reader::new(toml, out).value(self, value)
    }
}

/// Reads tables of one file and reports what is wrong in them.
pub(super) struct Reader<'r> {
    toml: &'r TomlText<'r>,
    out: &'r mut Vec<Diagnostic>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(toml: &'r TomlText<'r>, out: &'r mut Vec<Diagnostic>) -> Self {
        Self { toml, out }
    }

    /// The values of a table. `whole` is where the table itself stands, where missing fields are
    /// reported; `None` when it is a part of one, and nothing is missing.
    pub(super) fn fields(&mut self, known: &[Field], table: &DeTable<'_>, whole: Option<Range<usize>>) -> Fields {
        let mut found = Vec::with_capacity(table.len());
        let mut named = vec![false; known.len()];
        for (key, value) in table {
            let name: &str = key.get_ref().as_ref();
            let Some(at) = known.iter().position(|field| &*field.name == name) else {
                // A field whose name is misspelt is not missing as well.
                let meant = self.unknown(name, known, key.span());
                if let Some(at) = known.iter().position(|field| meant.as_deref() == Some(&*field.name)) {
                    named[at] = true;
                }
                continue;
            };
            named[at] = !is_blank(value.get_ref());
            if let Some(value) = self.value(&known[at], value) {
                found.push((at, value));
            }
        }
        if let Some(span) = whole {
            for (field, _) in known.iter().zip(named).filter(|(field, named)| field.required && !named) {
                self.out.push(required(field).at(self.toml.place(span.clone())));
            }
        }
        found.sort_by_key(|(at, _)| *at);
        let mut fields: Fields = found.into_iter().map(|(at, value)| (known[at].name.clone(), value)).collect();
        fields.shrink();
        fields
    }

    /// Reports a field that there is not; gives the one that was probably meant.
    fn unknown(&mut self, name: &str, known: &[Field], span: Range<usize>) -> Option<String> {
        let problem = Diagnostic::new("schema.unknown-field").arg("field", name).at(self.toml.place(span));
        let problem = problem.suggest(name, known.iter().map(|field| &*field.name));
        let meant = problem.suggestion.clone();
        self.out.push(problem);
        meant
    }

    fn value(&mut self, field: &Field, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        if is_blank(value.get_ref()) {
            return None;
        }
        let before = self.out.len();
        let read = match field.kind {
            Kind::List => self.list(field, value),
            Kind::Choices => Ok(Value::List(items(value).iter().filter_map(|item| self.chosen(field, item)).collect())),
            kind if kind.is_table() => self.group(field, value),
            kind => scalar(kind, value.get_ref()),
        };
        // Where a part was wrong, what follows from it (an empty list, a picture without words) is not
        // reported as well.
        let sound = self.out.len() == before;
        let problem = match read {
            Ok(value) => match field.check(&value).filter(|_| sound) {
                None => return Some(value),
                Some(problem) => problem,
            },
            Err(problem) => problem,
        };
        self.report(field, &problem, value);
        None
    }

    /// One of a field's choices; each that is none is reported where it stands.
    fn chosen(&mut self, field: &Field, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        let read =
            scalar(Kind::Choice, value.get_ref()).and_then(|value| field.check_choice(&value).map_or(Ok(value), Err));
        read.map_err(|problem| self.report(field, &problem, value)).ok()
    }

    fn list(&mut self, field: &Field, value: &Spanned<DeValue<'_>>) -> Result<Value, Problem> {
        let item = field.item().ok_or(Problem::Not(Kind::List))?;
        Ok(Value::List(items(value).iter().filter_map(|value| self.value(item, value)).collect()))
    }

    fn group(&mut self, field: &Field, value: &Spanned<DeValue<'_>>) -> Result<Value, Problem> {
        let fields = match value.get_ref() {
            DeValue::Table(table) => self.fields(field.fields(), table, Some(value.span())),
            // The file's name, or the address, alone.
            DeValue::String(text) if field.kind != Kind::Group => {
                let first = field.fields().first().ok_or(Problem::Not(field.kind))?;
                Fields::from_iter([(first.name.clone(), first.parse(text)?)])
            }
            _ => return Err(Problem::Not(field.kind)),
        };
        Ok(Value::Group(Box::new(fields)))
    }

    fn report(&mut self, field: &Field, problem: &Problem, value: &Spanned<DeValue<'_>>) {
        let written = written(value.get_ref());
        self.out.push(problem.diagnostic(&field.name, &written).at(self.toml.place(value.span())));
    }
}

/// The diagnostic for a required field that has no value.
fn required(field: &Field) -> Diagnostic {
    let texts = |tag: &str| {
        format!("{} – {}", field.label.exact(tag).unwrap_or(&field.name), field.help.exact(tag).unwrap_or(""))
    };
    let trimmed = |text: String| text.trim_end_matches(" – ").to_owned();
    Diagnostic::new("schema.required")
        .arg("field", &field.name)
        .arg("about_et", trimmed(texts("et")))
        .arg("about_en", trimmed(texts("en")))
}

/// Whether nothing is written: an empty text or list.
fn is_blank(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::String(text) => text.trim().is_empty(),
        DeValue::Array(array) => array.is_empty(),
        _ => false,
    }
}

/// The items of a list; one value alone is a list of one.
fn items<'v, 'a>(value: &'v Spanned<DeValue<'a>>) -> &'v [Spanned<DeValue<'a>>] {
    value.get_ref().as_array().map_or(std::slice::from_ref(value), |array| &array[..])
}

/// A value of a kind that is no list and no table.
fn scalar(kind: Kind, value: &DeValue<'_>) -> Result<Value, Problem> {
    match value {
        DeValue::String(text) => Value::parse(kind, text),
        DeValue::Boolean(value) if kind == Kind::Boolean => Ok(Value::Boolean(*value)),
        // A number or a date in the place of a text is a text that an editor took for one.
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => Value::parse(kind, &written(value)),
        _ => Err(Problem::Not(kind)),
    }
}

/// The value as one would write it as a text.
fn written(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) if number.radix() != 10 => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or_else(|_| number.to_string(), |n| n.to_string())
        }
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(datetime) => datetime.to_string(),
        DeValue::Array(_) => "[…]".to_owned(),
        DeValue::Table(_) => "{…}".to_owned(),
    }
}
