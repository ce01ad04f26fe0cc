//! What a form is: its texts, its promises, its questions.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Condition, words::fill};
use crate::{
    language::{Lang, plural},
    schema::Localized,
};

/// A form as its file defines it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The file's name without `.toml`: lower case letters, digits and `-`.
    pub id: String,
    /// Two to four capital letters that begin every reference number.
    pub prefix: String,
    /// The heading.
    pub title: Localized,
    /// One or more paragraphs before the first question; Markdown is not read here.
    #[serde(default)]
    pub intro: Localized,
    /// Why the answers are asked for (GDPR art. 13 (1) c).
    pub purpose: Localized,
    /// By what law or agreement they may be (GDPR art. 13 (1) c).
    pub legal_basis: Localized,
    /// What the office does next, shown on the confirmation.
    pub what_happens_next: Localized,
    /// The confirmation's heading; "Sent" where there is none.
    #[serde(default)]
    pub confirmation: Localized,
    /// Whom the office passes the answers to, in words; empty: nobody.
    #[serde(default)]
    pub shared_with: Localized,
    /// How many days the answers are kept after they were delivered.
    pub retention_days: u32,
    /// The destinations' names, as `relay.toml` lists them.
    pub recipients: Vec<String>,
    /// Age recipients; when there are any, the relay keeps only what they can open.
    #[serde(default)]
    pub seal_to: Vec<String>,
    /// How soon the office promises to answer.
    #[serde(default)]
    pub reply_deadline: Option<Deadline>,
    /// The first day on which the form may be sent.
    #[serde(default)]
    pub open_from: Option<Date>,
    /// The last day on which the form may be sent.
    #[serde(default)]
    pub open_until: Option<Date>,
    /// Whether the answers are shown for checking before they are sent; short forms may go without.
    #[serde(default = "yes")]
    pub check_answers: bool,
    /// The e-mail field to which a confirmation may be sent.
    #[serde(default)]
    pub reply_to: Option<String>,
    /// Whether the address in `reply_to` must be confirmed by a link in a letter before anything else.
    #[serde(default)]
    pub confirm_address: bool,
    /// The choice field with a rating from 1 to 5 that `form-relay stats` counts.
    #[serde(default)]
    pub rating: Option<String>,
    /// The questions, in groups.
    pub steps: Vec<Step>,
}

fn yes() -> bool {
    true
}

/// A group of questions with a heading; with JavaScript they are shown one group at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The heading.
    #[serde(default)]
    pub title: Localized,
    /// A paragraph below the heading.
    #[serde(default)]
    pub intro: Localized,
    /// When the questions are asked at all.
    #[serde(default)]
    pub show_if: Option<Condition>,
    /// The questions.
    pub fields: Vec<Field>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The name under which the answer is kept: lower case letters, digits and `_`.
    pub name: String,
    /// What kind of answer is expected.
    pub kind: Kind,
    /// The question.
    pub label: Localized,
    /// A sentence that helps to answer.
    #[serde(default)]
    pub hint: Localized,
    /// What to say when there is no answer; written from the label where there is none.
    #[serde(default)]
    pub missing: Localized,
    /// Whether an answer must be given.
    #[serde(default = "yes")]
    pub required: bool,
    /// When the question is asked at all.
    #[serde(default)]
    pub show_if: Option<Condition>,
    /// What the browser may fill in by itself (HTML's autofill field names).
    #[serde(default)]
    pub autocomplete: Option<String>,
    /// The answer's limits.
    #[serde(default)]
    pub limits: Limits,
    /// The answers to choose from.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// What may be attached.
    #[serde(default)]
    pub files: Option<FileRules>,
    /// The questions of a group.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// How many times a group may be answered.
    #[serde(default)]
    pub repeat: Option<Repeat>,
}

/// What bounds an answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The least number, amount, date or time: `"0"`, `"2026-01-31"`, `"today"`, `"today+10"`.
    #[serde(default)]
    pub min: Option<String>,
    /// The greatest.
    #[serde(default)]
    pub max: Option<String>,
    /// The fewest characters.
    #[serde(default)]
    pub min_length: Option<usize>,
    /// The most characters.
    #[serde(default)]
    pub max_length: Option<usize>,
    /// Whether a number must be whole.
    #[serde(default)]
    pub whole: bool,
}

/// One of the answers to choose from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The value that is kept.
    pub value: String,
    /// The words that are shown.
    pub label: Localized,
    /// A sentence below them.
    #[serde(default)]
    pub hint: Localized,
}

/// How many times a group may be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// At least so many times.
    pub min: usize,
    /// At most so many times; never over [`Repeat::LIMIT`].
    pub max: usize,
}

impl Repeat {
    /// No group is answered more often.
    pub const LIMIT: usize = 50;
}

/// What may be attached to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRules {
    /// The kinds of files that are accepted.
    pub accept: Vec<FileType>,
    /// The largest file, in bytes.
    pub max_size: u64,
    /// The most files.
    pub max_count: usize,
}

/// A kind of file that a form may accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileType {
    /// PDF.
    Pdf,
    /// Photographs and drawings: JPEG, PNG, WebP, HEIC.
    Image,
    /// Texts: Word, `OpenDocument`, RTF.
    Document,
    /// Tables: Excel, `OpenDocument`.
    Spreadsheet,
    /// Digitally signed containers: ASiC-E, BDOC.
    Signed,
}

impl FileType {
    /// All of them, by the name that a definition uses.
    pub const ALL: &[(&str, Self)] = &[
        ("pdf", Self::Pdf),
        ("image", Self::Image),
        ("document", Self::Document),
        ("spreadsheet", Self::Spreadsheet),
        ("signed", Self::Signed),
    ];

    /// The endings of the files' names.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Image => &["jpg", "jpeg", "png", "webp", "heic"],
            Self::Document => &["docx", "odt", "rtf"],
            Self::Spreadsheet => &["xlsx", "ods"],
            Self::Signed => &["asice", "bdoc"],
        }
    }

    /// The media types, as the content shows them.
    pub fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["application/pdf"],
            Self::Image => &["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"],
            Self::Document => &[
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/vnd.oasis.opendocument.text",
                "application/rtf",
                "text/rtf",
            ],
            Self::Spreadsheet => &[
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.oasis.opendocument.spreadsheet",
            ],
            Self::Signed => &["application/vnd.etsi.asic-e+zip"],
        }
    }
}

/// How soon the office promises to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deadline {
    /// Working days, without weekends and public holidays.
    WorkingDays(u16),
    /// Calendar days.
    Days(u16),
}

impl Deadline {
    /// Reads `5 working days`, `1 working day`, `30 days`.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.trim().split_once(' ')?;
        let number = number.parse().ok().filter(|&n| n > 0)?;
        match unit.trim() {
            "working day" | "working days" => Some(Self::WorkingDays(number)),
            "day" | "days" => Some(Self::Days(number)),
            _ => None,
        }
    }

    /// The promise in words: "We answer within 5 working days."
    pub fn promise(self, lang: Lang) -> String {
        let (days, one, more) = match self {
            Self::WorkingDays(days) => (days, "deadline.working-day", "deadline.working-days"),
            Self::Days(days) => (days, "deadline.day", "deadline.days"),
        };
        let key = if plural(lang, u64::from(days)) == "one" { one } else { more };
        let within = fill(lang, key, &[("count", &days.to_string())]);
        fill(lang, "deadline.promise", &[("deadline", &within)])
    }
}

/// The kinds of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A line of text.
    Text,
    /// Several lines of text.
    LongText,
    /// A person's name.
    Name,
    /// An organisation's name.
    Organisation,
    /// An e-mail address.
    Email,
    /// A telephone number; without a country code it is an Estonian one.
    Phone,
    /// A web address.
    Url,
    /// A number.
    Number,
    /// An amount in euros.
    Money,
    /// A date, asked for in three parts.
    Date,
    /// A time of day.
    Time,
    /// One of several answers.
    Choice,
    /// Any of several answers.
    Choices,
    /// Yes or no.
    YesNo,
    /// An Estonian personal code.
    PersonalCode,
    /// An Estonian registry code.
    RegistryCode,
    /// A bank account.
    Iban,
    /// A reference number of an Estonian payment.
    ReferenceNumber,
    /// A postal address or a place.
    Address,
    /// Files.
    File,
    /// A box to tick: "I confirm that what I wrote is true".
    Declaration,
    /// Questions that belong together and may be answered several times.
    Group,
    /// A value that the page fills in and nobody sees: the address of the page, the name of the service.
    Context,
}

impl Kind {
    /// All of them, by the name that a definition uses.
    pub const ALL: &[(&str, Self)] = &[
        ("text", Self::Text),
        ("long-text", Self::LongText),
        ("name", Self::Name),
        ("organisation", Self::Organisation),
        ("email", Self::Email),
        ("phone", Self::Phone),
        ("url", Self::Url),
        ("number", Self::Number),
        ("money", Self::Money),
        ("date", Self::Date),
        ("time", Self::Time),
        ("choice", Self::Choice),
        ("choices", Self::Choices),
        ("yes-no", Self::YesNo),
        ("personal-code", Self::PersonalCode),
        ("registry-code", Self::RegistryCode),
        ("iban", Self::Iban),
        ("reference-number", Self::ReferenceNumber),
        ("address", Self::Address),
        ("file", Self::File),
        ("declaration", Self::Declaration),
        ("group", Self::Group),
        ("context", Self::Context),
    ];

    /// The name that a definition uses.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// The most characters of an answer when the definition names no limit.
    pub fn max_length(self) -> usize {
        match self {
            Self::LongText => 10_000,
            Self::Name | Self::Organisation | Self::Address => 250,
            Self::Url | Self::Context => 2_000,
            _ => 500,
        }
    }
}

impl Form {
    /// Whether the form may be sent on `today`.
    pub fn availability(&self, today: Date) -> Availability {
        match (self.open_from, self.open_until) {
            (Some(from), _) if today < from => Availability::NotYet(from),
            (_, Some(until)) if today > until => Availability::Closed(until),
            _ => Availability::Open,
        }
    }

    /// All questions outside of groups, in order, with the conditions of their steps.
    pub fn fields(&self) -> impl Iterator<Item = (&Step, &Field)> {
        self.steps.iter().flat_map(|step| step.fields.iter().map(move |field| (step, field)))
    }

    /// The question of this name outside of groups.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields().map(|(_, field)| field).find(|field| field.name == name)
    }

    /// Whether any question takes files.
    pub fn takes_files(&self) -> bool {
        fn any(fields: &[Field]) -> bool {
            fields.iter().any(|field| field.kind == Kind::File || any(&field.fields))
        }
        self.steps.iter().any(|step| any(&step.fields))
    }

    /// The languages in which the form has a title.
    pub fn has_language(&self, lang: Lang) -> bool {
        self.title.exact(lang.as_str()).is_some()
    }

    /// The language in which the form is shown to someone who reads `lang`: that one if the form has it.
    pub fn language(&self, lang: Lang) -> Lang {
        let others = [Lang::ET].into_iter().chain(self.title.iter().filter_map(|(tag, _)| Lang::parse(tag)));
        std::iter::once(lang).chain(others).find(|&lang| self.has_language(lang)).unwrap_or(lang)
    }

    /// The next day after `today` on which the form opens or closes.
    pub fn next_change(&self, today: Date) -> Option<Date> {
        let closes = self.open_until.and_then(|until| until.tomorrow().ok());
        [self.open_from, closes].into_iter().flatten().filter(|&day| day > today).min()
    }

    /// The version: a hash of everything that the definition says.
    pub fn version(&self) -> String {
        // Maps are ordered and the struct's order is fixed, so equal forms are equal bytes.
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        blake3::hash(&bytes).to_hex()[..16].to_owned()
    }
}

/// Whether a form may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It may.
    Open,
    /// It opens on this day.
    NotYet(Date),
    /// This was its last day.
    Closed(Date),
}
