use super::*;
use crate::forms::{Answer, Upload};

const EVERY_KIND: &str = r#"[[step]]
[[step.field]]
name = "email"
kind = "email"
label = { et = "E-posti aadress", en = "E-mail address", ru = "Адрес электронной почты" }
[[step.field]]
name = "phone"
kind = "phone"
required = false
label.et = "Telefon"
[[step.field]]
name = "code"
kind = "personal-code"
required = false
label.et = "Isikukood"
[[step.field]]
name = "company"
kind = "registry-code"
required = false
label.et = "Registrikood"
[[step.field]]
name = "account"
kind = "iban"
required = false
label.et = "Arvelduskonto"
[[step.field]]
name = "amount"
kind = "money"
required = false
label.et = "Summa"
max = 1000
[[step.field]]
name = "count"
kind = "number"
required = false
label.et = "Arv"
whole = true
min = 1
[[step.field]]
name = "born"
kind = "date"
required = false
label.et = "Sünniaeg"
max = "today"
[[step.field]]
name = "at"
kind = "time"
required = false
label.et = "Kellaaeg"
[[step.field]]
name = "note"
kind = "long-text"
required = false
label.et = "Märkus"
max_length = 20
"#;

#[test]
fn what_people_type_is_accepted_as_they_type_it() {
    let answers = answer(
        &form(EVERY_KIND),
        &[
            "email= mari.maasikas@kadakavald.ee ",
            "phone=5123 4567",
            "code=50001 029996",
            "company=1234 5678",
            "account=ee38 2200 2210 2014 5685",
            "amount=1 000,00 €",
            "count=12",
            "born.day=5",
            "born.month=veebruar",
            "born.year=1980",
            "at=14.30",
            "note=esimene\r\nteine",
        ],
    );
    let answers = answers.unwrap_or_else(|errors| panic!("{errors:#?}"));
    let texts: Vec<_> = answers
        .answers
        .iter()
        .map(|answered| format!("{}={}", answered.name, answers.text(&answered.name).unwrap_or("?")))
        .collect();
    insta::assert_snapshot!(texts.join("\n"), @r"
    email=mari.maasikas@kadakavald.ee
    phone=+37251234567
    code=50001029996
    company=12345678
    account=EE382200221020145685
    amount=1000.00
    count=12
    born=1980-02-05
    at=14:30
    note=esimene
    teine
    ");
}

#[test]
fn mistakes_are_said_in_plain_words() {
    insta::assert_snapshot!(messages(answer(&form(EVERY_KIND), &[
        "phone=12",
        "code=50001029995",
        "company=123",
        "account=EE00",
        "amount=1001",
        "count=1,5",
        "born.day=31",
        "born.month=2",
        "born.year=1980",
        "at=25.00",
        "note=väga pikk märkus mitme sõnaga",
    ])), @r"
    email: Sisestage e-posti aadress
    phone: Sisestage telefoninumber, näiteks 5123 4567 või +358 40 123 4567
    code: Kontrollige, kas „Isikukood“ on õigesti kirjutatud: mõni number on vale
    company: Sisestage õige registrikood: 8 numbrit, näiteks 12345678
    account: Sisestage õige kontonumber, näiteks EE38 2200 2210 2014 5685
    amount: „Summa“ võib olla kõige rohkem 1000 €
    count: „Arv“ peab olema täisarv, näiteks 12
    born.day: „Sünniaeg“ peab olema olemasolev kuupäev, näiteks 27. 3. 2026
    at: „Kellaaeg“ peab olema kellaaeg, näiteks 14.30
    note: „Märkus“: kirjutage kuni 20 tähemärki, praegu on 29
    ");
    insta::assert_snapshot!(messages(answer(&form(EVERY_KIND), &["email=mari", "born.day=1", "count=0"])), @r"
    email: Sisestage e-posti aadress õigel kujul, näiteks nimi@asutus.ee
    count: „Arv“ peab olema vähemalt 1
    born.month: Kuupäevas „Sünniaeg“ puudub kuu
    ");
    insta::assert_snapshot!(messages(answer(&form(EVERY_KIND), &["email=a@b.ee", "born=2026-11-23"])), @"born.day: „Sünniaeg“ ei tohi olla tulevikus");
}

#[test]
fn the_same_mistake_in_three_languages() {
    let said = |lang| validate(&form(EVERY_KIND), lang, &[], TODAY).expect_err("required").0.remove(0).message;
    assert_eq!(said(Lang::ET), "Sisestage e-posti aadress");
    assert_eq!(said(Lang::EN), "Enter e-mail address");
    assert_eq!(said(Lang::RU), "Заполните поле «Адрес электронной почты»");
}

const CONDITIONS: &str = r#"[[step]]
[[step.field]]
name = "owner"
kind = "yes-no"
label.et = "Kas olete omanik?"
[[step.field]]
name = "consent"
kind = "text"
label.et = "Omaniku nimi"
show_if = { field = "owner", is = "no" }
[[step]]
title.et = "Lapsed"
show_if = { field = "owner", is = "yes" }
[[step.field]]
name = "children"
kind = "group"
label.et = "Laps"
repeat = { min = 1, max = 3 }
[[step.field.field]]
name = "name"
kind = "text"
label.et = "Lapse nimi"
[[step.field.field]]
name = "abroad"
kind = "yes-no"
label.et = "Kas välismaal?"
required = false
[[step.field.field]]
name = "country"
kind = "text"
label.et = "Riik"
show_if = { field = "abroad", is = "yes" }
"#;

#[test]
fn hidden_questions_are_neither_required_nor_kept() {
    let form = form(CONDITIONS);
    let answers = answer(&form, &["owner=yes", "consent=Keegi", "children.0.name=Juku"]).expect("fine");
    assert_eq!(answers.get("consent"), None);
    insta::assert_snapshot!(serde_json::to_string(&answers.plain()).expect("JSON"), @r#"{"owner":true,"children":[{"name":"Juku","abroad":""}]}"#);
    insta::assert_snapshot!(messages(answer(&form, &["owner=no", "children.0.name=Juku"])), @"consent: Sisestage omaniku nimi");
    insta::assert_snapshot!(messages(answer(&form, &[])), @"owner: Vastake küsimusele „Kas olete omanik?“");
}

#[test]
fn groups_are_answered_as_often_as_allowed() {
    let form = form(CONDITIONS);
    // A gap in the numbers and an empty last one are what "remove" and "add" leave behind.
    let answers = answer(
        &form,
        &[
            "owner=yes",
            "children.4.name=Mari",
            "children.4.abroad=yes",
            "children.4.country=Soome",
            "children.1.name=Juku",
            "children.7.name=",
        ],
    );
    insta::assert_snapshot!(serde_json::to_string(&answers.expect("fine").plain()).expect("JSON"), @r#"{"owner":true,"children":[{"name":"Juku","abroad":""},{"name":"Mari","abroad":true,"country":"Soome"}]}"#);
    insta::assert_snapshot!(
        messages(answer(&form, &["owner=yes", "children.0.name=", "children.1.name=Juku", "children.1.abroad=yes"])), @r"
    children.0.name: Laps 1: sisestage lapse nimi
    children.1.country: Laps 2: sisestage riik
    ");
    insta::assert_snapshot!(messages(answer(&form, &[
        "owner=yes",
        "children.0.name=a",
        "children.1.name=b",
        "children.2.name=c",
        "children.3.name=d",
    ])), @"children: „Laps“: lisada saab kuni 3");
}

#[test]
fn unknown_names_are_recorded_and_otherwise_ignored() {
    let answers =
        answer(&form(CONDITIONS), &["owner=no", "consent=Mari", "ownr=yes", "_token=x", "homepage=", "a\u{202e}.b=c"]);
    assert_eq!(answers.expect("fine").ignored, ["a.b", "ownr"]);
}

fn upload(name: &str, size: u64, media_type: Option<&str>) -> Input {
    Input::File(Upload { name: name.into(), size, media_type: media_type.map(Into::into), handle: None })
}

#[test]
fn files_are_taken_by_size_number_content_and_name() {
    let form = form(
        "[[step]]\n[[step.field]]\nname = \"photo\"\nkind = \"file\"\nlabel.et = \"Foto\"\naccept = [\"image\"]\nmax_size = \"1 MB\"\nmax_count = 2\n",
    );
    let check = |files: Vec<Input>| {
        let submission: Vec<_> = files.into_iter().map(|file| ("photo".to_owned(), file)).collect();
        match validate(&form, Lang::ET, &submission, TODAY) {
            Ok(answers) => format!("{} fail(i)", answers.files().len()),
            Err(errors) => errors.0[0].message.clone(),
        }
    };
    let jpeg = || upload("a.JPG", 1000, Some("image/jpeg"));
    insta::assert_snapshot!([
        check(vec![jpeg(), jpeg()]),
        check(vec![]),
        check(vec![upload("", 0, None)]),
        check(vec![jpeg(), jpeg(), jpeg()]),
        check(vec![upload("tühi.jpg", 0, Some("image/jpeg"))]),
        check(vec![upload("suur.jpg", 2_000_000, Some("image/jpeg"))]),
        check(vec![upload("a.jpg", 1000, Some("application/x-msdownload"))]),
        check(vec![upload("a.jpg.exe", 1000, Some("image/jpeg"))]),
    ].join("\n"), @r"
    2 fail(i)
    Lisage fail: foto
    Lisage fail: foto
    „Foto“: lisada saab kuni 2 faili
    Fail „tühi.jpg“ on tühi
    Fail „suur.jpg“ on liiga suur; lubatud on kuni 1,0 MB
    Faili „a.jpg“ ei saa vastu võtta; sobivad JPG, JPEG, PNG, WEBP, HEIC
    Faili „a.jpg.exe“ ei saa vastu võtta; sobivad JPG, JPEG, PNG, WEBP, HEIC
    ");
}

#[test]
fn choices_come_from_the_list_only() {
    let form = form(
        r#"[[step]]
[[step.field]]
name = "help"
kind = "choices"
label.et = "Vajalik abi"
choices = [{ value = "food", label.et = "Toit" }, { value = "heat", label.et = "Küte" }]
"#,
    );
    let answers = answer(&form, &["help=heat", "help=food", "help=heat"]).expect("fine");
    assert_eq!(answers.get("help"), Some(&Answer::Choices(vec!["food".into(), "heat".into()])));
    insta::assert_snapshot!(messages(answer(&form, &["help=<script>"])), @"help: Valige „Vajalik abi“ vastus loetelust");
    insta::assert_snapshot!(messages(answer(&form, &[])), @"help: Valige vajalik abi");
}

#[test]
fn the_office_reads_the_questions_in_estonian() {
    let form = LIBRARY.get("teabenoue").expect("there");
    let submission = typed(&["content=Eelarve", "delivery=email", "name=Иван Иванов", "email=ivan@example.ee"]);
    let answers = validate(form, Lang::RU, &submission, TODAY).expect("fine");
    assert_eq!(answers.reply_to(form), Some("ivan@example.ee"));
    let rows = |lang| {
        let sections = answers.sections(form, lang);
        let rows: Vec<_> = sections.into_iter().flat_map(|section| section.rows).collect();
        rows.iter().map(|row| format!("{}: {}", row.label, row.answer)).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(rows(Lang::ET), @r"
    Teabe sisu või dokumendi kirjeldus: Eelarve
    Kuidas soovite teavet saada?: E-postiga
    Ees- ja perekonnanimi: Иван Иванов
    Asutus või ettevõte: 
    E-posti aadress: ivan@example.ee
    Telefon:
    ");
    insta::assert_snapshot!(rows(Lang::RU), @r"
    Содержание информации или описание документа: Eelarve
    Как вы хотите получить информацию?: По электронной почте
    Имя и фамилия: Иван Иванов
    Организация: 
    Адрес электронной почты: ivan@example.ee
    Телефон:
    ");
}
