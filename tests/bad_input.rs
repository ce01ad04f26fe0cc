//! What is wrong in a site's files: one clear diagnostic each, and the last good site stays.

use insta::assert_snapshot;

use crate::driver::{Site, news, refused, refused_on, refused_text, refused_with};

#[test]
fn broken_toml() {
    assert_snapshot!(refused_with(r#"
-- content/uudised/katki.md --
+++
title = "Jutumärk jäi lahti
+++
Tekst.
"#), @"error source.toml-open-quotes content/uudised/katki.md:2:28");
}

#[test]
fn broken_settings() {
    assert_snapshot!(refused(|site| {
        site.write("site.toml", "name = \"Kadaka vald\"\nlanguages = [\"et\"\nbase_url = \"https://x.example\"\n");
    }), @"error source.toml-open-list site.toml:2:18");
}

#[test]
fn all_mistakes_of_a_file_are_told_at_once() {
    assert_snapshot!(refused_with(r#"
-- content/uudised/talv.md --
+++
title = "Talv"
publised = 2026-11-20
published = 22.11.2026
sumary = "Lumi tuli maha."
draft = ei
+++
Tekst.
-- data/persons.toml --
[[persons]]
id = "mari-kask"
title = "Mari Kask"
rolle = "employee"
phone = +372 5555 0001
order = 01
"#), @r"
    error schema.unknown-field content/uudised/talv.md:3:1
    error source.toml-time content/uudised/talv.md:4:18
    error schema.unknown-field content/uudised/talv.md:5:1
    error source.toml-quotes content/uudised/talv.md:6:9
    error schema.unknown-field data/persons.toml:4:1
    error source.toml-quotes data/persons.toml:5:9
    error source.toml-number data/persons.toml:6:9
    ");
}

#[test]
fn unknown_field() {
    assert_snapshot!(refused_with(r#"
-- content/uudised/talv.md --
+++
title = "Talv"
publised = 2026-11-20
+++
Tekst.
"#), @"error schema.unknown-field content/uudised/talv.md:3:1");
}

#[test]
fn wrong_kind() {
    assert_snapshot!(refused_with(r#"
-- content/uudised/talv.md --
+++
title = ["Talv"]
published = 2026-11-20
+++
Tekst.
"#), @"error schema.not-a-text content/uudised/talv.md:2:9");
}

#[test]
fn missing_required() {
    assert_snapshot!(refused_with("
-- content/uudised/talv.md --
+++
published = 2026-11-20
+++
Tekst.
"), @"error schema.required content/uudised/talv.md:2:1");
}

#[test]
fn bad_date() {
    assert_snapshot!(refused_with(r#"
-- content/uudised/talv.md --
+++
title = "Talv"
published = "2026-02-30"
+++
Tekst.
"#), @"error schema.no-such-day content/uudised/talv.md:3:13");
}

#[test]
fn front_matter_without_an_end() {
    assert_snapshot!(refused_with("
-- content/uudised/talv.md --
+++
title = \"Talv\"

Tekst.
"), @"error content.front-matter-open content/uudised/talv.md:1:1");
}

#[test]
fn every_problem_of_every_page_at_once() {
    assert_snapshot!(refused_with(r#"
-- content/uudised/a.md --
+++
titel = "A"
published = "homme"
+++
-- content/uudised/b.md --
+++
title = 5
+++
"#), @r"
    error schema.unknown-field content/uudised/a.md:2:1
    error schema.not-a-date content/uudised/a.md:3:13
    error schema.required content/uudised/b.md:2:1
    ");
}

#[test]
fn address_of_two_pages() {
    assert_snapshot!(refused_with(r#"
-- content/uudised/teine.md --
+++
title = "Teine"
slug = "talv"
published = 2026-11-21
+++
Tekst.
"#), @"error site.address-twice content/uudised/teine.md:3:1");
}

#[test]
fn alias_that_is_a_page() {
    assert_snapshot!(refused_with(r#"
-- content/uudised/teine.md --
+++
title = "Teine"
published = 2026-11-21
aliases = ["/uudised/talv"]
+++
Tekst.
"#), @"error site.redirect-shadows content/uudised/teine.md:4:12");
}

#[test]
fn alias_loop() {
    assert_snapshot!(refused_with(r#"
-- redirects.toml --
[[redirect]]
from = "/vana"
to = "/vanem"

[[redirect]]
from = "/vanem"
to = "/vana"
"#), @"error site.redirect-loop redirects.toml:1:1");
}

#[test]
fn reference_to_nothing() {
    assert_snapshot!(refused_with(r#"
-- content/uudised/talv.md --
+++
title = "Talv"
published = 2026-11-20
related = ["uudised/suvi"]
+++
Tekst.
"#), @"error site.reference content/uudised/talv.md:4:12");
}

#[test]
fn link_to_nothing() {
    assert_snapshot!(refused_text("
Vaata [suve](suvi.md) ja [kevadet](/uudised/kevad).
"), @r"
    error render.link-broken content/uudised/talv.md:5:7
    error render.link-broken content/uudised/talv.md:5:26
    ");
}

#[test]
fn unknown_directive() {
    assert_snapshot!(refused_text(r#"
:::accordeon{title="Veel"}
Tekst.
:::
"#), @"error render.unknown-directive content/uudised/talv.md:5:1");
}

#[test]
fn unknown_parameter_of_a_directive() {
    assert_snapshot!(refused_text(r#"
:::accordion{titel="Veel"}
Tekst.
:::
"#), @"error render.unknown-parameter content/uudised/talv.md:5:14");
}

#[test]
fn unclosed_directive() {
    assert_snapshot!(refused_text(r#"
:::accordion{title="Veel"}
Tekst.
"#), @"error markdown.directive-unclosed content/uudised/talv.md:5:1");
}

#[test]
fn directive_in_a_code_block_is_left_alone() {
    let site = Site::with(&news(
        r#"
```
:::olematu{title="Veel"}
:::
```

Ka `:olematu[x]` jääb tekstiks.
"#,
    ));
    site.build(&["--strict"]).fine();
    let page = site.page("uudised/talv/index.html");
    assert!(page.contains(":::olematu{title="), "{page}");
    assert!(page.contains("<code>:olematu[x]</code>"), "{page}");
}

#[test]
fn cyclic_menus() {
    assert_snapshot!(refused_with(r#"
-- site.toml --
name = "Kadaka vald"
languages = ["et", "en"]
base_url = "https://www.kadakavald.example"

[[menus.main]]
title.et = "Teenused"
title.en = "Services"
children = [{ menu = "side" }]

[[menus.side]]
title.et = "Veel"
title.en = "More"
children = [{ menu = "main" }]
"#), @"error site.menu-cycle site.toml:13:13");
}

#[test]
fn missing_image() {
    assert_snapshot!(refused_text("
![Lumine väljak](/images/lumi.jpg)
"), @"error render.image-missing content/uudised/talv.md:5:1");
}

#[test]
fn corrupt_image() {
    assert_snapshot!(refused_with(r#"
-- images/lumi.jpg --
see ei ole pilt
-- content/uudised/talv.md --
+++
title = "Talv"
published = 2026-11-20
+++
![Lumine väljak](/images/lumi.jpg)
"#), @"error assets.image-format images/lumi.jpg");
}

#[test]
fn drawing_with_a_script() {
    assert_snapshot!(refused_with(r#"
-- images/kaart.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><script>alert(1)</script></svg>
-- content/uudised/talv.md --
+++
title = "Talv"
published = 2026-11-20
+++
![Kaart](/images/kaart.svg)
"#), @"error assets.svg-unsafe images/kaart.svg:1:64");
}

#[test]
fn page_of_50_megabytes() {
    assert_snapshot!(refused(|site| {
        let text = "Üks pikk jutt. ".repeat(50 * 1024 * 1024 / 15);
        site.write("content/uudised/pikk.md", format!("+++\ntitle = \"Pikk\"\npublished = 2026-11-20\n+++\n{text}"));
    }), @"error source.too-large content/uudised/pikk.md");
}

#[test]
fn not_utf_8() {
    assert_snapshot!(refused(|site| {
        site.write("content/uudised/talv.md", b"+++\ntitle = \"\xd5htu\"\n+++\n");
    }), @"error source.not-utf8 content/uudised/talv.md:2:1");
}

#[test]
fn byte_order_mark_and_windows_line_ends_are_no_problem() {
    let site = Site::smallest();
    site.write(
        "content/uudised/talv.md",
        "\u{feff}+++\r\ntitle = \"Talv tuleb\"\r\npublished = 2026-11-20\r\n+++\r\nLund on\r\noodata.\r\n",
    );
    site.build(&["--strict"]).fine();
    assert!(site.page("uudised/talv/index.html").contains("Talv tuleb"));
}

#[test]
fn place_of_a_problem_counts_from_the_line_even_after_a_byte_order_mark() {
    assert_snapshot!(refused(|site| {
        site.write("content/uudised/talv.md", "\u{feff}+++\r\ntitle = \"Talv\"\r\npublished = \"täna\"\r\n+++\r\n");
    }), @"error schema.not-a-date content/uudised/talv.md:3:13");
}

#[test]
fn names_with_spaces_and_letters_in_both_unicode_forms() {
    let site = Site::smallest();
    let page = |title: &str| format!("+++\ntitle = \"{title}\"\npublished = 2026-11-20\n+++\nTekst.\n");
    site.write("content/uudised/kaks sõna.md", page("Tühik ja liittäht"));
    // The form in which some systems write names: the letter and its dots apart.
    site.write("content/uudised/o\u{303}htu a\u{308}a\u{308}rel.md", page("Lahus täpid"));
    site.write("static/Eelarve seletus – õ.txt", "tekst");
    site.build(&["--strict"]).fine();
    let pages = site.pages();
    assert!(pages.contains(&"uudised/kaks-sona/index.html".to_owned()), "{pages:?}");
    assert!(pages.contains(&"uudised/ohtu-aarel/index.html".to_owned()), "{pages:?}");
    assert!(site.written().contains_key("Eelarve seletus – õ.txt"));
}

#[test]
fn one_name_in_both_unicode_forms() {
    assert_snapshot!(refused(|site| {
        let page = "+++\ntitle = \"Õhtu\"\npublished = 2026-11-20\n+++\nTekst.\n";
        site.write("content/uudised/õhtu.md", page);
        site.write("content/uudised/o\u{303}htu.md", page);
    }), @"error source.same-name content/uudised/õhtu.md");
}

#[test]
fn reference_out_of_the_site() {
    assert_snapshot!(refused_text("
![Pilt](../../../salajane.png) ja [fail](../../../../etc/passwd).
"), @r"
    error render.image-missing content/uudised/talv.md:5:1
    error render.link-broken content/uudised/talv.md:5:35
    ");
}

#[cfg(unix)]
#[test]
fn symlink_out_of_the_site() {
    assert_snapshot!(refused(|site| {
        let secret = site.around().join("salajane.md");
        std::fs::write(&secret, "+++\ntitle = \"Salajane\"\n+++\nSalasõna.\n").unwrap();
        std::os::unix::fs::symlink(&secret, site.path("content/uudised/link.md")).unwrap();
    }), @"error source.outside content/uudised/link.md");
}

#[cfg(unix)]
#[test]
fn symlink_that_goes_in_circles() {
    let site = Site::smallest();
    let outcome = refused_on(&site, |site| {
        std::os::unix::fs::symlink(site.path("content"), site.path("content/uudised/ring")).unwrap();
    });
    assert_snapshot!(outcome, @"error source.unreadable content/uudised/ring");
}

#[test]
fn raw_html_is_shown_as_text() {
    let site = Site::with(&news(
        "
<script>alert(1)</script>

<img src=x onerror=alert(1)> [x](javascript:alert(1))
",
    ));
    assert_snapshot!(site.problems(), @r"
    warning markdown.html content/uudised/talv.md:5:1
    warning markdown.html content/uudised/talv.md:7:1
    error markdown.scheme content/uudised/talv.md:7:30
    ");
    site.build(&[]);
    for path in site.pages() {
        let page = site.page(&path);
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{page}");
        assert!(!page.contains("href=\"javascript:"), "{page}");
    }
}
