//! Styles: one file of many, for the browsers that people use.
//!
//! With the feature `css` lightningcss reads every rule, compiles it for [the oldest browsers that are
//! served](lightning) and minifies it. Without, the imported files are put together as they are.

#[cfg(feature = "css")]
mod lightning;
#[cfg(not(feature = "css"))]
mod plain;

#[cfg(feature = "css")]
use lightning as compiler;
#[cfg(not(feature = "css"))]
use plain as compiler;

use crate::diagnostics::{Diagnostic, Location};

/// Gives the text of a file by its path from the theme's root.
pub type Read<'a, 't> = &'a (dyn Fn(&str) -> Option<&'t str> + Sync);
/// Gives the public address of a file by its path from the theme's root.
pub type Address<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The style sheet `entry` with everything it imports, minified.
///
/// `read` gives the text of a style sheet, and `address` the public address of a file that a `url(…)`
/// names, both by the path from the theme's root.
///
/// # Errors
/// `assets.css-missing` for an import, `assets.css-file` for a `url(…)` that leads nowhere,
/// `assets.css-remote` for what would be loaded from another server, `assets.css-data`, and
/// `assets.css-token`, `-selector`, `-end`, `-syntax` for what is not CSS:
/// each with its place, as many as there are.
pub fn bundle(entry: &str, read: Read<'_, '_>, address: Address<'_>) -> Result<String, Vec<Diagnostic>> {
    compiler::bundle(entry, read, address)
}

/// What a `url(…)` or an import names.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    /// A part of the document, or an address on the site itself: stays as it is.
    Stays,
    /// Another server.
    Remote,
    /// The content itself (RFC 2397), which the site's own security policy refuses.
    Data,
    /// A file by its path from the theme's root, and what follows the path (`?…`, `#…`).
    File(String, String),
}

/// What `url`, written in the file `from`, names.
fn target(from: &str, url: &str) -> Target {
    let lower = url.trim().to_ascii_lowercase();
    if url.is_empty() || lower.starts_with('#') {
        return Target::Stays;
    }
    if lower.starts_with("data:") {
        return Target::Data;
    }
    let scheme = lower.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':'));
    if lower.starts_with("//") || scheme {
        return Target::Remote;
    }
    if lower.starts_with('/') {
        return Target::Stays;
    }
    let (path, rest) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
    let mut parts: Vec<&str> = from.rsplit_once('/').map_or_else(Vec::new, |(folder, _)| folder.split('/').collect());
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Target::File(parts.join("/"), rest.to_owned())
}

/// The address that takes the place of `url`, written in the file `from` at `place`.
fn new_address(
    from: &str,
    url: &str,
    address: Address<'_>,
    place: impl FnOnce() -> Location,
) -> Result<String, Diagnostic> {
    match target(from, url) {
        Target::Stays => Ok(url.to_owned()),
        Target::Remote => Err(Diagnostic::new("assets.css-remote").arg("url", url).at(place())),
        Target::Data => Err(Diagnostic::new("assets.css-data").at(place())),
        Target::File(path, rest) => match address(&path) {
            Some(new) => Ok(new + &rest),
            None => Err(Diagnostic::new("assets.css-file").arg("url", url).at(place())),
        },
    }
}

/// `url` as a CSS string.
fn quoted(url: &str) -> String {
    format!("\"{}\"", url.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn built(files: &[(&'static str, &'static str)]) -> Result<String, Vec<Diagnostic>> {
        let files: BTreeMap<_, _> = files.iter().copied().collect();
        let address = |path: &str| (path == "icons/nool.svg").then(|| "/assets/nool.0123456789.svg".to_owned());
        bundle("styles/main.css", &|path| files.get(path).copied(), &address)
    }

    fn problems(files: &[(&'static str, &'static str)]) -> Vec<String> {
        let mut found = built(files).unwrap_err();
        crate::diagnostics::sort(&mut found);
        found
            .iter()
            .map(|d| format!("{} {}", d.code, d.location.as_ref().map(ToString::to_string).unwrap_or_default()))
            .collect()
    }

    fn squeezed(css: &str) -> String {
        css.split_whitespace().collect()
    }

    #[test]
    fn imports_become_one_file() {
        let css = built(&[
            (
                "styles/main.css",
                "@import \"tokens.css\" layer(tokens);\n@import './base/text.css';\na { color: red }\n",
            ),
            ("styles/tokens.css", ":root { --ruum: 4px }\n"),
            ("styles/print.css", "q { margin: 0 }\n"),
            ("styles/base/text.css", "/* tekst */\n@import '../print.css' print;\np { margin: 0 }\n"),
        ]);
        let css = squeezed(&css.unwrap());
        for part in ["@layertokens{:root{--ruum:4px", "@mediaprint{q{margin:0", "p{margin:0", "a{color:red"] {
            assert!(css.contains(part), "{part} in {css}");
        }
        assert!(!css.contains("@import"), "{css}");
    }

    #[test]
    fn addresses_are_those_of_the_built_files() {
        let css = built(&[
            ("styles/main.css", "@import \"parts/a.css\";"),
            (
                "styles/parts/a.css",
                "a{background:url(../../icons/nool.svg#x)}b{fill:url(#x)}u{background:url('/pildid/a.png')}",
            ),
        ])
        .unwrap();
        for part in ["/assets/nool.0123456789.svg#x", "#x", "/pildid/a.png"] {
            assert!(css.contains(part), "{part} in {css}");
        }
    }

    #[test]
    fn what_leads_nowhere_or_elsewhere_is_refused_at_its_place() {
        let files = [(
            "styles/main.css",
            "a { background: url(puudub.svg) }\nb {\n  background: url(https://cdn.example/x.png);\n}\n\
             i { background: url(\"data:image/svg+xml,%3Csvg/%3E\") }\n",
        )];
        assert_eq!(
            problems(&files),
            [
                "assets.css-file styles/main.css:1:17",
                "assets.css-remote styles/main.css:3:15",
                "assets.css-data styles/main.css:5:17"
            ]
        );
    }

    #[test]
    fn imports_that_lead_nowhere_or_elsewhere_are_refused() {
        assert_eq!(problems(&[]), ["assets.css-missing "]);
        let missing = problems(&[("styles/main.css", "\n@import 'puudub.css';")]);
        assert_eq!(missing, ["assets.css-missing styles/main.css:2:1"]);
        let remote = problems(&[("styles/main.css", "@import url(https://fonts.example/css);")]);
        assert_eq!(remote, ["assets.css-remote styles/main.css:1:1"]);
    }

    #[test]
    fn paths_are_read_from_the_file_that_names_them() {
        let file = |path: &str, rest: &str| Target::File(path.into(), rest.into());
        assert_eq!(target("styles/main.css", "../icons/a.svg#b"), file("icons/a.svg", "#b"));
        assert_eq!(target("styles/a/b.css", "./c.css?d"), file("styles/a/c.css", "?d"));
        assert_eq!(target("main.css", "../../x.css"), file("x.css", ""));
        assert_eq!(target("main.css", "//cdn.example/x"), Target::Remote);
        assert_eq!(target("main.css", "HTTPS://cdn.example/x"), Target::Remote);
        assert_eq!(target("main.css", "DATA:,x"), Target::Data);
    }
}
