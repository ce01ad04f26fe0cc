//! Caddy 2: a `Caddyfile`.

use std::fmt::Write as _;

use super::{ASK, FOREVER, HOUR, Hosting, encode, plain};

/// Where the server listens (`:8080`, or the host's name) and finds the files.
#[must_use]
pub fn caddy(hosting: &Hosting, root: &str, listen: &str) -> String {
    let mut out = String::from("# Written by raekoda hosting caddy.\n");
    let headers = headers(hosting);
    let _ = writeln!(out, "{listen} {{\n    root * {root}\n{headers}    header ?Cache-Control \"{ASK}\"");
    let _ = writeln!(out, "    @forever path /assets/* /images/* /search/*/t-* /search/*/d-* /search/*/w-*");
    let _ = writeln!(out, "    header @forever Cache-Control \"{FOREVER}\"");
    let _ = writeln!(
        out,
        "    @documents path *.pdf *.csv *.docx *.xlsx *.ics *.xml *.zip\n    header @documents Cache-Control \"{HOUR}\""
    );
    for (ending, kind) in [("ics", "text/calendar"), ("jsonld", "application/ld+json"), ("ttl", "text/turtle")] {
        let _ =
            writeln!(out, "    @{ending} path *.{ending}\n    header @{ending} Content-Type \"{kind}; charset=utf-8\"");
    }
    out += "    route {\n";
    out += "        map {uri} {raekoda_to} {raekoda_status} {\n";
    for m in hosting.moved.iter().filter(|m| m.from.contains('?')) {
        let _ = writeln!(out, "            \"{}\" \"{}\" {}", encode(&m.from), target(&m.to), m.status);
    }
    out += "            default \"\" \"\"\n        }\n";
    redirect(&mut out, "raekoda_to", "raekoda_status");
    out += "        map {path} {raekoda_path} {raekoda_path_status} {\n";
    for m in hosting.moved.iter().filter(|m| !m.from.contains('?')) {
        if let Some(from) = plain(&m.from) {
            let _ = writeln!(out, "            \"{from}\" \"{}\" {}", target(&m.to), m.status);
        }
    }
    out += "            default \"\" \"\"\n        }\n";
    redirect(&mut out, "raekoda_path", "raekoda_path_status");
    // The former platforms: the page's name or number is cut out of the address, then looked up.
    out += "        map {path} {raekoda_id} {\n            \"~^/node/(\\d+)$\" \"${1}\"\n            \"~/-/asset_publisher/[^/]+/content/id/(\\d+)\" \"${1}\"\n";
    out += "            \"~^/documents/\\d+/\\d+/[^/]+/([0-9a-f-]{36})\" \"${1}\"\n            \"/\" \"{query.p}\"\n            \"/index.php\" \"{query.id}\"\n";
    out += "            \"/c/document_library/get_file\" \"{query.uuid}\"\n            \"/image/image_gallery\" \"{query.uuid}\"\n            default \"\"\n        }\n";
    lookup(&mut out, "raekoda_id", "raekoda_by_id", &hosting.ids);
    out += "        map {path} {raekoda_slug} {\n            \"~/-/asset_publisher/[^/]+/content/([^/]+)$\" \"${1}\"\n            \"~^/event/([^/]+)/?$\" \"${1}\"\n            default \"{query._33_urlTitle}\"\n        }\n";
    lookup(&mut out, "raekoda_slug", "raekoda_by_slug", &hosting.slugs);
    let _ = writeln!(
        out,
        "        @default path_regexp default ^/{}(?:/(.*))?$\n        redir @default /{{re.default.1}} 301",
        hosting.language
    );
    for lang in &hosting.languages {
        let _ = writeln!(
            out,
            "        @{lang} path_regexp {lang} ^/{lang}_[A-Z][A-Z](/.*)?$\n        redir @{lang} /{lang}{{re.{lang}.1}} 301"
        );
    }
    out += "        @web path_regexp web ^/web/[^/]+(?:/(.*))?$\n        redir @web /{re.web.1} 301\n";
    out += "        @index path_regexp index ^(/.+)/index\\.html$\n        redir @index {re.index.1} 301\n";
    out += "        @slash path_regexp slash ^(/.+)/$\n        redir @slash {re.slash.1} 301\n";
    out += "        try_files {path} {path}/index.html\n        file_server {\n            precompressed br gzip\n        }\n    }\n";
    // Answers to mistakes are made apart, and do not have the headers of the others.
    let _ = writeln!(out, "    handle_errors {{\n{headers}    header Cache-Control \"{ASK}\"");
    for lang in &hosting.languages {
        let _ =
            writeln!(out, "        @not_{lang} path /{lang} /{lang}/*\n        rewrite @not_{lang} /{lang}/404.html");
    }
    let others: Vec<String> = hosting.languages.iter().map(|lang| format!("/{lang} /{lang}/*")).collect();
    let rest = if others.is_empty() { "path *".to_owned() } else { format!("not path {}", others.join(" ")) };
    let _ = writeln!(
        out,
        "        @not_found {rest}\n        rewrite @not_found /404.html\n        file_server\n    }}\n}}"
    );
    out
}

fn redirect(out: &mut String, to: &str, status: &str) {
    let _ = writeln!(out, "        @{to}_gone vars {{{status}}} 410\n        error @{to}_gone 410");
    let _ =
        writeln!(out, "        @{to}_known not vars {{{to}}} \"\"\n        redir @{to}_known {{{to}}} {{{status}}}");
}

fn lookup(out: &mut String, of: &str, name: &str, pairs: &std::collections::BTreeMap<String, String>) {
    let _ = writeln!(out, "        map {{{of}}} {{{name}}} {{");
    for (from, to) in pairs {
        let _ = writeln!(out, "            \"{from}\" \"{}\"", target(to));
    }
    let _ = writeln!(
        out,
        "            default \"\"\n        }}\n        @{name} not vars {{{name}}} \"\"\n        redir @{name} {{{name}}} 301"
    );
}

/// Empty stands for nothing, so that what is gone needs a word.
fn target(to: &str) -> String {
    if to.is_empty() { "/".to_owned() } else { encode(to) }
}

/// The headers that every answer has.
fn headers(hosting: &Hosting) -> String {
    let mut out = String::from("    header {\n");
    for (name, value) in &hosting.headers {
        let _ = writeln!(out, "        {name} \"{value}\"");
    }
    out += "        -Server\n    }\n";
    out
}
