//! The description by which browsers offer a site's own search (`OpenSearch` 1.1).

use super::xml::Xml;

/// The description of a site whose search page is at `search_url` and reads OVP's `filters[keyword]`.
#[must_use]
pub fn opensearch(name: &str, search_url: &str) -> String {
    // The name may have 16 characters (`OpenSearch` 1.1, `ShortName`).
    let short: String = name.chars().take(16).collect();
    let template = format!("{search_url}?filters%5Bkeyword%5D={{searchTerms}}");
    let mut xml = Xml::new();
    xml.element("OpenSearchDescription", &[("xmlns", "http://a9.com/-/spec/opensearch/1.1/")], |xml| {
        xml.text("ShortName", &[], &short);
        xml.text("Description", &[], name);
        xml.text("InputEncoding", &[], "UTF-8");
        xml.empty("Url", &[("type", "text/html"), ("template", &template)]);
    });
    xml.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_where_to_search() {
        let text = opensearch("Kadaka vald", "https://kadaka.example/otsing");
        assert!(
            text.contains("template=\"https://kadaka.example/otsing?filters%5Bkeyword%5D={searchTerms}\""),
            "{text}"
        );
        assert!(text.contains("<ShortName>Kadaka vald</ShortName>"));
    }
}
