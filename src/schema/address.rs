//! Addresses by which people and pages are reached: e-mail, phone, web.

/// Reads an e-mail address that a letter can be sent to (the form that HTML's e-mail input takes, with
/// a dot in the domain). The domain comes back in small letters. `None` when it is none.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let (local, domain) = text.trim().rsplit_once('@')?;
    let dotted = |text: &str| !text.starts_with('.') && !text.ends_with('.') && !text.contains("..");
    let local_character = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    let fits = (1..=64).contains(&local.len()) && local.chars().all(local_character) && dotted(local);
    (fits && domain.contains('.') && is_host(domain)).then(|| format!("{local}@{}", domain.to_lowercase()))
}

/// Whether `host` is a name in the domain system; letters of any language may be in it (RFC 5890).
fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

/// Reads a phone number into the form `+3725551234`; a number without a country is Estonian. Short
/// numbers (`112`, `1247`, `116111`) stay as they are. `None` when it is none.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    /// E.164 allows fifteen digits with the country's.
    const MOST: usize = 15;
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let (international, rest) = match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let separator = |c: char| c.is_whitespace() || matches!(c, '-' | '–' | '\u{2011}' | '(' | ')' | '.' | '/');
    let digits: String = rest.chars().filter(|c| !separator(*c)).collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = if international { digits } else { format!("372{digits}") };
    match number.strip_prefix("372") {
        // Estonian numbers have seven digits, mobile ones and free ones up to eight, some services more.
        Some(national) => match national.len() {
            3..=6 if !international && national.starts_with('1') => Some(national.to_owned()),
            7..=8 if !national.starts_with(['0', '1', '2']) => Some(format!("+{number}")),
            9..=12 if national.starts_with(['8', '9']) => Some(format!("+{number}")),
            _ => None,
        },
        None => ((8..=MOST).contains(&number.len()) && !number.starts_with('0')).then(|| format!("+{number}")),
    }
}

/// Reads a web address; `www.…` and `name.ee/…` get their `https://`. `None` when it is none, has a name
/// and password in it, or leads to anything but a website.
#[must_use]
pub fn url(text: &str) -> Option<String> {
    let text = text.trim();
    let scheme = text.get(..8).filter(|start| start.eq_ignore_ascii_case("https://"));
    let scheme = scheme.or_else(|| text.get(..7).filter(|start| start.eq_ignore_ascii_case("http://")));
    let (scheme, rest) = match scheme {
        Some(scheme) => (scheme.to_lowercase(), &text[scheme.len()..]),
        None if text.contains("://") => return None,
        None => ("https://".to_owned(), text),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (host, port) = authority.rsplit_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok());
    let path_fits = !path.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"`\\".contains(c));
    let host_fits = is_host(host) && (host.contains('.') || host == "localhost");
    (host_fits && port_fits && path_fits && text.len() <= 2048).then(|| format!("{scheme}{rest}"))
}

/// Reads a link: a page of the site (`teenused/kodutoetus`, `../hind.md`, `@/kontakt`), a place on the
/// page (`#hind`), a file, or an address (`https:`, `http:`, `mailto:`, `tel:`). `None` when it is
/// empty, or an address of another scheme: what a script would run from is no link.
#[must_use]
pub fn link(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > 2048 || text.chars().any(char::is_control) {
        return None;
    }
    let colon = text.find(':').filter(|&at| !text[..at].contains(['/', '?', '#']));
    let Some(colon) = colon else {
        // Browsers read `\` as `/`, and `//host` is another site.
        return (!text.starts_with("//") && !text.contains('\\')).then(|| text.to_owned());
    };
    match text[..colon].to_ascii_lowercase().as_str() {
        "http" | "https" => url(text),
        "mailto" => {
            let address = &text[colon + 1..];
            email(address.split('?').next().unwrap_or(address)).map(|_| text.to_owned())
        }
        "tel" => phone(&text[colon + 1..]).map(|number| format!("tel:{number}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_mail_addresses() {
        assert_eq!(email(" info@Kadakavald.ee ").as_deref(), Some("info@kadakavald.ee"));
        assert_eq!(email("mari.maasikas+uus@õis.ee").as_deref(), Some("mari.maasikas+uus@õis.ee"));
        for wrong in
            ["", "info", "info@", "@vald.ee", "info@vald", "a b@vald.ee", ".a@vald.ee", "a@-vald.ee", "a@b@c.ee,"]
        {
            assert_eq!(email(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn phone_numbers() {
        for (text, number) in [
            ("555 1234", "+3725551234"),
            ("5555 1234", "+37255551234"),
            ("+372 640-1234", "+3726401234"),
            ("00372 640 1234", "+3726401234"),
            ("(+358) 9 123 4567", "+35891234567"),
            ("112", "112"),
            ("16 111", "16111"),
        ] {
            let text = text.trim_start_matches('(').replace(')', "");
            assert_eq!(phone(&text).as_deref(), Some(number), "{text}");
        }
        for wrong in ["", "+", "helista", "12", "555123", "+372 12", "+1234567890123456", "555 1234 x"] {
            assert_eq!(phone(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn web_addresses() {
        assert_eq!(url("HTTPS://www.vald.ee/a?b=c#d").as_deref(), Some("https://www.vald.ee/a?b=c#d"));
        assert_eq!(url("www.vald.ee").as_deref(), Some("https://www.vald.ee"));
        for wrong in
            ["", "vald", "javascript:alert(1)", "ftp://vald.ee", "https://a b.ee", "https://u:p@vald.ee", "https://"]
        {
            assert_eq!(url(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn links_lead_to_pages_files_and_addresses_but_never_to_scripts() {
        for right in
            ["teenused/kodutoetus", "../hind.md", "@/kontakt", "#hind", "/failid/a b.pdf", "mailto:info@vald.ee"]
        {
            assert_eq!(link(right).as_deref(), Some(right));
        }
        assert_eq!(link("tel:555 1234").as_deref(), Some("tel:+3725551234"));
        for wrong in [
            "",
            "javascript:alert(1)",
            "JavaScript:x",
            "data:text/html,x",
            "//mujal.ee/x",
            "/\\mujal.ee",
            "java\nscript:x",
        ] {
            assert_eq!(link(wrong), None, "{wrong}");
        }
    }
}
