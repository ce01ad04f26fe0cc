//! RSS 2.0 (rssboard.org/rss-specification), with Atom's link to itself.

use jiff::{Zoned, fmt::rfc2822};

use super::{
    feed::{Feed, FeedItem},
    xml::Xml,
};

/// The feed as an RSS document.
#[must_use]
pub fn rss(feed: &Feed) -> String {
    let mut xml = Xml::new();
    let namespaces =
        [("version", "2.0"), ("xmlns:atom", "http://www.w3.org/2005/Atom"), ("xmlns:content", CONTENT_MODULE)];
    xml.element("rss", &namespaces, |xml| xml.element("channel", &[], |xml| channel(xml, feed)));
    xml.finish()
}

const CONTENT_MODULE: &str = "http://purl.org/rss/1.0/modules/content/";

fn channel(xml: &mut Xml, feed: &Feed) {
    xml.text("title", &[], &feed.title);
    xml.text("link", &[], &feed.page_url);
    xml.text("description", &[], &feed.description);
    xml.text("language", &[], &feed.language);
    if let Some(changed) = feed.changed() {
        xml.text("lastBuildDate", &[], &date(changed));
    }
    xml.empty("atom:link", &[("href", &feed.feed_url), ("rel", "self"), ("type", "application/rss+xml")]);
    for entry in &feed.items {
        xml.element("item", &[], |xml| item(xml, entry));
    }
}

fn item(xml: &mut Xml, item: &FeedItem) {
    xml.text("title", &[], &item.title);
    xml.text("link", &[], &item.url);
    xml.text("guid", &[("isPermaLink", "true")], &item.url);
    xml.text("pubDate", &[], &date(&item.published));
    if let Some(summary) = &item.summary {
        xml.text("description", &[], summary);
    }
    for category in &item.categories {
        xml.text("category", &[], category);
    }
    if let Some(content) = &item.content {
        xml.text("content:encoded", &[], content);
    }
}

/// By RFC 2822. A year that the format has no room for is left empty.
fn date(at: &Zoned) -> String {
    rfc2822::to_string(at).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::feed::examples;

    #[test]
    fn a_feed_with_its_items() {
        insta::assert_snapshot!(rss(&examples::feed()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/">
         <channel>
          <title>Kadaka valla uudised</title>
          <link>https://kadaka.example/uudised</link>
          <description>Mis vallas toimub</description>
          <language>et</language>
          <lastBuildDate>Sat, 21 Nov 2026 10:00:00 +0200</lastBuildDate>
          <atom:link href="https://kadaka.example/rss-feeds/rss.xml" rel="self" type="application/rss+xml"/>
          <item>
           <title>Teed &lt; 3 m &amp; „talv“</title>
           <link>https://kadaka.example/uudised/talveteed?a=1&amp;b=2</link>
           <guid isPermaLink="true">https://kadaka.example/uudised/talveteed?a=1&amp;b=2</guid>
           <pubDate>Fri, 20 Nov 2026 09:30:00 +0200</pubDate>
           <description>Lumi lükatakse ära.</description>
           <category>teed</category>
           <content:encoded>&lt;p&gt;Lumi lükatakse &lt;b&gt;ära&lt;/b&gt;.&lt;/p&gt;</content:encoded>
          </item>
          <item>
           <title>Ujula avati</title>
           <link>https://kadaka.example/uudised/ujula</link>
           <guid isPermaLink="true">https://kadaka.example/uudised/ujula</guid>
           <pubDate>Wed, 1 Jul 2026 00:00:00 +0300</pubDate>
          </item>
         </channel>
        </rss>
        "#);
    }
}
