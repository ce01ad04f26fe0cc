use jiff::civil::date;

use super::*;
use crate::forms::{
    Action, Catalogue, Compiled, Unusable, Upload, Version,
    html::{self, Context, Office, Problem, Receipt, Shell},
};

pub(super) fn office() -> Office {
    Office { name: "Kadaka vald".into(), email: Some("info@kadakavald.ee".into()), phone: Some("+372 555 0100".into()) }
}

pub(super) fn context(office: &Office) -> Context<'_> {
    Context {
        action: "/vormid/proov",
        version: "0123456789abcdef",
        office,
        heading: true,
        ids: "",
        hidden: &[],
        focus: None,
        extra: "",
    }
}

/// One element a line, so that a snapshot can be read.
fn spread(html: &str) -> String {
    html.replace("><", ">\n<")
}

/// The part of a page from `from` to `to`.
fn part(html: &str, from: &str, to: &str) -> String {
    let start = html.find(from).unwrap_or_else(|| panic!("no {from} in {html}"));
    let end = html[start..].find(to).map_or(html.len(), |end| start + end + to.len());
    spread(&html[start..end])
}

const SMALL: &str = r#"[[step]]
title.et = "Teie andmed"
[[step.field]]
name = "email"
kind = "email"
label.et = "E-posti aadress"
hint.et = "Vastame sellele."
[[step.field]]
name = "born"
kind = "date"
label.et = "Sünniaeg"
required = false
autocomplete = "bday"
[[step.field]]
name = "owner"
kind = "yes-no"
label.et = "Kas olete omanik?"
[[step.field]]
name = "photo"
kind = "file"
label.et = "Foto"
accept = ["image"]
show_if = { field = "owner", is = "yes" }
"#;

#[test]
fn a_blank_form() {
    let office = office();
    let page = html::form(&form(SMALL), Lang::ET, &[], &Errors::default(), &context(&office));
    assert_eq!(page.title, "Proov");
    insta::assert_snapshot!(part(&page.body, "<form", ">"), @r#"<form class="form" method="post" action="/vormid/proov?lang=et" enctype="multipart/form-data" accept-charset="utf-8" lang="et" data-form="proov" novalidate data-words="{&quot;next&quot;:&quot;Edasi&quot;,&quot;back&quot;:&quot;Tagasi&quot;,&quot;step&quot;:&quot;Samm {n} / {m}&quot;,&quot;sending&quot;:&quot;Saadame … Palun ärge seda lehte sulgege.&quot;,&quot;draft&quot;:&quot;Hoia pooleli vorm selles brauseris alles&quot;,&quot;draftHint&quot;:&quot;Ärge valige seda võõras arvutis. Mustand kustub, kui vormi saadate või märke eemaldate. Faile ei hoita.&quot;,&quot;summary&quot;:&quot;Vormis on viga&quot;,&quot;error&quot;:&quot;Viga:&quot;,&quot;title&quot;:&quot;Viga: &quot;}">"#);
    insta::assert_snapshot!(part(&page.body, "<section", "</section>"), @r#"
    <section class="form-step" data-step="1" aria-labelledby="step-1">
    <h2 id="step-1">Teie andmed</h2>
    <div class="field" data-kind="email" data-missing="Sisestage e-posti aadress" data-pattern="[^@]+@[^@]+[.][^@]+" data-wrong="Sisestage e-posti aadress õigel kujul, näiteks nimi@asutus.ee">
    <label class="field-label" for="email">E-posti aadress</label>
    <p class="field-hint" id="email-hint">Vastame sellele.</p>
    <input class="input" id="email" name="email" aria-describedby="email-hint" type="email" autocomplete="email" value="">
    </div>
    <div class="field" data-kind="date" data-wrong="„Sünniaeg“ peab olema olemasolev kuupäev, näiteks 27. 3. 2026">
    <fieldset aria-describedby="born-hint">
    <legend class="field-label">Sünniaeg <span class="field-optional">(ei ole kohustuslik)</span>
    </legend>
    <p class="field-hint" id="born-hint">Näiteks 27 3 2026</p>
    <div class="date">
    <div class="date-part">
    <label for="born-day">Päev</label>
    <input class="input input-short date-day" id="born-day" name="born.day" type="text" inputmode="numeric" autocomplete="bday-day" value="">
    </div>
    <div class="date-part">
    <label for="born-month">Kuu</label>
    <input class="input input-short date-month" id="born-month" name="born.month" type="text" autocomplete="bday-month" value="">
    </div>
    <div class="date-part">
    <label for="born-year">Aasta</label>
    <input class="input input-short date-year" id="born-year" name="born.year" type="text" inputmode="numeric" autocomplete="bday-year" value="">
    </div>
    </div>
    </fieldset>
    </div>
    <div class="field" data-kind="yes-no" data-missing="Vastake küsimusele „Kas olete omanik?“">
    <fieldset>
    <legend class="field-label">Kas olete omanik?</legend>
    <div class="choices">
    <div class="choice">
    <input type="radio" id="owner" name="owner" value="yes">
    <label for="owner">Jah</label>
    </div>
    <div class="choice">
    <input type="radio" id="owner-2" name="owner" value="no">
    <label for="owner-2">Ei</label>
    </div>
    </div>
    </fieldset>
    </div>
    <div class="field" data-kind="file" data-show-if="{&quot;is&quot;:{&quot;field&quot;:&quot;owner&quot;,&quot;values&quot;:[&quot;yes&quot;]}}" data-missing="Lisage fail: foto">
    <label class="field-label" for="photo">Foto</label>
    <p class="field-condition" id="photo-condition">Vastake, kui „Kas olete omanik?“ vastus on „Jah“.</p>
    <p class="field-hint" id="photo-hint">Sobivad JPG, JPEG, PNG, WEBP, HEIC. Ühe faili suurus kuni 10 MB.</p>
    <input class="input" id="photo" name="photo" aria-describedby="photo-condition photo-hint" type="file" accept=".jpg,.jpeg,.png,.webp,.heic" data-max-size="10000000" data-large="Fail „{file}“ on liiga suur; lubatud on kuni 10 MB">
    </div>
    </section>
    "#);
    insta::assert_snapshot!(part(&page.body, "<div class=\"form-extra\"", "</div>"), @r#"
    <div class="form-extra" aria-hidden="true">
    <label for="homepage">Jätke see väli tühjaks</label>
    <input id="homepage" name="homepage" type="text" tabindex="-1" autocomplete="off">
    </div>
    "#);
    insta::assert_snapshot!(part(&page.body, "<div class=\"form-buttons\"", "</div>"), @r#"
    <div class="form-buttons">
    <button class="button" type="submit" name="_go" value="check">Edasi</button>
    </div>
    "#);
}

#[test]
fn a_form_comes_back_with_errors_and_with_everything_that_was_typed() {
    let (form, office) = (form(SMALL), office());
    let mut values = typed(&["email=mari", "born.day=31", "born.month=2", "born.year=1980", "owner=yes"]);
    values.push((
        "photo".into(),
        Input::File(Upload { name: "õu.jpg".into(), size: 1_200_000, media_type: None, handle: Some("h1".into()) }),
    ));
    let errors = validate(&form, Lang::ET, &values, TODAY).expect_err("wrong");
    let page = html::form(&form, Lang::ET, &values, &errors, &context(&office));
    assert_eq!(page.title, "Viga: Proov");
    insta::assert_snapshot!(part(&page.body, "<div class=\"form-errors\"", "</div>"), @r##"
    <div class="form-errors" role="alert" aria-labelledby="errors-title" tabindex="-1" autofocus>
    <h2 class="form-errors-title" id="errors-title">Vormis on viga</h2>
    <ul>
    <li>
    <a href="#email">Sisestage e-posti aadress õigel kujul, näiteks nimi@asutus.ee</a>
    </li>
    <li>
    <a href="#born-day">„Sünniaeg“ peab olema olemasolev kuupäev, näiteks 27. 3. 2026</a>
    </li>
    </ul>
    </div>
    "##);
    insta::assert_snapshot!(part(&page.body, "<section", "</section>"), @r#"
    <section class="form-step" data-step="1" aria-labelledby="step-1">
    <h2 id="step-1">Teie andmed</h2>
    <div class="field field-error" data-kind="email" data-missing="Sisestage e-posti aadress" data-pattern="[^@]+@[^@]+[.][^@]+" data-wrong="Sisestage e-posti aadress õigel kujul, näiteks nimi@asutus.ee">
    <label class="field-label" for="email">E-posti aadress</label>
    <p class="field-hint" id="email-hint">Vastame sellele.</p>
    <p class="field-message" id="email-error">
    <span class="sr">Viga:</span> Sisestage e-posti aadress õigel kujul, näiteks nimi@asutus.ee</p>
    <input class="input" id="email" name="email" aria-describedby="email-hint email-error" aria-invalid="true" type="email" autocomplete="email" value="mari">
    </div>
    <div class="field field-error" data-kind="date" data-wrong="„Sünniaeg“ peab olema olemasolev kuupäev, näiteks 27. 3. 2026">
    <fieldset aria-describedby="born-hint born-error">
    <legend class="field-label">Sünniaeg <span class="field-optional">(ei ole kohustuslik)</span>
    </legend>
    <p class="field-hint" id="born-hint">Näiteks 27 3 2026</p>
    <p class="field-message" id="born-error">
    <span class="sr">Viga:</span> „Sünniaeg“ peab olema olemasolev kuupäev, näiteks 27. 3. 2026</p>
    <div class="date">
    <div class="date-part">
    <label for="born-day">Päev</label>
    <input class="input input-short date-day" id="born-day" name="born.day" type="text" inputmode="numeric" autocomplete="bday-day" aria-invalid="true" value="31">
    </div>
    <div class="date-part">
    <label for="born-month">Kuu</label>
    <input class="input input-short date-month" id="born-month" name="born.month" type="text" autocomplete="bday-month" aria-invalid="true" value="2">
    </div>
    <div class="date-part">
    <label for="born-year">Aasta</label>
    <input class="input input-short date-year" id="born-year" name="born.year" type="text" inputmode="numeric" autocomplete="bday-year" aria-invalid="true" value="1980">
    </div>
    </div>
    </fieldset>
    </div>
    <div class="field" data-kind="yes-no" data-missing="Vastake küsimusele „Kas olete omanik?“">
    <fieldset>
    <legend class="field-label">Kas olete omanik?</legend>
    <div class="choices">
    <div class="choice">
    <input type="radio" id="owner" name="owner" value="yes" checked>
    <label for="owner">Jah</label>
    </div>
    <div class="choice">
    <input type="radio" id="owner-2" name="owner" value="no">
    <label for="owner-2">Ei</label>
    </div>
    </div>
    </fieldset>
    </div>
    <div class="field" data-kind="file" data-show-if="{&quot;is&quot;:{&quot;field&quot;:&quot;owner&quot;,&quot;values&quot;:[&quot;yes&quot;]}}" data-missing="Lisage fail: foto">
    <label class="field-label" for="photo">Foto</label>
    <p class="field-condition" id="photo-condition">Vastake, kui „Kas olete omanik?“ vastus on „Jah“.</p>
    <p class="field-hint" id="photo-hint">Sobivad JPG, JPEG, PNG, WEBP, HEIC. Ühe faili suurus kuni 10 MB.</p>
    <ul class="files">
    <li class="file">Lisatud: õu.jpg (1,2 MB) <div class="choice">
    <input type="checkbox" id="photo-h1" name="_drop" value="photo:h1">
    <label for="photo-h1">Eemalda fail õu.jpg</label>
    </div>
    <input type="hidden" name="_held" value="photo:h1">
    </li>
    </ul>
    <input class="input" id="photo" name="photo" aria-describedby="photo-condition photo-hint" type="file" accept=".jpg,.jpeg,.png,.webp,.heic" data-max-size="10000000" data-large="Fail „{file}“ on liiga suur; lubatud on kuni 10 MB">
    </div>
    </section>
    "#);
}

#[test]
fn a_file_that_nobody_kept_is_to_be_chosen_again() {
    let (form, office) = (form(SMALL), office());
    let file = Upload { name: "õu.jpg".into(), size: 9, media_type: None, handle: None };
    let values = [("photo".to_owned(), Input::File(file))];
    let page = html::form(&form, Lang::ET, &values, &Errors::default(), &context(&office));
    assert!(page.body.contains("Valige fail „õu.jpg“ uuesti"));
}

#[test]
fn groups_grow_and_shrink_without_scripts() {
    let (form, office) = (LIBRARY.get("sunnitoetus").expect("there"), office());
    let legends = |values: &[(String, Input)]| {
        let page = html::form(form, Lang::ET, values, &Errors::default(), &context(&office));
        let legends = page.body.matches("class=\"group-row\"").count();
        (legends, page.body.matches("value=\"remove:").count(), page.body.matches("value=\"add:").count())
    };
    let mut values = typed(&["children.0.name=Juku"]);
    assert_eq!(legends(&[]), (1, 0, 1));
    Action::Add("children".into()).apply(form, &mut values);
    assert_eq!(legends(&values), (2, 2, 1));
    (0..9).for_each(|_| Action::Add("children".into()).apply(form, &mut values));
    assert_eq!(legends(&values), (5, 5, 0));
    Action::Remove("children".into(), 1).apply(form, &mut values);
    assert_eq!(legends(&values), (4, 4, 1));
}

#[test]
fn the_check_page_shows_and_carries_everything() {
    let office = office();
    let form = {
        let mut form = form(SMALL);
        form.reply_to = Some("email".into());
        form
    };
    let values = typed(&["email=mari@example.ee", "owner=no", "_go=check", "unknown=1"]);
    let answers = validate(&form, Lang::ET, &values, TODAY).expect("fine");
    let mut context = context(&office);
    context.hidden = &[("_token", "abc")];
    let page = html::check(&form, Lang::ET, &answers, &values, &context);
    assert_eq!(page.title, "Kontrollige vastused üle: Proov");
    insta::assert_snapshot!(spread(&page.body), @r#"
    <h1>Kontrollige vastused üle</h1>
    <p class="form-intro">Vorm ei ole veel saadetud. Vaadake vastused üle ja vajutage „Saada“.</p>
    <form class="form" method="post" action="/vormid/proov?lang=et" enctype="multipart/form-data" accept-charset="utf-8" lang="et" data-form="proov" novalidate>
    <input type="hidden" name="_version" value="0123456789abcdef">
    <input type="hidden" name="_lang" value="et">
    <input type="hidden" name="_token" value="abc">
    <input type="hidden" name="email" value="mari@example.ee">
    <input type="hidden" name="owner" value="no">
    <button class="sr" type="submit" name="_go" value="send" tabindex="-1" aria-hidden="true">
    </button>
    <h2>Teie andmed</h2>
    <dl class="answers">
    <div class="answer">
    <dt class="answer-question">E-posti aadress</dt>
    <dd class="answer-text">mari@example.ee</dd>
    <dd class="answer-change">
    <button class="link-button" type="submit" name="_go" value="edit:email">Muuda <span class="sr">e-posti aadress</span>
    </button>
    </dd>
    </div>
    <div class="answer">
    <dt class="answer-question">Sünniaeg</dt>
    <dd class="answer-text answer-empty">Vastamata</dd>
    <dd class="answer-change">
    <button class="link-button" type="submit" name="_go" value="edit:born">Muuda <span class="sr">sünniaeg</span>
    </button>
    </dd>
    </div>
    <div class="answer">
    <dt class="answer-question">Kas olete omanik?</dt>
    <dd class="answer-text">Ei</dd>
    <dd class="answer-change">
    <button class="link-button" type="submit" name="_go" value="edit:owner">Muuda <span class="sr">kas olete omanik?</span>
    </button>
    </dd>
    </div>
    </dl>
    <div class="field">
    <div class="choice">
    <input type="checkbox" id="receipt" name="_receipt" value="yes" aria-describedby="receipt-hint">
    <label for="receipt">Saatke kinnitus aadressile mari@example.ee</label>
    <p class="choice-hint" id="receipt-hint">Kirjas on viitenumber ja see, mis edasi saab. Teie vastuseid kirjas ei ole.</p>
    </div>
    </div>
    <div class="form-buttons">
    <button class="button" type="submit" name="_go" value="send">Saada</button>
    </div>
    </form>
    "#);
}

#[test]
fn the_confirmation() {
    let (mut form, office) = (form(SMALL), office());
    form.reply_deadline = crate::forms::Deadline::parse("5 working days");
    let values = typed(&["email=mari@example.ee", "owner=no"]);
    let answers = validate(&form, Lang::ET, &values, TODAY).expect("fine");
    let receipt = Receipt {
        reference: "PR-7K3M-P9XA",
        received: date(2026, 11, 22).at(14, 30, 0, 0),
        deadline: Some(date(2026, 11, 27)),
        answers: Some(&answers),
    };
    insta::assert_snapshot!(spread(&html::sent(&form, Lang::ET, &receipt, &office).body), @r#"
    <div class="receipt" role="status">
    <h1>Saadetud</h1>
    <p class="receipt-reference">Teie viitenumber<br>
    <strong>PR-7K3M-P9XA</strong>
    </p>
    </div>
    <p>Kätte saadud 22. november 2026 kell 14.30.</p>
    <p>Kirjutage viitenumber üles või printige see leht: seda küsitakse, kui te meie poole pöördute.</p>
    <h2>Mis saab edasi</h2>
    <p class="form-intro">Vastame.</p>
    <p>Vastame hiljemalt 27. november 2026.</p>
    <p>Küsimuste korral: <a href="mailto:info@kadakavald.ee">info@kadakavald.ee</a>, <a href="tel:+3725550100">+372 555 0100</a>
    </p>
    <h2>Teie vastused</h2>
    <h3>Teie andmed</h3>
    <dl class="answers">
    <div class="answer">
    <dt class="answer-question">E-posti aadress</dt>
    <dd class="answer-text">mari@example.ee</dd>
    </div>
    <div class="answer">
    <dt class="answer-question">Sünniaeg</dt>
    <dd class="answer-text answer-empty">Vastamata</dd>
    </div>
    <div class="answer">
    <dt class="answer-question">Kas olete omanik?</dt>
    <dd class="answer-text">Ei</dd>
    </div>
    </dl>
    "#);
}

#[test]
fn a_form_that_is_not_open_says_until_or_from_when() {
    let (mut form, office) = (form(SMALL), office());
    assert_eq!(html::closed(&form, Lang::ET, TODAY, &office), None);
    form.open_until = Some(date(2026, 11, 21));
    let page = html::closed(&form, Lang::ET, TODAY, &office).expect("closed");
    assert!(page.body.contains("Vormi sai saata kuni 21. november 2026."), "{}", page.body);
    form.open_until = None;
    form.open_from = Some(date(2026, 12, 1));
    assert!(html::closed(&form, Lang::RU, TODAY, &office).expect("closed").body.contains("1 декабря 2026"));
}

#[test]
fn every_problem_has_a_page_in_every_language() {
    for problem in Problem::ALL {
        for lang in LANGUAGES {
            let page = html::problem(lang, problem, &office());
            assert!(page.body.starts_with("<h1>") && page.body.contains("mailto:info@kadakavald.ee"));
        }
    }
    let statuses: Vec<_> = Problem::ALL.map(Problem::status).into();
    assert_eq!(statuses, [422, 404, 403, 413, 415, 422, 429, 503]);
}

#[test]
fn every_id_is_there_once_and_every_reference_leads_somewhere() {
    let office = office();
    for form in LIBRARY.iter() {
        for lang in LANGUAGES {
            let errors = validate(form, lang, &[], TODAY).expect_err("required");
            let body = html::form(form, lang, &[], &errors, &context(&office)).body;
            let attribute = |name: &str| -> Vec<String> {
                let begin = format!(" {name}=\"");
                let pieces = body.split(&begin).skip(1);
                pieces.filter_map(|rest| rest.split('"').next()).map(ToOwned::to_owned).collect()
            };
            let mut ids = attribute("id");
            ids.sort();
            let all = ids.len();
            ids.dedup();
            assert_eq!(ids.len(), all, "{}", form.id);
            let links = attribute("href").into_iter().filter_map(|link| link.strip_prefix('#').map(ToOwned::to_owned));
            let described = attribute("aria-describedby")
                .into_iter()
                .flat_map(|ids| ids.split(' ').map(ToOwned::to_owned).collect::<Vec<_>>());
            let named = attribute("for").into_iter().chain(attribute("aria-labelledby")).chain(described).chain(links);
            for id in named {
                assert!(ids.binary_search(&id).is_ok(), "{}: nothing has the id {id}", form.id);
            }
        }
    }
}

fn compiled(title: &str) -> Compiled {
    let mut form = form(SMALL);
    form.title = [("et", title)].into();
    let shells = [(Lang::ET, Shell::plain(Lang::ET))].into();
    Compiled::new("https://kadakavald.ee/", office(), vec![Lang::ET], shells, vec![Version::new(form, [].into())])
}

#[test]
fn forms_json_is_read_as_it_was_written() {
    let written = compiled("Üks");
    let read = Compiled::from_json(&written.to_json()).expect("read");
    assert_eq!(read, written);
    assert_eq!(read.to_json(), written.to_json());
    let broken = |from: &str, to: &str| Compiled::from_json(&written.to_json().replace(from, to));
    assert!(matches!(broken("\"layout\": 1", "\"layout\": 2"), Err(Unusable::Layout(2))));
    assert!(matches!(broken("{{FORM}}", ""), Err(Unusable::Shell(_))));
    assert!(matches!(broken("Üks", "Kaks"), Err(Unusable::Version(_))));
    assert!(matches!(broken("\"site\"", "\"sait\""), Err(Unusable::Syntax(_))));
    assert!(matches!(Compiled::from_json(""), Err(Unusable::Syntax(_))));
}

#[test]
fn a_new_forms_json_leaves_half_filled_forms_valid() {
    let first = Catalogue::new(compiled("Üks"));
    let old = first.newest("proov").expect("there").version.clone();
    let second = first.with(compiled("Kaks"));
    let new = second.newest("proov").expect("there").version.clone();
    assert_ne!(old, new);
    assert_eq!(second.version("proov", &old).map(|known| known.version.clone()), Some(old.clone()));
    assert!(second.version("proov", "feedfeedfeedfeed").is_none());
    // Loaded again, nothing is there twice, and a form that went away can still be sent.
    let mut gone = compiled("Kaks");
    gone.forms.clear();
    let third = second.with(compiled("Kaks")).with(gone);
    assert!(third.newest("proov").is_none());
    assert!(third.version("proov", &new).is_some() && third.version("proov", &old).is_some());
    assert_eq!(third.language("ru"), Lang::ET);
}

#[test]
fn a_shell_takes_the_page_and_nothing_else() {
    let shell = Shell::new("<title>{{TITLE}} – Kadaka</title><main>{{FORM}}</main>".into()).expect("whole");
    let page = html::Page { title: "<b>{{FORM}}".into(), body: "<p>{{TITLE}}</p>".into() };
    assert_eq!(shell.fill(&page), "<title>&lt;b&gt;{{FORM}} – Kadaka</title><main><p>{{TITLE}}</p></main>");
    assert_eq!(Shell::new("<main>{{FORM}}</main>".into()), None);
}
