//! Texts that mean harm: to readers (scripts), to the builder (endless work, panics).

use html5ever::{
    Attribute as HtmlAttribute,
    tokenizer::{BufferQueue, Tag as HtmlTag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
};
use proptest::prelude::*;
use std::cell::RefCell;

use super::*;

/// Elements that must be closed, in the order in which they are open; and what is wrong.
#[derive(Default)]
struct Checker {
    open: RefCell<Vec<String>>,
    wrong: RefCell<Vec<String>>,
}

impl Checker {
    fn wrong(&self, what: impl Into<String>) {
        self.wrong.borrow_mut().push(what.into());
    }

    fn attribute(&self, element: &str, attribute: &HtmlAttribute) {
        let name = attribute.name.local.to_string();
        let value: String = attribute.value.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
        if name.starts_with("on") || matches!(name.as_str(), "style" | "srcdoc" | "formaction" | "srcset") {
            self.wrong(format!("<{element} {name}>"));
        }
        if matches!(name.as_str(), "href" | "src") {
            let scheme = value.split([':', '/', '?', '#']).next().unwrap_or("").to_lowercase();
            let has_scheme = value[scheme.len()..].starts_with(':');
            if has_scheme && !["http", "https", "mailto", "tel", "sms", "geo"].contains(&scheme.as_str()) {
                self.wrong(format!("{name}={value}"));
            }
        }
    }
}

impl TokenSink for Checker {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        const VOID: [&str; 4] = ["br", "hr", "img", "wbr"];
        const NEVER: [&str; 17] = [
            "script", "style", "iframe", "object", "embed", "form", "input", "link", "meta", "base", "svg", "math",
            "template", "noscript", "textarea", "title", "frame",
        ];
        match token {
            Token::TagToken(HtmlTag { kind, name, attrs, .. }) => {
                let name = name.to_string();
                if NEVER.contains(&name.as_str()) {
                    self.wrong(format!("<{name}>"));
                }
                for attribute in &attrs {
                    self.attribute(&name, attribute);
                }
                match kind {
                    TagKind::StartTag if !VOID.contains(&name.as_str()) => self.open.borrow_mut().push(name),
                    TagKind::StartTag => {}
                    TagKind::EndTag => {
                        let open = self.open.borrow_mut().pop();
                        if open.as_ref() != Some(&name) {
                            self.wrong(format!("</{name}> ends {open:?}"));
                        }
                    }
                }
            }
            Token::CommentToken(_) | Token::DoctypeToken(_) => self.wrong("a comment or doctype"),
            // NUL bytes are replaced by every parser.
            Token::ParseError(error) if !error.contains("character reference") && !error.contains("Bad character") => {
                self.wrong(error);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// What a browser's tokenizer finds wrong with the HTML: harm, or elements that do not nest.
fn faults(html: &str) -> Vec<String> {
    let tokenizer =
        Tokenizer::new(Checker::default(), TokenizerOpts { exact_errors: true, ..TokenizerOpts::default() });
    let input = BufferQueue::default();
    input.push_back(html.into());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let mut wrong = tokenizer.sink.wrong.take();
    wrong.extend(tokenizer.sink.open.take().into_iter().map(|name| format!("<{name}> is open")));
    wrong
}

const ALL_HTML: &[&str] = HARMLESS;

const VECTORS: &[&str] = &[
    "<script>alert(1)</script>",
    "<ScRiPt src=//x.example></sCrIpT>",
    "a <script>alert(1)</script> b",
    "<img src=x onerror=alert(1)>",
    "a <img src=x onerror=alert(1)> b",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi//xlink:href=\"data:x,<script>alert(4)</script>\">",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>\nx\n</details>",
    "<b onclick=alert(1)>x</b>",
    "<b/onclick=alert(1)>x</b>",
    "<b class=\"a\"onclick=alert(1)>x</b>",
    "<b title='\"><script>alert(1)</script>'>x</b>",
    "<b title=\"'><script>alert(1)</script>\">x</b>",
    "<b title=`><script>alert(1)</script>`>x</b>",
    "<div style=\"background:url(javascript:alert(1))\">\nx\n</div>",
    "<div\nonclick=alert(1)>\nx\n</div>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<base href=//x.example/>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<form action=javascript:alert(1)><input type=submit>",
    "<style>@import 'x'</style>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script> -->",
    "<!--\n<script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml <script>alert(1)</script> ?>",
    "<? ?><script>alert(1)</script>",
    "<!DOCTYPE html [<script>]>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](<  javascript:alert(1)>)",
    "[x](&#1;javascript:alert(1))",
    "[x](&nbsp;javascript:alert(1))",
    "[x](\\javascript:alert(1))",
    "[x](java\\script:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](blob:https://x.example/1)",
    "[x](file:///etc/passwd)",
    "[x](filesystem:x)",
    "[x](view-source:x)",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "[x]\n\n[x]: <javascript:alert(1)> \"t\"",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    "![\"><script>alert(1)</script>](a.jpg)",
    "![x](a.jpg \"\\\" onerror=alert(1) x=\\\"\")",
    "![x](a.jpg\"onerror=alert(1))",
    "[x](a \"\\\" onclick=alert(1) x=\\\"\")",
    "[x](\"onclick=alert(1))",
    "[x](a\"onclick=\"alert(1))",
    "## x {#\"onclick=alert(1)}",
    "## x {.\"onclick=alert(1)}",
    "## x {onclick=alert(1)}",
    "## <script>alert(1)</script>",
    "```\"onclick=alert(1)\nx\n```",
    "```\"><script>alert(1)</script>\nx\n```",
    "| <script>alert(1)</script> |\n|--|\n| \"><img src=x onerror=alert(1)> |",
    "| \" onfocus=alert(1) x=\" |\n|--|\n| a |",
    "[^\"><script>]: x\n\ny[^\"><script>]",
    ":::note{title='\"><script>alert(1)</script>'}\n</x-note><script>\n:::",
    ":icon[<script>alert(1)</script>]{a='\"'}",
    "::form{onclick=\"x\"}",
    "<div>\n<:::note{a=\"<script>\"}\n:::\n",
    "<b title=\":icon[a]{b='\"><script>alert(1)</script>'}\">x</b>",
    "<details>\n\n> </details>\n\n- <b>\n- </b>\n",
    "*<b>x*</b>",
    "[<b>x](a)</b>",
    "![<b>x](a)</b>",
    "<b>\n\n</b>\n\n<div>\n<div>\n\n</div>",
    "<summary>\n<b>\n</summary>\n</b>",
];

#[test]
fn no_vector_runs_a_script() {
    for vector in VECTORS {
        for allowed in [&[], ALL_HTML] {
            let html = rendered_in(Lang::ET, vector, allowed).0.html;
            // The test's host writes attributes as data-*, so that all that is left is ours.
            assert_eq!(faults(&html), Vec::<String>::new(), "{vector}\n{html}");
        }
    }
}

#[test]
fn a_refused_address_is_named() {
    assert_eq!(
        both("[x](java&Tab;script:alert(1))", &[]).lines().nth(1),
        Some("1:1 `[x](java&Tab;script:alert(1))` An address that begins with `javascript:` is not allowed.")
    );
}

#[test]
fn great_depth_and_length_are_no_trouble() {
    let times = |text: &str, n: usize| text.repeat(n);
    let each = |count: usize, write: &dyn Fn(usize) -> String| (0..count).map(write).collect::<String>();
    let texts = [
        times(">", 1_000),
        times("> ", 500) + "a\n" + &times("b\n", 500),
        each(500, &|depth| " ".repeat(depth * 2) + "- a\n"),
        times("[", 5_000),
        times("[", 2_500) + &times("]", 2_500),
        times("[a](", 2_500),
        times("](a b", 2_500),
        times("![", 2_500),
        times("*a **a ", 2_500),
        times("<b>", 5_000),
        times("<b ", 5_000),
        times("<b a=\"", 5_000),
        times("<div>\n", 2_000),
        times("<!--", 5_000),
        times("<!-- -->", 2_000),
        times(":::a\n", 2_000),
        times(":::a\n", 2_000) + &times("::::\n", 2_000),
        times(":::a\n", 2_000) + &times(":::\n", 2_000),
        times(":ab[", 5_000),
        times(":ab{", 5_000),
        times(":ab{a=\"", 5_000),
        times(":ab[]", 5_000),
        times("::", 5_000),
        times(": ", 5_000),
        times(":a\n", 5_000),
        ":::a{".to_owned() + &times("b ", 2_000) + "}",
        times("'", 5_000),
        times("1-", 5_000),
        times("1-2 ", 5_000),
        times("\"", 5_000) + &times("a-", 5_000),
        times("# a\n", 2_000),
        times("[^a]", 500) + "\n\n[^a]: b",
        each(1_000, &|n| format!("[^{n}]: a\n\n")),
        each(300, &|n| format!("a[^{n}]\n\n[^{n}]: a\n\n")),
        times("|a", 50) + "\n" + &times("|-", 50) + "\n" + &times("|b\n", 500),
        times("a\n: b\n", 1_000),
        times("[a](javascript:b)\n", 2_000),
        times("{.decorative}", 2_000),
        times("`", 5_000),
        each(200, &|n| times("`", n) + " "),
    ];
    for text in texts {
        let start: String = text.chars().take(12).collect();
        let (rendered, _) = rendered_in(Lang::ET, &text, ALL_HTML);
        assert_eq!(faults(&rendered.html), Vec::<String>::new(), "{start}");
        assert!(rendered.diagnostics.len() <= 102, "{start}");
        let _ = (summary(&text, 200), plain_text(&text));
    }
}

/// Texts made of what Markdown and directives are made of.
fn markdown() -> impl Strategy<Value = String> {
    let pieces = [
        "a",
        "õ",
        "1",
        " ",
        "  ",
        "    ",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        "*",
        "**",
        "_",
        "`",
        "```\n",
        "~~",
        "#",
        "## ",
        "> ",
        "- ",
        "1. ",
        "[",
        "](",
        ")",
        "!",
        "[^a]",
        "[^a]: ",
        "|",
        "|--|\n",
        ":",
        "::",
        ":::",
        "::::",
        ":::note\n",
        "{",
        "}",
        "{a=\"b\"}",
        ":icon[",
        "]",
        "::leaf{}\n",
        "\"",
        "'",
        "...",
        " - ",
        "-",
        "<",
        ">",
        "<b>",
        "</b>",
        "<div>\n",
        "</div>\n",
        "<br>",
        "<!--",
        "-->",
        "<?",
        "?>",
        "\\",
        "&quot;",
        "{.decorative}",
        "javascript:",
        ": ",
        "[!NOTE]\n",
        "\u{0}",
        "\u{feff}",
        "{#a}",
        "[x]",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_html_that_nests(text in markdown(), allow in any::<bool>()) {
        let (rendered, host) = rendered_in(Lang::ET, &text, if allow { ALL_HTML } else { &[] });
        prop_assert_eq!(faults(&rendered.html), Vec::<String>::new(), "{}", rendered.html);
        for call in host.calls {
            prop_assert!(text[call.at].starts_with(':'));
            prop_assert_eq!(&text[call.name_at], &call.name);
        }
        let ids: std::collections::HashSet<_> = rendered.outline.iter().map(|heading| &heading.id).collect();
        prop_assert_eq!(ids.len(), rendered.outline.len());
        let _ = (summary(&text, 20), plain_text(&text));
    }

    #[test]
    fn any_characters_are_no_panic(text in any::<String>()) {
        let (rendered, _) = rendered_in(Lang::RU, &text, ALL_HTML);
        prop_assert_eq!(faults(&rendered.html), Vec::<String>::new());
    }

    #[test]
    fn code_stays_as_it_was_typed(code in "[a-z \"'.:<>{}\\[\\]()0-9-]{1,40}") {
        prop_assume!(!code.trim().is_empty());
        let mut escaped = String::new();
        escape::push_text(&mut escaped, &code);
        let block = format!("<pre tabindex=\"0\"><code>{escaped}\n</code></pre>");
        prop_assert_eq!(html(&format!("~~~\n{code}\n~~~")), block);
        let code = code.trim();
        escaped.clear();
        escape::push_text(&mut escaped, code);
        prop_assert_eq!(html(&format!("x ``{code}``")), format!("<p>x <code>{escaped}</code></p>"));
    }
}
