//! `raekoda new`: what it makes builds clean, and it harms nothing.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn raekoda(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_raekoda"))
        .args(["--lang", "en"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_new_site_builds_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    // A parish, a city with Russian, and someone who is no municipality.
    for (site, whose) in
        [("elva", ["--ehak", "0171"]), ("narva", ["--ehak", "0511"]), ("selts", ["--name", "Näidise \"Selts\""])]
    {
        let made = raekoda(folder.path(), &["new", site, whose[0], whose[1]]);
        assert!(made.status.success(), "{}", words(&made));
        assert!(words(&made).contains("raekoda serve"), "the next step is named");
        let built = raekoda(folder.path(), &["build", site, "--strict"]);
        assert!(built.status.success(), "{}", words(&built));
        let site = folder.path().join(site);
        assert!(site.join("public/index.html").is_file());
        assert!(site.join("public/en/index.html").is_file());
        assert_eq!(site.join("public/ru/index.html").is_file(), whose[1] == "0511");
        assert!(fs::read_to_string(site.join(".gitignore")).unwrap().contains("/public/"));
    }
}

#[test]
fn a_folder_with_files_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("märkmed.txt"), "olulised").unwrap();
    let refused = raekoda(folder.path(), &["new", ".", "--ehak", "0171"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(words(&refused).contains("commands.folder-not-empty"), "{}", words(&refused));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_unknown_code_is_a_wrong_use() {
    let folder = tempfile::tempdir().unwrap();
    let refused = raekoda(folder.path(), &["new", "sait", "--ehak", "9999"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused).contains("commands.no-municipality"), "{}", words(&refused));
    assert!(!folder.path().join("sait").exists());
}

#[test]
fn a_place_where_nothing_can_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("fail"), "").unwrap();
    let refused = raekoda(folder.path(), &["new", "fail/sait", "--ehak", "0171"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(words(&refused).contains("commands.cannot-write"), "{}", words(&refused));
}
