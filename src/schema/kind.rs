//! The kinds of fields: one vocabulary for content types, theme settings and e-forms.

use std::fmt;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A text of one or a few lines.
    Text,
    /// A text with Markdown.
    Markdown,
    /// A number, whole or decimal.
    Number,
    /// An amount of money in euros.
    Money,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// A day and time; a day alone means the whole day.
    Datetime,
    /// A time of day.
    Time,
    /// One of the field's choices.
    Choice,
    /// Some of the field's choices.
    Choices,
    /// An e-mail address.
    Email,
    /// A phone number, Estonian unless it names a country.
    Phone,
    /// A web address with its `https://`.
    Url,
    /// A page of the site, a file, or an address anywhere.
    Link,
    /// Another entry, by its id.
    Ref,
    /// A picture with its description.
    Image,
    /// A file with its title.
    File,
    /// A postal address in the parts of the address register (In-ADS).
    Address,
    /// An Estonian personal code (EVS 585).
    PersonalCode,
    /// An Estonian registry code.
    RegistryCode,
    /// A bank account number (ISO 13616).
    Iban,
    /// A payment reference number (7-3-1).
    ReferenceNumber,
    /// A list of values of one kind, or of groups.
    List,
    /// Several fields under one name.
    Group,
}

impl Kind {
    /// All kinds, in the order of the reference.
    pub const ALL: [Self; 24] = [
        Self::Text,
        Self::Markdown,
        Self::Number,
        Self::Money,
        Self::Boolean,
        Self::Date,
        Self::Datetime,
        Self::Time,
        Self::Choice,
        Self::Choices,
        Self::Email,
        Self::Phone,
        Self::Url,
        Self::Link,
        Self::Ref,
        Self::Image,
        Self::File,
        Self::Address,
        Self::PersonalCode,
        Self::RegistryCode,
        Self::Iban,
        Self::ReferenceNumber,
        Self::List,
        Self::Group,
    ];

    /// The kind's name in definitions: `personal-code`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Number => "number",
            Self::Money => "money",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Time => "time",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Url => "url",
            Self::Link => "link",
            Self::Ref => "ref",
            Self::Image => "image",
            Self::File => "file",
            Self::Address => "address",
            Self::PersonalCode => "personal-code",
            Self::RegistryCode => "registry-code",
            Self::Iban => "iban",
            Self::ReferenceNumber => "reference-number",
            Self::List => "list",
            Self::Group => "group",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether its values are texts that people write in their own words.
    #[must_use]
    pub fn is_prose(self) -> bool {
        matches!(self, Self::Text | Self::Markdown)
    }

    /// Whether its values are tables with fields of their own.
    #[must_use]
    pub fn is_table(self) -> bool {
        matches!(self, Self::Image | Self::File | Self::Address | Self::Group)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(Kind::parse("datum"), None);
    }
}
