//! Where links lead: addresses that moved, and pages that nobody leads to or that lead nowhere.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use super::{
    subject::Subject,
    tree::{Id, Tree},
};
use crate::{
    diagnostics::{Diagnostic, Location},
    fingerprint::fingerprint,
    site::{PageKind, Site},
};

/// What one page says of others, kept until all pages are seen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Seen {
    /// The page's address.
    pub url: String,
    /// [`mark`]s of the addresses on this site to which it leads, without anchors, in order.
    inside: Vec<u64>,
    /// The other sites' addresses that its own part names.
    pub outside: BTreeSet<String>,
    /// Whether its own part has a link at all.
    pub leads_on: bool,
}

impl Seen {
    /// Whether it leads to this address.
    pub(super) fn leads_to(&self, url: &str) -> bool {
        self.inside.binary_search(&mark(url)).is_ok()
    }
}

/// What is kept of an address: a site has millions of links, nearly all of them those of its menus.
fn mark(url: &str) -> u64 {
    u64::try_from(fingerprint(url.as_bytes()) >> 64).unwrap_or_default()
}

/// Where an element leads.
fn href<'t>(tree: &'t Tree<'_>, id: Id) -> Option<&'t str> {
    tree.attribute(id, "href").or_else(|| tree.attribute(id, "action"))
}

/// The path on this site to which an address leads, without an anchor.
fn path<'h>(href: &'h str, base: &str) -> Option<&'h str> {
    let path = href.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with(['/', '#']));
    let path =
        path.map(|rest| if rest.is_empty() { "/" } else { rest }).or_else(|| href.starts_with('/').then_some(href));
    let plain = path.filter(|path| !path.starts_with("//"))?.split(['#', '?']).next().unwrap_or_default();
    Some(if plain.len() > 1 { plain.trim_end_matches('/') } else { "/" })
}

/// The [`mark`]s of the addresses on this site to which what is inside an element leads.
pub(super) fn inside(subject: &Subject<'_>, root: Id) -> Vec<u64> {
    let (tree, base) = (subject.tree, subject.site.settings.base_url.as_str());
    let links = tree.named(root, ["a", "area", "form"]);
    links.filter_map(|id| Some(mark(path(href(tree, id)?, base)?))).collect()
}

/// Notes where a page leads, and reports what can be said of it alone.
pub(super) fn check(subject: &mut Subject<'_>, moved: &BTreeMap<&str, &str>) -> Seen {
    let tree = subject.tree;
    let base = subject.site.settings.base_url.as_str();
    let mut seen = Seen { url: subject.page.url.to_string(), ..Seen::default() };
    for id in tree.named(0, ["a", "area", "form"]) {
        let Some(href) = href(tree, id) else { continue };
        let own = tree.is_inside(id, subject.main);
        seen.leads_on |= own && !href.starts_with('#');
        if let Some(plain) = path(href, base) {
            seen.inside.push(mark(plain));
            if own {
                own_link(subject, moved, href, plain);
            }
        } else if own && href.starts_with("http") {
            seen.outside.insert(href.to_owned());
            if let Some(rest) = href.strip_prefix("http://").filter(|_| subject.says(href)) {
                report(subject, "links.insecure", href, &format!("https://{rest}"));
            }
        }
    }
    for part in tree.repeated().iter().filter_map(|repeated| repeated.part.as_ref()) {
        seen.inside.extend_from_slice(&part.inside);
    }
    seen.inside.sort_unstable();
    seen.inside.dedup();
    seen
}

/// A link to this site: by its path, and to where the page is now.
fn own_link(subject: &mut Subject<'_>, moved: &BTreeMap<&str, &str>, href: &str, plain: &str) {
    let base = subject.site.settings.base_url.as_str();
    if let Some(path) = href.strip_prefix(base).filter(|_| subject.says(href)) {
        let path = if path.is_empty() { "/" } else { path };
        report(subject, "links.own-address", href, path);
    }
    if let Some(to) = moved.get(plain).filter(|_| subject.says(plain)) {
        report(subject, "links.moved", plain, to);
    }
}

/// Reports a link of the text; where Markdown has it as `](…)`, it can be mended.
fn report(subject: &mut Subject<'_>, code: &str, from: &str, to: &str) {
    let written = format!("]({from}");
    let finding = Diagnostic::new(code).arg("link", from).arg("to", to);
    let at = subject.source().find(&written).map(|at| at + 2);
    let ends = at.is_some_and(|at| subject.source()[at + from.len()..].starts_with([')', '#', ' ', '?']));
    let finding = match at.filter(|_| ends) {
        Some(at) => finding.fix(at..at + from.len(), to),
        None => finding,
    };
    subject.report(finding, if ends { &written } else { from });
}

/// Pages to which no other page leads, and pages that lead nowhere.
pub(super) fn across(site: &Site, seen: &[Seen], out: &mut Vec<Diagnostic>) {
    let mut reached: HashSet<u64> = HashSet::new();
    for page in seen {
        let own = mark(&page.url);
        reached.extend(page.inside.iter().filter(|link| **link != own));
    }
    for page in seen {
        let Some(known) = site.page_at(&page.url) else { continue };
        let PageKind::Entry(ix, 1) = known.kind else { continue };
        let entry = &site.entries[ix];
        let place = || Location::file(entry.path().clone());
        // What has had its time keeps its address, and leaves the listings.
        let front = entry.id.is_empty() || site.archived[ix];
        let lonely = !reached.contains(&mark(&page.url));
        if !front && lonely && entry.fields.get("search").and_then(|value| value.as_bool()) != Some(false) {
            out.push(Diagnostic::new("links.orphan").arg("page", &page.url).at(place()));
        }
        // News may end where they end; who came for a service needs the next step.
        let goes_on = ["page", "service", "life-event", "institution"].contains(&&*site.kind(ix).name);
        if !front && goes_on && !entry.section && !page.leads_on {
            out.push(Diagnostic::new("links.dead-end").arg("page", &page.url).at(place()));
        }
    }
}
