//! What the site writes for machines, read by other people's validators (see `tests/validators`).

use std::{fs, path::Path, process::Command};

use super::driver::Site;

/// Runs a validator, where they are installed; it says nothing when all is right.
fn validate(what: &str, path: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("target/validators/bin/python");
    if !python.exists() {
        eprintln!("the validators are not installed; tests/run installs them");
        return;
    }
    let script = root.join("tests/validators/validate.py");
    let output = Command::new(python).arg(script).arg(what).arg(path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// RSS and Atom, iCalendar, the site map, DCAT-AP, `OpenAPI`, schema.org and the bill of materials of the example
/// municipality.
#[test]
fn machines_can_read_the_example_municipality() {
    let site = Site::example();
    site.build(&["--at", "2026-11-22", "--sbom"]).fine();
    validate("site", &site.out());
}

/// Findings with and without a place, with fixes, related places and letters outside ASCII.
#[test]
fn the_sarif_report_keeps_to_its_schema() {
    let site = Site::with(
        "-- content/õppus/päev.md --\n+++\ntitle = \"A\"\npublished = 2026-01-05\nsumary = \"\"\n+++\nKood 36805280109. Tulge , [siia](/puudub).\n\n– üks\n– kaks\n\
         -- content/esimene.md --\n+++\ntitle = \"B\"\npublished = 2026-01-05\naliases = [\"/vana\"]\n+++\n\
         -- content/teine.md --\n+++\ntitle = \"C\"\npublished = 2026-01-05\naliases = [\"/vana\"]\n+++\n\
         -- theme/templates/parts/head.html --\n<script src=\"https://statistics.example.org/a.js\"></script>\n",
    );
    let report = site.run(&["check", "--format", "sarif"]).failed();
    assert!(report.json()["runs"][0]["results"].as_array().unwrap().len() > 5, "{}", report.stdout);
    let file = site.around().join("report.sarif");
    fs::write(&file, &report.stdout).unwrap();
    validate("sarif", &file);
}
