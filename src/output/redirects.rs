//! Old addresses: pages that lead on for plain file hosts, and `_redirects` for hosts that read it.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// An address that moved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Redirect {
    /// The old address from the site's root, with its query if it has one: `/node/4332`.
    pub from: String,
    /// The new one: from the site's root, or a full address; it may have a fragment.
    pub to: String,
    /// Whether it will stay so (301), or only for now (302).
    pub permanent: bool,
}

/// A page that leads on to `to`, for hosts that know no redirects. No script, so that the strictest
/// policy allows it. `base_url` is the site's address without a slash at its end; `language` is that of
/// the sentence for those whom the browser does not take on.
#[must_use]
pub fn redirect_page(language: &str, base_url: &str, to: &str) -> String {
    let (title, sentence) = match language {
        "en" => ("This page has moved", "The page has a new address:"),
        "ru" => ("Страница переехала", "У страницы новый адрес:"),
        _ => ("Leht on kolinud", "Lehel on uus aadress:"),
    };
    let language = if matches!(language, "en" | "ru") { language } else { "et" };
    let full = if to.starts_with('/') { format!("{base_url}{to}") } else { to.to_owned() };
    let canonical = escape(full.split('#').next().unwrap_or(&full));
    let (to, full) = (escape(to), escape(&full));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta http-equiv=\"refresh\" content=\"0; url={to}\"><link rel=\"canonical\" href=\"{canonical}\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"></head>\
         <body><main><h1>{title}</h1><p>{sentence} <a href=\"{to}\">{full}</a></p></main></body></html>\n"
    )
}

/// The file `_redirects` as Netlify and Cloudflare Pages read it. An address with a query is left out:
/// the format knows none. Equal input in any order gives the same file.
#[must_use]
pub fn redirects_file(redirects: &[Redirect]) -> String {
    let mut lines: Vec<String> = redirects
        .iter()
        .filter(|redirect| !redirect.from.contains('?'))
        .map(|redirect| {
            let status = if redirect.permanent { 301 } else { 302 };
            format!("{} {} {status}\n", encode(&redirect.from), encode(&redirect.to))
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines.concat()
}

/// What splits a line, and what begins a placeholder, is encoded; what is encoded already stays.
fn encode(address: &str) -> String {
    const SPECIAL: &AsciiSet = &CONTROLS.add(b' ').add(b'*').add(b'"').add(b'<').add(b'>');
    utf8_percent_encode(address, SPECIAL).to_string()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_leads_on_with_its_fragment() {
        let page = redirect_page("et", "https://kadaka.example", "/teenused/toetused#kodutoetus");
        insta::assert_snapshot!(page, @r#"
        <!DOCTYPE html>
        <html lang="et"><head><meta charset="utf-8"><title>Leht on kolinud</title><meta http-equiv="refresh" content="0; url=/teenused/toetused#kodutoetus"><link rel="canonical" href="https://kadaka.example/teenused/toetused"><meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main><h1>Leht on kolinud</h1><p>Lehel on uus aadress: <a href="/teenused/toetused#kodutoetus">https://kadaka.example/teenused/toetused#kodutoetus</a></p></main></body></html>
        "#);
    }

    #[test]
    fn an_address_cannot_break_out_of_its_attribute() {
        let page = redirect_page("en", "https://kadaka.example", "/a\"><script>alert(1)</script>");
        assert!(!page.contains("<script"));
    }

    #[test]
    fn the_file_holds_what_the_format_can_say() {
        let redirect = |from: &str, permanent| Redirect { from: from.into(), to: "/uus".into(), permanent };
        let file = redirects_file(&[
            redirect("/vana leht", true),
            redirect("/õpe", false),
            redirect("/?p=3", true),
            redirect("/vana leht", true),
        ]);
        insta::assert_snapshot!(file, @r"
        /%C3%B5pe /uus 302
        /vana%20leht /uus 301
        ");
    }
}
