//! robots.txt (RFC 9309).

/// What robots may read: everything but the addresses that begin with one of `disallowed`; nothing at
/// all when the site is not `public` yet. `base_url` is the site's address without a slash at its end.
#[must_use]
pub fn robots(base_url: &str, public: bool, disallowed: &[&str]) -> String {
    if !public {
        return "User-agent: *\nDisallow: /\n".to_owned();
    }
    // A rule without an address allows everything.
    let prefixes = if disallowed.is_empty() { &[""] } else { disallowed };
    let rules: Vec<String> = prefixes.iter().map(|prefix| format!("Disallow: {}", one_line(prefix))).collect();
    format!("User-agent: *\n{}\n\nSitemap: {}/sitemap.xml\n", rules.join("\n"), one_line(base_url))
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_site_names_its_sitemap() {
        let text = robots("https://kadaka.example", true, &["/otsing"]);
        insta::assert_snapshot!(text, @r"
        User-agent: *
        Disallow: /otsing

        Sitemap: https://kadaka.example/sitemap.xml
        ");
    }

    #[test]
    fn a_site_that_is_not_public_is_closed() {
        assert_eq!(robots("https://proov.example", false, &[]), "User-agent: *\nDisallow: /\n");
    }
}
