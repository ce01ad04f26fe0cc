//! A field: its name, its kind, its words and its limits.

use std::sync::{Arc, LazyLock};

use super::{Kind, Localized, Pattern, Problem, Value};
use crate::language::Lang;

/// One of the values that a field may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value as it is written in files and sent by forms.
    pub value: Box<str>,
    /// Its words.
    pub label: Localized,
}

/// A field of a content type, a group, a theme's settings or a form.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name by which files, templates and rules call it; shared with every value of the field.
    pub name: Arc<str>,
    /// What it holds.
    pub kind: Kind,
    /// Its name for people.
    pub label: Localized,
    /// A sentence about what to write.
    pub help: Localized,
    /// The law that asks for it.
    pub law: Option<Box<str>>,
    /// Whether it must have a value.
    pub required: bool,
    /// The value that is meant where none is given.
    pub default: Option<Value>,
    /// Whether each language has its own value; a translation takes the others from the original.
    pub translatable: bool,
    /// The taxonomy whose terms its values are.
    pub taxonomy: Option<Box<str>>,
    /// The types of the entries that it may name; any type when empty.
    pub to: Vec<Box<str>>,
    /// Whether a reference may be a plain name instead.
    pub free_text: bool,
    /// What may be chosen.
    pub choices: Vec<Choice>,
    /// What values are allowed.
    pub limits: Limits,
    pub(super) item: Option<Box<Field>>,
    pub(super) fields: Vec<Field>,
}

/// What values of a field are allowed. Where a list has `min`, `max_length` and the like, they hold for
/// its items.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// The least number, amount, date or time.
    pub min: Option<Value>,
    /// The most.
    pub max: Option<Value>,
    /// The fewest characters.
    pub min_length: Option<usize>,
    /// The most characters.
    pub max_length: Option<usize>,
    /// The fewest items of a list.
    pub min_items: Option<usize>,
    /// The most items of a list.
    pub max_items: Option<usize>,
    /// A regular expression that fits the whole text.
    pub pattern: Option<Pattern>,
    /// The endings that a file's name may have, in small letters without the dot.
    pub accept: Vec<Box<str>>,
}

impl Field {
    /// A field of this name and kind, without words or limits.
    #[must_use]
    pub fn new(name: &str, kind: Kind) -> Self {
        Self {
            name: name.into(),
            kind,
            label: Localized::default(),
            help: Localized::default(),
            law: None,
            required: false,
            default: None,
            translatable: false,
            taxonomy: None,
            to: Vec::new(),
            free_text: false,
            choices: Vec::new(),
            limits: Limits::default(),
            item: None,
            fields: Vec::new(),
        }
    }

    /// What the items of a list are; `None` for other kinds.
    #[must_use]
    pub fn item(&self) -> Option<&Self> {
        self.item.as_deref()
    }

    /// The fields of a group, an image, a file or an address; nothing for other kinds.
    #[must_use]
    pub fn fields(&self) -> &[Self] {
        match self.kind {
            Kind::Group => &self.fields,
            kind => builtin(kind),
        }
    }

    /// The kind of a list's items; else the field's own.
    #[must_use]
    pub fn element_kind(&self) -> Kind {
        self.item.as_ref().map_or(self.kind, |item| item.kind)
    }

    /// The field's name for people; its name in files where it has none.
    #[must_use]
    pub fn label(&self, lang: Lang) -> &str {
        self.label.get(lang).unwrap_or(&self.name)
    }

    /// The words of a choice; the value itself where there are none.
    #[must_use]
    pub fn choice_label<'a>(&'a self, value: &'a str, lang: Lang) -> &'a str {
        let choices = self.item.as_ref().map_or(&self.choices, |item| &item.choices);
        choices.iter().find(|choice| &*choice.value == value).and_then(|choice| choice.label.get(lang)).unwrap_or(value)
    }

    /// Whether it, or a field within it, may name other entries.
    #[must_use]
    pub fn has_references(&self) -> bool {
        self.kind == Kind::Ref
            || self.item.as_ref().is_some_and(|item| item.has_references())
            || self.fields.iter().any(Self::has_references)
    }

    /// Reads a text as a person types it and checks it against the limits.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(&self, text: &str) -> Result<Value, Problem> {
        let value = match (self.kind, &self.item) {
            (Kind::List, Some(item)) => {
                Value::List(super::typed::split(text).map(|text| item.parse(text)).collect::<Result<_, _>>()?)
            }
            _ => Value::parse(self.kind, text)?,
        };
        self.check(&value).map_or(Ok(value), Err)
    }

    /// The first limit that `value` breaks; its items and inner fields are checked on their own.
    #[must_use]
    pub fn check(&self, value: &Value) -> Option<Problem> {
        match value {
            Value::Text(text) => self.check_text(text),
            Value::List(items) => self.check_items(items),
            Value::Number(_) | Value::Money(_) | Value::Date(_) | Value::Datetime(_) | Value::Time(_) => {
                self.check_range(value)
            }
            Value::Group(fields) => self.check_group(fields),
            Value::Boolean(_) => None,
        }
    }

    fn check_text(&self, text: &str) -> Option<Problem> {
        if self.kind == Kind::Choice
            && let Some(problem) = self.check_choice(&Value::from(text))
        {
            return Some(problem);
        }
        let limits = &self.limits;
        let found = text.chars().count();
        if let Some(most) = limits.max_length.filter(|most| found > *most) {
            return Some(Problem::TooLong { most, found });
        }
        if let Some(least) = limits.min_length.filter(|least| found < *least) {
            return Some(Problem::TooShort { least, found });
        }
        let pattern = limits.pattern.as_ref().filter(|pattern| !pattern.fits(text))?;
        Some(Problem::Pattern { pattern: pattern.as_str().to_owned() })
    }

    fn check_items(&self, items: &[Value]) -> Option<Problem> {
        if let Some(least) = self.limits.min_items.filter(|least| items.len() < *least) {
            return Some(Problem::TooFew { least });
        }
        if let Some(most) = self.limits.max_items.filter(|most| items.len() > *most) {
            return Some(Problem::TooMany { most });
        }
        let chosen = if self.kind == Kind::Choices { items } else { &[] };
        chosen.iter().find_map(|item| self.check_choice(item))
    }

    fn check_range(&self, value: &Value) -> Option<Problem> {
        let beyond = |limit: &Option<Value>, than: fn(&i64, &i64) -> bool| {
            let limit = limit.as_ref()?;
            than(&value.as_sort_number()?, &limit.as_sort_number()?).then(|| limit.to_text())
        };
        beyond(&self.limits.min, i64::lt)
            .map(|least| Problem::TooSmall { least })
            .or_else(|| beyond(&self.limits.max, i64::gt).map(|most| Problem::TooLarge { most }))
    }

    fn check_group(&self, fields: &super::Fields) -> Option<Problem> {
        match self.kind {
            Kind::Image => {
                let decorative = fields.get("decorative").and_then(Value::as_bool) == Some(true);
                (!decorative && fields.text("alt").is_none()).then_some(Problem::NoAlt)
            }
            Kind::File => {
                let accept = &self.limits.accept;
                let ending = fields.text("path")?.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
                let fits = accept.is_empty() || accept.iter().any(|allowed| **allowed == *ending);
                (!fits).then(|| Problem::FileType { accept: accept.iter().map(ToString::to_string).collect() })
            }
            _ => None,
        }
    }

    /// Whether `value` is one of the choices.
    pub(super) fn check_choice(&self, value: &Value) -> Option<Problem> {
        let known = |choice: &Choice| value.as_str() == Some(&*choice.value);
        let choices = || self.choices.iter().map(|choice| choice.value.to_string()).collect();
        (!self.choices.iter().any(known)).then(|| Problem::NotAChoice { choices: choices() })
    }
}

/// The fields of the kinds that are tables by nature.
pub(super) fn builtin(kind: Kind) -> &'static [Field] {
    static IMAGE: LazyLock<Vec<Field>> = LazyLock::new(|| read_builtin(include_str!("builtin/image.toml")));
    static FILE: LazyLock<Vec<Field>> = LazyLock::new(|| read_builtin(include_str!("builtin/file.toml")));
    static ADDRESS: LazyLock<Vec<Field>> = LazyLock::new(|| read_builtin(include_str!("builtin/address.toml")));
    match kind {
        Kind::Image => &IMAGE,
        Kind::File => &FILE,
        Kind::Address => &ADDRESS,
        _ => &[],
    }
}

/// The files are part of the program; a test reads them without a diagnostic.
fn read_builtin(text: &str) -> Vec<Field> {
    let file = super::TomlText::whole("builtin", text);
    let parsed = file.parse(&mut Vec::new());
    super::Schema::parse(&file, &parsed, "field", &mut Vec::new()).into_fields()
}
