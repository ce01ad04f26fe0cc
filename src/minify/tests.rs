//! What people see is the same before and after.

use std::cell::{Cell, RefCell};

use html5ever::{
    TokenizerResult,
    buffer_queue::BufferQueue,
    tendril::StrTendril,
    tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind},
};
use proptest::prelude::*;

use super::*;

/// Reads HTML as a browser does: the tags with their attributes, and the text as it is laid out, with
/// white space collapsed within a line and blocks on lines of their own.
#[derive(Default)]
struct Seen {
    tags: RefCell<Vec<String>>,
    text: RefCell<String>,
    pre: Cell<usize>,
    unseen: Cell<bool>,
}

const LINES: &[&str] = &[
    "html",
    "head",
    "body",
    "title",
    "main",
    "nav",
    "header",
    "footer",
    "section",
    "article",
    "div",
    "p",
    "ul",
    "ol",
    "h1",
    "h2",
    "table",
    "tbody",
    "tr",
    "td",
    "th",
    "pre",
    "form",
    "details",
    "summary",
    "figure",
    "hr",
    "blockquote",
];

impl Seen {
    fn of(html: &str) -> (Vec<String>, String) {
        let queue = BufferQueue::default();
        queue.push_back(StrTendril::from(html));
        let tokenizer = Tokenizer::new(Self::default(), TokenizerOpts::default());
        while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
        tokenizer.end();
        let text = tokenizer.sink.text.take();
        let lines: Vec<&str> =
            text.lines().map(|line| line.trim_matches(' ')).filter(|line| !line.is_empty()).collect();
        (tokenizer.sink.tags.take(), lines.join("\n"))
    }

    fn tag(&self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        let opens = tag.kind == TagKind::StartTag;
        let mut attributes: Vec<String> =
            tag.attrs.iter().map(|a| format!(" {}={}", a.name.local, a.value.trim_matches(' '))).collect();
        attributes.sort();
        self.tags.borrow_mut().push(format!("{}{name}{}", if opens { "" } else { "/" }, attributes.concat()));
        if LINES.contains(&name) {
            self.text.borrow_mut().push('\n');
        }
        match name {
            "pre" => self.pre.set(if opens { self.pre.get() + 1 } else { self.pre.get().saturating_sub(1) }),
            "script" | "style" => self.unseen.set(opens),
            "textarea" if !opens => self.pre.set(self.pre.get().saturating_sub(1)),
            _ => {}
        }
        match name {
            "script" if opens => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" if opens => TokenSinkResult::RawData(RawKind::Rawtext),
            "title" if opens => TokenSinkResult::RawData(RawKind::Rcdata),
            "textarea" if opens => {
                self.pre.set(self.pre.get() + 1);
                TokenSinkResult::RawData(RawKind::Rcdata)
            }
            _ => TokenSinkResult::Continue,
        }
    }

    fn characters(&self, text: &str) {
        if self.unseen.get() {
            self.tags.borrow_mut().push(text.trim().to_owned());
            return;
        }
        let mut out = self.text.borrow_mut();
        for c in text.chars() {
            match c {
                // Line breaks that show are told from those between blocks.
                '\n' if self.pre.get() > 0 => out.push('⏎'),
                ' ' if self.pre.get() > 0 => out.push('␣'),
                ' ' | '\n' | '\t' | '\r' | '\u{c}' => {
                    if !out.ends_with([' ', '\n']) {
                        out.push(' ');
                    }
                }
                c => out.push(c),
            }
        }
    }
}

impl TokenSink for Seen {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => return self.tag(&tag),
            Token::CharacterTokens(text) => self.characters(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn render(template: &str, yes: bool) -> String {
    let mut tera = tera::Tera::default();
    tera.add_raw_template("a.html", template).unwrap_or_else(|error| panic!("{error}\n{template}"));
    let mut context = tera::Context::new();
    context.insert("yes", &yes);
    context.insert("word", "sõna");
    context.insert("list", &["üks", "kaks"]);
    context.insert("level", &2);
    tera.render("a.html", &context).unwrap_or_else(|error| panic!("{error}\n{template}"))
}

/// Checks that people see the same of `template`, and gives the collapsed one.
fn same(template: &str) -> String {
    let small = lean(template);
    for yes in [true, false] {
        assert_eq!(Seen::of(&render(&small, yes)), Seen::of(&render(template, yes)), "\n{template}\n→\n{small}");
    }
    let comments = template.matches("{#").count() + template.matches("<!--").count();
    assert!(small.len() <= template.len() + 6 * comments);
    small
}

#[test]
fn a_page_loses_what_does_not_show() {
    let small = same(
        r#"<!DOCTYPE html>
<html lang="et">
  <head>
    <meta charset="utf-8">
    <title>
      {{ word }}
    </title>
    <style>
      a  { color: red }
    </style>
  </head>
  {# Päis #}
  <body class="a   b"
        id="x">
    <nav>
      <a href="/">Esileht</a>
      <a href="/uudised">Uudised</a>
    </nav>
    <ul>
      {% for item in list %}
        <li>{{ item }}</li>
      {% endfor %}
    </ul>
    <!-- märkus -->
    {% if yes %}
      <p>Tere,   <b>{{ word }}</b>
         ja head aega!</p>
    {% else %}
      <p>Ei.</p>
    {% endif %}
    <pre>
  a   b
    </pre>
    <textarea>  {{ word }}  </textarea>
  </body>
</html>
"#,
    );
    insta::assert_snapshot!(small, @r#"
    <!DOCTYPE html><html lang="et"><head><meta charset="utf-8"><title>{{ word }}</title><style>
          a  { color: red }
        </style></head>{##}<body class="a   b" id="x"><nav><a href="/">Esileht</a>
    <a href="/uudised">Uudised</a></nav><ul>{% for item in list %}
    <li>{{ item }}</li>
    {% endfor %}</ul>{{""}}{% if yes %}<p>Tere, <b>{{ word }}</b>
    ja head aega!</p>{% else %}<p>Ei.</p>{% endif %}<pre>
      a   b
        </pre><textarea>  {{ word }}  </textarea></body></html>
    "#);
}

#[test]
fn spaces_that_show_stay() {
    for template in [
        "a {%- if yes %} b{% endif %} c",
        "a {% if yes %} b {% else %} c {% endif %} d",
        "a {#- x -#} b",
        "a{# x #} b {# y #} c",
        "a {# x #}{{- word }} {{ word -}} b",
        "{% set x = 1 -%}{# c #} {% if yes %} c{% endif %}",
        "{% for x in list %} {{ x }} {% endfor %}",
        "{% for x in list -%} {{ x }}, {% endfor %}",
        "<b>a</b> <i>b</i>",
        "<p><b>a </b>b <i> c</i></p>",
        "<button> OK </button> <span>x</span>",
        "<label>Nimi</label> <select> <option>a</option> <option>b</option> </select>",
        "hind <meta itemprop=\"x\" content=\"y\"> 5\u{a0}€ <script>1  +  1</script> kokku",
        "<h{{ level }}> a  b </h{{ level }}> c",
        "<a {% if yes %} class=\"x  y\" {% endif %} title='a  {{ \"}}\" }}  b'>x</a> y",
        "{% raw %}a  {{ b }}  c{% endraw %} d",
        "{{ \"a  %}  b\" }} c",
        "a < b > c {{ 1 }} { } d",
        "<pre>a {% if yes %}  b{% endif %}\n\n c</pre> d",
        "<svg viewBox=\"0 0 1 1\"> <text> a  b </text> </svg>",
        "üks\u{a0}\u{a0}kaks",
    ] {
        same(template);
    }
}

#[test]
fn unfinished_templates_are_no_panic() {
    for template in
        ["{{ „", "{% õ", "{#", "{#-", "{{-", "<", "</", "<a", "<a b='", "<!--", "<pre>", "<script", "{% raw %}x"]
    {
        let _ = lean(template);
        assert!(lean(template).len() <= template.len() + 4);
    }
}

/// Pieces from which templates are put together; they may be nested by [`templates`].
fn pieces() -> impl Strategy<Value = String> {
    let space = prop::sample::select(vec!["", " ", "  ", "\n", "\n    ", "\t"]);
    let word = prop::sample::select(vec![
        "sõna",
        "{{ word }}",
        "{{- word -}}",
        "{# c #}",
        "{#- c -#}",
        "<!-- c -->",
        "{% set x = 1 %}",
        "{% set x = 1 -%}",
        "<br>",
        "<script>a  b</script>",
        "<input value=\" a  b \">",
        "a  <  b",
    ]);
    let pre = prop::bool::weighted(0.1);
    (space.clone(), word, space, pre).prop_map(|(before, word, after, pre)| {
        if pre { format!("<pre>{before}{word}{after}</pre>") } else { format!("{before}{word}{after}") }
    })
}

fn templates() -> impl Strategy<Value = String> {
    pieces().prop_recursive(4, 24, 5, |inner| {
        let wraps = prop::sample::select(vec![
            ("<section>", "</section>"),
            ("<div class=\"a  b\">", "</div>"),
            ("<b>", "</b>"),
            ("<a\n   href='/'  >", "</a>"),
            ("<ul>", "</ul>"),
            ("<li>", "</li>"),
            ("{% if yes %}", "{% endif %}"),
            ("{%- if not yes -%}", "{% endif -%}"),
            ("{% if yes %}x{% else %}", "{% endif %}"),
            ("{% for y in list %}", "{%- endfor %}"),
            ("{% for y in list %}", "{% endfor %}"),
        ]);
        (wraps, prop::collection::vec(inner, 0..5))
            .prop_map(|((open, close), parts)| format!("{open}{}{close}", parts.concat()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn people_see_the_same_of_any_template(parts in prop::collection::vec(templates(), 1..5)) {
        same(&parts.concat());
    }

    #[test]
    fn any_text_is_no_panic(text in "\\PC*") {
        let _ = lean(&text);
    }
}

#[cfg(feature = "minify")]
mod with_minify_html {
    use super::*;

    fn text(html: &str) -> String {
        Seen::of(html).1
    }

    #[test]
    fn people_see_the_same_of_a_page() {
        let page = concat!(
            "<!DOCTYPE html>\n<html lang=et>\n<head>\n<title>Tere</title>\n",
            "<script type=\"application/ld+json\">{\"a\":  \"b\"}</script>\n</head>\n<body>\n",
            "<nav>\n<a href=\"/\">1</a>\n<a href=\"/b\">2</a>\n</nav>\n",
            "<div><button> OK </button> <span>x</span> <label>Nimi</label> <select><option>a</option></select></div>\n",
            "<main><p>a  <b>b</b> c {{ ei ole mall }}</p><pre>a\n   b</pre><textarea>  x\n y</textarea>\n",
            "<ul>\n<li>a</li>\n<li>b</li>\n</ul><table>\n<tr>\n<td>1</td> <td>2</td></tr></table>\n",
            "<input type=\"text\" value=\"\"><svg viewBox=\"0 0 1 1\"><text>a b</text></svg>\n",
            "<p>1\u{a0}000 &lt;d&gt; &amp; <!-- x --> y</p></main>\n</body>\n</html>\n"
        );
        let small = full(page);
        assert_eq!(text(&small), text(page), "{small}");
        assert!(small.len() < page.len());
        for kept in ["<html lang=et>", "</body>", "type=text", "<head>"] {
            assert!(small.contains(kept), "{kept} in {small}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn people_see_the_same_of_any_page(parts in prop::collection::vec(templates(), 1..5)) {
            let page = format!("<!DOCTYPE html><html><head><title>x</title></head><body>{}</body></html>", parts.concat());
            let page = render(&page, true);
            prop_assert_eq!(text(&full(&page)), text(&page), "{}", page);
        }
    }
}
