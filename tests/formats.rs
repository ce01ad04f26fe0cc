//! Diagnostics for people in their language, and for machines in their formats.

use insta::assert_snapshot;

use crate::driver::{Outcome, Site};

/// A site with an unknown key in one page.
fn site() -> Site {
    Site::with(
        "-- content/uudised/talv.md --\n+++\ntitle = \"Talv\"\npublished = 2026-11-20\nkokkuvote = \"Lumi\"\nsumary = \"Lumi\"\n+++\nTekst.\n",
    )
}

fn said(format: &str) -> Outcome {
    site().run(&["check", ".", "--format", format]).failed()
}

#[test]
fn a_person_reads_where_and_how_to_mend_it() {
    let outcome = said("human");
    assert_eq!(outcome.stdout, "");
    assert_snapshot!(outcome.stderr, @r#"
    ── content/uudised/talv.md (2)

    error[schema.unknown-field]: There is no field `kokkuvote` here.
     --> content/uudised/talv.md:4:1
      |
    4 | kokkuvote = "Lumi"
      | ^^^^^^^^^

    error[schema.unknown-field]: There is no field `sumary` here.
     --> content/uudised/talv.md:5:1
      |
    5 | sumary = "Lumi"
      | ^^^^^^
      |
      = help: Did you mean `summary`?

    Errors: 2, warnings: 0.
    "#);
}

#[test]
fn a_person_reads_it_in_estonian() {
    let site = site();
    let output = site.raekoda().args(["check", "."]).env("LC_ALL", "et_EE.UTF-8").output().unwrap();
    assert_snapshot!(site.outcome(output).failed().stderr, @r#"
    ── content/uudised/talv.md (2)

    viga[schema.unknown-field]: Välja `kokkuvote` siin ei ole.
     --> content/uudised/talv.md:4:1
      |
    4 | kokkuvote = "Lumi"
      | ^^^^^^^^^

    viga[schema.unknown-field]: Välja `sumary` siin ei ole.
     --> content/uudised/talv.md:5:1
      |
    5 | sumary = "Lumi"
      | ^^^^^^
      |
      = abi: Kas mõtlesite `summary`?

    Vigu 2, hoiatusi 0.
    "#);
    let asked = site.run(&["--lang", "et", "check", "."]).failed().stderr;
    assert!(asked.contains("viga["), "{asked}");
}

#[test]
fn json() {
    let found = said("json").json();
    let first = &found.as_array().unwrap()[0];
    assert_eq!(first["severity"], "error");
    assert_eq!(first["location"]["file"], "content/uudised/talv.md");
    assert_eq!(first["location"]["line"], 4);
}

#[test]
fn sarif() {
    let log = said("sarif").json();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules: Vec<&str> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        assert!(rules.contains(&result["ruleId"].as_str().unwrap()));
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "content/uudised/talv.md");
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
    }
}

#[test]
fn gitlab() {
    let report = said("gitlab").json();
    for finding in report.as_array().unwrap() {
        assert!(finding["description"].is_string());
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&finding["severity"].as_str().unwrap()));
        assert_eq!(finding["location"]["path"], "content/uudised/talv.md");
        assert!(finding["location"]["lines"]["begin"].is_u64());
        assert_eq!(finding["fingerprint"].as_str().unwrap().len(), 64);
    }
}

#[test]
fn github() {
    let said = said("github").stdout;
    assert!(said.lines().all(|line| line.starts_with("::error file=content/uudised/talv.md,line=")), "{said}");
}
