//! Films and maps of other sites: which address shows one in a frame, and who is asked for it.

use percent_encoding::percent_decode_str;

/// What a frame shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Embed {
    /// The address of the frame. A film begins at once: the reader has pressed the button already.
    pub(super) src: String,
    /// Who is asked for it, in a word that readers know.
    pub(super) name: &'static str,
}

/// What a frame shows in the place of a link to `url`; nothing for a site that is not known to allow it.
pub(super) fn embed(url: &str) -> Option<Embed> {
    let rest = url.strip_prefix("https://")?;
    let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(at);
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.trim_matches('/');
    match host.strip_prefix("www.").unwrap_or(host) {
        "youtu.be" => youtube(path, query),
        "youtube.com" | "m.youtube.com" | "youtube-nocookie.com" => match path.split_once('/') {
            Some(("embed" | "live" | "shorts" | "v", id)) => youtube(id, query),
            _ => youtube(&parameter(query, "v")?, query),
        },
        "vimeo.com" => vimeo(path),
        "player.vimeo.com" => vimeo(path.strip_prefix("video/")?),
        "openstreetmap.org" => openstreetmap(query, fragment),
        // The Land and Spatial Development Board's maps, made to be shown on other sites.
        "xgis.maaamet.ee" => Some(Embed { src: url.to_owned(), name: "xgis.maaamet.ee" }),
        _ => None,
    }
}

/// A word of an address: letters, digits, `-`, `_`.
fn word(text: &str) -> Option<&str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (!text.is_empty() && text.bytes().all(plain)).then_some(text)
}

/// The address that sets no cookie before the film begins.
fn youtube(id: &str, query: &str) -> Option<Embed> {
    let start = parameter(query, "t").or_else(|| parameter(query, "start"));
    let start = start.and_then(|start| start.trim_end_matches('s').parse::<u32>().ok());
    let start = start.map(|seconds| format!("&start={seconds}")).unwrap_or_default();
    let src = format!("https://www.youtube-nocookie.com/embed/{}?autoplay=1{start}", word(id)?);
    Some(Embed { src, name: "YouTube" })
}

/// `dnt` asks not to be followed. A film that is not listed has a second word after its number.
fn vimeo(path: &str) -> Option<Embed> {
    let (id, hash) = path.split_once('/').map_or((path, None), |(id, hash)| (id, Some(hash)));
    id.parse::<u64>().ok()?;
    let hash = hash.map_or(Some(String::new()), |hash| word(hash).map(|hash| format!("&h={hash}")))?;
    Some(Embed { src: format!("https://player.vimeo.com/video/{id}?dnt=1&autoplay=1{hash}"), name: "Vimeo" })
}

/// `…/?mlat=58.1&mlon=25.2#map=16/58.1/25.2`: the part that a window of that zoom shows, with a pin if there is one.
fn openstreetmap(query: &str, fragment: &str) -> Option<Embed> {
    let name = "OpenStreetMap";
    let number = |text: &str| text.parse::<f64>().ok().filter(|n| n.is_finite() && n.abs() <= 180.0);
    let mut view = fragment.strip_prefix("map=")?.split(['/', '&']);
    let zoom = number(view.next()?).filter(|zoom| (0.0..=20.0).contains(zoom))?;
    let (lat, lon) = (number(view.next()?)?, number(view.next()?)?);
    // A tile of 256 px is 360° at zoom 0; the window is about 700 × 400 px.
    let degrees = 360.0 / 2_f64.powf(zoom) / 256.0;
    let (across, up) = (350.0 * degrees, 200.0 * degrees * lat.to_radians().cos());
    let (west, south, east, north) = (lon - across, lat - up, lon + across, lat + up);
    let pin = parameter(query, "mlat").zip(parameter(query, "mlon"));
    let pin = pin.and_then(|(lat, lon)| Some(format!("&marker={}%2C{}", number(&lat)?, number(&lon)?)));
    let src = format!(
        "https://www.openstreetmap.org/export/embed.html?bbox={west:.5}%2C{south:.5}%2C{east:.5}%2C{north:.5}&layer=mapnik{}",
        pin.unwrap_or_default()
    );
    Some(Embed { src, name })
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let (_, value) = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?;
    Some(percent_decode_str(value).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn src(url: &str) -> Option<String> {
        embed(url).map(|embed| embed.src)
    }

    #[test]
    fn films_and_maps_have_frames() {
        let film = Some("https://www.youtube-nocookie.com/embed/a-B_1?autoplay=1".to_owned());
        assert_eq!(src("https://www.youtube.com/watch?v=a-B_1&feature=share"), film);
        assert_eq!(src("https://youtu.be/a-B_1"), film);
        assert_eq!(src("https://www.youtube.com/live/a-B_1?si=x"), film);
        assert_eq!(
            src("https://youtu.be/a-B_1?t=90s").as_deref(),
            Some("https://www.youtube-nocookie.com/embed/a-B_1?autoplay=1&start=90")
        );
        assert_eq!(
            src("https://vimeo.com/123/abc").as_deref(),
            Some("https://player.vimeo.com/video/123?dnt=1&autoplay=1&h=abc")
        );
        assert_eq!(
            src("https://www.openstreetmap.org/?mlat=58.1&mlon=25.2#map=16/58.1/25.2").as_deref(),
            Some(
                "https://www.openstreetmap.org/export/embed.html?bbox=25.19249%2C58.09773%2C25.20751%2C58.10227&layer=mapnik&marker=58.1%2C25.2"
            )
        );
        assert_eq!(
            src("https://xgis.maaamet.ee/xgis2/page/app/maainfo").as_deref(),
            Some("https://xgis.maaamet.ee/xgis2/page/app/maainfo")
        );
    }

    #[test]
    fn other_sites_stay_links() {
        for url in [
            "https://video.kadakavald.example/istung",
            "http://www.youtube.com/watch?v=a",
            "https://www.youtube.com/@vald",
            "https://www.youtube.com/watch?v=a\" onload=\"x",
            "https://youtube.com.example.org/watch?v=a",
            "https://vimeo.com/channels/vald",
            "https://www.openstreetmap.org/#map=x/1/2",
            "https://www.openstreetmap.org/",
            "/failid/film.mp4",
            "",
        ] {
            assert_eq!(embed(url), None, "{url}");
        }
    }
}
