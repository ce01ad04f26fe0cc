//! `[search]` of `site.toml`: words of one meaning, and pages that are first for some words.

use crate::{diagnostics::Location, schema::Table};

/// What the site adds to its search.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Groups of words of one meaning, with their places.
    pub synonyms: Vec<(Vec<String>, Location)>,
    /// Pages that are always first for some words.
    pub best: Vec<BestBet>,
}

/// A page that is always first for some words.
#[derive(Clone, Debug)]
pub struct BestBet {
    /// The words; each is a query of its own.
    pub words: Vec<String>,
    /// The page's id.
    pub page: String,
    /// Where it was written.
    pub place: Location,
}

impl Search {
    pub(super) fn read(table: Table<'_, '_>) -> Self {
        let group = |text: &str| -> Vec<String> {
            text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
        };
        let synonyms = table.texts("synonyms").into_iter().map(|(text, place)| (group(&text), place)).collect();
        let best = table.list("best").into_iter().map(|table| {
            let words = table.texts("words").into_iter().map(|(word, _)| word).collect();
            let best = BestBet { words, page: table.required_text("page"), place: table.here() };
            table.finish();
            best
        });
        let search = Self { synonyms, best: best.collect() };
        table.finish();
        search
    }
}
