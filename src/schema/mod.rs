//! The vocabulary of fields: what content types, theme settings and e-forms ask for, and whether a value
//! answers it.
//!
//! A [`ContentType`] is a TOML file; its [`Schema`] is a list of [`Field`]s of some [`Kind`] with words
//! and limits. [`Schema::read`] turns a TOML table into [`Fields`], every problem reported at its place;
//! [`Value::parse`] and [`Field::parse`] read what people type. This module knows nothing of folders,
//! pages or templates.

mod address;
mod codes;
mod content_type;
mod decimal;
mod definition;
mod field;
mod fields;
mod json_schema;
mod kind;
mod localized;
mod pattern;
mod problem;
mod read;
mod reference;
mod rows;
mod rules;
mod table;
mod toml_syntax;
mod typed;
mod value;

pub use address::{email, link, phone, url};
pub use codes::{CodeError, iban, personal_code, reference_number, registry_code, with_reference_digit};
pub use content_type::{ContentType, Expiry, Types};
pub use decimal::Decimal;
pub use field::{Choice, Field, Limits};
pub use fields::Fields;
pub use kind::Kind;
pub use localized::Localized;
pub use pattern::Pattern;
pub use problem::Problem;
pub use rules::{Check, Rule, When};
pub use table::{Table, TomlText};
pub use toml_syntax::leave_out_echoes;
pub use value::Value;

use std::cell::RefCell;

use toml::{Spanned, de::DeTable};

use crate::diagnostics::Diagnostic;
use field::builtin;

/// A list of fields: of a content type, a theme's settings, or any other table.
#[derive(Clone, Debug, Default)]
pub struct Schema(Vec<Field>);

impl Schema {
    /// A schema of these fields.
    #[must_use]
    pub fn new(fields: Vec<Field>) -> Self {
        Self(fields)
    }

    /// Reads the definitions that stand under `key` (`[[field]]`) of a TOML file; other keys are left to
    /// the caller. A definition without a usable name or kind is left out; what is wrong is reported.
    pub fn parse<'a>(
        file: &TomlText<'a>,
        parsed: &Spanned<DeTable<'a>>,
        key: &'static str,
        out: &mut Vec<Diagnostic>,
    ) -> Self {
        let found = RefCell::new(std::mem::take(out));
        let fields = definition::read_fields(&Table::new(file, parsed, &found), key, file);
        *out = found.into_inner();
        Self(fields)
    }

    /// The fields in order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.0
    }

    /// The field `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|field| &*field.name == name)
    }

    /// Gives the fields that have no value their defaults. Call it after a translation has taken what it
    /// lacks from its original.
    pub fn fill_defaults(&self, fields: &mut Fields) {
        for field in &self.0 {
            if let Some(default) = field.default.as_ref().filter(|_| fields.get(&field.name).is_none()) {
                fields.insert(&field.name, default.clone());
            }
        }
    }

    pub(self) fn into_fields(self) -> Vec<Field> {
        self.0
    }
}

#[cfg(test)]
mod tests;
