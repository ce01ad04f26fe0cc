use std::time::Instant;

use proptest::prelude::*;

use super::{
    pages::{context, office},
    *,
};
use crate::forms::{
    Action, Upload,
    html::{self, Receipt},
};

/// Names and values that look like what forms get, and what they get from those who mean harm.
fn submissions() -> impl Strategy<Value = Vec<(String, Input)>> {
    let names = prop::sample::select(vec![
        "email",
        "name",
        "content",
        "delivery",
        "children",
        "children.0.name",
        "children.1.personal_code",
        "children.99999999999999999999.name",
        "children.-1.name",
        "children..name",
        "children.0.name.0.name",
        "date.day",
        "date.month",
        "date.year",
        "photos",
        "features",
        "_go",
        "_held",
        "homepage",
        "",
        ".",
        "page",
    ]);
    let names = prop_oneof![4 => names.prop_map(ToOwned::to_owned), 1 => ".{0,20}"];
    let nasty = prop::sample::select(vec![
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onfocus=alert(1) autofocus '",
        "</textarea><script>",
        "{{FORM}}",
        "{label}",
        "a\r\nBcc: x@y.ee",
        "\0\u{202e}\u{feff}",
        "Ma\u{0308}gi",
        "👩\u{200d}🔧",
        "add:children",
        "remove:children.0",
        "edit:../../x",
        "yes",
        "2026-02-31",
        "99999999999999999999999999",
        "-0",
        "NaN",
        "1e400",
    ]);
    let texts = prop_oneof![nasty.prop_map(ToOwned::to_owned), ".{0,40}", "[0-9 ,.€-]{0,30}"];
    let files =
        (texts.clone(), any::<u64>(), prop::option::of("[a-z]{1,5}/[a-z]{1,5}"), prop::option::of("[a-z0-9]{1,8}"));
    let input = prop_oneof![
        5 => texts.prop_map(Input::Text),
        1 => files.prop_map(|(name, size, media_type, handle)| Input::File(Upload { name, size, media_type, handle })),
    ];
    prop::collection::vec((names, input), 0..40)
}

/// The elements and attributes that the pages may have; whatever else there is came from outside.
#[cfg(feature = "generator")]
fn foreign(html: &str) -> Vec<String> {
    use html5ever::tokenizer::{BufferQueue, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

    struct Sink(std::cell::RefCell<Vec<String>>);
    impl TokenSink for Sink {
        type Handle = ();
        fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
            match token {
                Token::TagToken(tag) => {
                    let name = tag.name.to_string();
                    if ["script", "img", "iframe", "object", "svg", "style", "b"].contains(&name.as_str()) {
                        self.0.borrow_mut().push(name);
                    }
                    for attribute in &tag.attrs {
                        let name = attribute.name.local.to_string();
                        let known = name.starts_with("data-")
                            || name.starts_with("aria-")
                            || ATTRIBUTES.contains(&name.as_str());
                        if !known {
                            self.0.borrow_mut().push(name);
                        }
                    }
                }
                Token::ParseError(error) => self.0.borrow_mut().push(error.to_string()),
                _ => {}
            }
            TokenSinkResult::Continue
        }
    }
    const ATTRIBUTES: &[&str] = &[
        "class",
        "id",
        "name",
        "value",
        "type",
        "for",
        "href",
        "method",
        "action",
        "enctype",
        "accept-charset",
        "lang",
        "novalidate",
        "tabindex",
        "autofocus",
        "role",
        "rows",
        "accept",
        "multiple",
        "checked",
        "inputmode",
        "autocomplete",
        "spellcheck",
    ];
    let input = BufferQueue::default();
    input.push_back(html.into());
    let tokenizer = Tokenizer::new(Sink(std::cell::RefCell::default()), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// No submission makes a page that has anything in it but what the form put there.
    #[cfg(feature = "generator")]
    #[test]
    fn nothing_that_is_typed_becomes_part_of_the_page(mut values in submissions(), number in 0_usize..18) {
        let office = office();
        let form = LIBRARY.iter().nth(number).expect("a form");
        Action::of(&values).apply(form, &mut values);
        let errors = match validate(form, Lang::ET, &values, TODAY) {
            Ok(answers) => {
                let page = html::check(form, Lang::ET, &answers, &values, &context(&office));
                prop_assert_eq!(foreign(&page.body), Vec::<String>::new());
                let received = TODAY.at(1, 2, 3, 0);
                let receipt = Receipt { reference: "PR-1", received, deadline: None, answers: Some(&answers) };
                prop_assert_eq!(foreign(&html::sent(form, Lang::RU, &receipt, &office).body), Vec::<String>::new());
                Errors::default()
            }
            Err(errors) => errors,
        };
        let page = html::form(form, Lang::EN, &values, &errors, &context(&office));
        prop_assert_eq!(foreign(&page.body), Vec::<String>::new());
    }

    /// What was accepted is accepted again, with the same answers: the second post is checked like the first.
    #[test]
    fn what_is_accepted_once_is_accepted_again(values in submissions(), number in 0_usize..18) {
            let form = LIBRARY.iter().nth(number).expect("a form");
        if let Ok(answers) = validate(form, Lang::ET, &values, TODAY) {
            prop_assert_eq!(validate(form, Lang::ET, &values, TODAY), Ok(answers.clone()));
            let stored = serde_json::to_string(&answers).expect("written");
            prop_assert_eq!(serde_json::from_str::<Answers>(&stored).expect("read"), answers);
        }
    }

    /// A definition may hold anything.
    #[test]
    fn no_definition_makes_the_reader_panic(text in "(?s).{0,400}") {
        Form::read("forms/x.toml", &text, &LANGUAGES, &mut Vec::new());
    }

    /// Values never hold what could end a header, turn a line around or hide in a file's name.
    #[test]
    fn short_answers_have_no_control_characters(text in "(?s).{0,60}") {
        let form = form("[[step]]\n[[step.field]]\nname = \"a\"\nkind = \"text\"\nlabel.et = \"A\"\n");
        let submission = [("a".to_owned(), Input::Text(text))];
        if let Ok(answers) = validate(&form, Lang::ET, &submission, TODAY) {
            let text = answers.text("a").expect("a text");
            let bad = |c: char| c.is_control() || c == '\u{202e}';
            prop_assert!(!text.is_empty() && !text.chars().any(bad));
            prop_assert_eq!(text, text.trim());
        }
    }
}

#[test]
fn ten_thousand_fields_and_deep_repeats_cost_little() {
    let form = LIBRARY.get("sunnitoetus").expect("there");
    let office = office();
    let mut values: Vec<(String, Input)> =
        (0..10_000).map(|n| (format!("children.{n}.name"), Input::Text("x".repeat(100)))).collect();
    values.extend((0..10_000).map(|n| (format!("children{}", ".0.children".repeat(n % 50)), Input::Text("y".into()))));
    values.extend((0..10_000).map(|_| ("relation".to_owned(), Input::Text("parent".into()))));
    let begin = Instant::now();
    let errors = validate(form, Lang::ET, &values, TODAY).expect_err("too many");
    assert!(errors.0.iter().any(|error| error.message == "„Laps“: lisada saab kuni 5"), "{errors:#?}");
    let page = html::form(form, Lang::ET, &values, &errors, &context(&office));
    assert!(page.body.len() < 60_000, "{}", page.body.len());
    // Far from any limit of the clock of a busy machine; the work must not grow with the square of the input.
    assert!(begin.elapsed().as_secs() < 5);
}

#[test]
fn both_unicode_forms_are_one_answer() {
    let form = form("[[step]]\n[[step.field]]\nname = \"a\"\nkind = \"name\"\nlabel.et = \"A\"\n");
    let one = answer(&form, &["a=M\u{e4}gi"]).expect("fine");
    assert_eq!(one, answer(&form, &["a=Ma\u{308}gi"]).expect("fine"));
}
