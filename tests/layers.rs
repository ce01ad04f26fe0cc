//! Data flows one way: a stage knows the stages before it and nothing of those after it.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// What each module may use. A module that is not listed here fails the test: its place has to be decided.
const MAY_USE: &[(&str, &[&str])] = &[
    ("diagnostics", &[]),
    ("fingerprint", &[]),
    // The help of both programs, in two languages.
    ("command_line", &["diagnostics"]),
    ("language", &["diagnostics"]),
    ("calendar", &["diagnostics", "language"]),
    // Text in, text out.
    ("minify", &[]),
    ("schema", &["diagnostics", "fingerprint", "language", "calendar"]),
    ("source", &["diagnostics", "language", "calendar", "schema"]),
    ("markdown", &["diagnostics", "language", "calendar", "schema", "source"]),
    // The look: content types and templates, and nothing of the pages.
    ("theme", &["diagnostics", "language", "calendar", "schema", "source"]),
    ("content", &["diagnostics", "fingerprint", "language", "calendar", "schema", "source", "markdown", "theme"]),
    ("site", &["diagnostics", "language", "calendar", "schema", "source", "markdown", "theme", "content"]),
    ("assets", &["diagnostics", "language", "source", "theme"]),
    (
        "render",
        &[
            "diagnostics",
            "fingerprint",
            "language",
            "calendar",
            "schema",
            "source",
            "markdown",
            "theme",
            "content",
            "site",
            "assets",
            "minify",
            "forms",
        ],
    ),
    // Words in, an index out.
    ("search", &["fingerprint", "language"]),
    // What is written, not how it came to be.
    (
        "output",
        &[
            "diagnostics",
            "fingerprint",
            "language",
            "calendar",
            "schema",
            "source",
            "theme",
            "content",
            "site",
            "assets",
        ],
    ),
    (
        "check",
        &[
            "diagnostics",
            "fingerprint",
            "language",
            "calendar",
            "schema",
            "source",
            "markdown",
            "content",
            "theme",
            "site",
            "forms",
        ],
    ),
    // The relay is built without the generator, and the forms are built with both.
    ("forms", &["diagnostics", "language", "calendar", "schema"]),
    ("relay", &["diagnostics", "command_line", "language", "calendar", "schema", "forms"]),
];

/// The only places that know the order of the stages.
const WIRING: &[&str] = &["commands", "preview", "bin", "main", "lib"];

const NO_NAME_AT_ALL: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "manager"];
const MOST_LINES: usize = 500;

struct Source {
    path: String,
    module: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let path = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            let module = path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
            Source { text: fs::read_to_string(&file).unwrap(), path, module }
        })
        .collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The stages that `text` names: by `crate::stage`, and by `use crate::{stage…, stage…}`.
fn stages_named(text: &str) -> Vec<(usize, String)> {
    let mut named = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let line_start = text[..at].rfind('\n').map_or(0, |n| n + 1);
        // `pub(crate)`, comments and `$crate::` of macros name nothing.
        if text[line_start..at].trim_start().starts_with("//") {
            continue;
        }
        let line = text[..at].matches('\n').count() + 1;
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => named.extend(top_level_names(group).into_iter().map(|name| (line, name))),
            None => named.push((line, leading_name(rest))),
        }
    }
    named.retain(|(_, name)| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
    named
}

fn leading_name(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first names of the parts of a `{…}` group, of which `group` is what follows its opening brace.
fn top_level_names(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut names) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(leading_name(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(leading_name(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    names
}

#[test]
fn no_stage_reaches_forward() {
    let mut wrong = String::new();
    for source in sources() {
        if WIRING.contains(&source.module.as_str()) {
            continue;
        }
        let Some((_, allowed)) = MAY_USE.iter().find(|(module, _)| *module == source.module) else {
            writeln!(wrong, "src/{}: the module `{}` has no place among the stages", source.path, source.module)
                .unwrap();
            continue;
        };
        for (line, stage) in stages_named(&source.text) {
            if stage != source.module && !allowed.contains(&stage.as_str()) {
                writeln!(wrong, "src/{}:{line}: `{}` must not know `{stage}`", source.path, source.module).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn no_module_is_a_drawer_of_odds_and_ends() {
    let bad: Vec<_> = sources()
        .into_iter()
        .map(|source| source.path)
        .filter(|path| path.trim_end_matches(".rs").split('/').any(|part| NO_NAME_AT_ALL.contains(&part)))
        .collect();
    assert!(bad.is_empty(), "name these after what they do: {bad:?}");
}

#[test]
fn no_file_outgrows_its_idea() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|source| (source.text.lines().count(), source.path))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .collect();
    assert!(long.is_empty(), "split these along the seam (over {MOST_LINES} lines): {long:?}");
}

#[test]
fn groups_of_names_are_read() {
    let text = "use crate::{\n    content::{Entry, Fields},\n    site::Model,\n};\nfn f() { crate::render::page() }\n// crate::output\n";
    let stages: Vec<_> = stages_named(text).into_iter().map(|(_, stage)| stage).collect();
    assert_eq!(stages, ["content", "site", "render"]);
}
