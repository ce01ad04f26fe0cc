//! Every code that the program can give is in the list of rules, and every rule can happen.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use raekoda::diagnostics::rules;

/// All Rust files below `folder`, as one text.
fn rust(folder: &Path) -> String {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .filter_map(|path| match path.extension().and_then(|e| e.to_str()) {
            Some("rs") => Some(fs::read_to_string(&path).unwrap()),
            None if path.is_dir() => Some(rust(&path)),
            _ => None,
        })
        .collect()
}

/// The string literals of `text` that look like codes of the areas that there are: `area.name-of-rule`.
fn codes(text: &str, areas: &BTreeSet<&str>) -> BTreeSet<String> {
    text.split('"')
        .filter(|literal| {
            literal.split_once('.').is_some_and(|(area, name)| {
                areas.contains(area)
                    && !name.is_empty()
                    && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            })
        })
        .map(ToOwned::to_owned)
        .collect()
}

fn areas() -> BTreeSet<&'static str> {
    rules().keys().filter_map(|code| Some(code.split_once('.')?.0)).collect()
}

#[test]
fn every_code_used_is_in_the_catalog() {
    let text = rust(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let unknown: Vec<_> = text
        .split("Diagnostic::new(")
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .filter(|code| !rules().contains_key(*code))
        .collect();
    assert!(unknown.is_empty(), "not in src/diagnostics/catalog: {unknown:?}");
}

#[test]
fn every_rule_in_the_catalog_is_used() {
    let used = codes(&rust(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")), &areas());
    let unused: Vec<_> = rules().keys().filter(|code| !used.contains(*code)).collect();
    assert!(unused.is_empty(), "nothing gives these rules: {unused:?}");
}
