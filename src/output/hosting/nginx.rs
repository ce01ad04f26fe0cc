//! nginx 1.18 and later: one file for `conf.d/`.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{ASK, FOREVER, HOUR, Hosting, encode, plain};

/// Where the server listens and finds the files, and whether it has the module for brotli.
#[must_use]
pub fn nginx(hosting: &Hosting, root: &str, listen: &str, brotli: bool) -> String {
    let mut out = String::from("# Written by raekoda hosting nginx. Include it at the level of http.\n");
    let moved = |status: &[u16], query: bool| -> BTreeMap<String, String> {
        let fits = hosting.moved.iter().filter(|m| status.contains(&m.status) && m.from.contains('?') == query);
        fits.filter_map(|m| Some((if query { encode(&m.from) } else { plain(&m.from)? }, encode(&m.to)))).collect()
    };
    let _ = writeln!(out, "map_hash_max_size 65536;\nmap_hash_bucket_size 512;");
    map(&mut out, "$uri", "raekoda_moved_path", &moved(&[301, 308], false));
    map(&mut out, "$request_uri", "raekoda_moved_query", &moved(&[301, 308], true));
    map(&mut out, "$uri", "raekoda_found_path", &moved(&[302, 307], false));
    map(&mut out, "$request_uri", "raekoda_found_query", &moved(&[302, 307], true));
    let gone = hosting.moved.iter().filter(|m| m.status == 410).filter_map(|m| Some((plain(&m.from)?, "1".to_owned())));
    map(&mut out, "$uri", "raekoda_gone", &gone.collect());
    // The former platforms: the page's name or number is cut out of the address, then looked up.
    out += "map $uri $raekoda_slug {\n    default $arg__33_urlTitle;\n";
    out += "    \"~/-/asset_publisher/[^/]+/content/(?<named>[^/]+)$\" $named;\n";
    out += "    \"~^/event/(?<event>[^/]+)/?$\" $event;\n}\n";
    map(&mut out, "$raekoda_slug", "raekoda_by_slug", &hosting.slugs);
    out += "map $uri $raekoda_id {\n    default \"\";\n    \"~^/node/(?<node>\\d+)$\" $node;\n    \"/\" $arg_p;\n    \"/index.php\" $arg_id;\n";
    out += "    \"~/-/asset_publisher/[^/]+/content/id/(?<asset>\\d+)\" $asset;\n";
    out += "    \"~^/documents/\\d+/\\d+/[^/]+/(?<document>[0-9a-f-]{36})\" $document;\n";
    out += "    \"/c/document_library/get_file\" $arg_uuid;\n    \"/image/image_gallery\" $arg_uuid;\n}\n";
    map(&mut out, "$raekoda_id", "raekoda_by_id", &hosting.ids);
    let _ = writeln!(
        out,
        "map $uri $raekoda_stripped {{\n    default \"\";\n    \"~^/{}(?<rest>/.*)?$\" /$rest;",
        hosting.language
    );
    for lang in &hosting.languages {
        let _ = writeln!(out, "    \"~^/{lang}_[A-Z][A-Z](?<rest_{lang}>/.*)?$\" /{lang}$rest_{lang};");
    }
    out += "    \"~^/web/[^/]+(?<web>/.*)?$\" /$web;\n}\n";
    out += "map $uri $raekoda_not_found {\n    default /404.html;\n";
    for lang in &hosting.languages {
        let _ = writeln!(out, "    \"~^/{lang}(/|$)\" /{lang}/404.html;");
    }
    out += "}\n";
    let _ = writeln!(
        out,
        "map $uri $raekoda_cache {{\n    default \"{ASK}\";\n    \"~^/(assets|images)/\" \"{FOREVER}\";\n    \
         \"~^/search/[^/]+/[tdw]-\" \"{FOREVER}\";\n    \"~*\\.(pdf|csv|docx|xlsx|ics|xml|jpg|png|webp|svg|zip)$\" \"{HOUR}\";\n}}"
    );
    let _ = writeln!(out, "server {{\n    listen {listen};\n    server_name {};\n    root {root};", hosting.host);
    out += "    charset utf-8;\n    absolute_redirect off;\n    server_tokens off;\n    gzip_static on;\n    gzip_vary on;\n";
    if brotli {
        out += "    brotli_static on;\n";
    }
    for (name, value) in &hosting.headers {
        let _ = writeln!(out, "    add_header {name} \"{value}\" always;");
    }
    out += "    add_header Cache-Control $raekoda_cache always;\n";
    out += "    if ($raekoda_gone) { return 410; }\n";
    for (variable, status) in [
        ("moved_query", 301),
        ("moved_path", 301),
        ("found_query", 302),
        ("found_path", 302),
        ("by_id", 301),
        ("by_slug", 301),
    ] {
        let _ = writeln!(out, "    if ($raekoda_{variable}) {{ return {status} $raekoda_{variable}; }}");
    }
    out += "    if ($raekoda_stripped) { rewrite ^ $raekoda_stripped; rewrite ^/(/.*)$ $1; rewrite ^(.*)$ $1 permanent; }\n";
    out += "    rewrite ^(/.+)/index\\.html$ $1 permanent;\n    rewrite ^(/.+)/$ $1 permanent;\n";
    out += "    error_page 404 $raekoda_not_found;\n    error_page 410 $raekoda_not_found;\n";
    out += "    location / { try_files $uri $uri/index.html =404; }\n";
    for (ending, kind) in
        [("ics", "text/calendar"), ("jsonld", "application/ld+json"), ("ttl", "text/turtle"), ("csv", "text/csv")]
    {
        let _ = writeln!(out, "    location ~ \\.{ending}$ {{ types {{ }} default_type \"{kind}; charset=utf-8\"; }}");
    }
    out + "}\n"
}

fn map(out: &mut String, of: &str, name: &str, pairs: &BTreeMap<String, String>) {
    let _ = writeln!(out, "map {of} ${name} {{\n    default \"\";");
    for (from, to) in pairs {
        // A word that begins with a tilde would be a pattern.
        let _ = writeln!(out, "    \"{}{from}\" \"{to}\";", if from.starts_with('~') { "\\" } else { "" });
    }
    out.push_str("}\n");
}
