//! After any series of edits the site is what a clean build makes of the same files.
//!
//! `RAEKODA_SOAK=20000 cargo nextest run after_any_series` goes on for longer.

use std::{collections::BTreeMap, fs, path::Path};

use jiff::civil::date;
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

use super::*;
use crate::{
    commands::extras,
    diagnostics,
    preview::{Edition, Source},
};

/// A small site that uses everything a template can ask for.
const SITE: &str = include_str!("site.txt");

/// Where files may stand, and what may stand in them.
const PLACES: &[(&str, &[&str])] = &[
    (
        "content/_index.md",
        &[
            "+++\ntitle = \"Avaleht\"\n+++\nTere! [Ajalugu](@/meist/ajalugu).\n",
            "+++\ntitle = \"Kadaka\"\n+++\n[Talv](/uudised/talv) ja [fail](/failid/uus.txt).\n\n:::note\nTähtis\n:::\n",
            "+++\ntitle = \"Kadaka\n+++\npooleli",
        ],
    ),
    (
        "content/uudised/talv.md",
        &[
            "+++\ntitle = \"Talv\"\npublished = 2026-11-01\nkeywords = [\"lumi\"]\n+++\nLund tuleb.\n",
            "+++\ntitle = \"Talv\"\npublished = 2026-11-01\nkeywords = [\"lumi\"]\n+++\nLund tuleb palju.\n\nTeine lõik.\n",
            "+++\ntitle = \"Talv\"\npublished = 2026-11-01\nkeywords = [\"lumi\"]\n+++\nLund tuleb palju.\n\nKolmas lõik [siit](@/uudised/suvi).\n",
            "+++\ntitle = \"Talv on käes\"\npublished = 2026-10-01\nkeywords = [\"teed\", \"lumi\"]\ncontact = \"mari\"\n+++\n",
            "+++\ntitle = \"Talv\"\nslug = \"kulm\"\ndraft = true\n+++\nMustand.\n",
            "+++\ntitle = 5\n+++\n",
        ],
    ),
    (
        "content/uudised/talv.en.md",
        &["+++\ntitle = \"Winter\"\n+++\nSnow.\n", "+++\ntitle = \"Winter is here\"\nslug = \"cold\"\n+++\n"],
    ),
    (
        "content/uudised/suvi.md",
        &[
            "+++\ntitle = \"Suvi\"\npublished = 2025-07-01\nimage = { src = \"/images/vaade.png\", alt = \"Vaade\" }\n+++\n![Vaade](/images/vaade.png)\n",
            "+++\ntitle = \"Suvi\"\npublished = 2027-07-01\n+++\nTuleb.\n",
            "+++\ntitle = \"Suvi\"\npublished = 2025-07-01\npublish_until = 2026-01-01\n+++\nOli.\n",
        ],
    ),
    (
        "content/uudised/kevad.md",
        &[
            "+++\ntitle = \"Kevad\"\npublished = 2026-04-01\nkeywords = [\"teed\"]\naliases = [\"/vana\"]\n+++\n[Vana](/vana) [uus](#a)\n\n## A\n",
        ],
    ),
    (
        "content/uudised/_index.md",
        &["+++\ntitle = \"Uudised\"\n+++\n", "+++\ntitle = \"Teated\"\nslug = \"teated\"\n+++\nKõik teated.\n"],
    ),
    (
        "content/meist/_index.md",
        &[
            "+++\ntitle = \"Meist\"\n+++\n",
            "+++\ntitle = \"Meist\"\nguide = true\nchildren_type = \"news\"\n+++\n",
            "+++\ntitle = \"Meie\"\nguide = true\n+++\n",
        ],
    ),
    ("content/meist/_index.en.md", &["+++\ntitle = \"About\"\n+++\n"]),
    (
        "content/meist/ajalugu.md",
        &[
            "+++\ntitle = \"Ajalugu\"\norder = 2\n+++\nAmmu.\n",
            "+++\ntitle = \"Lugu\"\norder = 1\ncontact = \"jaan\"\n+++\nHiljuti [kevadel](@/uudised/kevad#a).\n",
        ],
    ),
    ("content/meist/inimesed.md", &["+++\ntitle = \"Inimesed\"\norder = 1\n+++\n"]),
    ("content/meist/vana/_index.md", &["+++\ntitle = \"Vana\"\n+++\n"]),
    ("content/meist/vana/kivi.md", &["+++\ntitle = \"Kivi\"\n+++\nKivi.\n"]),
    ("content/meist/lisa.txt", &["Lisa", "Teine lisa"]),
    (
        "data/inimesed.toml",
        &[
            "[[inimesed]]\nid = \"mari\"\ntitle = \"Mari Kask\"\nphone = \"5550002\"\n",
            "[[inimesed]]\nid = \"mari\"\ntitle = \"Mari Lepp\"\n[[inimesed]]\nid = \"jaan\"\ntitle = \"Jaan Tamm\"\n",
            "[[inimesed]]\nid = 5\n",
        ],
    ),
    ("data/hinnad.csv", &["mis,hind\nmaja,100\n", "mis,hind\nmaja,200\nõu,3\n"]),
    ("static/failid/uus.txt", &["1", "2"]),
    ("images/vaade.png", &["1", "2"]),
    (
        "redirects.toml",
        &[
            "[[redirect]]\nfrom = \"/endine\"\nto = \"/uudised\"\n",
            "[[redirect]]\nfrom = \"/endine\"\nto = \"/meist\"\n",
        ],
    ),
    (
        "kujundus/templates/page.html",
        &[
            "{% extends \"base.html\" %}{% block main %}{{ page.title }}: {{ body | safe }}{% endblock main %}",
            "{% extends \"base.html\" %}{% block",
        ],
    ),
    (
        "kujundus/templates/news.html",
        &["{% extends \"base.html\" %}{% block main %}Uudis {{ body | safe }}{% endblock main %}"],
    ),
    (
        "kujundus/templates/list-news.html",
        &["{% extends \"base.html\" %}{% block main %}{% include \"items.html\" %}{% endblock main %}"],
    ),
    (
        "kujundus/templates/items.html",
        &["{% for item in list.items %}{{ item.title }} {{ item.published }}{% endfor %}{{ list.pages }}"],
    ),
    (
        "kujundus/components/note.html",
        &["{% component note() %}<section>{{ body | safe }}</section>{% endcomponent note %}"],
    ),
    ("kujundus/styles/main.css", &["body { color: red }", "body { color: blue }"]),
    (
        "kujundus/strings/et.toml",
        &["skip = \"Edasi\"\n\"language.name\" = \"eesti keel\"\n\"not_found.title\" = \"Ei ole\"\n"],
    ),
    ("kujundus/icons/leht.svg", &["<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M1 1\"/></svg>"]),
    (
        "theme/templates/page.html",
        &["{% extends \"kujundus/page.html\" %}{% block main %}Oma: {{ page.title }}{% endblock main %}"],
    ),
    (
        "site.toml",
        &[
            "name = \"Kadaka vald\"\nlanguages = [\"et\", \"en\"]\nbase_url = \"https://www.kadakavald.example\"\ntheme = \"kujundus\"\n[[menus.main]]\npage = \"meist\"\n",
            "name = \"Uus vald\"\nlanguages = [\"et\"]\nbase_url = \"https://www.kadakavald.example\"\ntheme = \"kujundus\"\n",
            "name = \"Uus vald\nlanguages",
        ],
    ),
];

/// Something that a person does in the site's folder.
#[derive(Clone, Debug)]
enum Edit {
    /// A place gets one of its texts, or the one it began with.
    Write(usize, usize),
    Delete(usize),
    /// A file takes the place of another.
    Move(usize, usize),
    /// A folder gets another name, or its own again.
    MoveFolder,
    /// Somebody looks at another day.
    Day(i8),
    /// The watcher has lost count.
    Rescan,
    /// The file system tells of a folder only.
    Touch,
    /// An editor's own file, gone again.
    Fleeting,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let place = 0..PLACES.len();
    let edit = prop_oneof![
        12 => (place.clone(), 0..6usize).prop_map(|(place, text)| Edit::Write(place, text)),
        3 => place.clone().prop_map(Edit::Delete),
        2 => (place.clone(), place).prop_map(|(from, to)| Edit::Move(from, to)),
        1 => Just(Edit::MoveFolder),
        1 => (1..28i8).prop_map(Edit::Day),
        1 => Just(Edit::Rescan),
        1 => Just(Edit::Touch),
        1 => Just(Edit::Fleeting),
    ];
    vec(edit, 1..7)
}

fn parts(files: &str) -> impl Iterator<Item = (&str, &str)> {
    files.split("\n-- ").skip(1).filter_map(|part| part.split_once(" --\n"))
}

fn write(root: &Path, path: &str, text: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A picture is made here, since it is no text.
fn bytes(path: &str, text: &str) -> Vec<u8> {
    if !path.ends_with(".png") {
        return text.into();
    }
    let side = if text == "1" { 4 } else { 6 };
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(side, side).write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

/// The path as the watcher names it.
fn told(path: &str) -> String {
    if path.starts_with("kujundus") { "theme".to_owned() } else { path.to_owned() }
}

impl Edit {
    /// Does it, and gives what the watcher would say.
    fn act(&self, root: &Path, at: &mut i8) -> Changes {
        let paths = match *self {
            Self::Write(place, text) => {
                let (path, texts) = PLACES[place];
                let first = parts(SITE).find(|(known, _)| *known == path).map(|(_, text)| text);
                let text = texts.get(text).copied().or(first).unwrap_or(texts[0]);
                write(root, path, &bytes(path, text));
                vec![path.to_owned()]
            }
            Self::Delete(place) => {
                let _ = fs::remove_file(root.join(PLACES[place].0));
                vec![PLACES[place].0.to_owned()]
            }
            Self::Move(from, to) => {
                let (from, to) = (PLACES[from].0, PLACES[to].0);
                if root.join(from).is_file() && from.rsplit('.').next() == to.rsplit('.').next() {
                    fs::create_dir_all(root.join(to).parent().unwrap()).unwrap();
                    fs::rename(root.join(from), root.join(to)).unwrap();
                }
                vec![from.to_owned(), to.to_owned()]
            }
            Self::MoveFolder => {
                let (one, other) = (root.join("content/meist"), root.join("content/kes"));
                if one.exists() && !other.exists() {
                    fs::rename(one, other).unwrap();
                } else if other.exists() {
                    let _ = fs::remove_dir_all(&one);
                    fs::rename(other, one).unwrap();
                }
                vec!["content/meist".to_owned(), "content/kes".to_owned()]
            }
            Self::Day(day) => {
                *at = day;
                vec![]
            }
            Self::Rescan => return Changes::All,
            Self::Touch => vec!["content/uudised".to_owned()],
            Self::Fleeting => vec!["content/uudised/4913".to_owned()],
        };
        Changes::Paths(paths.iter().map(|path| told(path)).collect())
    }
}

fn request(root: &Path, day: i8) -> Request {
    Request {
        root: root.to_owned(),
        out: None,
        cache: None,
        base_url: None,
        theme: None,
        drafts: false,
        strict: false,
        dry_run: false,
        preview: false,
        sbom: false,
        at: date(2026, 11, day).at(12, 0, 0, 0),
        now: 0,
        progress: indicatif::ProgressBar::hidden(),
    }
}

/// All that the preview shows and says: files by path, diagnostics in order.
fn whole(
    loaded: Option<Loaded>,
    mut found: Vec<Diagnostic>,
    shown: &mut Option<Edition>,
) -> (BTreeMap<String, String>, Vec<Diagnostic>) {
    let mut files = BTreeMap::new();
    if let Some(loaded) = loaded {
        let nothing = |_: &Edition| Vec::new();
        let (renderer, copies) = (loaded.renderer.clone(), loaded.copies.clone());
        let edition = Edition::new(
            Source { renderer, copies, extras: nothing, gathered: nothing, check: loaded.check.clone() },
            shown.as_ref(),
        );
        assert!(edition.make_all());
        for page in edition.site().pages.iter() {
            let shown = edition.page(&page.url).unwrap();
            // A page that cannot be made is shown as it was last.
            let html = if shown.made.failed() { "".into() } else { String::from_utf8_lossy(&shown.html) };
            files.insert(page.file(), html.into_owned());
        }
        found.extend(edition.diagnostics());
        *shown = Some(edition);
        let renderer = &loaded.renderer;
        files.extend(loaded.copies.iter().map(|(path, file)| (path.clone(), format!("{}", file.size))));
        let extras = extras::all(renderer, &mut found).into_iter();
        files.extend(extras.map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned())));
        let assets = renderer.world().assets.to_write().into_iter();
        files.extend(assets.map(|(path, bytes)| (path.to_owned(), String::from_utf8_lossy(bytes).into_owned())));
    }
    diagnostics::sort(&mut found);
    found.dedup();
    (files, found)
}

fn follow(series: &[Edit]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for (path, text) in parts(SITE) {
        write(root, path, text.as_bytes());
    }
    let mut day = 20;
    let mut loader = Loader::new(request(root, day));
    let (mut shown, mut found) = (None, Vec::new());
    let loaded = loader.load(&Changes::All, &mut Timings::default(), &mut found);
    prop_assert!(found.iter().all(|found| found.severity != diagnostics::Severity::Error), "{found:#?}");
    whole(loaded, found, &mut shown);
    let mut now = (BTreeMap::new(), Vec::new());
    for edit in series {
        let before = day;
        let changes = edit.act(root, &mut day);
        if day != before {
            loader.at(Moment { at: request(root, day).at, drafts: false });
        }
        let mut found = Vec::new();
        let loaded = loader.load(&changes, &mut Timings::default(), &mut found);
        now = whole(loaded, found, &mut shown);
    }
    let mut found = Vec::new();
    let loaded = load(&request(root, day), &mut Timings::default(), &mut found);
    let clean = whole(loaded, found, &mut None);
    prop_assert_eq!(now, clean);
    Ok(())
}

#[test]
fn after_any_series_of_edits_the_site_is_as_a_clean_build_makes_it() {
    let cases = std::env::var("RAEKODA_SOAK").ok().and_then(|cases| cases.parse().ok()).unwrap_or(500);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    )
    .run(&edits(), |series| follow(&series))
    .unwrap();
}

#[test]
fn what_came_and_went_makes_nothing_again() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in parts(SITE) {
        write(folder.path(), path, text.as_bytes());
    }
    let mut loader = Loader::new(request(folder.path(), 20));
    let mut load = |changes: &Changes| loader.load(changes, &mut Timings::default(), &mut Vec::new()).unwrap();
    let site = |loaded: &Loaded| loaded.renderer.world().site.clone();
    let before = load(&Changes::All);
    let after = load(&Changes::Paths(["content/uudised/4913".to_owned()].into()));
    assert!(Arc::ptr_eq(&site(&before), &site(&after)));
    let after = load(&Changes::Paths(["content/uudised".to_owned()].into()));
    assert!(!Arc::ptr_eq(&site(&before), &site(&after)));
}
