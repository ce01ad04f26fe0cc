//! Atom (RFC 4287).

use jiff::Zoned;

use super::{
    feed::{Feed, FeedItem},
    xml::Xml,
};

/// The feed as an Atom document.
#[must_use]
pub fn atom(feed: &Feed) -> String {
    let mut xml = Xml::new();
    let attributes = [("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", feed.language.as_str())];
    xml.element("feed", &attributes, |xml| {
        xml.text("title", &[], &feed.title);
        xml.text("subtitle", &[], &feed.description);
        xml.text("id", &[], &feed.feed_url);
        // The element is required, also where nothing was published yet.
        xml.text("updated", &[], &feed.changed().map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), date));
        xml.element("author", &[], |xml| xml.text("name", &[], &feed.author));
        xml.empty("link", &[("rel", "self"), ("type", "application/atom+xml"), ("href", &feed.feed_url)]);
        xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &feed.page_url)]);
        for item in &feed.items {
            xml.element("entry", &[], |xml| entry(xml, item));
        }
    });
    xml.finish()
}

fn entry(xml: &mut Xml, item: &FeedItem) {
    xml.text("title", &[], &item.title);
    xml.text("id", &[], &item.url);
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &item.url)]);
    xml.text("published", &[], &date(&item.published));
    xml.text("updated", &[], &date(item.changed()));
    for category in &item.categories {
        xml.empty("category", &[("term", category)]);
    }
    if let Some(summary) = &item.summary {
        xml.text("summary", &[], summary);
    }
    if let Some(content) = &item.content {
        xml.text("content", &[("type", "html")], content);
    }
}

/// By RFC 3339, with the local time's distance from UTC.
fn date(at: &Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::feed::examples;

    #[test]
    fn a_feed_with_its_items() {
        insta::assert_snapshot!(atom(&examples::feed()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="et">
         <title>Kadaka valla uudised</title>
         <subtitle>Mis vallas toimub</subtitle>
         <id>https://kadaka.example/rss-feeds/rss.xml</id>
         <updated>2026-11-21T10:00:00+02:00</updated>
         <author>
          <name>Kadaka vald</name>
         </author>
         <link rel="self" type="application/atom+xml" href="https://kadaka.example/rss-feeds/rss.xml"/>
         <link rel="alternate" type="text/html" href="https://kadaka.example/uudised"/>
         <entry>
          <title>Teed &lt; 3 m &amp; „talv“</title>
          <id>https://kadaka.example/uudised/talveteed?a=1&amp;b=2</id>
          <link rel="alternate" type="text/html" href="https://kadaka.example/uudised/talveteed?a=1&amp;b=2"/>
          <published>2026-11-20T09:30:00+02:00</published>
          <updated>2026-11-21T10:00:00+02:00</updated>
          <category term="teed"/>
          <summary>Lumi lükatakse ära.</summary>
          <content type="html">&lt;p&gt;Lumi lükatakse &lt;b&gt;ära&lt;/b&gt;.&lt;/p&gt;</content>
         </entry>
         <entry>
          <title>Ujula avati</title>
          <id>https://kadaka.example/uudised/ujula</id>
          <link rel="alternate" type="text/html" href="https://kadaka.example/uudised/ujula"/>
          <published>2026-07-01T00:00:00+03:00</published>
          <updated>2026-07-01T00:00:00+03:00</updated>
         </entry>
        </feed>
        "#);
    }

    #[test]
    fn a_feed_without_items_is_valid() {
        let empty = Feed { items: vec![], ..examples::feed() };
        assert!(atom(&empty).contains("<updated>1970-01-01T00:00:00Z</updated>"));
    }
}
