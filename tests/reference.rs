//! The pages of the docs that the program writes say what the program says.

use std::{fs, path::Path, process::Command};

fn compare(page: &str, arguments: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO_BIN_EXE_raekoda")).args(arguments).current_dir(root).output().unwrap();
    let written = fs::read_to_string(root.join(page)).unwrap();
    let same = written == String::from_utf8_lossy(&output.stdout);
    assert!(same, "write it again: raekoda {} > {page}", arguments.join(" "));
}

#[test]
fn every_message_is_explained() {
    compare("docs/diagnostics.md", &["diagnostics"]);
}

#[test]
fn every_type_is_described() {
    compare("docs/types.md", &["--lang", "en", "types", "--markdown"]);
    compare("docs/types.et.md", &["--lang", "et", "types", "--markdown"]);
}

#[test]
fn the_contract_of_the_theme_is_written_down() {
    compare("docs/theme.md", &["--lang", "en", "theme", "contract"]);
}
