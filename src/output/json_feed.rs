//! JSON Feed 1.1 (jsonfeed.org).

use serde_json::{Value, json};

use super::Feed;

/// Writes a feed. Each item's address is its id.
#[must_use]
pub fn json_feed(feed: &Feed) -> String {
    let items = feed.items.iter().map(|item| {
        let mut value = json!({
            "id": item.url,
            "url": item.url,
            "title": item.title,
            "content_text": item.summary.as_deref().unwrap_or(&item.title),
            "date_published": item.published.timestamp().to_string(),
            "tags": item.categories,
        });
        if let (Some(map), Some(updated)) = (value.as_object_mut(), &item.updated) {
            map.insert("date_modified".into(), Value::from(updated.timestamp().to_string()));
        }
        value
    });
    let value = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.page_url,
        "feed_url": feed.feed_url,
        "language": feed.language,
        "authors": [{ "name": feed.author }],
        "items": items.collect::<Vec<_>>(),
    });
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_holds_its_items() {
        let feed: Value = serde_json::from_str(&json_feed(&super::super::feed::examples::feed())).unwrap();
        assert_eq!(feed["items"].as_array().unwrap().len(), 2);
        assert_eq!(feed["items"][0]["date_published"], "2026-11-20T07:30:00Z");
        assert_eq!(feed["items"][1]["content_text"], "Ujula avati");
    }
}
