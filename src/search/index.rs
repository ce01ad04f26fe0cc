//! From the words of pages to stems with pages.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    files, parts,
    postings::level,
    stem::{Stemmer, stop_words, words},
    synonyms,
    words::Words,
};
use crate::{
    fingerprint::{Fingerprint, fingerprint},
    language::Lang,
};

/// What the search knows of a page.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its address, from the root.
    pub url: Box<str>,
    /// Its title.
    pub title: Box<str>,
    /// What stands below the title in a list of results.
    pub summary: Box<str>,
    /// Its content type's name.
    pub kind: Box<str>,
    /// The theme that it belongs to, in words.
    pub theme: Option<Box<str>>,
    /// When it was published, or for an event when it takes place.
    pub date: Option<Date>,
    /// How much more it is worth than other pages with the same words; 1 is the rule.
    pub rank: f32,
    /// Its words.
    pub words: Words,
}

/// A page that is always the first for some words.
#[derive(Clone, Debug)]
pub struct Best {
    /// The words; each is one query.
    pub queries: Vec<String>,
    /// The page's address.
    pub url: Box<str>,
}

/// What the index of one language is made from.
pub struct Index<'a> {
    /// The language.
    pub lang: Lang,
    /// Its pages.
    pub documents: Vec<Document>,
    /// The name of a content type in the language.
    pub label: &'a (dyn Fn(&str) -> String + Sync),
    /// The site's own groups of words of one meaning.
    pub synonyms: &'a [Vec<String>],
    /// Pages that are always first.
    pub best: &'a [Best],
}

/// What a page's title gives a word at the most; more says nothing.
const SATURATION: f32 = 2.2;
/// How much a long page's words count for less, from 0 to 1.
const LENGTH: f32 = 0.5;
/// With a word on more than one page in so many, adding by page is less work than sorting.
const DENSE: usize = 32;

/// Stems in order, each with `(page, level)`.
pub(super) type Terms = Vec<(String, Vec<(u32, u8)>)>;

impl Index<'_> {
    /// The index's files: their paths in the output and their bytes.
    pub fn files(mut self) -> Vec<(String, Vec<u8>)> {
        // Pages of a type lie together, the newest first: lists of pages get short, and filters are ranges.
        self.documents.sort_by(|a, b| (&a.kind, &a.theme, b.date, &a.url).cmp(&(&b.kind, &b.theme, a.date, &b.url)));
        let stemmer = Stemmer::of(self.lang);
        let stop: FxHashSet<&str> = stop_words(self.lang).split_whitespace().collect();
        let vocabulary = self.vocabulary(&stop);
        let stems: Vec<String> = vocabulary.par_iter().map(|(word, _)| stemmer.stem(word)).collect();
        let terms = self.terms(&vocabulary, &stems, &stemmer);
        let known: HashSet<&str> = terms.iter().map(|(term, _)| term.as_str()).collect();
        let forms = forms(&vocabulary, &stems, &stemmer, &known);
        let synonyms = synonyms::of_site(self.lang, self.synonyms, &stemmer, &known);
        let best = self.best(&stemmer, &stop);
        files::write(&files::Parts { index: &self, terms: &terms, forms, synonyms, best })
    }

    /// Every word with the pages that have it and its weight there.
    fn vocabulary(&self, stop: &FxHashSet<&str>) -> Vec<(&str, Vec<(u32, u8)>)> {
        // By fingerprints: the words themselves lie scattered over the memory.
        let mut known: FxHashMap<Fingerprint, usize> = FxHashMap::default();
        let mut vocabulary: Vec<(&str, Vec<(u32, u8)>)> = Vec::new();
        for (page, document) in (0..).zip(&self.documents) {
            for (word, weight) in document.words.iter() {
                let at = *known.entry(fingerprint(word.as_bytes())).or_insert_with(|| {
                    vocabulary.push((word, Vec::new()));
                    vocabulary.len() - 1
                });
                vocabulary[at].1.push((page, weight));
            }
        }
        vocabulary.retain(|(word, _)| !stop.contains(word));
        vocabulary
    }

    fn terms(&self, vocabulary: &[(&str, Vec<(u32, u8)>)], stems: &[String], stemmer: &Stemmer) -> Terms {
        let known: FxHashSet<String> = stems.iter().filter(|stem| stem.len() >= 3).cloned().collect();
        let compounds: Vec<Vec<(String, f32)>> =
            vocabulary.par_iter().map(|(word, _)| parts::parts(word, stemmer, &known)).collect();
        let mut of_term: FxHashMap<&str, Vec<(usize, f32)>> = FxHashMap::default();
        for (at, (stem, parts)) in stems.iter().zip(&compounds).enumerate() {
            of_term.entry(stem).or_default().push((at, 1.0));
            for (part, worth) in parts {
                of_term.entry(part).or_default().push((at, *worth));
            }
        }
        let mut of_term: Vec<(&str, Vec<(usize, f32)>)> = of_term.into_iter().collect();
        of_term.sort_unstable_by(|a, b| a.0.cmp(b.0));
        let scale = Scale::of(&self.documents);
        of_term.into_par_iter().map(|(term, sources)| (term.to_owned(), scale.levels(vocabulary, &sources))).collect()
    }

    fn best(&self, stemmer: &Stemmer, stop: &FxHashSet<&str>) -> Vec<(Vec<String>, usize)> {
        let mut all = Vec::new();
        for best in self.best {
            let Some(page) = self.documents.iter().position(|document| document.url == best.url) else { continue };
            for query in &best.queries {
                let words = words(query);
                let stems = words.iter().filter(|word| !stop.contains(word.as_str())).map(|word| stemmer.stem(word));
                all.push((stems.collect(), page));
            }
        }
        all
    }
}

/// Works out what a word on a page is worth (BM25 with weighed places).
struct Scale {
    ranks: Vec<f32>,
    /// How the length of each page weakens its words.
    lengths: Vec<f32>,
}

#[expect(clippy::cast_precision_loss, reason = "counts of words and pages are small")]
impl Scale {
    fn of(documents: &[Document]) -> Self {
        let total: f32 = documents.iter().map(|document| document.words.length() as f32).sum();
        let average = (total / documents.len().max(1) as f32).max(1.0);
        let length = |document: &Document| 1.0 - LENGTH + LENGTH * document.words.length() as f32 / average;
        Self {
            ranks: documents.iter().map(|document| document.rank).collect(),
            lengths: documents.iter().map(length).collect(),
        }
    }

    /// The pages of a term, in order, each with its level; `sources` are the words that have the term.
    fn levels(&self, vocabulary: &[(&str, Vec<(u32, u8)>)], sources: &[(usize, f32)]) -> Vec<(u32, u8)> {
        let weights = self.weights(vocabulary, sources);
        let (count, all) = (weights.len() as f32, self.ranks.len() as f32);
        let rarity = (1.0 + (all - count + 0.5) / (count + 0.5)).ln();
        let score = |(page, weight): (u32, f32)| {
            let at = page as usize;
            let full = weight * (SATURATION + 1.0) / (weight + SATURATION * self.lengths[at]);
            (page, level(rarity * full * self.ranks[at]))
        };
        weights.into_iter().map(score).collect()
    }

    /// The pages of a term, in order, each with what all its words weigh there.
    fn weights(&self, vocabulary: &[(&str, Vec<(u32, u8)>)], sources: &[(usize, f32)]) -> Vec<(u32, f32)> {
        let of_word = |(word, worth): &(usize, f32)| {
            let worth = *worth;
            vocabulary[*word].1.iter().map(move |(page, weight)| (*page, f32::from(*weight) * worth))
        };
        if let [only] = sources {
            return of_word(only).collect();
        }
        let count: usize = sources.iter().map(|(word, _)| vocabulary[*word].1.len()).sum();
        if count > self.ranks.len() / DENSE {
            let mut sums = vec![0.0; self.ranks.len()];
            sources.iter().flat_map(of_word).for_each(|(page, weight)| sums[page as usize] += weight);
            return (0..).zip(sums).filter(|(_, weight)| *weight > 0.0).collect();
        }
        let mut weights: Vec<(u32, f32)> = sources.iter().flat_map(of_word).collect();
        // Stable, so that numbers are added in one order: sums of floats depend on it.
        weights.sort_by_key(|(page, _)| *page);
        weights.dedup_by(|from, into| {
            let same = from.0 == into.0;
            if same {
                into.1 += from.1;
            }
            same
        });
        weights
    }
}

/// How the browser brings forms of words to the index's stems, where it has no stemmer of the language:
/// endings and what comes in their place, and words for which the endings would find another stem.
#[derive(Debug, Default, serde::Serialize)]
pub(super) struct Forms {
    endings: Vec<(String, String)>,
    odd: BTreeMap<String, String>,
}

/// The stemmer's own work on the site's words, turned round: which endings did it change into what?
fn forms(
    vocabulary: &[(&str, Vec<(u32, u8)>)],
    stems: &[String],
    stemmer: &Stemmer,
    known: &HashSet<&str>,
) -> Option<Forms> {
    let Stemmer::Snowball(_) = stemmer else { return None };
    let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
    for ((word, _), stem) in vocabulary.iter().zip(stems) {
        let same = word.chars().zip(stem.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum::<usize>();
        *counts.entry((&word[same..], &stem[same..])).or_default() += 1;
    }
    let mut endings: Vec<((&str, &str), usize)> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
    endings.sort_unstable_by(|(a, m), (b, n)| (b.0.len(), n, a).cmp(&(a.0.len(), m, b)));
    let endings: Vec<(String, String)> =
        endings.into_iter().map(|((ending, instead), _)| (ending.to_owned(), instead.to_owned())).collect();
    let found = |word: &str| {
        endings.iter().find_map(|(ending, instead)| {
            let candidate = format!("{}{instead}", word.strip_suffix(ending.as_str())?);
            known.contains(candidate.as_str()).then_some(candidate)
        })
    };
    let odd = vocabulary.iter().zip(stems).filter(|((word, _), stem)| found(word).as_ref() != Some(*stem));
    let odd = odd.map(|((word, _), stem)| ((*word).to_owned(), stem.clone())).collect();
    Some(Forms { endings, odd })
}
