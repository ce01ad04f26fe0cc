use super::*;
use crate::forms::{Kind, Library, SHIPPED, html::Office, privacy};

fn catalogue() -> Vec<Form> {
    let mut out = Vec::new();
    let read = |(id, text): &(&str, &str)| Form::read(&format!("forms/{id}.toml"), text, &LANGUAGES, &mut out);
    let forms = SHIPPED.iter().map(read).collect();
    assert!(out.is_empty(), "{out:#?}");
    forms
}

#[test]
fn every_form_of_the_catalogue_checks_clean_in_three_languages() {
    assert_eq!(catalogue().len(), 18);
}

#[test]
fn the_catalogue_is_the_folder() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/forms");
    #[expect(clippy::disallowed_methods, reason = "a test may look")]
    let files = std::fs::read_dir(folder).expect("the folder");
    let mut files: Vec<_> =
        files.map(|file| file.expect("a file").file_name().into_string().expect("a name")).collect();
    files.sort();
    let listed: Vec<_> = SHIPPED.iter().map(|(id, _)| format!("{id}.toml")).collect();
    assert_eq!(files, listed);
}

#[test]
fn reference_numbers_of_different_forms_begin_differently() {
    let mut prefixes: Vec<_> = catalogue().into_iter().map(|form| form.prefix).collect();
    prefixes.sort();
    let all = prefixes.len();
    prefixes.dedup();
    assert_eq!(prefixes.len(), all);
}

#[test]
fn an_empty_form_is_refused_in_every_language_without_a_question_left_unnamed() {
    for form in catalogue() {
        for lang in LANGUAGES {
            let errors = validate(&form, lang, &[], TODAY).expect_err("something is required").0;
            for error in &errors {
                assert!(!error.message.contains(['{', '}']), "{}: {}", form.id, error.message);
            }
        }
    }
}

#[test]
fn the_notice_of_every_form_says_all_that_the_law_asks_for() {
    let office = Office { name: "Kadaka vald".into(), email: Some("andmekaitse@kadakavald.ee".into()), phone: None };
    for form in catalogue() {
        for lang in LANGUAGES {
            let notice = privacy::notice(&form, lang, &office);
            assert!(notice.iter().all(|part| !part.text.trim().is_empty() && !part.text.contains('{')), "{}", form.id);
            assert!(notice[0].text.contains("Kadaka vald"));
        }
    }
}

#[test]
fn the_notice_of_the_information_request() {
    let office = Office { name: "Kadaka vald".into(), email: Some("andmekaitse@kadakavald.ee".into()), phone: None };
    let form = catalogue().into_iter().find(|form| form.id == "teabenoue").expect("there");
    let notice = privacy::notice(&form, Lang::ET, &office);
    let text: Vec<_> = notice.iter().map(|part| format!("{}|{}", part.title, part.text)).collect();
    insta::assert_snapshot!(text.join("\n"), @r"
    |Andmete vastutav töötleja on Kadaka vald.
    Milleks andmeid küsime|Registreerime teabenõude ja väljastame teabe.
    Õiguslik alus|Avaliku teabe seaduse §-d 13–18.
    Milliseid andmeid töötleme|Ainult seda, mida vormis kirjutate: teabe sisu või dokumendi kirjeldus; kuidas soovite teavet saada; ees- ja perekonnanimi; asutus või ettevõte; e-posti aadress; telefon; postiaadress.
    Kes andmeid näevad|Ainult asutuse töötajad, kelle ülesanne on teie pöördumist lahendada.
    Kui kaua andmeid hoiame|Vormide vastuvõtmise serveris kuni 90 päeva pärast asutusele üleandmist, seejärel andmed kustutatakse. Asutuse dokumendiregistris hoitakse pöördumist asutuse dokumentide loetelus määratud aja.
    Teie õigused|Teil on õigus oma andmetega tutvuda, lasta neid parandada, kustutada või nende töötlemist piirata ning esitada vastuväiteid. Kirjutage: andmekaitse@kadakavald.ee. Samuti võite pöörduda Andmekaitse Inspektsiooni poole (www.aki.ee).
    |Lehel ei ole küpsiseid ja andmeid ei anta kolmandatele osapooltele reklaamiks ega statistikaks.
    ");
}

#[test]
fn a_personal_code_is_asked_for_only_where_the_law_needs_it() {
    let asks = |form: &Form| form.fields().any(|(_, field)| field.kind == Kind::PersonalCode);
    let ids: Vec<_> = catalogue().into_iter().filter(asks).map(|form| form.id).collect();
    assert_eq!(ids, ["koduteenus", "koolitoetus", "lasteaiakoht", "matusetoetus", "sunnitoetus"]);
}

#[test]
fn a_sites_own_file_replaces_the_catalogues() {
    let own = format!("{HEAD}[[step]]\n[[step.field]]\nname = \"x\"\nkind = \"text\"\nlabel.et = \"X\"\n");
    let mut out = Vec::new();
    let library = Library::new([("forms/teabenoue.toml", own.as_str())], &[Lang::ET], &mut out);
    assert!(out.is_empty(), "{out:#?}");
    assert_eq!(library.get("teabenoue").and_then(|form| form.title.get(Lang::ET)), Some("Proov"));
    assert!(library.is_own("teabenoue") && !library.is_own("kontakt"));
    assert_eq!(library.iter().count(), SHIPPED.len());
}

#[test]
fn the_examples_own_forms_check_clean() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/content-example/forms");
    #[expect(clippy::disallowed_methods, reason = "a test may look")]
    for file in std::fs::read_dir(folder).expect("the folder") {
        let path = file.expect("a file").path();
        #[expect(clippy::disallowed_methods, reason = "a test may look")]
        let text = std::fs::read_to_string(&path).expect("read");
        let mut out = Vec::new();
        Form::read(&path.to_string_lossy(), &text, &LANGUAGES, &mut out);
        assert!(out.is_empty(), "{out:#?}");
    }
}
