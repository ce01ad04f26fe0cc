//! Sitemaps (sitemaps.org), with the languages of each page (Google's `xhtml:link`).

use jiff::civil::Date;

use super::xml::Xml;

/// The most addresses that one sitemap may hold.
const MOST_PAGES: usize = 50_000;
/// The most bytes that one sitemap may have.
const MOST_BYTES: usize = 50 * 1024 * 1024;

/// A page that search engines should know.
#[derive(Clone, Debug)]
pub struct SitemapPage {
    /// The full address.
    pub url: String,
    /// When the page was last changed.
    pub changed: Option<Date>,
    /// The same page in every language that it has, its own too: the language's tag and the full
    /// address. Empty when there is only one.
    pub alternates: Vec<(String, String)>,
}

/// The site's sitemaps, each with its path: `sitemap.xml`, or when one is not enough, `sitemap.xml`
/// naming `sitemap-1.xml` and so on. `base_url` is the site's address without a slash at its end.
#[must_use]
pub fn sitemaps(base_url: &str, pages: &[SitemapPage]) -> Vec<(String, String)> {
    let parts = split(pages, MOST_PAGES, MOST_BYTES);
    if let [pages] = parts[..] {
        return vec![("sitemap.xml".to_owned(), sitemap(pages))];
    }
    let name = |number: usize| format!("sitemap-{number}.xml");
    let mut index = Xml::new();
    index.element("sitemapindex", &[("xmlns", SITEMAP)], |xml| {
        for (number, part) in (1..).zip(&parts) {
            xml.element("sitemap", &[], |xml| {
                xml.text("loc", &[], &format!("{base_url}/{}", name(number)));
                if let Some(changed) = part.iter().filter_map(|page| page.changed).max() {
                    xml.text("lastmod", &[], &changed.to_string());
                }
            });
        }
    });
    let first = ("sitemap.xml".to_owned(), index.finish());
    std::iter::once(first).chain((1..).zip(parts).map(|(number, part)| (name(number), sitemap(part)))).collect()
}

const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const XHTML: &str = "http://www.w3.org/1999/xhtml";

fn sitemap(pages: &[SitemapPage]) -> String {
    let mut xml = Xml::new();
    xml.element("urlset", &[("xmlns", SITEMAP), ("xmlns:xhtml", XHTML)], |xml| {
        for page in pages {
            xml.element("url", &[], |xml| {
                xml.text("loc", &[], &page.url);
                if let Some(changed) = page.changed {
                    xml.text("lastmod", &[], &changed.to_string());
                }
                for (language, url) in &page.alternates {
                    xml.empty("xhtml:link", &[("rel", "alternate"), ("hreflang", language), ("href", url)]);
                }
            });
        }
    });
    xml.finish()
}

/// Cuts the list where a sitemap would become too long. There is always at least one part.
fn split(pages: &[SitemapPage], most_pages: usize, most_bytes: usize) -> Vec<&[SitemapPage]> {
    let (mut parts, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (at, page) in pages.iter().enumerate() {
        let size = size_at_most(page);
        if at - start == most_pages || (at > start && bytes + size > most_bytes) {
            parts.push(&pages[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += size;
    }
    parts.push(&pages[start..]);
    parts
}

/// Escaping makes an address at most six times as long; the tags are counted generously.
fn size_at_most(page: &SitemapPage) -> usize {
    let alternates: usize = page.alternates.iter().map(|(tag, url)| 80 + tag.len() + 6 * url.len()).sum();
    160 + 6 * page.url.len() + alternates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str) -> SitemapPage {
        SitemapPage {
            url: format!("https://kadaka.example{path}"),
            changed: Some(jiff::civil::date(2026, 11, 20)),
            alternates: vec![],
        }
    }

    #[test]
    fn a_page_with_its_languages() {
        let mut news = page("/uudised?a&b");
        news.alternates = vec![
            ("et".into(), "https://kadaka.example/uudised".into()),
            ("en".into(), "https://kadaka.example/en/news".into()),
        ];
        let mut undated = page("/kontakt");
        undated.changed = None;
        let maps = sitemaps("https://kadaka.example", &[news, undated]);
        assert_eq!(maps.len(), 1);
        insta::assert_snapshot!(maps[0].1, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
         <url>
          <loc>https://kadaka.example/uudised?a&amp;b</loc>
          <lastmod>2026-11-20</lastmod>
          <xhtml:link rel="alternate" hreflang="et" href="https://kadaka.example/uudised"/>
          <xhtml:link rel="alternate" hreflang="en" href="https://kadaka.example/en/news"/>
         </url>
         <url>
          <loc>https://kadaka.example/kontakt</loc>
         </url>
        </urlset>
        "#);
    }

    #[test]
    fn a_large_site_has_an_index() {
        let pages: Vec<_> = (0..=MOST_PAGES).map(|n| page(&format!("/{n}"))).collect();
        let maps = sitemaps("https://kadaka.example", &pages);
        let paths: Vec<_> = maps.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml"]);
        assert!(maps[0].1.contains("<loc>https://kadaka.example/sitemap-2.xml</loc>"));
        assert_eq!(maps[1].1.matches("<loc>").count(), MOST_PAGES);
        assert_eq!(maps[2].1.matches("<loc>").count(), 1);
    }

    #[test]
    fn a_sitemap_is_cut_by_its_size_as_well() {
        let pages: Vec<_> = (0..10).map(|n| page(&format!("/{n}"))).collect();
        let parts = split(&pages, 50, 1000);
        assert!(parts.len() > 1);
        assert_eq!(parts.concat().len(), 10);
        assert_eq!(split(&[], 50, 1000).len(), 1);
    }
}
