//! What can be wrong with one value.

use super::Kind;
use crate::diagnostics::Diagnostic;

/// What is wrong with one value. The generator shows it as a [`Diagnostic`] at its place; the e-forms
/// say it to citizens in words of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is no value of this kind.
    Not(Kind),
    /// The date has the right form, but there is no such day: 31 November.
    NoSuchDay,
    /// The code has the right form, but its check digit does not fit: most often a slip of the finger.
    CheckDigit(Kind),
    /// It is none of the choices.
    NotAChoice {
        /// The choices' values.
        choices: Vec<String>,
    },
    /// The text is shorter than allowed.
    TooShort {
        /// The fewest characters allowed.
        least: usize,
        /// How many there are.
        found: usize,
    },
    /// The text is longer than allowed.
    TooLong {
        /// The most characters allowed.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// The number, amount, date or time is less than allowed.
    TooSmall {
        /// The least allowed.
        least: String,
    },
    /// The number, amount, date or time is more than allowed.
    TooLarge {
        /// The most allowed.
        most: String,
    },
    /// The list has fewer items than it must.
    TooFew {
        /// The fewest allowed.
        least: usize,
    },
    /// The list has more items than it may.
    TooMany {
        /// The most allowed.
        most: usize,
    },
    /// The text has not the form that the field asks for.
    Pattern {
        /// The regular expression.
        pattern: String,
    },
    /// The file's name does not end as the field asks for.
    FileType {
        /// The endings allowed.
        accept: Vec<String>,
    },
    /// The picture has neither a description nor the word that it is decorative.
    NoAlt,
}

impl Problem {
    /// The problem as a diagnostic about the field `name`, whose value is `value`; without its place.
    #[must_use]
    pub fn diagnostic(&self, name: &str, value: &str) -> Diagnostic {
        let about = |diagnostic: Diagnostic| diagnostic.arg("field", name).arg("value", shortened(value));
        match self {
            Self::Not(kind) => about(not(*kind)),
            Self::NoSuchDay => about(Diagnostic::new("schema.no-such-day")),
            Self::CheckDigit(_) => about(Diagnostic::new("schema.check-digit")),
            Self::NotAChoice { choices } => about(Diagnostic::new("schema.not-a-choice"))
                .arg("choices", choices.join(", "))
                .suggest(value, choices.iter().map(String::as_str)),
            Self::TooShort { least, found } => {
                about(Diagnostic::new("schema.too-short")).arg("least", least).arg("found", found)
            }
            Self::TooLong { most, found } => {
                about(Diagnostic::new("schema.too-long")).arg("most", most).arg("found", found)
            }
            Self::TooSmall { least } => about(Diagnostic::new("schema.too-small")).arg("least", least),
            Self::TooLarge { most } => about(Diagnostic::new("schema.too-large")).arg("most", most),
            Self::TooFew { least } => about(Diagnostic::new("schema.too-few")).arg("least", least),
            Self::TooMany { most } => about(Diagnostic::new("schema.too-many")).arg("most", most),
            Self::Pattern { pattern } => about(Diagnostic::new("schema.pattern")).arg("pattern", pattern),
            Self::FileType { accept } => about(Diagnostic::new("schema.file-type")).arg("accept", accept.join(", ")),
            Self::NoAlt => about(Diagnostic::new("schema.no-alt")),
        }
    }
}

/// What a value of this kind should look like.
fn not(kind: Kind) -> Diagnostic {
    Diagnostic::new(match kind {
        Kind::Text | Kind::Markdown | Kind::Ref | Kind::Choice => "schema.not-a-text",
        Kind::Number => "schema.not-a-number",
        Kind::Money => "schema.not-money",
        Kind::Boolean => "schema.not-a-boolean",
        Kind::Date => "schema.not-a-date",
        Kind::Datetime => "schema.not-a-datetime",
        Kind::Time => "schema.not-a-time",
        Kind::Email => "schema.not-an-email",
        Kind::Phone => "schema.not-a-phone",
        Kind::Url => "schema.not-a-url",
        Kind::Link => "schema.not-a-link",
        Kind::PersonalCode => "schema.not-a-personal-code",
        Kind::RegistryCode => "schema.not-a-registry-code",
        Kind::Iban => "schema.not-an-iban",
        Kind::ReferenceNumber => "schema.not-a-reference-number",
        Kind::Choices | Kind::List => "schema.not-a-list",
        Kind::Image | Kind::File | Kind::Address | Kind::Group => "schema.not-a-table",
    })
}

/// A long text says no more in a message than its beginning.
fn shortened(value: &str) -> String {
    const MOST: usize = 60;
    match value.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &value[..at]),
        None => value.to_owned(),
    }
}
