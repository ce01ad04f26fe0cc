//! `forms.json`: what the build gives the relay; and the versions of the forms that a relay knows.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{
    Form,
    html::{Office, Page, Shell},
};
use crate::language::Lang;

/// The layout of `forms.json` that this program writes and reads.
pub(super) const LAYOUT: u32 = 1;

/// `forms.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compiled {
    /// The layout, `LAYOUT`.
    pub layout: u32,
    /// Who receives the forms.
    pub office: Office,
    /// The site's address without a slash at the end.
    pub site: String,
    /// The site's languages, the first one first.
    pub languages: Vec<Lang>,
    /// The theme's page around a form, by language.
    pub shells: BTreeMap<Lang, Shell>,
    /// The forms, by id.
    pub forms: Vec<Version>,
}

/// One version of a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// The hash of the form, see [`Form::version`].
    pub version: String,
    /// Where the form stands on the site, by language.
    #[serde(default)]
    pub pages: BTreeMap<Lang, String>,
    /// The form.
    pub form: Form,
}

impl Version {
    /// A form as it is now.
    pub fn new(form: Form, pages: BTreeMap<Lang, String>) -> Self {
        Self { version: form.version(), pages, form }
    }
}

/// Why a `forms.json` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// No JSON, or not of this layout.
    #[error("forms.json cannot be read: {0}")]
    Syntax(#[from] serde_json::Error),
    /// Written by another version of the program.
    #[error("forms.json has layout {0}; this program reads layout {LAYOUT}: build the site with the same version")]
    Layout(u32),
    /// A form was changed by hand after it was compiled.
    #[error("form `{0}` does not match its version: build the site again")]
    Version(String),
    /// A form is there twice.
    #[error("form `{0}` is there twice")]
    Twice(String),
    /// A shell has no place for the form or the title.
    #[error("the page shell for `{0}` must have {{{{FORM}}}} once and {{{{TITLE}}}}")]
    Shell(Lang),
    /// A language has no shell.
    #[error("there is no page shell for `{0}`")]
    NoShell(Lang),
    /// There is no language at all.
    #[error("forms.json names no language")]
    NoLanguage,
}

impl Compiled {
    /// Puts together what the relay needs. Equal input gives equal bytes.
    pub fn new(
        site: &str,
        office: Office,
        languages: Vec<Lang>,
        shells: BTreeMap<Lang, Shell>,
        mut forms: Vec<Version>,
    ) -> Self {
        forms.sort_by(|a, b| a.form.id.cmp(&b.form.id));
        Self { layout: LAYOUT, office, site: site.trim_end_matches('/').to_owned(), languages, shells, forms }
    }

    /// The file's text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// Everything that would let the relay answer wrongly: see [`Unusable`].
    pub fn from_json(text: &str) -> Result<Self, Unusable> {
        #[derive(Deserialize)]
        struct Layout {
            layout: u32,
        }
        let Layout { layout } = serde_json::from_str(text)?;
        if layout != LAYOUT {
            return Err(Unusable::Layout(layout));
        }
        let compiled: Self = serde_json::from_str(text)?;
        compiled.check()?;
        Ok(compiled)
    }

    fn check(&self) -> Result<(), Unusable> {
        if self.languages.is_empty() {
            return Err(Unusable::NoLanguage);
        }
        if let Some(lang) = self.languages.iter().find(|lang| !self.shells.contains_key(lang)) {
            return Err(Unusable::NoShell(*lang));
        }
        if let Some((lang, _)) = self.shells.iter().find(|(_, shell)| !shell.is_whole()) {
            return Err(Unusable::Shell(*lang));
        }
        for (number, version) in self.forms.iter().enumerate() {
            let id = &version.form.id;
            if version.version != version.form.version() {
                return Err(Unusable::Version(id.clone()));
            }
            if self.forms[..number].iter().any(|other| other.form.id == *id) {
                return Err(Unusable::Twice(id.clone()));
            }
        }
        Ok(())
    }
}

/// The forms that a relay accepts: the newest of each, and earlier ones that someone may have half filled in.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// What was loaded last.
    current: Arc<Compiled>,
    newest: BTreeMap<String, Arc<Version>>,
    earlier: VecDeque<Arc<Version>>,
}

impl Catalogue {
    /// How many earlier versions are kept, of all forms together.
    pub const EARLIER: usize = 200;

    /// A catalogue with one `forms.json`.
    pub fn new(compiled: Compiled) -> Self {
        let newest = by_id(&compiled);
        Self { current: Arc::new(compiled), newest, earlier: VecDeque::new() }
    }

    /// The catalogue after a new `forms.json`: what it replaces or drops is kept as an earlier version.
    #[must_use]
    pub fn with(&self, compiled: Compiled) -> Self {
        let newest = by_id(&compiled);
        let mut next = Self { current: Arc::new(compiled), newest, earlier: self.earlier.clone() };
        for version in self.newest.values() {
            next.remember(Arc::clone(version));
        }
        next
    }

    /// Keeps an earlier version, for example one that the store knows from before a restart.
    pub fn remember(&mut self, version: Arc<Version>) {
        if self.version(&version.form.id, &version.version).is_some() {
            return;
        }
        self.earlier.push_back(version);
        if self.earlier.len() > Self::EARLIER {
            self.earlier.pop_front();
        }
    }

    /// The newest version of a form that the site still has.
    pub fn newest(&self, id: &str) -> Option<&Arc<Version>> {
        self.newest.get(id)
    }

    /// This version of a form, be it the newest or an earlier one.
    pub fn version(&self, id: &str, version: &str) -> Option<&Arc<Version>> {
        let is_it = |known: &&Arc<Version>| known.form.id == id && known.version == version;
        self.newest.get(id).filter(is_it).or_else(|| self.earlier.iter().find(is_it))
    }

    /// All newest versions, by id.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Version>> {
        self.newest.values()
    }

    /// Who receives the forms.
    pub fn office(&self) -> &Office {
        &self.current.office
    }

    /// The site's address without a slash at the end.
    pub fn site(&self) -> &str {
        &self.current.site
    }

    /// The language of a page: the one asked for if the site has it, else the site's first.
    pub fn language(&self, asked: &str) -> Lang {
        let languages = &self.current.languages;
        Lang::parse(asked)
            .filter(|lang| languages.contains(lang))
            .or_else(|| languages.first().copied())
            .unwrap_or(Lang::ET)
    }

    /// The whole page, in the theme's shell.
    pub fn page(&self, lang: Lang, page: &Page) -> String {
        self.current.shells.get(&lang).cloned().unwrap_or_else(|| Shell::plain(lang)).fill(page)
    }
}

fn by_id(compiled: &Compiled) -> BTreeMap<String, Arc<Version>> {
    compiled.forms.iter().map(|version| (version.form.id.clone(), Arc::new(version.clone()))).collect()
}
