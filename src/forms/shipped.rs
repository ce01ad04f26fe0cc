//! The forms that every municipality needs, and a site's own beside them.

use std::collections::BTreeMap;

use super::Form;
use crate::{diagnostics::Diagnostic, language::Lang};

macro_rules! shipped {
    ($($id:literal),* $(,)?) => {
        /// The files of the catalogue, by id; they are part of the program.
        pub const SHIPPED: &[(&str, &str)] = &[$(($id, include_str!(concat!("../../forms/", $id, ".toml")))),*];
    };
}

shipped! {
    "avalik-uritus", "jaatmevedu", "kaasav-eelarve", "kaeveluba", "koduteenus", "kontakt", "koolitoetus",
    "lasteaiakoht", "matusetoetus", "raieluba", "ruumi-broneerimine", "selgitustaotlus", "sunnitoetus",
    "tagasiside", "taluturg", "teabenoue", "teeprobleem", "uudiskiri",
}

/// The forms that a site can use.
#[derive(Clone, Debug, Default)]
pub struct Library {
    forms: BTreeMap<String, Form>,
    own: Vec<String>,
}

impl Library {
    /// The catalogue and the site's own files (path and text); an own file with the catalogue's name replaces it.
    pub fn new<'a>(
        own: impl IntoIterator<Item = (&'a str, &'a str)>,
        languages: &[Lang],
        out: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut library = Self::default();
        for (path, text) in own {
            let form = Form::read(path, text, languages, out);
            library.own.push(form.id.clone());
            library.forms.insert(form.id.clone(), form);
        }
        for (id, text) in SHIPPED {
            library.forms.entry((*id).to_owned()).or_insert_with(|| {
                // A test reads every file of the catalogue; a language that it does not have is no mistake of the site's.
                Form::read(&format!("forms/{id}.toml"), text, &[], &mut Vec::new())
            });
        }
        library
    }

    /// The form of this id.
    pub fn get(&self, id: &str) -> Option<&Form> {
        self.forms.get(id)
    }

    /// Whether the site has a file of its own for this form.
    pub fn is_own(&self, id: &str) -> bool {
        self.own.iter().any(|own| own == id)
    }

    /// All forms, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Form> {
        self.forms.values()
    }

    /// The ids, for "did you mean".
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.forms.keys().map(String::as_str)
    }
}
