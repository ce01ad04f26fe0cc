use insta::assert_snapshot;

use super::*;

#[test]
fn plain_markdown_is_tight_html() {
    assert_snapshot!(html("Tere, *vald* ja **linn**!\nTeine rida.  \nKolmas\n\n- üks\n- kaks\n\n3. kolm\n4. neli\n\n> Tsitaat\n\n---\n\n```rust\nlet a = \"<b>\";\n```\n\n`a < b` ~~vana~~"), @r#"
<p>Tere, <em>vald</em> ja <strong>linn</strong>!
Teine rida.<br>Kolmas</p><ul><li>üks</li><li>kaks</li></ul><ol start="3"><li>kolm</li><li>neli</li></ol><blockquote><p>Tsitaat</p></blockquote><hr><pre tabindex="0"><code class="language-rust">let a = "&lt;b&gt;";
</code></pre><p><code>a &lt; b</code> <del>vana</del></p>
"#);
}

#[test]
fn headings_have_ids_and_an_outline() {
    let (rendered, _) =
        rendered_in(Lang::ET, "## Ülevaade\n\n### Õigus & *kord*\n\n## Ülevaade\n\n## Oma {#oma .suur}\n", &[]);
    assert_snapshot!(rendered.html, @r#"<h2 id="ulevaade">Ülevaade</h2><h3 id="oigus-kord">Õigus &amp; <em>kord</em></h3><h2 id="ulevaade-2">Ülevaade</h2><h2 id="oma" class="suur">Oma</h2>"#);
    assert!(rendered.diagnostics.is_empty());
    let outline: Vec<_> =
        rendered.outline.iter().map(|heading| format!("{} {} {}", heading.level, heading.id, heading.text)).collect();
    assert_snapshot!(outline.join("\n"), @"
2 ulevaade Ülevaade
3 oigus-kord Õigus & kord
2 ulevaade-2 Ülevaade
2 oma Oma
");
}

#[test]
fn headings_that_harm_readers_are_reported() {
    assert_snapshot!(both("# Üks\n\n#### Neli\n\n##\n\n## A {#a b}\n\n## B {#b!}\n\n## C {#c}\n\n## D {#c k=v}", &[]), @r#"
<h2 id="uks">Üks</h2><h4 id="neli">Neli</h4><h2 id="x-af1349b9"></h2><h2 id="a">A</h2><h2 id="b">B</h2><h2 id="c">C</h2><h2 id="d">D</h2>
1:1 `# Üks` The text has a heading of the first level, but the page already begins with its title.
3:1 `#### Neli` The heading `####` skips a level.
5:1 `##` The heading has no text.
9:1 `## B {#b!}` The heading's anchor `b!` does not fit into an address.
13:1 `## D {#c k=v}` The heading's attribute `k` is not used.
13:1 `## D {#c k=v}` The page already has the anchor `c`.
"#);
}

#[test]
fn quotes_and_dashes_follow_the_language() {
    let text = "Ta ütles \"tere 'vana' sõber\" - ja läks... KOV'i 10-20 last, kell 8.30-16.00, (\"sulgudes\")";
    assert_snapshot!([Lang::ET, Lang::EN, Lang::RU].map(|lang| rendered_in(lang, text, &[]).0.html).join("\n"), @"
<p>Ta ütles „tere ‚vana‘ sõber“ – ja läks… KOV’i 10–20 last, kell 8.30–16.00, („sulgudes“)</p>
<p>Ta ütles “tere ‘vana’ sõber” – ja läks… KOV’i 10–20 last, kell 8.30–16.00, (“sulgudes”)</p>
<p>Ta ütles «tere „vana“ sõber» — ja läks… KOV’i 10–20 last, kell 8.30–16.00, («sulgudes»)</p>
");
}

#[test]
fn typography_leaves_numbers_code_and_the_writers_choice_alone() {
    let same = [
        "2026-11-22",
        "tel 512-3456",
        "+372 5555-1234",
        "nr 12-34",
        "otsus 7-1/26-45",
        "3-0",
        "12-aastane",
        "COVID-19",
        "6-7-aastased",
        "a-b",
        "Anna-Mari",
        "....",
        "--valik",
        "“tere”",
    ];
    for text in same {
        assert_eq!(html(text), format!("<p>{text}</p>"));
    }
    assert_eq!(html("1\\. \\\"a\\\" &quot;b&quot;"), "<p>1. \"a\" \"b\"</p>");
    assert_eq!(html("`\"a\" -- 1-2 ...`"), "<p><code>\"a\" -- 1-2 ...</code></p>");
    assert_eq!(
        html("<https://vald.ee/1-2/...?a='b'>"),
        "<p><a href=\"https://vald.ee/1-2/...?a=&#39;b&#39;\" class=\"external\" rel=\"external\">https://vald.ee/1-2/...?a='b'</a></p>"
    );
    for (text, wanted) in [
        ("10.-12. mai", "10.–12. mai"),
        ("2024-2026", "2024–2026"),
        ("(95-102)", "(95–102)"),
        ("*\"Tere\"*", "<em>„Tere“</em>"),
        ("`a` \"b\"", "<code>a</code> „b“"),
        ("x \"*b*\" y", "x „<em>b</em>“ y"),
    ] {
        assert_eq!(html(text), format!("<p>{wanted}</p>"));
    }
}

#[test]
fn links_say_where_they_lead() {
    assert_snapshot!(both("[Toetus](toetus.md) [Riik](https://riik.example/a b?c=õ&d \"Pealkiri\")\n[Kava](kava.pdf) [katki](puudub) <info@vald.ee>", &[]), @r#"
<p><a href="toetus.md">Toetus</a> [Riik](https://riik.example/a b?c=õ&amp;d „Pealkiri“)
<a href="kava.pdf" class="file">Kava <span class="link-note">(PDF, 1,2 MB)</span></a> katki <a href="mailto:info@vald.ee">info@vald.ee</a></p>
1:27 `(https://riik.example/a b?c=õ&d "Pealkiri")` The link does not work, since its address has a space: `https://riik.example/a b?c=õ&d "Pealkiri"`.
"#);
    assert_snapshot!(both("[Riik](<https://riik.example/a b?c=õ&d> \"Pealkiri\")", &[]), @r#"<p><a href="https://riik.example/a%20b?c=%C3%B5&amp;d" class="external" rel="external" title="Pealkiri">Riik</a></p>"#);
    assert_snapshot!(both("Vaata [siit](a.md), [Loe edasi »](b.md) ja [](c.md)", &[]), @r#"
<p>Vaata <a href="a.md">siit</a>, <a href="b.md">Loe edasi »</a> ja <a href="c.md"></a></p>
1:7 `[siit](a.md)` The link's text “siit” does not say where it leads.
1:21 `[Loe edasi »](b.md)` The link's text “Loe edasi »” does not say where it leads.
1:44 `[](c.md)` The link has no text.
"#);
}

#[test]
fn pictures_need_words_unless_they_decorate() {
    assert_snapshot!(both("![Vallamaja *lumes*](a.jpg)\n\n![](b.jpg)\n\nTekst ![](c.jpg){.decorative} edasi\n\n![Kaart](d.png \"Valla \\\"kaart\\\"\")\n\n![](e.jpg \"Pilt\"){.decorative}", &[]), @r#"
<p><img src="a.jpg" alt="Vallamaja lumes" title=""></p><p><img src="b.jpg" alt="" title=""></p><p>Tekst <img src="c.jpg" alt="" title=""> edasi</p><figure><img src="d.png" alt="Kaart" title=""><figcaption>Valla „kaart“</figcaption></figure><figure><img src="e.jpg" alt="" title=""><figcaption>Pilt</figcaption></figure>
3:1 `![](b.jpg)` The picture `b.jpg` has no alternative text.
"#);
}

#[test]
fn tables_scroll_and_name_their_columns() {
    assert_snapshot!(both("| Liik | Hind |\n|:--|--:|\n| Prügi | 3-5 € |\n| *Vesi* | 2 |\n", &[]), @r#"<div class="table-scroll" tabindex="0" role="region" aria-label="Tabel: Liik, Hind"><table><thead><tr><th scope="col">Liik</th><th scope="col" class="align-right">Hind</th></tr></thead><tbody><tr><td>Prügi</td><td class="align-right">3–5 €</td></tr><tr><td><em>Vesi</em></td><td class="align-right">2</td></tr></tbody></table></div>"#);
    assert_snapshot!(both("| | Hind |\n|--|:-:|\n| A | 1 |\n\n| | |\n|--|--|\n| A | 1 |\n", &[]), @r#"
<div class="table-scroll" tabindex="0" role="region" aria-label="Tabel: Hind"><table><thead><tr><td></td><th scope="col" class="align-center">Hind</th></tr></thead><tbody><tr><td>A</td><td class="align-center">1</td></tr></tbody></table></div><div class="table-scroll" tabindex="0" role="region" aria-label="Tabel"><table><thead><tr><td></td><td></td></tr></thead><tbody><tr><td>A</td><td>1</td></tr></tbody></table></div>
5:1 `| | |` The table's header row has empty cells.
"#);
}

#[test]
fn footnotes_lead_there_and_back() {
    assert_snapshot!(both("Esimene[^a] ja teine[^b], taas[^a].\n\n[^b]: Kaks.\n[^a]: Üks.\n\n    Lõik.\n\n[^c]: Kolm.\n\nPuudub[^d].", &[]), @r##"
<p>Esimene<sup class="footnote-ref"><a href="#fn:1" id="fnref:1" aria-label="Joonealune märkus 1">1</a></sup> ja teine<sup class="footnote-ref"><a href="#fn:2" id="fnref:2" aria-label="Joonealune märkus 2">2</a></sup>, taas<sup class="footnote-ref"><a href="#fn:1" id="fnref:1-2" aria-label="Joonealune märkus 1">1</a></sup>.</p><p>Puudub[^d].</p><section class="footnotes" aria-label="Joonealused märkused"><ol><li id="fn:1"><p>Üks.</p><p>Lõik. <a href="#fnref:1" class="footnote-back" aria-label="Tagasi teksti juurde, viide 1">↩</a> <a href="#fnref:1-2" class="footnote-back" aria-label="Tagasi teksti juurde, viide 1-2">↩</a></p></li><li id="fn:2"><p>Kaks. <a href="#fnref:2" class="footnote-back" aria-label="Tagasi teksti juurde, viide 2">↩</a></p></li></ol></section>
10:7 `[^d]` There is no footnote `d`.
8:1 `[^c]: Kolm.` Nothing refers to the footnote `c`.
"##);
}

#[test]
fn alerts_tasks_and_definitions_are_accessible() {
    assert_snapshot!(html("> [!WARNING]\n> Ettevaatust\n\n- [x] tehtud\n- [ ] teha\n\nMõiste\n: Seletus \"nii\"\n"), @r#"<div class="alert alert-warning" role="note"><p class="alert-title">Hoiatus</p><p>Ettevaatust</p></div><ul><li><span class="task" role="img" aria-label="tehtud">☑</span> tehtud</li><li><span class="task" role="img" aria-label="tegemata">☐</span> teha</li></ul><dl><dt>Mõiste</dt><dd>Seletus „nii“</dd></dl>"#);
    let titles = [Lang::EN, Lang::RU].map(|lang| rendered_in(lang, "> [!NOTE]\n> a", &[]).0.html);
    assert_snapshot!(titles.join("\n"), @r#"
<div class="alert alert-note" role="note"><p class="alert-title">Note</p><p>a</p></div>
<div class="alert alert-note" role="note"><p class="alert-title">Примечание</p><p>a</p></div>
"#);
}

#[test]
fn directives_call_components() {
    assert_snapshot!(both(
        "Enne.\n::::outer{title=\"Tere \\\"sõber\\\"\" open #id .a .b}\nSees **paks**[^1].\n\n:::inner[Silt]\n- a\n- b\n:::\n\n::form{id=teabenoue}\n::::\nPärast :icon[kaart]{size='2'} ja :icon{}.\n\n[^1]: Märkus",
        &[]
    ), @r##"<p>Enne.</p><x-outer data-title="Tere &quot;sõber&quot;" data-open="true" data-id="id" data-class="a b"><p>Sees <strong>paks</strong><sup class="footnote-ref"><a href="#fn:1" id="fnref:1" aria-label="Joonealune märkus 1">1</a></sup>.</p><x-inner>Silt<ul><li>a</li><li>b</li></ul></x-inner><x-form data-id="teabenoue"></x-form></x-outer><p>Pärast <x-icon data-size="2">kaart</x-icon> ja <x-icon></x-icon>.</p><section class="footnotes" aria-label="Joonealused märkused"><ol><li id="fn:1"><p>Märkus <a href="#fnref:1" class="footnote-back" aria-label="Tagasi teksti juurde, viide 1">↩</a></p></li></ol></section>"##);
}

#[test]
fn directives_live_in_lists_and_quotes() {
    assert_snapshot!(both("1. üks\n\n   :::note\n   Tere\n   :::\n2. kaks\n\n> :::note\n> Tsitaadis\n> :::\n\n- ::leaf{}\n", &[]), @"<ol><li><p>üks</p><x-note><p>Tere</p></x-note></li><li><p>kaks</p></li></ol><blockquote><x-note><p>Tsitaadis</p></x-note></blockquote><ul><li><x-leaf></x-leaf></li></ul>");
}

#[test]
fn an_inline_directive_may_begin_or_be_a_paragraph() {
    assert_snapshot!(html(":icon[a]{} Tere *b*\n\n:icon[b]{}\n\n:icon[c]\nteine *rida*\n\n[:icon[d]{} Fail](x.md)"), @r#"
<p><x-icon>a</x-icon> Tere <em>b</em></p><p><x-icon>b</x-icon></p><p><x-icon>c</x-icon>
teine <em>rida</em></p><p><a href="x.md"><x-icon>d</x-icon> Fail</a></p>
"#);
}

#[test]
fn directives_in_code_and_ordinary_colons_are_text() {
    assert_snapshot!(both("```\n:::note\nx\n:::\n```\n\n    ::form{id=a}\n\n`:icon[a]{b}` kell 10:30, Lisa: info, a:icon[b], std::vec, :smile:, https://a.ee/:icon[b]\n\n<!-- :::note -->\n<!--\n:::note\n-->\n", &[]), @r#"
<pre tabindex="0"><code>:::note
x
:::
</code></pre><pre tabindex="0"><code>::form{id=a}
</code></pre><p><code>:icon[a]{b}</code> kell 10:30, Lisa: info, a:icon[b], std::vec, :smile:, https://a.ee/:icon[b]</p>
"#);
}

#[test]
fn what_is_wrong_with_a_directive_is_said_at_its_place() {
    assert_snapshot!(both(
        ":::note{title=„Tere“ a=1 a=2}\nSisu\n\n:::\n\n:::\n\n:::box lisatekst\n:::\n\n:::box{title=\"a\"\n:::\n\n:::box[a\n:::\n\n- :::sees\n  x\n\n::::valja\n:::sees\ny\n::::\n\n:::lahti\nLõpp :icon{a=\n",
        &[]
    ), @r#"
<x-note data-a="1"><p>Sisu</p></x-note><x-box></x-box><x-box></x-box><x-box></x-box><ul><li><x-sees>x</x-sees></li></ul><x-valja><x-sees><p>y</p></x-sees></x-valja><x-lahti><p>Lõpp :icon{a=</p></x-lahti>
1:9 `title=„Tere“` The attribute cannot be read: `title=„Tere“`.
1:26 `a=2` The attribute is given twice: `a=2`.
8:8 `lisatekst` There is text after the block's name: `lisatekst`.
11:7 `{title="a"` The brace is not closed: `{title="a"`.
14:7 `[a` The bracket is not closed: `[a`.
26:11 `{a=` The brace is not closed: `{a=`.
6:1 `:::` A block ends here that has not begun.
17:3 `:::sees` The block `sees` does not end.
21:1 `:::sees` The block `sees` does not end.
25:1 `:::lahti` The block `lahti` does not end.
"#);
}

#[test]
fn html_is_text_unless_it_is_harmless_and_allowed() {
    assert_snapshot!(both("<div>\nTere <b>x</b>\n</div>\n\na<br>b <b>c</b> <!-- peidus --> <script>alert(1)</script>", &[]), @"
<p>&lt;div&gt;
Tere &lt;b&gt;x&lt;/b&gt;
&lt;/div&gt;</p><p>a<br>b &lt;b&gt;c&lt;/b&gt;  &lt;script&gt;alert(1)&lt;/script&gt;</p>
1:1 `<div>` HTML is not used, it is shown as text: `div`.
5:8 `<b>` HTML is not used, it is shown as text: `b`.
5:33 `<script>` HTML is not used, it is shown as text: `script`.
");
    assert_snapshot!(both("<details open onclick=\"x()\">\n<summary>Kokku</summary>\n\nSisu *a*\n\n</details>\n\nH<sub>2</sub>O <b>lahti\n\n</b> <DIV>a</DIV> <sub class=\"a\" style='b'>x</sub>", &["details", "summary", "sub", "b", "div"]), @r#"
<details open="">
<summary>Kokku</summary><p>Sisu <em>a</em></p></details><p>H<sub>2</sub>O <b>lahti</b></p><p> &lt;DIV&gt;a&lt;/DIV&gt; <sub class="a">x</sub></p>
1:1 `<details open onclick="x()">` The attribute `onclick` of `details` has been left out.
8:16 `<b>` The element `b` does not end in the paragraph or list in which it begins.
10:1 `</b>` The element `b` ends here without having begun.
10:6 `<DIV>` HTML is not used, it is shown as text: `DIV`.
10:19 `<sub class="a" style='b'>` The attribute `style` of `sub` has been left out.
"#);
    assert_snapshot!(both("<div>\n:::note\nSees\n:::\n</div>", &["div"]), @"<div><x-note><p>Sees</p></x-note></div>");
}

#[test]
fn places_are_those_of_the_whole_file() {
    let text = "+++\ntitle = \"Õ\"\n+++\nTere õ\n\n[a](javascript:x)\n::x{}\n";
    let body = text.find("Tere").unwrap_or(0)..text.len();
    let path: Arc<str> = "leht.md".into();
    let mut host = Echo::default();
    let options =
        Options { lang: Lang::ET, allowed_html: &[], heading_base: 2, id_prefix: "", path: &path, text, body };
    let rendered = render(&options, &mut host);
    let at = rendered.diagnostics[0].location.clone().expect("a place");
    assert_eq!((at.line, at.column, at.text.as_str()), (6, 1, "[a](javascript:x)"));
    assert_eq!(&text[host.calls[0].at.clone()], "::x{}");
    assert_eq!(&text[host.calls[0].name_at.clone()], "x");
}

#[test]
fn a_summary_is_the_first_paragraph_in_plain_words() {
    let body = "## Pealkiri\n\n![pilt](a.jpg){.decorative}\n\n:::note\n```\nkood\n```\n- loend\n\nEsimene *lõik* [lingiga](a.md), :icon[x]{} mis\njätkub siin.\n\nTeine lõik.";
    assert_snapshot!(summary(body, 200), @"Esimene lõik lingiga, mis jätkub siin.");
    assert_snapshot!(summary(body, 30), @"Esimene lõik lingiga, mis…");
    assert_eq!(summary("", 30), "");
    assert_eq!(summary("# A\n\n- b", 30), "");
}

#[test]
fn plain_text_is_all_the_words() {
    assert_snapshot!(plain_text("## Pealkiri\n\nTekst **paks** [link](a.md).\n\n- üks\n- kaks\n\n| A | B |\n|--|--|\n| c | d |\n\n:::note{title=\"x\"}\nSees\n:::\n\n```\nkood\n```\n\n:icon[a]{}\n"), @"Pealkiri Tekst paks link. üks kaks A B c d Sees");
}

#[test]
fn texts_that_come_to_stand_on_one_page_have_ids_of_their_own() {
    let text = "## Tasu\n\nViis[^a].\n\n[^a]: Eurot.";
    let path: Arc<str> = "leht.md".into();
    let body = 0..text.len();
    let options =
        Options { lang: Lang::ET, allowed_html: &[], heading_base: 2, id_prefix: "taotlus-", path: &path, text, body };
    let html = render(&options, &mut Echo::default()).html;
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids, ["taotlus-tasu", "taotlus-fnref:1", "taotlus-fn:1"]);
    for id in &ids[1..] {
        assert!(html.contains(&format!("href=\"#{id}\"")), "{html}");
    }
}
