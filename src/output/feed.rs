//! What a feed says, whichever format it is written in.

use jiff::Zoned;

/// The news of a listing.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Its name.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// The language's tag, `et`.
    pub language: String,
    /// The full address of the listing's page.
    pub page_url: String,
    /// The full address of the feed itself.
    pub feed_url: String,
    /// Who publishes it: the municipality's name.
    pub author: String,
    /// The newest first.
    pub items: Vec<FeedItem>,
}

/// One piece of news.
#[derive(Clone, Debug)]
pub struct FeedItem {
    /// Its title.
    pub title: String,
    /// The full address of its page, which is also what it is known by.
    pub url: String,
    /// When it was published.
    pub published: Zoned,
    /// When it was changed, if it was.
    pub updated: Option<Zoned>,
    /// One paragraph of plain text.
    pub summary: Option<String>,
    /// The whole text as HTML, with full addresses.
    pub content: Option<String>,
    /// Its keywords.
    pub categories: Vec<String>,
}

impl FeedItem {
    /// When it was last touched.
    pub(super) fn changed(&self) -> &Zoned {
        self.updated.as_ref().filter(|updated| **updated > self.published).unwrap_or(&self.published)
    }
}

impl Feed {
    /// When the newest change was; nothing for a feed without items. The clock has no part in it, so
    /// that the same news make the same feed.
    pub(super) fn changed(&self) -> Option<&Zoned> {
        self.items.iter().map(FeedItem::changed).max()
    }
}

#[cfg(test)]
pub(super) mod examples {
    use super::{Feed, FeedItem};

    pub(in crate::output) fn feed() -> Feed {
        let at = |text: &str| text.parse::<jiff::Zoned>().unwrap();
        Feed {
            title: "Kadaka valla uudised".into(),
            description: "Mis vallas toimub".into(),
            language: "et".into(),
            page_url: "https://kadaka.example/uudised".into(),
            feed_url: "https://kadaka.example/rss-feeds/rss.xml".into(),
            author: "Kadaka vald".into(),
            items: vec![
                FeedItem {
                    title: "Teed < 3 m & „talv“\u{1}".into(),
                    url: "https://kadaka.example/uudised/talveteed?a=1&b=2".into(),
                    published: at("2026-11-20T09:30:00+02:00[+02:00]"),
                    updated: Some(at("2026-11-21T10:00:00+02:00[+02:00]")),
                    summary: Some("Lumi lükatakse ära.".into()),
                    content: Some("<p>Lumi lükatakse <b>ära</b>.</p>".into()),
                    categories: vec!["teed".into()],
                },
                FeedItem {
                    title: "Ujula avati".into(),
                    url: "https://kadaka.example/uudised/ujula".into(),
                    published: at("2026-07-01T00:00:00+03:00[+03:00]"),
                    updated: None,
                    summary: None,
                    content: None,
                    categories: vec![],
                },
            ],
        }
    }
}
