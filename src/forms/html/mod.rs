//! The pages of a form as HTML without a shell; the theme supplies that.
//!
//! Everything is plain HTML that works without scripts. The classes that a theme dresses:
//!
//! | class | what |
//! | --- | --- |
//! | `form` | the `<form>`, with `data-words` for scripts; `form-intro`, `form-note`, `form-privacy` its parts |
//! | `form-step` | a step's `<section>`, with `data-step` and, if it has a condition, `data-show-if` |
//! | `form-errors` | the summary of errors: heading `form-errors-title`, list of links |
//! | `field` | a question; `field-error` with an error; `data-kind`, `data-show-if`, `data-missing`, `data-wrong`, `data-pattern` for scripts |
//! | `field-label`, `field-hint`, `field-message`, `field-optional`, `field-condition` | its parts; `field-condition` says in words when to answer, for pages without scripts |
//! | `input`, `input-short`, `input-code`, `textarea`, `declaration` | controls |
//! | `choices`, `choice`, `choice-hint`, `rating` | radio buttons and boxes; `rating` with five short ones in a row |
//! | `date`, `date-part`, `date-day`, `date-month`, `date-year` | the three parts of a date |
//! | `files`, `file` | files that the relay holds already |
//! | `group`, `group-row` | a group that may be repeated |
//! | `form-buttons`, `button`, `button-secondary`, `link-button` | buttons |
//! | `answers`, `answer`, `answer-question`, `answer-text`, `answer-empty`, `answer-change` | the list of answers |
//! | `receipt`, `receipt-reference` | the confirmation's panel |
//! | `form-proof` | what the relay adds to the check page of a form that is under attack |
//! | `form-elsewhere` | what stands in a form's place on a site that cannot send it: how else |
//! | `form-extra` | the field that people must not see: to be moved off the screen |
//! | `sr` | for screen readers only |

mod check;
mod conditions;
mod embedded;
mod fields;
mod form;
mod markup;
mod pages;

pub use check::check;
pub use embedded::{Place, embedded};
pub use form::form;
pub use markup::escape;
pub use pages::{Problem, Receipt, address_confirmed, closed, problem, sent};

use serde::{Deserialize, Serialize};

use crate::language::Lang;

/// A page without its shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The title, as text.
    pub title: String,
    /// The content, as HTML.
    pub body: String,
}

/// Who receives the form, as the pages name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// The municipality's name.
    pub name: String,
    /// Where to write.
    #[serde(default)]
    pub email: Option<String>,
    /// Where to call.
    #[serde(default)]
    pub phone: Option<String>,
}

/// What a page needs to know beside the form.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// Where the form is sent.
    pub action: &'a str,
    /// The version of the form, see [`super::Form::version`].
    pub version: &'a str,
    /// Who receives it.
    pub office: &'a Office,
    /// Whether the page begins with the title as its `<h1>`; a page of the site has one already.
    pub heading: bool,
    /// What the ids begin with, so that two forms fit on a page.
    pub ids: &'a str,
    /// Further hidden fields: the signed token.
    pub hidden: &'a [(&'a str, &'a str)],
    /// The field that gets the focus.
    pub focus: Option<&'a str>,
    /// HTML before the buttons that the caller made and answers for: a proof of work.
    pub extra: &'a str,
}

/// A theme's page around a form, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shell(String);

impl Shell {
    /// Where the form goes: once.
    pub const FORM: &str = "{{FORM}}";
    /// Where the title goes: at least once, in `<title>`.
    pub const TITLE: &str = "{{TITLE}}";

    /// A shell, if it has the places for the form and the title.
    pub fn new(html: String) -> Option<Self> {
        Some(Self(html)).filter(Self::is_whole)
    }

    /// Whether it has the places for the form and the title.
    pub(super) fn is_whole(&self) -> bool {
        self.0.matches(Self::FORM).count() == 1 && self.0.contains(Self::TITLE)
    }

    /// A bare page, for a relay without a theme and for tests.
    pub fn plain(lang: Lang) -> Self {
        let viewport = r#"<meta name="viewport" content="width=device-width, initial-scale=1">"#;
        let head = format!("<meta charset=\"utf-8\">{viewport}<title>{}</title>", Self::TITLE);
        Self(format!(
            "<!DOCTYPE html><html lang=\"{lang}\"><head>{head}</head><body><main>{}</main></body></html>",
            Self::FORM
        ))
    }

    /// The whole page.
    pub fn fill(&self, page: &Page) -> String {
        // The shell is split before anything is put in, so that a text with `{{FORM}}` in it is only a text.
        let title = escape(&page.title);
        let (before, after) = self.0.split_once(Self::FORM).unwrap_or((&self.0, ""));
        format!("{}{}{}", before.replace(Self::TITLE, &title), page.body, after.replace(Self::TITLE, &title))
    }
}

/// The id of an input.
fn id(context: &Context, path: &str) -> String {
    format!("{}{}", context.ids, path.replace('.', "-"))
}
