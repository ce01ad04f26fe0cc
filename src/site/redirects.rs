//! Old addresses: `redirects.toml` and the pages' own aliases, checked against the site and each other.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    diagnostics::{Diagnostic, Location},
    schema::{Table, TomlText},
};

/// One old address and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The old path, from the root; it may carry a query.
    pub from: String,
    /// The new path or address.
    pub to: String,
    /// 301, 302, 307, 308, or 410 for what is gone.
    pub status: u16,
    /// Where it was written.
    pub place: Location,
}

/// Reads `redirects.toml`.
pub(super) fn read(file: &TomlText<'_>, out: &mut Vec<Diagnostic>) -> Vec<Redirect> {
    let parsed = file.parse(out);
    let found = RefCell::new(std::mem::take(out));
    let table = Table::new(file, &parsed, &found);
    let redirects = table.list("redirect").into_iter().map(one).collect();
    table.finish();
    *out = found.into_inner();
    redirects
}

fn one(table: Table<'_, '_>) -> Redirect {
    let from = table.required_text("from");
    let status = table.count("status").unwrap_or(301);
    let gone = status == 410;
    let to = if gone { table.text("to").unwrap_or_default() } else { table.required_text("to") };
    let place = table.here();
    if ![301, 302, 307, 308, 410].contains(&status) {
        let problem = Diagnostic::new("site.choice").arg("key", "status").arg("value", status);
        table.report(problem.arg("choices", "301, 302, 307, 308, 410").at(place.clone()));
    }
    table.finish();
    Redirect { from, to, status: u16::try_from(status).unwrap_or(301), place }
}

/// Puts the redirects in order and reports those that cannot be: from a page that exists, to a page
/// that does not, twice from one address, or round in a circle. `exists` knows the site's paths.
pub(super) fn check(
    redirects: Vec<Redirect>,
    exists: &dyn Fn(&str) -> bool,
    out: &mut Vec<Diagnostic>,
) -> Vec<Redirect> {
    let mut kept: BTreeMap<String, Redirect> = BTreeMap::new();
    for mut redirect in redirects {
        let report = |code: &str| {
            Diagnostic::new(code).arg("from", &redirect.from).arg("to", &redirect.to).at(redirect.place.clone())
        };
        if !redirect.from.starts_with('/') || redirect.from.starts_with("//") {
            out.push(report("site.redirect-from"));
            continue;
        }
        // Hosts that read `_redirects` would take these for placeholders.
        if redirect.from.contains('*') || redirect.from.contains("/:") {
            out.push(report("site.redirect-pattern"));
            continue;
        }
        if exists(&redirect.from) {
            out.push(report("site.redirect-shadows"));
            continue;
        }
        if let Some(other) = kept.get(&redirect.from) {
            out.push(report("site.redirect-twice").related(other.place.clone()));
            continue;
        }
        redirect.from = trim_slash(&redirect.from).to_owned();
        kept.insert(redirect.from.clone(), redirect);
    }
    for redirect in kept.values() {
        report_end(redirect, &kept, exists, out);
    }
    kept.into_values().collect()
}

/// Follows one redirect to its end.
fn report_end(
    redirect: &Redirect,
    all: &BTreeMap<String, Redirect>,
    exists: &dyn Fn(&str) -> bool,
    out: &mut Vec<Diagnostic>,
) {
    let mut seen = BTreeSet::from([redirect.from.as_str()]);
    let mut to = target_path(&redirect.to);
    while let Some(next) = all.get(to) {
        if !seen.insert(to) {
            // Each circle is reported once, at its first address.
            if seen.iter().min() == Some(&redirect.from.as_str()) {
                let chain = seen.iter().copied().collect::<Vec<_>>().join(" → ");
                out.push(Diagnostic::new("site.redirect-loop").arg("chain", chain).at(redirect.place.clone()));
            }
            return;
        }
        to = target_path(&next.to);
    }
    if redirect.status != 410 && to.starts_with('/') && !to.starts_with("//") && !exists(to) {
        let problem = Diagnostic::new("site.redirect-nowhere").arg("from", &redirect.from).arg("to", to);
        out.push(problem.at(redirect.place.clone()));
    }
}

fn target_path(to: &str) -> &str {
    if to.starts_with('/') { trim_slash(to.split(['?', '#']).next().unwrap_or(to)) } else { to }
}

fn trim_slash(path: &str) -> &str {
    if path.len() > 1 { path.trim_end_matches('/') } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (Vec<String>, Vec<String>) {
        let mut out = Vec::new();
        let redirects = read(&TomlText::whole("redirects.toml", text), &mut out);
        let kept = check(redirects, &|path| ["/", "/uudised"].contains(&path), &mut out);
        (kept.into_iter().map(|r| r.from).collect(), out.into_iter().map(|d| d.code).collect())
    }

    #[test]
    fn a_redirect_leads_to_a_page() {
        let (kept, problems) = found("[[redirect]]\nfrom = \"/et/avaleht/\"\nto = \"/\"\n");
        assert_eq!((kept, problems), (vec!["/et/avaleht".to_owned()], vec![]));
    }

    #[test]
    fn a_redirect_to_itself_and_one_that_matches_everything_are_refused() {
        let (kept, problems) = found("redirect = [{ from = \"/a\", to = \"/a/\" }, { from = \"/*\", to = \"/\" }]");
        assert_eq!(
            (kept, problems),
            (vec!["/a".to_owned()], vec!["site.redirect-pattern".into(), "site.redirect-loop".into()])
        );
        assert_eq!(found("redirect = [{ from = \"/vana/:aasta\", to = \"/\" }]").1, ["site.redirect-pattern"]);
    }

    #[test]
    fn circles_shadows_and_dead_ends_are_found() {
        let text = r#"
            redirect = [
                { from = "/a", to = "/b" }, { from = "/b", to = "/c" }, { from = "/c", to = "/a" },
                { from = "/uudised", to = "/" }, { from = "/d", to = "/puudub" }, { from = "/d", to = "/" },
                { from = "ilma-kaldkriipsuta", to = "/" },
            ]"#;
        let (_, problems) = found(text);
        assert_eq!(
            problems,
            [
                "site.redirect-shadows",
                "site.redirect-twice",
                "site.redirect-from",
                "site.redirect-loop",
                "site.redirect-nowhere"
            ]
        );
    }
}
