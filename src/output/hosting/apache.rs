//! Apache 2.4: a `.htaccess`, which is read at each request, or the inside of `<Directory>`, which is read once.

use std::fmt::Write as _;

use percent_encoding::percent_decode_str;

use super::{ASK, FOREVER, HOUR, Hosting, Moved, encode};

/// How many rules for single addresses a `.htaccess` has at the most.
const SHORT: usize = 500;

/// The inside of `<Directory>`. It needs `mod_rewrite` and `mod_headers`.
#[must_use]
pub fn apache(hosting: &Hosting) -> String {
    rules(hosting, usize::MAX).0
}

/// A `.htaccess`, and how many old addresses it leaves to pages that send on, and to the whole rules.
#[must_use]
pub fn htaccess(hosting: &Hosting) -> (String, usize) {
    rules(hosting, SHORT)
}

fn rules(hosting: &Hosting, most: usize) -> (String, usize) {
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
    let (moved, ids) = (&hosting.moved, &hosting.ids);
    // Addresses without a query have a page that sends on; those with one come first.
    let (asked, paths): (Vec<&Moved>, Vec<&Moved>) =
        moved.iter().partition(|m| m.from.contains('?') || m.status == 410);
    let kept: Vec<&Moved> = asked.into_iter().chain(paths).take(most).collect();
    let known: Vec<_> = ids.iter().take(most - kept.len().min(most)).collect();
    let left_out = moved.len() + ids.len() - kept.len() - known.len();
    if left_out > 0 {
        let _ =
            writeln!(out, "# {left_out} old addresses are not here: `raekoda hosting apache` writes the rules of all.");
    }
    kept.into_iter().for_each(|m| one(&mut out, m));
    names(&mut out, hosting);
    numbers(&mut out, &known);
    let _ = writeln!(out, "RewriteRule \"^{}(?:/(.*))?$\" \"/$1\" [R=301,L,NE]", hosting.language);
    for lang in &hosting.languages {
        let _ = writeln!(out, "RewriteRule \"^{lang}_[A-Z][A-Z](/.*)?$\" \"/{lang}$1\" [R=301,L,NE]");
    }
    out += "RewriteRule \"^web/[^/]+(?:/(.*))?$\" \"/$1\" [R=301,L,NE]\n";
    out += "RewriteCond %{THE_REQUEST} \"/index\\.html[ ?]\"\nRewriteRule \"^(.+)/index\\.html$\" \"/$1\" [R=301,L]\nRewriteRule \"^(.+)/$\" \"/$1\" [R=301,L]\n";
    out += "RewriteCond %{REQUEST_FILENAME} -d\nRewriteCond %{REQUEST_FILENAME}/index.html -f\nRewriteRule \"^(.+)$\" \"/$1/index.html\" [END]\n";
    (out, left_out)
}

/// An address that moved, or is gone.
fn one(out: &mut String, m: &Moved) {
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

/// The former platforms' addresses that have a page's name. The name is cut out once; a rule for each folder of
/// pages looks whether it has that page, so that there are as many rules as folders.
fn names(out: &mut String, hosting: &Hosting) {
    let name = "%{ENV:RAEKODA_NAME}";
    out.push_str(
        "RewriteRule \"-/asset_publisher/[^/]+/content/([\\w-]+)/?$|^event/([\\w-]+)/?$\" - [E=RAEKODA_NAME:$1$2]\n\
         RewriteCond %{QUERY_STRING} \"_33_urlTitle=([\\w-]+)(?:&|$)\"\nRewriteRule ^ - [E=RAEKODA_NAME:%1]\n",
    );
    let _ = writeln!(out, "RewriteCond {name} ^$\nRewriteRule ^ - [S={}]", hosting.folders.len());
    for folder in &hosting.folders {
        let folder = target(folder);
        let _ = writeln!(
            out,
            "RewriteCond \"%{{DOCUMENT_ROOT}}{folder}{name}/index.html\" -f\nRewriteRule ^ \"{folder}{name}\" [R=301,L,NE,QSD]"
        );
    }
}

/// The former site's addresses that have a page's number.
fn numbers(out: &mut String, ids: &[(&String, &String)]) {
    for (id, to) in ids {
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
}

/// A text as a pattern that means it.
fn quote(text: &str) -> String {
    regex::escape(text).replace('"', "\\x22").replace(' ', "\\x20")
}

fn target(to: &str) -> String {
    encode(to).replace('%', "\\%")
}
