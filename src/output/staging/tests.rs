//! What a user relies on: the last good site stands, and nothing that is theirs is lost.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::Command,
    time::{Duration, SystemTime},
};

use proptest::prelude::*;
use rayon::prelude::*;

use super::*;
use crate::source::Folder;

struct Site {
    root: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("content")).unwrap();
        Self { root }
    }

    fn out(&self) -> PathBuf {
        self.root.path().join("public")
    }

    fn state(&self, name: &str) -> PathBuf {
        self.root.path().join(".public.raekoda").join(name)
    }

    fn folder(&self) -> OutputFolder {
        OutputFolder::new(&self.out(), &[&self.root.path().join("content")]).unwrap()
    }

    fn open(&self) -> Staging {
        Staging::open(self.folder()).unwrap()
    }

    fn stage(&self, files: &[(&str, &str)]) -> Staging {
        let staging = self.open();
        files.par_iter().for_each(|(path, text)| staging.write(path, text.as_bytes()).unwrap());
        staging
    }

    fn build(&self, files: &[(&str, &str)]) -> Summary {
        self.stage(files).commit(Stamp::default()).unwrap()
    }

    /// Every file in the output folder with its text.
    fn files(&self) -> Vec<(String, String)> {
        tree(&self.out())
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.out().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn tree(root: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = walkdir::WalkDir::new(root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned())).collect()
}

fn counts(summary: &Summary) -> (usize, usize, usize) {
    (summary.written, summary.unchanged, summary.removed)
}

/// Makes the file look as if it was written an hour ago.
fn age(path: &Path) -> SystemTime {
    let hour_ago = SystemTime::now() - Duration::from_hours(1);
    File::options().write(true).open(path).unwrap().set_modified(hour_ago).unwrap();
    fs::metadata(path).unwrap().modified().unwrap()
}

const FIRST: &[(&str, &str)] = &[("index.html", "esileht"), ("uudised/index.html", "uudised"), ("vana.html", "vana")];
const SECOND: &[(&str, &str)] =
    &[("index.html", "esileht"), ("uudised/index.html", "uued uudised"), ("uus/a.html", "a")];

#[test]
fn a_site_is_written_and_only_differences_are_written_again() {
    let site = Site::new();
    assert_eq!(counts(&site.build(FIRST)), (3, 0, 0));
    assert_eq!(site.files(), owned(FIRST));
    let before = fs::metadata(site.out().join("index.html")).unwrap().modified().unwrap();
    assert_eq!(counts(&site.build(SECOND)), (2, 1, 1));
    assert_eq!(site.files(), owned(SECOND));
    assert_eq!(fs::metadata(site.out().join("index.html")).unwrap().modified().unwrap(), before);
    assert!(!site.state("manifest.next").exists());
}

#[cfg(unix)]
#[test]
fn the_same_site_is_not_touched() {
    use std::os::unix::fs::MetadataExt as _;
    let site = Site::new();
    site.build(FIRST);
    let folder = || fs::metadata(site.out()).map(|m| (m.ino(), m.mtime_nsec(), m.ctime_nsec())).unwrap();
    let before = folder();
    assert_eq!(counts(&site.build(FIRST)), (0, 3, 0));
    assert_eq!(folder(), before);
}

#[test]
fn equal_input_gives_equal_trees_whatever_stood_there() {
    let (one, other) = (Site::new(), Site::new());
    one.build(SECOND);
    other.build(FIRST);
    other.build(SECOND);
    assert_eq!(one.files(), other.files());
}

#[test]
fn a_build_that_fails_leaves_the_last_site() {
    let site = Site::new();
    site.build(FIRST);
    for _ in 0..2 {
        drop(site.stage(SECOND));
        assert_eq!(site.files(), owned(FIRST));
    }
    assert!(!site.state("next").exists(), "nothing of it stays on a disk that may be full");
    assert_eq!(counts(&site.build(SECOND)), (2, 1, 1));
    assert_eq!(site.files(), owned(SECOND));
}

#[test]
fn a_build_killed_while_staging_leaves_the_last_site_and_the_next_goes_on() {
    let site = Site::new();
    site.build(FIRST);
    let (staging, spare) = (site.stage(SECOND), site.state("spare"));
    fs::rename(site.state("next"), &spare).unwrap();
    drop(staging);
    fs::rename(&spare, site.state("next")).unwrap();
    assert_eq!(site.files(), owned(FIRST));
    assert_eq!(counts(&site.build(SECOND)), (2, 1, 1));
    assert_eq!(site.files(), owned(SECOND));
}

/// The manifests as they are after `FIRST` and after `SECOND`, and the site as after `SECOND`.
fn two_builds(site: &Site) -> (Vec<u8>, Vec<u8>) {
    site.build(FIRST);
    let before = fs::read(site.state("manifest")).unwrap();
    site.build(SECOND);
    (before, fs::read(site.state("manifest")).unwrap())
}

#[test]
fn a_build_killed_just_before_the_exchange_is_as_if_it_had_not_been() {
    let site = Site::new();
    let (_, after) = two_builds(&site);
    site.build(FIRST);
    fs::write(site.state("manifest.next"), after).unwrap();
    assert_eq!(counts(&site.build(FIRST)), (0, 3, 0));
    assert_eq!(site.files(), owned(FIRST));
}

#[test]
fn a_build_killed_just_after_the_exchange_has_happened() {
    let site = Site::new();
    let (before, after) = two_builds(&site);
    fs::write(site.state("manifest"), before).unwrap();
    fs::write(site.state("manifest.next"), after).unwrap();
    assert_eq!(counts(&site.build(SECOND)), (0, 3, 0));
    assert_eq!(site.files(), owned(SECOND));
    assert_eq!(counts(&site.build(&FIRST[..1])), (0, 1, 2), "what the killed build wrote is known to be ours");
    assert_eq!(site.files(), owned(&FIRST[..1]));
}

#[test]
fn a_build_killed_between_two_renames_is_mended() {
    let site = Site::new();
    site.build(FIRST);
    fs::rename(site.out(), site.state("aside")).unwrap();
    drop(site.open());
    assert_eq!(site.files(), owned(FIRST));
}

#[test]
fn a_damaged_manifest_loses_nothing_and_says_so() {
    let site = Site::new();
    site.build(FIRST);
    fs::write(site.state("manifest"), b"half").unwrap();
    let summary = site.build(SECOND);
    assert_eq!(site.files().len(), 4, "the old page is still there");
    assert_eq!(summary.diagnostics[0].code, "output.manifest-damaged");
    assert!(summary.diagnostics[0].message(crate::diagnostics::Language::English).contains("1 files"));
    assert_eq!(site.build(SECOND), Summary { unchanged: 3, ..Summary::default() });
}

#[cfg(unix)]
#[test]
fn files_that_no_build_made_stay() {
    let site = Site::new();
    site.build(FIRST);
    site.put(".well-known/acme-challenge/x", "vastus");
    site.put("uudised/kasitsi.txt", "kasitsi");
    site.put("uus/a.html", "teise oma");
    fs::create_dir(site.out().join("tuhi")).unwrap();
    std::os::unix::fs::symlink("/nowhere", site.out().join("viit")).unwrap();
    let summary = site.build(SECOND);
    let mut expected = owned(SECOND);
    expected.extend(owned(&[(".well-known/acme-challenge/x", "vastus"), ("uudised/kasitsi.txt", "kasitsi")]));
    expected.sort();
    assert_eq!(site.files(), expected);
    assert!(site.out().join("tuhi").is_dir() && site.out().join("viit").is_symlink());
    assert_eq!(summary.diagnostics.len(), 1);
    assert_eq!(summary.diagnostics[0].code, "output.foreign-replaced");
}

#[test]
fn files_copied_a_moment_ago_stay_while_others_beside_them_change() {
    let site = Site::new();
    let pictures = site.root.path().join("content/pildid");
    fs::create_dir(&pictures).unwrap();
    let build = |text: &str| {
        for number in 0..64 {
            // Every eighth changes; all are too young for their times to prove anything.
            let text = if number % 8 == 0 { text } else { "sama" };
            fs::write(pictures.join(format!("{number}.png")), text).unwrap();
        }
        let staging = site.open();
        let files = Folder::open(&site.root.path().join("content")).unwrap().walk("", &mut Vec::new());
        files.par_iter().for_each(|file| staging.copy(&file.path, file).unwrap());
        counts(&staging.commit(Stamp::default()).unwrap())
    };
    assert_eq!(build("enne"), (64, 0, 0));
    assert_eq!(build("nüüd"), (8, 56, 0));
}

#[test]
fn a_file_that_was_changed_or_deleted_by_hand_is_written_again() {
    let site = Site::new();
    site.build(FIRST);
    site.put("index.html", "rikutud");
    fs::remove_file(site.out().join("vana.html")).unwrap();
    assert_eq!(counts(&site.build(FIRST)), (2, 1, 0));
    assert_eq!(site.files(), owned(FIRST));
}

#[test]
fn two_builds_at_once_are_told_of_each_other() {
    let site = Site::new();
    let _first = site.open();
    let second = Staging::open(site.folder()).unwrap_err();
    assert_eq!(second.code, "output.locked");
    let message = second.message(crate::diagnostics::Language::English);
    assert!(message.contains(&std::process::id().to_string()), "{message}");
}

#[test]
fn a_folder_that_is_not_ours_is_refused_and_not_touched() {
    let site = Site::new();
    site.put("lugu.txt", "minu");
    assert_eq!(Staging::open(site.folder()).unwrap_err().code, "output.foreign-folder");
    assert_eq!(site.files(), owned(&[("lugu.txt", "minu")]));
    assert!(!site.state("").exists());
}

#[test]
fn an_empty_folder_may_be_used() {
    let site = Site::new();
    fs::create_dir(site.out()).unwrap();
    assert_eq!(counts(&site.build(FIRST)), (3, 0, 0));
}

#[test]
fn an_output_that_is_a_file_or_overlaps_the_sources_is_refused() {
    let site = Site::new();
    let root = site.root.path();
    let content = root.join("content");
    fs::write(root.join("fail"), "").unwrap();
    let code = |out: PathBuf| OutputFolder::new(&out, &[&content]).unwrap_err().code;
    assert_eq!(code(root.join("fail")), "output.not-a-folder");
    assert_eq!(code(content.clone()), "output.overlaps-source");
    assert_eq!(code(content.join("sub/public")), "output.overlaps-source");
    assert_eq!(code(root.join("public/../content/x")), "output.overlaps-source");
    assert_eq!(code(root.to_owned()), "output.overlaps-source");
    assert_eq!(code("/".into()), "output.overlaps-source");
    assert!(OutputFolder::new(&root.join("contents"), &[&content]).is_ok());
}

#[cfg(unix)]
#[test]
fn a_link_to_the_sources_does_not_deceive_and_a_link_elsewhere_stays() {
    let site = Site::new();
    let root = site.root.path();
    std::os::unix::fs::symlink(root.join("content"), root.join("link")).unwrap();
    let refused = OutputFolder::new(&root.join("link"), &[&root.join("content")]).unwrap_err();
    assert_eq!(refused.code, "output.overlaps-source");
    fs::create_dir(root.join("www")).unwrap();
    std::os::unix::fs::symlink(root.join("www"), site.out()).unwrap();
    for files in [FIRST, SECOND] {
        let staging = site.open();
        for (path, text) in files {
            staging.write(path, text.as_bytes()).unwrap();
        }
        staging.commit(Stamp::default()).unwrap();
    }
    assert!(site.out().is_symlink());
    assert_eq!(tree(&root.join("www")), owned(SECOND));
}

#[cfg(unix)]
#[test]
fn an_unwritable_place_is_a_diagnostic() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::new();
    let closed = site.root.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    let folder = OutputFolder::new(&closed.join("public"), &[]).unwrap();
    match Staging::open(folder) {
        Err(diagnostic) => assert_eq!(diagnostic.code, "output.unwritable"),
        // The superuser may write everywhere.
        Ok(_) => {
            let error = io::Error::from(io::ErrorKind::PermissionDenied);
            assert_eq!(refused(&closed, &error).code, "output.unwritable");
        }
    }
}

#[test]
fn paths_that_lead_out_are_refused() {
    let site = Site::new();
    let staging = site.open();
    for path in ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/./b", "a/", "a\\b", "a\0b", "a\nb", "."] {
        assert_eq!(staging.write(path, b"x").unwrap_err().code, "output.bad-path", "{path:?}");
    }
    assert_eq!(staging.write(&"x".repeat(256), b"x").unwrap_err().code, "output.bad-path");
    staging.write("failid/Üldplaneering 2026: seletuskiri.pdf", b"x").unwrap();
}

#[test]
fn two_pages_at_one_address_are_a_diagnostic() {
    let site = Site::new();
    site.build(FIRST);
    let staging = site.open();
    staging.write("uus.html", b"a").unwrap();
    assert_eq!(staging.write("uus.html", b"b").unwrap_err().code, "output.collision");
    staging.write("index.html", b"esileht").unwrap();
    assert_eq!(staging.write("index.html", b"esileht").unwrap_err().code, "output.collision");
    assert_eq!(staging.write("vana.html/x", b"").map_err(|d| d.code), Ok(()), "it was a file, now it is a folder");
    assert_eq!(staging.write("vana.html", b"").unwrap_err().code, "output.file-and-folder");
    assert_eq!(staging.write("uus.html/x/y", b"").unwrap_err().code, "output.file-and-folder");
}

#[test]
fn a_copied_file_is_not_read_again() {
    let site = Site::new();
    let source = site.root.path().join("content/plaan.pdf");
    fs::write(&source, "plaan").unwrap();
    let modified = age(&source);
    let copy = || {
        let file = Folder::open(site.root.path()).unwrap().find("content/plaan.pdf").unwrap();
        let staging = site.open();
        staging.copy("failid/plaan.pdf", &file).unwrap();
        counts(&staging.commit(Stamp::default()).unwrap())
    };
    assert_eq!(copy(), (1, 0, 0));
    fs::write(&source, "PLAAN").unwrap();
    File::options().write(true).open(&source).unwrap().set_modified(modified).unwrap();
    assert_eq!(copy(), (0, 1, 0), "same size and time: trusted");
    fs::write(&source, "plaan").unwrap();
    assert_eq!(copy(), (0, 1, 0), "touched: read, and found the same");
    fs::write(&source, "uus plaan").unwrap();
    assert_eq!(copy(), (1, 0, 0));
    assert_eq!(site.files(), owned(&[("failid/plaan.pdf", "uus plaan")]));
}

#[test]
fn a_file_named_by_its_content_is_kept_without_being_made() {
    let site = Site::new();
    site.build(FIRST);
    let staging = site.open();
    assert!(staging.keep("vana.html").unwrap());
    assert!(!staging.keep("uus.html").unwrap());
    assert_eq!(counts(&staging.commit(Stamp::default()).unwrap()), (0, 1, 2));
    assert_eq!(site.files(), owned(&FIRST[2..]));
}

#[test]
fn what_the_build_notes_is_there_for_the_next_if_nothing_changed() {
    let site = Site::new();
    let stamp = |settings| Stamp {
        inputs: Some(Inputs { settings, built_at: 5, ..Inputs::default() }),
        memo: b"hoiatus".to_vec(),
    };
    site.stage(FIRST).commit(stamp([1; 32])).unwrap();
    assert_eq!(site.open().up_to_date(&[], &[1; 32], 9), Some(&b"hoiatus"[..]));
    assert_eq!(site.open().up_to_date(&[], &[2; 32], 9), None);
    site.stage(FIRST).commit(stamp([2; 32])).unwrap();
    assert_eq!(site.open().up_to_date(&[], &[2; 32], 9), Some(&b"hoiatus"[..]), "noted although no file changed");
    site.put("index.html", "rikutud");
    assert_eq!(site.open().up_to_date(&[], &[2; 32], 9), None, "the site does not stand as it was left");
}

/// What a process that may write no file over 64 KiB sees.
#[cfg(unix)]
fn with_little_disk(root: &Path) {
    let folder = OutputFolder::new(&root.join("public"), &[]).unwrap();
    let staging = Staging::open(folder).unwrap();
    staging.write("index.html", b"uus").unwrap();
    let error = staging.write("suur.html", &vec![b'x'; 1 << 20]).unwrap_err();
    assert_eq!(error.code, "output.disk-full");
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_a_diagnostic() {
    // It runs itself once more, as the process that has little disk.
    if let Some(root) = std::env::var_os("RAEKODA_TEST_ROOT") {
        return with_little_disk(Path::new(&root));
    }
    let site = Site::new();
    site.build(FIRST);
    let test = "output::staging::tests::a_full_disk_is_a_diagnostic";
    let status = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--quiet"])
        .env("RAEKODA_TEST_ROOT", site.root.path())
        .output()
        .unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stdout));
    assert!(String::from_utf8_lossy(&status.stdout).contains("1 passed"));
    assert_eq!(site.files(), owned(FIRST));
    assert!(!site.state("next").exists());
}

#[test]
fn every_way_of_taking_the_place_gives_the_same_site() {
    use super::super::exchange::{exchange, file_by_file, two_renames};
    for way in ["exchange", "two renames", "file by file"] {
        let (site, other) = (Site::new(), Site::new());
        other.build(SECOND);
        site.build(FIRST);
        site.put("minu.txt", "minu");
        let read = |site: &Site| match Manifest::read(&site.state("manifest")) {
            Found::Whole(manifest) => manifest,
            _ => panic!("the manifest was just written"),
        };
        let _ = fs::remove_dir_all(site.state("next"));
        fs::rename(other.out(), site.state("next")).unwrap();
        fs::write(site.state("next/minu.txt"), "minu").unwrap();
        let (new, out) = (site.state("next"), site.out());
        match way {
            "exchange" => exchange(&new, &out),
            "two renames" => two_renames(&new, &out, &site.state("aside")),
            _ => file_by_file(&new, &out, &read(&site), &read(&other)),
        }
        .unwrap();
        let mut expected = owned(SECOND);
        expected.push(("minu.txt".to_owned(), "minu".to_owned()));
        expected.sort();
        assert_eq!(site.files(), expected);
        assert!(!site.state("aside").exists());
    }
}

mod series;
