//! What those who run the relay see: errors that say what to do, results for people and for programs.

use std::{fs, process::Output};

use age::secrecy::ExposeSecret as _;

use super::program::{ENQUIRY, Place, post, wait_until};

/// What a command that fails says, with its exit code.
fn said(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn every_mistake_in_the_configuration_is_told_at_once_with_its_line() {
    let place = Place::with(
        "alert = { through = \"ofice\", to = [\"it\"] }\n[smtp.office]\nhost = \"mail\"\nusername = \"u\"\n\
         security = \"none\"\npassword = { file = \"nothing\" }\nfrom = \"a b\"\nto = [\"vald@kadakavald.example\"]\n\
         [smtp.roads]\nthrough = \"office\"\nhost = \"mail\"\n[webhook.office]\nurl = \"http://far.example\"\n\
         secret = { env = \"RAEKODA_NO_SUCH_VARIABLE\" }\n[webhook.confirmation]\nurl = \"https://a.example\"\n\
         secret = { file = \"secret\", env = \"X\" }\n[retry]\nparallel = 0\nlongest_seconds = 100000\n[limits]\nfields = 0\n",
    );
    let path = place.path("relay.toml");
    let text =
        fs::read_to_string(&path).expect("read").replace("https://www.kadakavald.example", "www.kadakavald.example/");
    fs::write(&path, text).expect("written");
    fs::write(place.path("secret"), "short").expect("written");
    let (code, text) = said(&place.command(&["check"]));
    assert_eq!(code, Some(1));
    for rule in [
        "bad-mailbox",
        "name-reserved",
        "name-twice",
        "no-such-server",
        "not-an-origin",
        "number-too-large",
        "number-too-small",
        "password-in-clear",
        "secret-file",
        "secret-short",
        "secret-source",
        "secret-variable",
        "server-twice",
        "webhook-address",
    ] {
        assert!(text.contains(&format!("relay.{rule}")), "{rule} in {text}");
    }
    assert!(text.contains("Did you mean `office`?") && text.contains("password = { file"), "{text}");
    assert!(text.contains("relay.toml:4:1"), "the line of `sites`: {text}");
    assert!(!text.contains("short\n"), "no secret is shown");
}

#[test]
fn errors_are_in_the_operators_language() {
    let place = Place::with("[folder.ofice]\npath = \"drop\"\n");
    let estonian = place.command_in("et_EE.UTF-8", &["check"]);
    let (code, text) = said(&estonian);
    assert_eq!(code, Some(1));
    assert!(
        text.contains("Sinna lähevad vormid: enquiry, feedback.") && text.contains("Kas mõtlesite `ofice`?"),
        "{text}"
    );
    let works = Place::new().command_in("et_EE.UTF-8", &["check"]);
    assert_eq!(String::from_utf8_lossy(&works.stdout), "Kõik töötab.\n");
}

#[test]
fn the_help_and_the_tables_are_in_the_operators_language() {
    let place = Place::new();
    let help = place.command_in("et_EE.UTF-8", &["--help"]);
    insta::assert_snapshot!(String::from_utf8_lossy(&help.stdout), @r"
    Võtab vastu, mida inimesed e-vormidega saadavad, hoiab seda kindlalt, annab üle ja kustutab õigel
    ajal.

    Kasutus: form-relay [VALIKUD] <KÄSK>

    Käsud:
      serve    Võta vastu ja anna üle, kuni kästakse lõpetada.
      check    Kontrolli seadistust ja vorme ning proovi iga sihtkohta.
      list     Loetle saadetised, uuemad eespool; seda, mis neisse kirjutati, ei näidata.
      show     Näita, mis saadetisse kirjutati; vaatamine märgitakse auditipäevikusse. Pitseeritud
               saadetis antakse välja JSON-ina, mille avab `open`.
      retry    Saada uuesti, mida ei õnnestunud üle anda.
      release  Lase saadetis karantiinist välja, et see üle antaks.
      export   Kirjuta vormi saadetised välja CSV või JSON-ina.
      purge    Kustuta kohe, mille säilitusaeg on läbi.
      stats    Mitu saadetist ja kui rahul inimesed olid: kuu, vormi, teenuse ja lehe kaupa.
      open     Ava, mis on pitseeritud: pitseeritud sisuga `submission.json` või pitseeritud manus.
      audit    Kontrolli, et auditipäevikut ei ole muudetud.
      backup   Kopeeri hoidla uude kausta; vahendaja võib samal ajal töötada.

    Valikud:
          --config <FILE>    Seadistuse fail. [vaikimisi: relay.toml]
          --format <FORMAT>  Millisel kujul tulemus kirjutada; csv on käskude list, export ja stats
                             jaoks. [üks neist: text, json, csv] [vaikimisi: text]
          --lang <LANG>      Teadete keel; vaikimisi süsteemi keel.
                             - et: eesti keel
                             - en: inglise keel
      -h, --help             Näita seda abi.
      -V, --version          Näita versiooni.

    Väljumiskood: 0, kui kõik on korras; 1, kui midagi on valesti (seda öeldakse standardveavoos); 2,
    kui käsku kasutati valesti.
    Teated on eesti keeles, kui süsteemi keel on eesti keel (LANG=et_EE.UTF-8) või kui lisada --lang et;
    muidu inglise keeles.
    ");
    for (command, words) in [
        (&["list", "--help"][..], "- dead: üleandmine, millest loobuti"),
        (&["retry", "-h"], "Kasutus: form-relay retry [VALIKUD] <REFERENCE|--all>"),
        (&["list"], "viitenumber  vorm  saabus"),
        (&["stats"], "kuu  vorm  teenus"),
    ] {
        let said = place.command(&[command, &["--lang", "et"]].concat());
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(text.contains(words), "{command:?}: {text}");
    }
    let english = place.command_in("et_EE.UTF-8", &["list", "--lang", "en"]);
    assert!(String::from_utf8_lossy(&english.stdout).starts_with("reference  form"), "{english:?}");
    let csv = place.command_in("et_EE.UTF-8", &["list", "--format", "csv"]);
    assert!(String::from_utf8_lossy(&csv.stdout).starts_with("\"reference\",\"form\""), "{csv:?}");
}

#[test]
fn a_store_inside_the_site_is_refused() {
    let place = Place::new();
    fs::write(place.path("index.html"), "<!doctype html>").expect("written");
    let (code, text) = said(&place.command(&["serve"]));
    assert!(code == Some(1) && text.contains("relay.inside-site"), "{text}");
}

#[test]
fn root_does_not_write_into_the_relays_store() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("not root: skipped");
        return;
    }
    let place = Place::new();
    std::os::unix::fs::chown(place.path("data"), Some(65_532), None).expect("given away");
    let (code, text) = said(&place.command(&["list"]));
    assert!(code == Some(1) && text.contains("relay.other-user") && text.contains("runuser"), "{text}");
    assert_eq!(fs::read_dir(place.path("data")).expect("read").count(), 0, "nothing is written");
}

#[test]
fn mailboxes_share_a_server() {
    let place = Place::with(
        "[smtp.main]\nhost = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\nfrom = \"vormid@kadakavald.example\"\n\
         [smtp.office]\nthrough = \"main\"\nto = [\"vald@kadakavald.example\"]\n",
    );
    let (code, text) = said(&place.command(&["check"]));
    assert_eq!(code, Some(1));
    // The reason names the server, for the operator alone.
    assert!(text.contains("`office`") && text.contains("127.0.0.1:9") && text.contains("refused"), "{text}");
}

#[test]
fn results_are_for_people_and_for_programs() {
    let place = Place::new();
    let relay = place.start();
    post(&relay.url("/feedback"), &[("text", "Tere!")]);
    post(&relay.url("/feedback"), &[("text", "Osta!"), ("homepage", "https://spam.example")]);
    wait_until("delivered", || place.dropped().len() == 1);
    relay.stop();
    let held = place.json(&["list", "--state", "quarantined"])[0]["reference"].as_str().expect("one").to_owned();
    assert_eq!(place.json(&["check"])["works"], true);
    assert_eq!(place.json(&["retry", "--all"])["retried"], 0);
    assert_eq!(place.json(&["purge"])["purged"], 0);
    assert_eq!(place.json(&["release", &held])["released"], *held);
    assert!(place.json(&["audit"])["records"].as_i64().expect("a number") > 2);
    let copy = place.path("copy").to_string_lossy().into_owned();
    assert_eq!(place.json(&["backup", &copy])["attachments"], 0);
    assert_eq!(place.json(&["stats"])[0]["count"], 2);
    assert_eq!(place.json(&["export", "--form", "feedback"]).as_array().expect("a list").len(), 2);
    for command in [&["list", "--format", "csv"][..], &["stats", "--format", "csv"]] {
        let output = place.command(command);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && text.contains("\"feedback\"") && text.contains("\r\n"), "{text}");
    }
}

#[test]
fn what_is_asked_for_wrongly_is_told_and_not_passed_over() {
    let place = Place::new();
    for (wrong, code, words) in [
        (&["list", "--state", "deed"][..], 2, "dead"),
        (&["purge", "--format", "csv"], 2, "list, export and stats"),
        (&["retry"], 2, "--all"),
        (&["show", "KIRI-1"], 1, "check character"),
        (&["export", "--form", "enquiri"], 1, "Did you mean `enquiry`?"),
        (&["open", "nothing.json", "--key", "nothing"], 1, "No such file"),
    ] {
        let (exit, text) = said(&place.command(wrong));
        assert!(exit == Some(code) && text.contains(words), "{wrong:?}: {exit:?} {text}");
    }
    let help = String::from_utf8_lossy(&place.command(&["--help"]).stdout).into_owned();
    assert!(help.contains("Exit codes: 0"), "{help}");
}

#[test]
fn a_sealed_submission_is_taken_out_and_opened_where_the_key_is() {
    let key = age::x25519::Identity::generate();
    let place = Place::new();
    let kept = format!("retention_days = 30\ncheck_answers = false\nseal_to = [\"{}\"]", key.to_public());
    place.write_forms(&[&ENQUIRY.replace("retention_days = 30", &kept)]);
    let relay = place.start();
    assert_eq!(post(&relay.url("/enquiry"), &super::program::GOOD).status, 303);
    let reference = place.json(&["list"])[0]["reference"].as_str().expect("one").to_owned();
    let (code, text) = said(&place.command(&["show", &reference]));
    assert!(code == Some(1) && text.contains("--format json"), "{text}");
    let sealed = place.json(&["show", &reference]);
    assert_eq!(sealed["schema"], "raekoda.sealed/1");
    assert_eq!(place.json(&["export", "--form", "enquiry"])[0], sealed);
    fs::write(place.path("sealed.json"), sealed.to_string()).expect("written");
    fs::write(place.path("key"), format!("# created: today\n{}\n", key.to_string().expose_secret())).expect("written");
    let [file, key] = ["sealed.json", "key"].map(|name| place.path(name).to_string_lossy().into_owned());
    let opened = place.command(&["open", &file, "--key", &key]);
    assert!(String::from_utf8_lossy(&opened.stdout).contains("Mari Maasikas"));
}
