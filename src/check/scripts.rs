//! What the scripts and style sheets of a site and its theme do that visitors do not see.

use std::{ops::Range, sync::LazyLock};

use regex::{Captures, Regex};

use super::{chrome::origin, words::pattern};
use crate::diagnostics::{Diagnostic, Location};

/// What in a script or a style sheet asks another site for something.
static SCRIPT_LOADS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x)(?:\b(?:fetch|import|importScripts|sendBeacon|Worker|EventSource|WebSocket|Request|open)\(\s*(?:["'][A-Z]+["']\s*,\s*)?
            |\bfrom\s*|\bimport\s+
            |\.(?:src|srcset)\s*=\s*
            |setAttribute\(\s*["']src["']\s*,\s*)
            ["'`]((?:(?:https?|wss?):)?//[^"'`\s]+)"#,
    )
});
static STYLE_LOADS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?i)(?:\burl\(\s*["']?|@import\s+["'])((?:https?:)?//[^"')\s]+)"#));
/// Cookies, and the names by which trackers are called.
static TRACKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"document\.cookie|cookieStore\.set|(?:google-analytics|googletagmanager|hotjar|clarity\.ms|doubleclick|mc\.yandex)[.\w]*|(?:gtag|fbq|ttq|_paq\.push|ym)\(",
    )
});

/// Whether a file of this name is a script.
pub(super) fn is_script(path: &str) -> bool {
    [".js", ".mjs"].iter().any(|ending| path.ends_with(ending))
}

/// Whether a file of this name is a style sheet.
pub(super) fn is_style(path: &str) -> bool {
    path.ends_with(".css")
}

/// Looks through a script or a style sheet for what follows visitors, and for what is loaded from elsewhere than
/// `allowed`.
pub(super) fn check(file: &str, text: &str, allowed: impl Fn(&str) -> bool, out: &mut Vec<Diagnostic>) {
    let place = |range: Range<usize>| Location::in_text(file, text, range);
    if let Some(found) = TRACKS.find(text).filter(|_| is_script(file)) {
        let told = Diagnostic::new("privacy.tracker").arg("text", found.as_str().trim_end_matches('('));
        out.push(told.at(place(found.range())));
    }
    let loads = if is_script(file) { &SCRIPT_LOADS } else { &STYLE_LOADS };
    let said = |found: &Captures<'_>| {
        let address = found.get(1)?;
        let line = text[..address.start()].rsplit('\n').next()?.trim_start();
        let host = origin(address.as_str()).filter(|host| !allowed(host))?;
        // A comment loads nothing.
        let comment = ["//", "/*", "*"].iter().any(|mark| line.starts_with(mark));
        (!comment).then(|| Diagnostic::new("privacy.loads").arg("origin", host).at(place(address.range())))
    };
    out.extend(loads.captures_iter(text).filter_map(|found| said(&found)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(file: &str, text: &str) -> Vec<String> {
        let mut out = Vec::new();
        check(file, text, |host| host == "https://kadaka.example", &mut out);
        out.into_iter().map(|finding| format!("{} {:?}", finding.code, finding.arguments[0].1)).collect()
    }

    #[test]
    fn what_is_loaded_from_elsewhere_is_told_from_links_and_names() {
        for text in [
            "fetch('https://count.example/a')",
            "import x from \"https://count.example/x.js\"",
            "await import(`https://count.example/x.js`)",
            "picture.src = '//count.example/1.gif'",
            "new WebSocket(\"wss://count.example/\")",
            "request.open('GET', 'https://count.example')",
            "script.setAttribute('src', 'https://count.example/a.js')",
        ] {
            let wanted = if text.contains("wss") { "wss://count.example" } else { "https://count.example" };
            assert_eq!(told("a.js", text), [format!("privacy.loads {wanted:?}")], "{text}");
        }
        assert_eq!(told("a.css", "@import \"https://fonts.example/a.css\";").len(), 1);
        assert_eq!(told("a.css", "a { background: url( 'https://fonts.example/a.png') }").len(), 1);
        for text in [
            "link.href = 'https://other.example/'",
            "fetch('/search.json'); fetch('https://kadaka.example/teade.json')",
            "// fetch('https://count.example/a')",
            "createElementNS('http://www.w3.org/2000/svg', 'svg')",
        ] {
            assert_eq!(told("a.js", text), [""; 0], "{text}");
        }
        let picture = "a { background: url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E\") }";
        assert_eq!(told("a.css", picture), [""; 0]);
    }

    #[test]
    fn trackers_are_known_by_name() {
        assert_eq!(told("a.js", "document.cookie = 'a=b'"), ["privacy.tracker \"document.cookie\""]);
        assert_eq!(told("a.mjs", "gtag('event')"), ["privacy.tracker \"gtag\""]);
        assert_eq!(told("a.js", "let cookie = 'küpsis';"), [""; 0]);
    }
}
