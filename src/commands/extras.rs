//! What is written besides pages: feeds, calendars, open data, sitemaps, robots, redirects, what hosts read.

use std::collections::{BTreeSet, HashMap};

use jiff::{Zoned, civil::Date};

use crate::{
    check::sheet,
    diagnostics::{Diagnostic, Location},
    language::Lang,
    output::{self, Feed, FeedItem, SitemapPage, Staging},
    render::Renderer,
    schema::Value,
    site::{Ix, Page, PageKind, Site, join},
};

/// How many items a feed has; OVP's has so many.
const FEED_ITEMS: usize = 100;

/// Writes a file, and its smaller copies where the site wants them.
pub(super) fn put(staging: &Staging, site: &Site, path: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
    staging.write(path, bytes)?;
    if site.settings.compress {
        for (path, bytes) in output::smaller_copies(path, bytes) {
            staging.write(&path, &bytes)?;
        }
    }
    Ok(())
}

/// Reports pages that the last build had and this one has not, where nothing leads on from their
/// addresses. Listings get shorter and terms fall out of use by themselves: only entries' pages count.
pub(super) fn report_vanished(staging: &Staging, site: &Site, out: &mut Vec<Diagnostic>) {
    let vanished = staging.vanished();
    if vanished.is_empty() {
        return;
    }
    // A page that moved most often keeps the last part of its address.
    let mut alike: HashMap<&str, Vec<&str>> = HashMap::new();
    for page in site.pages.iter() {
        alike.entry(last_part(&page.url)).or_default().push(&page.url);
    }
    let languages = &site.settings.languages;
    let words: Vec<&str> = languages.iter().filter_map(|&lang| site.settings.words.page.get(lang)).collect();
    let taxonomies: Vec<String> = languages
        .iter()
        .flat_map(|&lang| site.taxonomies.names().filter_map(move |name| site.taxonomy_url(name, lang)))
        .collect();
    for path in vanished {
        let url = format!("/{}", path.trim_end_matches("/index.html"));
        let parts: Vec<&str> = url.split('/').collect();
        let numbered = parts.iter().any(|part| words.contains(part) || part.parse::<u16>().is_ok());
        let term = taxonomies.iter().any(|taxonomy| url.starts_with(taxonomy.as_str()));
        let hidden = site.left_out.expired.iter().any(|path| path.contains(parts.last().copied().unwrap_or("?")));
        if !numbered && !term && !hidden {
            let problem = Diagnostic::new("output.vanished").arg("url", &url);
            out.push(match alike.get(last_part(&url)).map(Vec::as_slice) {
                Some([moved]) => problem.suggest(moved, [*moved]),
                Some(several) => problem.suggest(&url, several.iter().copied()),
                None => problem.suggest(&url, site.pages.iter().map(|page| &*page.url)),
            });
        }
    }
}

fn last_part(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}

/// What hosts read: headers and old addresses. `frames` are the sites that pages show in frames.
pub(super) fn for_hosts(site: &Site, frames: &BTreeSet<String>, out: &mut Vec<Diagnostic>) -> Vec<(String, Vec<u8>)> {
    let hosting = output::Hosting::of(site, frames);
    let (rules, left_out) = output::htaccess(&hosting);
    if left_out > 0 {
        out.push(Diagnostic::new("output.htaccess").arg("count", left_out));
    }
    let files = [("_headers", output::headers(&hosting)), (".htaccess", rules)];
    files.map(|(path, text)| (path.to_owned(), text.into_bytes())).into()
}

/// Every other file: its path and its bytes.
pub(super) fn all(renderer: &Renderer, out: &mut Vec<Diagnostic>) -> Vec<(String, Vec<u8>)> {
    let site = &renderer.world().site;
    let mut files = Vec::new();
    let mut add = |path: &str, text: String| files.push((path.trim_start_matches('/').to_owned(), text.into_bytes()));
    for &lang in &site.settings.languages {
        if site.front_page(lang).is_some() {
            let path = format!("{}/rss-feeds/rss.xml", site.settings.prefix(lang));
            add(&path, output::rss(&news(site, lang, &path)));
            let path = format!("{}/rss-feeds/feed.json", site.settings.prefix(lang));
            add(&path, output::json_feed(&news(site, lang, &path)));
        }
    }
    for (ix, entry) in site.entries.iter().enumerate().filter(|(_, entry)| entry.section) {
        if site.children(ix).first().is_some_and(|&child| site.kind(child).feed) {
            let path = join(&site.urls[ix], "atom.xml");
            add(
                &path,
                output::atom(&feed(site, entry.lang, entry.title(), &site.urls[ix], &path, &site.listing(ix).items)),
            );
        }
    }
    for taxonomy in site.taxonomies.names() {
        for &lang in &site.settings.languages {
            for term in site.taxonomies.terms(taxonomy, lang) {
                let Some(url) = site.term_url(taxonomy, lang, &term.slug) else { continue };
                let path = join(&url, "atom.xml");
                let items: Vec<Ix> = term.entries.iter().copied().filter(|&ix| site.kind(ix).feed).collect();
                if !items.is_empty() {
                    add(&path, output::atom(&feed(site, lang, &term.label, &url, &path, &items)));
                }
            }
        }
    }
    for (path, text) in super::calendars::all(site, out).into_iter().chain(output::open_data(site)) {
        add(&path, text);
    }
    add("teade.json", super::calendars::alerts(site));
    add("heartbeat.json", heartbeat(site));
    if let Some(text) = security_txt(site) {
        add(".well-known/security.txt", text);
    }
    for (path, text) in output::sitemaps(&site.settings.base_url, &sitemap(site)) {
        add(&path, text);
    }
    add("robots.txt", output::robots(&site.settings.base_url, !renderer.world().preview, &[]));
    add("opensearch.xml", opensearch(renderer));
    redirects(site, &mut add);
    control_sheet(renderer, &mut add);
    missing_data(renderer, &files, out);
    files
}

/// Reports datasets whose file is not there: neither published as it is, nor a page, nor made by the build.
fn missing_data(renderer: &Renderer, made: &[(String, Vec<u8>)], out: &mut Vec<Diagnostic>) {
    let world = renderer.world();
    let site = &world.site;
    let Some(kind) = site.types.find("dataset") else { return };
    for &ix in site.settings.languages.iter().flat_map(|&lang| site.of_type(kind, lang)) {
        let entry = &site.entries[ix];
        let items = entry.fields.get("distributions").map_or(&[][..], Value::as_list);
        for url in items.iter().filter_map(Value::as_group).filter_map(|item| item.text("url")) {
            let path = url.split(['?', '#']).next().unwrap_or(url);
            let own = path.starts_with('/') && !path.starts_with("//");
            let is_made = || made.iter().any(|(made, _)| *made == path[1..]);
            if own && !world.files.contains(&path[1..]) && site.page_at(path).is_none() && !is_made() {
                let place = Location::file(entry.path().clone());
                out.push(Diagnostic::new("output.dataset-file").arg("url", url).at(place));
            }
        }
    }
}

/// What the law asks to be published, and where it is: for a public authority's site.
fn control_sheet(renderer: &Renderer, add: &mut impl FnMut(&str, String)) {
    let site = &renderer.world().site;
    if sheet::is_authority(site) {
        let lines = sheet::sheet(site);
        let style = renderer.world().assets.get("styles/main.css").map(|asset| asset.url.as_str());
        add("kov-kontroll.html", sheet::html(site, &lines, style));
        add("kov-kontroll.json", format!("{:#}\n", sheet::json(site, &lines)));
    }
}

/// That the site is there, and how fresh it is: the day, not the moment, so that equal sites are equal.
fn heartbeat(site: &Site) -> String {
    serde_json::json!({
        "name": site.settings.name,
        "generator": concat!("raekoda ", env!("CARGO_PKG_VERSION")),
        "built": site.moment.at.date().to_string(),
        "pages": site.pages.len(),
    })
    .to_string()
}

/// Whom to tell of a weakness (RFC 9116). It runs out a year after the first of the month, so that it
/// changes only once a month.
fn security_txt(site: &Site) -> Option<String> {
    let contact = site.settings.contact.get("security").or_else(|| site.settings.contact.get("email"))?;
    let contact = if contact.contains("://") { contact.clone() } else { format!("mailto:{contact}") };
    let day = site.moment.at.date();
    let languages: Vec<String> = site.settings.languages.iter().map(ToString::to_string).collect();
    Some(format!(
        "Contact: {contact}\nExpires: {:04}-{:02}-01T00:00:00Z\nPreferred-Languages: {}\nCanonical: {}\n",
        day.year() + 1,
        day.month(),
        languages.join(", "),
        site.settings.absolute("/.well-known/security.txt"),
    ))
}

/// The newest of all that has a feed, in a language.
fn news(site: &Site, lang: Lang, path: &str) -> Feed {
    let mut items: Vec<Ix> = (0..site.types.len())
        .filter(|&kind| site.types.at(kind).feed)
        .flat_map(|kind| site.of_type(kind, lang).iter().copied())
        .filter(|&ix| !site.archived[ix])
        .collect();
    crate::site::Sort::parse("-published").apply(&mut items, &site.entries, lang);
    let front = site.front_page(lang).map_or("/", |ix| &*site.urls[ix]);
    feed(site, lang, &site.settings.name, front, path, &items)
}

fn feed(site: &Site, lang: Lang, title: &str, page: &str, path: &str, items: &[Ix]) -> Feed {
    let name = site.settings.title.exact(lang.as_str()).unwrap_or(&site.settings.name);
    Feed {
        title: if title == name { name.to_owned() } else { format!("{title} – {name}") },
        description: name.to_owned(),
        language: lang.as_str().to_owned(),
        page_url: site.settings.absolute(page),
        feed_url: site.settings.absolute(path),
        author: site.settings.name.clone(),
        items: items.iter().filter_map(|&ix| item(site, ix)).take(FEED_ITEMS).collect(),
    }
}

/// An entry without a date has no place in a feed.
fn item(site: &Site, ix: Ix) -> Option<FeedItem> {
    let entry = &site.entries[ix];
    let day = |field: &str| entry.fields.get(field).and_then(|value| value.as_date()).and_then(midnight);
    Some(FeedItem {
        title: entry.title().to_owned(),
        url: site.settings.absolute(&site.urls[ix]),
        published: day("published")?,
        updated: day("updated"),
        summary: Some(entry.summary.to_string()).filter(|summary| !summary.is_empty()),
        content: None,
        categories: entry
            .fields
            .get("keywords")
            .map(|v| v.texts().map(ToOwned::to_owned).collect())
            .unwrap_or_default(),
    })
}

fn midnight(day: Date) -> Option<Zoned> {
    day.in_tz("Europe/Tallinn").ok()
}

fn sitemap(site: &Site) -> Vec<SitemapPage> {
    site.pages.iter().filter(|page| listed(site, page)).map(|page| sitemap_page(site, page)).collect()
}

fn listed(site: &Site, page: &Page) -> bool {
    let hidden = page
        .entry()
        .is_some_and(|ix| site.entries[ix].fields.get("search").and_then(|value| value.as_bool()) == Some(false));
    !hidden && matches!(page.kind, PageKind::Entry(_, 1) | PageKind::Taxonomy(_) | PageKind::Term(_, _, 1))
}

fn sitemap_page(site: &Site, page: &Page) -> SitemapPage {
    let alternates: Vec<(String, String)> = site
        .translations(page)
        .into_iter()
        .filter(|other| other.available)
        .map(|other| (other.lang.as_str().to_owned(), site.settings.absolute(&other.url)))
        .collect();
    let changed = page.entry().and_then(|ix| {
        let fields = &site.entries[ix].fields;
        fields.get("updated").or_else(|| fields.get("published")).and_then(|value| value.as_date())
    });
    SitemapPage {
        url: site.settings.absolute(&page.url),
        changed,
        alternates: if alternates.len() > 1 { alternates } else { Vec::new() },
    }
}

/// The description by which browsers offer the site's own search (`OpenSearch` 1.1).
fn opensearch(renderer: &Renderer) -> String {
    let world = renderer.world();
    let site = &world.site;
    let page = world.settings.text("search").and_then(|id| site.find_any(id, site.settings.default_language()));
    let url = page.map_or("/otsing", |ix| &*site.urls[ix]);
    output::opensearch(&site.settings.name, &site.settings.absolute(url))
}

fn redirects(site: &Site, add: &mut impl FnMut(&str, String)) {
    let moved: Vec<output::Redirect> = site
        .redirects
        .iter()
        .filter(|redirect| redirect.status != 410)
        .map(|redirect| output::Redirect {
            from: redirect.from.clone(),
            to: redirect.to.clone(),
            permanent: matches!(redirect.status, 301 | 308),
        })
        .collect();
    for redirect in moved.iter().filter(|redirect| !redirect.from.contains('?')) {
        let lang = site.settings.default_language();
        let page = output::redirect_page(lang.as_str(), &site.settings.base_url, &redirect.to);
        let from = percent_encoding::percent_decode_str(redirect.from.trim_start_matches('/')).decode_utf8_lossy();
        let file = if from.rsplit('/').next().is_some_and(|name| name.contains('.')) {
            from.into_owned()
        } else {
            format!("{from}/index.html")
        };
        add(&file, page);
    }
    if !moved.is_empty() {
        add("_redirects", output::redirects_file(&moved));
    }
}
