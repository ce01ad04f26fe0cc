//! Apache 2.4: a `.htaccess`, or the inside of `<Directory>`.

use std::fmt::Write as _;

use percent_encoding::percent_decode_str;

use super::{ASK, FOREVER, HOUR, Hosting, encode};

/// The whole file. It needs `mod_rewrite` and `mod_headers`.
#[must_use]
pub fn apache(hosting: &Hosting) -> String {
    let mut out = String::from(
        "# Written by raekoda.\nOptions -Indexes -MultiViews\nDirectorySlash Off\nDirectoryIndex index.html\nAddDefaultCharset utf-8\n",
    );
    out += "AddType text/calendar .ics\nAddType application/ld+json .jsonld\nAddType text/turtle .ttl\nAddType text/csv .csv\nAddType application/json .json\n";
    out += "ErrorDocument 404 /404.html\nErrorDocument 410 /404.html\n";
    for lang in &hosting.languages {
        let _ =
            writeln!(out, "<If \"%{{REQUEST_URI}} =~ m#^/{lang}(/|$)#\">\nErrorDocument 404 /{lang}/404.html\n</If>");
    }
    out += "<IfModule mod_headers.c>\n";
    for (name, value) in &hosting.headers {
        let _ = writeln!(out, "Header always set {name} \"{value}\"");
    }
    let _ = writeln!(out, "Header set Cache-Control \"{ASK}\"");
    let _ = writeln!(
        out,
        "Header set Cache-Control \"{HOUR}\" \"expr=%{{REQUEST_URI}} =~ m#\\.(pdf|csv|docx|xlsx|ics|xml|jpg|png|webp|svg|zip)$#\""
    );
    let _ = writeln!(
        out,
        "Header set Cache-Control \"{FOREVER}\" \"expr=%{{REQUEST_URI}} =~ m#^/(assets|images)/|^/search/[^/]+/[tdw]-#\""
    );
    out += "</IfModule>\nRewriteEngine On\n";
    for m in &hosting.moved {
        let (path, query) = m.from.split_once('?').map_or((m.from.as_str(), None), |(path, query)| (path, Some(query)));
        if let Some(query) = query {
            let _ = writeln!(out, "RewriteCond %{{QUERY_STRING}} \"^{}$\"", quote(query));
        }
        let decoded = percent_decode_str(path.trim_start_matches('/')).decode_utf8_lossy();
        let pattern = quote(&decoded);
        if m.status == 410 {
            let _ = writeln!(out, "RewriteRule \"^{pattern}/?$\" - [G]");
        } else {
            let _ = writeln!(out, "RewriteRule \"^{pattern}/?$\" \"{}\" [R={},L,NE,QSD]", target(&m.to), m.status);
        }
    }
    // The former platforms: rules for names and numbers are skipped unless the address may hold one.
    let skip = hosting.slugs.len() * 2;
    out += "RewriteCond %{QUERY_STRING} \"!_33_urlTitle=\"\nRewriteCond %{REQUEST_URI} \"!/-/asset_publisher/|^/event/\"\n";
    let _ = writeln!(out, "RewriteRule ^ - [S={skip}]");
    for (slug, to) in &hosting.slugs {
        let _ =
            writeln!(out, "RewriteRule \"(^event|/content)/{}/?$\" \"{}\" [R=301,L,NE,QSD]", quote(slug), target(to));
        let _ = writeln!(
            out,
            "RewriteCond %{{QUERY_STRING}} \"_33_urlTitle={}(&|$)\"\nRewriteRule ^ \"{}\" [R=301,L,NE,QSD]",
            quote(slug),
            target(to)
        );
    }
    for (id, to) in &hosting.ids {
        let (id, to) = (quote(id), target(to));
        let _ = writeln!(
            out,
            "RewriteRule \"^node/{id}$|/content/id/{id}$|^documents/\\d+/\\d+/[^/]+/{id}$\" \"{to}\" [R=301,L,NE,QSD]"
        );
        let _ = writeln!(
            out,
            "RewriteCond %{{QUERY_STRING}} \"(^|&)(p|id|uuid)={id}(&|$)\"\nRewriteRule \"^$|^index\\.php$|^c/document_library/get_file$|^image/image_gallery$\" \"{to}\" [R=301,L,NE,QSD]"
        );
    }
    let _ = writeln!(out, "RewriteRule \"^{}(?:/(.*))?$\" \"/$1\" [R=301,L,NE]", hosting.language);
    for lang in &hosting.languages {
        let _ = writeln!(out, "RewriteRule \"^{lang}_[A-Z][A-Z](/.*)?$\" \"/{lang}$1\" [R=301,L,NE]");
    }
    out += "RewriteRule \"^web/[^/]+(?:/(.*))?$\" \"/$1\" [R=301,L,NE]\n";
    out += "RewriteCond %{THE_REQUEST} \"/index\\.html[ ?]\"\nRewriteRule \"^(.+)/index\\.html$\" \"/$1\" [R=301,L]\nRewriteRule \"^(.+)/$\" \"/$1\" [R=301,L]\n";
    out += "RewriteCond %{REQUEST_FILENAME} -d\nRewriteCond %{REQUEST_FILENAME}/index.html -f\nRewriteRule \"^(.+)$\" \"/$1/index.html\" [END]\n";
    out
}

/// A text as a pattern that means it.
fn quote(text: &str) -> String {
    regex::escape(text).replace('"', "\\x22").replace(' ', "\\x20")
}

fn target(to: &str) -> String {
    encode(to).replace('%', "\\%")
}
