//! What the disk and other processes do to a build: the last good site stays, whatever happens.

use std::{
    fs::{self, File},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::{Child, Command, Stdio},
};

use insta::assert_snapshot;

use crate::driver::{Outcome, Site, listed};

/// The account `nobody`, which may read only what everyone may.
const NOBODY: u32 = 65534;

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

#[test]
fn unreadable_file() {
    let site = Site::smallest();
    site.build(&[]).fine();
    let good = site.written();
    let page = site.path("content/uudised/talv.md");
    fs::set_permissions(&page, fs::Permissions::from_mode(0o000)).unwrap();

    let mut command = site.raekoda();
    if is_root() {
        // Root reads everything, so the program runs as nobody, from a place that nobody can reach.
        let program = site.around().join("raekoda");
        fs::copy(env!("CARGO_BIN_EXE_raekoda"), &program).unwrap();
        open_to_all(site.around());
        command = Command::new(program);
        command.current_dir(site.root()).env_clear().env("LC_ALL", "C.UTF-8").uid(NOBODY).gid(NOBODY);
    }
    let out = site.out();
    let output = command.args(["build", ".", "--out", out.to_str().unwrap(), "--format", "json"]).output().unwrap();
    let outcome = site.outcome(output).failed();
    fs::set_permissions(&page, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(site.written() == good, "the last good site changed");
    assert_snapshot!(listed(&outcome), @"error source.unreadable content/uudised/talv.md");
}

fn open_to_all(folder: &Path) {
    for entry in walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok) {
        let mode = entry.metadata().unwrap().permissions().mode();
        if entry.file_type().is_dir() {
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o777)).unwrap();
        } else if mode & 0o777 != 0 {
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(mode | 0o666)).unwrap();
        }
    }
}

/// A small file system in memory; nothing where the system does not let us have one.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(at: &'a Path, size: &str) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(at)
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(at))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn full_disk() {
    let site = Site::smallest();
    let place = site.around().join("disk");
    let Some(_disk) = SmallDisk::mount(&place, "4m") else {
        eprintln!("skipped: a file system of a given size can be mounted only by root");
        return;
    };
    let out = place.join("public");
    let build = |arguments: &[&str]| {
        let fixed = ["build", ".", "--out", out.to_str().unwrap()];
        site.run(&[&fixed, arguments].concat())
    };
    build(&[]).fine();
    let good = crate::driver::tree(&out);
    site.write("static/suur.bin", vec![7; 5 * 1024 * 1024]);
    let outcome = build(&["--format", "json"]).failed();
    assert!(crate::driver::tree(&out) == good, "the last good site changed");
    assert_snapshot!(listed(&outcome), @"error output.disk-full");

    // What the failed build took is given back: after the cause is gone, all is well.
    site.write("static/suur.bin", vec![7; 1024 * 1024]);
    build(&[]).fine();
    assert_eq!(fs::read(out.join("suur.bin")).unwrap().len(), 1024 * 1024);
}

#[test]
fn two_builds_at_once() {
    let site = Site::smallest();
    site.build(&[]).fine();
    let good = site.written();
    site.write("content/uudised/uus.md", "+++\ntitle = \"Uus\"\npublished = 2026-11-21\n+++\nTekst.\n");
    let lock = site.around().join(".public.raekoda/lock");
    let held = File::options().write(true).open(lock).unwrap();
    held.lock().unwrap();
    let outcome = site.build(&["--format", "json"]).failed();
    assert!(site.written() == good, "the last good site changed");
    assert_snapshot!(listed(&outcome), @"error output.locked");
    drop(held);
    site.build(&[]).fine();
    assert!(site.pages().contains(&"uudised/uus/index.html".to_owned()));
}

#[test]
fn many_builds_at_once_leave_a_whole_site() {
    let site = Site::smallest();
    site.build(&[]).fine();
    let expected = site.pages();
    for round in 0..3 {
        site.write(
            "content/_index.md",
            format!("+++\ntitle = \"Kadaka vald\"\npublished = 2026-01-05\n+++\nVoor {round}.\n"),
        );
        let running: Vec<Child> = (0..4).map(|_| start(&site)).collect();
        let ended: Vec<Outcome> =
            running.into_iter().map(|child| site.outcome(child.wait_with_output().unwrap())).collect();
        assert!(ended.iter().all(|outcome| matches!(outcome.code, Some(0 | 1))));
        assert!(ended.iter().any(|outcome| outcome.code == Some(0)), "one of them wins");
        assert_eq!(site.pages(), expected);
        assert!(site.page("index.html").contains(&format!("Voor {round}.")));
    }
}

fn start(site: &Site) -> Child {
    let mut command = site.raekoda();
    command.args(["build", ".", "--quiet", "--out"]).arg(site.out());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Kills a build at many moments, the exchange of the folders among them: the output is always one whole site, the
/// old one or the new one, and the next build puts everything right.
#[test]
fn killed_build() {
    let site = Site::smallest();
    for number in 0..40 {
        let page =
            format!("+++\ntitle = \"Uudis {number}\"\npublished = 2026-11-{:02}\n+++\nTekst.\n", number % 28 + 1);
        site.write(&format!("content/uudised/uudis-{number}.md"), page);
    }
    let name = |version: usize| format!("versioon-{version}-");
    let settings = |version: usize| {
        format!(
            "name = \"{}\"\nlanguages = [\"et\", \"en\"]\nbase_url = \"https://www.kadakavald.example\"\n",
            name(version)
        )
    };
    site.write("site.toml", settings(0));
    site.build(&[]).fine();
    let pages = site.pages();
    let next = site.around().join(".public.raekoda/next");
    let state = |path: &Path| fs::read(path).unwrap_or_default();

    for round in 1..=10 {
        let version = round;
        site.write("site.toml", settings(version));
        let before = state(&site.out().join("index.html"));
        let mut child = start(&site);
        // The moment: after so many files of the new site, or as soon as the new site is in place.
        let until = if round % 4 == 0 { usize::MAX } else { round * 7 };
        loop {
            let staged = walkdir::WalkDir::new(&next).into_iter().filter_map(Result::ok).count();
            let exchanged = state(&site.out().join("index.html")) != before;
            if staged >= until || exchanged || child.try_wait().unwrap().is_some() {
                break;
            }
        }
        let _ = child.kill();
        child.wait().unwrap();

        assert_eq!(site.pages(), pages, "round {round}: the site is not whole");
        let versions: Vec<bool> = pages.iter().map(|page| site.page(page).contains(&name(version))).collect();
        assert!(versions.iter().all(|new| *new == versions[0]), "round {round}: old and new pages are mixed");
    }
    site.build(&[]).fine();
    assert_eq!(site.pages(), pages);
    assert!(pages.iter().all(|page| site.page(page).contains(&name(10))));
    assert!(!next.with_file_name("manifest.next").exists());
}

#[test]
fn folder_with_other_files_is_not_taken_for_the_output() {
    let site = Site::smallest();
    fs::create_dir_all(site.out()).unwrap();
    fs::write(site.out().join("minu-asjad.txt"), "tähtis").unwrap();
    let outcome = site.build(&["--format", "json"]).failed();
    assert_eq!(fs::read_to_string(site.out().join("minu-asjad.txt")).unwrap(), "tähtis");
    assert_snapshot!(listed(&outcome), @"error output.foreign-folder");
}
