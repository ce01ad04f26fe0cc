//! Every crate has its reason in docs/dependencies.md, and every reason its crate.

use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn every_crate_has_a_reason_and_every_reason_a_crate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest: toml::Table = fs::read_to_string(root.join("Cargo.toml")).unwrap().parse().unwrap();
    let used: BTreeSet<&str> = ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table())
        .flat_map(|crates| crates.keys().map(String::as_str))
        .collect();

    let page = fs::read_to_string(root.join("docs/dependencies.md")).unwrap();
    let named: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|row| row.split(" | ").next())
        // A row names one crate or several: "`a`, `b`", or "`a` (`feature`)".
        .flat_map(|cell| cell.split(" (").next().unwrap_or_default().split("`, `"))
        .map(|name| name.trim_end_matches('`'))
        .collect();

    let without_reason: Vec<_> = used.difference(&named).collect();
    let without_crate: Vec<_> = named.difference(&used).collect();
    assert!(without_reason.is_empty(), "add to docs/dependencies.md: {without_reason:?}");
    assert!(without_crate.is_empty(), "no longer in Cargo.toml: {without_crate:?}");
}
