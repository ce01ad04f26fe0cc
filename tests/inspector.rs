//! `raekoda check` on documents and sites: what it finds, and how it says so. Texts are judged in `labelled`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::Value;

use crate::driver::Site;

/// The areas of rules about what people write.
const AREAS: [&str; 9] =
    ["accessibility", "care", "documents", "law", "links", "markdown", "privacy", "weight", "wording"];

pub const SITE: &str = r#"
-- site.toml --
name = "Kadaka vald"
languages = ["et", "en"]
base_url = "https://www.kadakavald.example"
[contact]
phone = "+372 5555 0100"
[check.severity]
care = "off"
law = "off"
"links.orphan" = "off"
"links.dead-end" = "off"
-- data/units.toml --
[[units]]
id = "kantselei"
title = "Vallakantselei"
kind = "department"
"#;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the check says of each file, by areas that only it knows.
pub fn found(site: &Site, arguments: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let report: Value = site.run(&[&["check", "--format", "json"], arguments].concat()).json();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in report.as_array().unwrap() {
        let code = finding["code"].as_str().unwrap();
        if AREAS.contains(&code.split('.').next().unwrap()) {
            let file = finding["location"]["file"].as_str().unwrap_or_default();
            found.entry(file.to_owned()).or_default().insert(code.to_owned());
        }
    }
    found
}

/// The words of a document are those that the parser's own way, which takes ten times as long, finds in it.
#[test]
fn the_words_of_the_example_documents_are_read() {
    let mut files = vec![root().join("content-example/static/failid")];
    let mut documents = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| ending == "pdf") {
            let bytes = fs::read(&path).unwrap();
            let document = lopdf::Document::load_mem(&bytes).unwrap();
            let pages: Vec<u32> = document.get_pages().into_keys().collect();
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let wanted = letters(&document.extract_text(&pages).unwrap());
            let read = raekoda::check::documents::read("fail.pdf", &bytes).text;
            assert_eq!(letters(&read), wanted, "{}", path.display());
            documents += 1;
        }
    }
    assert!(documents >= 3, "{documents}");
}

/// A PDF of one page a text, as its `make` wants it.
fn pdf(texts: &[&str], make: impl FnOnce(&mut lopdf::Document, lopdf::ObjectId)) -> Vec<u8> {
    use lopdf::{Dictionary, Document, Object, Stream, dictionary};
    let mut document = Document::with_version("1.7");
    let pages = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    let kids: Vec<Object> = texts
        .iter()
        .map(|text| {
            let content = format!("BT /F1 12 Tf 50 700 Td ({text}) Tj ET");
            let content = document.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
            let page = document.add_object(dictionary! {
                "Type" => "Page", "Parent" => pages, "Contents" => content,
                "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
                "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
            });
            page.into()
        })
        .collect();
    let count = i64::try_from(kids.len()).unwrap();
    document.objects.insert(pages, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    make(&mut document, catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// What a good PDF says of itself.
fn tagged(document: &mut lopdf::Document, catalog: lopdf::ObjectId) {
    use lopdf::{Object, dictionary};
    let tree = document.add_object(dictionary! { "Type" => "StructTreeRoot" });
    let info = document.add_object(dictionary! { "Title" => Object::string_literal("Otsus") });
    document.trailer.set("Info", info);
    let catalog = document.get_object_mut(catalog).unwrap().as_dict_mut().unwrap();
    catalog.set("MarkInfo", dictionary! { "Marked" => true });
    catalog.set("StructTreeRoot", tree);
    catalog.set("Lang", Object::string_literal("et-EE"));
}

const WORDS: &str = "Volikogu otsustas kinnitada uue korra alates esimesest jaanuarist";

fn docx(body: &str, title: &str) -> Vec<u8> {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let mut add = |name: &str, text: &str| {
        archive.start_file(name, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    };
    add("word/document.xml", &format!("<w:document><w:body>{body}</w:body></w:document>"));
    add(
        "word/styles.xml",
        "<w:styles><w:lang w:val=\"et-EE\"/><w:style w:styleId=\"Pealkiri1\"><w:name w:val=\"heading 1\"/></w:style></w:styles>",
    );
    add("docProps/core.xml", &format!("<cp:core><dc:title>{title}</dc:title></cp:core>"));
    archive.finish().unwrap().into_inner()
}

fn paragraph(text: &str, style: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

#[test]
fn documents_are_judged_rightly() {
    use lopdf::{Object, dictionary};
    let site = Site::with(SITE);
    let mut wanted: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut add = |name: &str, bytes: Vec<u8>, codes: &[&'static str]| {
        let path = format!("static/failid/{name}");
        site.write(&path, bytes);
        if !codes.is_empty() {
            wanted.insert(path, codes.to_vec());
        }
    };
    let good = || pdf(&[WORDS], tagged);
    add("hea.pdf", good(), &[]);
    add("ilma.pdf", pdf(&[WORDS], |_, _| {}), &["documents.no-language", "documents.no-title", "documents.untagged"]);
    let keyless = |key: &'static str| {
        move |document: &mut lopdf::Document, catalog: lopdf::ObjectId| {
            tagged(document, catalog);
            document.get_object_mut(catalog).unwrap().as_dict_mut().unwrap().remove(key.as_bytes());
        }
    };
    add("keeleta.pdf", pdf(&[WORDS], keyless("Lang")), &["documents.no-language"]);
    add("siltideta.pdf", pdf(&[WORDS], keyless("StructTreeRoot")), &["documents.untagged"]);
    add(
        "pealkirjata.pdf",
        pdf(&[WORDS], |document, catalog| {
            tagged(document, catalog);
            let info = document.add_object(dictionary! { "Title" => Object::string_literal("  ") });
            document.trailer.set("Info", info);
        }),
        &["documents.no-title"],
    );
    add("skann.pdf", pdf(&["", ""], tagged), &["documents.no-text"]);
    add("pikk.pdf", pdf(&[WORDS; 24], tagged), &["documents.no-bookmarks"]);
    add("paras.pdf", pdf(&[WORDS; 19], tagged), &[]);
    add(
        "kood.pdf",
        pdf(&["Leping sõlmiti isikuga 36805280109 ja vallaga kahes eksemplaris".replace('õ', "o").as_str()], tagged),
        &["privacy.personal-code"],
    );
    add(
        "konto.pdf",
        pdf(&["Palun kandke raha kontole EE382200221020145685 kahe kuu jooksul"], tagged),
        &["privacy.iban"],
    );
    add("post.pdf", pdf(&["Vastused palume saata aadressile mari.mets@gmail.com reedeks"], tagged), &["privacy.email"]);
    add(
        "protokoll-3.pdf",
        pdf(&["Kohal viibis naaber Mari Mets, tel 5123 4567, kes oli vastu"], tagged),
        &["privacy.phone"],
    );
    add(
        "juhend.pdf",
        pdf(&["Abi saate telefonilt, tel 5123 4567, igal argipäeval kella viieni".replace('ä', "a").as_str()], tagged),
        &[],
    );
    add("viide.pdf", pdf(&["Makse juurde kirjutage viitenumber 36805280109 ja oma nimi"], tagged), &[]);
    add("katki.pdf", good()[..200].to_vec(), &["documents.damaged"]);
    add("tekst.pdf", b"see ei ole PDF".to_vec(), &["documents.damaged"]);
    add("tyhi.pdf", Vec::new(), &["documents.damaged"]);
    add("leping_36805280109.pdf", good(), &["privacy.personal-code"]);
    add("leping_36805280108.pdf", good(), &[]);
    add("lukus.pdf", locked(), &["documents.locked"]);

    let text = vec!["sõna"; 500].join(" ");
    add("hea.docx", docx(&(paragraph("Kord", "Pealkiri1") + &paragraph(&text, "Normal")), "Kord"), &[]);
    add("luhike.docx", docx(&paragraph("Lühike kiri", "Normal"), "Kiri"), &[]);
    add("pealkirjadeta.docx", docx(&paragraph(&text, "Normal"), "Kord"), &["documents.no-headings"]);
    add("nimeta.docx", docx(&paragraph("Lühike kiri", "Normal"), ""), &["documents.no-title"]);
    add("pilt.docx", docx("<w:p><wp:docPr id=\"1\" name=\"Pilt 1\"/></w:p>", "Pilt"), &["documents.picture-alt"]);
    add("kirjeldus.docx", docx("<w:p><wp:docPr id=\"1\" descr=\"Vallamaja\"/></w:p>", "Pilt"), &[]);
    add("kaunistus.docx", docx("<w:p><wp:docPr id=\"1\"><adec:decorative val=\"1\"/></wp:docPr></w:p>", "Pilt"), &[]);
    add("kood.docx", docx(&paragraph("Isik 36805280109", "Normal"), "Otsus"), &["privacy.personal-code"]);
    add("lukus.docx", vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], &["documents.locked"]);
    add("katki.docx", b"PK\x03\x04katki".to_vec(), &["documents.damaged"]);
    add("pomm.docx", docx(&"<w:p/>".repeat(12_000_000), "Pomm"), &["documents.damaged"]);
    add("nimekiri.csv", b"nimi,kood\nMari,36805280109\n".to_vec(), &["privacy.personal-code"]);
    add("arvud.csv", b"aasta,summa\n2026,36805280108\n".to_vec(), &[]);

    let huge = fs::File::create(site.path("static/failid/hiiglane.pdf")).unwrap();
    huge.set_len(200 * 1024 * 1024).unwrap();
    wanted.insert("static/failid/hiiglane.pdf".to_owned(), vec!["weight.document"]);

    let once = found(&site, &[]);
    let told: BTreeMap<String, Vec<&str>> = once
        .iter()
        .filter(|(file, _)| file.starts_with("static/"))
        .map(|(file, codes)| (file.clone(), codes.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(told, wanted);
    // The second time documents come from the cache, and say the same.
    assert_eq!(found(&site, &[]), once);
}

/// A PDF that wants a password.
fn locked() -> Vec<u8> {
    use lopdf::{EncryptionState, EncryptionVersion, Object, Permissions};
    pdf(&[WORDS], |document, catalog| {
        tagged(document, catalog);
        let id = Object::string_literal("0123456789abcdef");
        document.trailer.set("ID", vec![id.clone(), id]);
        let version = EncryptionVersion::V2 {
            document,
            owner_password: "omanik",
            user_password: "kasutaja",
            key_length: 128,
            permissions: Permissions::all(),
        };
        let state = EncryptionState::try_from(version).unwrap();
        document.encrypt(&state).unwrap();
    })
}

#[test]
fn what_a_page_loads_from_elsewhere_is_told_once_and_allowed_by_name() {
    let head = "-- theme/templates/parts/head.html --\n<script src=\"https://statistics.example.org/a.js\"></script>\n";
    let site = Site::with(head);
    let codes = |site: &Site| site.problems().matches("privacy.third-party").count();
    assert_eq!(codes(&site), 1);
    let settings = fs::read_to_string(site.path("site.toml")).unwrap();
    site.write("site.toml", format!("{settings}\n[check]\norigins = [\"https://statistics.example.org\"]\n"));
    assert_eq!(codes(&site), 0);
}

#[test]
fn scripts_that_follow_visitors_and_pages_that_nobody_looks_at_are_told_of() {
    let site = Site::with(
        "-- site.toml --\nname = \"Kadaka vald\"\nlanguages = [\"et\"]\nbase_url = \"https://kadaka.example\"\n\
         [check.review]\nnews = 30\nnovelty = 5\n-- static/loendur.js --\ndocument.cookie = 'a=b';\n-- static/muu.js --\nlet a = 1;\n\
         -- theme/scripts/kaart.js --\nimport('https://kaart.example/a.js');\n-- theme/styles/kiri.css --\n@import url(//kiri.example/a.css);\n",
    );
    let told = site.run(&["check", "--format", "json", "--at", "2027-01-22"]).failed();
    let told = crate::driver::listed(&told);
    assert!(told.contains("warning privacy.tracker static/loendur.js:1") && !told.contains("muu.js"), "{told}");
    assert!(told.contains("care.not-reviewed content/uudised/talv.md"), "{told}");
    assert!(told.contains("error check.review-days site.toml"), "{told}");
    assert!(told.contains("error privacy.loads theme/scripts/kaart.js:1"), "{told}");
    assert!(told.contains("error privacy.loads theme/styles/kiri.css:1"), "{told}");
}

/// What was found on a page is kept for the next check, as long as nothing that decides it has changed.
#[test]
fn a_later_check_finds_what_a_first_one_would() {
    const PAGE: &str = "content/uudised/talv.md";
    let site = Site::with(SITE);
    let check = || site.run(&["check", "--format", "json"]).stdout;
    let write = |text: &str| site.write(PAGE, format!("+++\ntitle = \"Talv\"\npublished = 2026-11-20\n+++\n{text}\n"));
    write("Kirjutage mari.mets@gmail.com.");
    let first = check();
    assert!(first.contains("privacy.email"), "{first}");
    assert_eq!(first, check());
    // The same page under other settings.
    let settings = fs::read_to_string(site.path("site.toml")).unwrap();
    let allowed = settings.replace("[check.severity]", "[check]\ndomains = [\"gmail.com\"]\n[check.severity]");
    site.write("site.toml", allowed);
    assert!(!check().contains("privacy.email"));
    site.write("site.toml", settings);
    assert_eq!(first, check());
    write("Kirjutage vallavalitsusele.");
    assert!(!check().contains("privacy.email"));
    write("Kirjutage mari.mets@gmail.com.");
    assert_eq!(first, check());
    // What cannot be read is looked at again.
    for folder in fs::read_dir(site.path(".raekoda/findings")).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            fs::write(file.unwrap().path(), "katki").unwrap();
        }
    }
    assert_eq!(first, check());
}

#[test]
fn only_what_is_new_fails() {
    let site = Site::with("-- content/a.md --\n+++\ntitle = \"A\"\npublished = 2026-01-05\n+++\nKood 36805280109.\n");
    let before = site.run(&["check", "--format", "json"]).failed();
    fs::write(site.around().join("before.json"), before.stdout).unwrap();
    let baseline = site.around().join("before.json");
    let since = ["check", "--new-since", baseline.to_str().unwrap()];
    site.run(&since).fine();
    site.write("content/a.md", "+++\ntitle = \"A\"\npublished = 2026-01-05\n+++\nUus rida.\n\nKood 36805280109.\n");
    site.run(&since).fine();
    site.write("content/b.md", "+++\ntitle = \"B\"\npublished = 2026-01-05\n+++\nKood 47102032317 ja 36805280109.\n");
    let after = site.run(&since).failed();
    assert!(after.stderr.contains("content/b.md") && !after.stderr.contains("content/a.md"), "{}", after.stderr);
    fs::write(&baseline, "{").unwrap();
    assert_eq!(site.run(&since).code, Some(2));
}

#[test]
fn fixes_are_shown_before_they_are_made() {
    let site = Site::with(
        "-- content/a.md --\n+++\ntitle = \"A\"\npublished = 2026-01-05\n+++\nKaasa:\n\n– pass\n– arve\n\nLoe [uudiseid](https://www.kadakavald.example/uudised).\n\nTulge reedel , palun.\n",
    );
    let before = fs::read_to_string(site.path("content/a.md")).unwrap();
    let shown = site.run(&["check", "--fix"]).fine();
    assert!(shown.stdout.contains("-– pass") && shown.stdout.contains("+- pass"), "{}", shown.stdout);
    assert_eq!(fs::read_to_string(site.path("content/a.md")).unwrap(), before, "nothing is written unasked");
    site.run(&["check", "--fix", "--yes"]).fine();
    let after = fs::read_to_string(site.path("content/a.md")).unwrap();
    assert!(after.contains("Tulge reedel, palun"), "{after}");
    assert!(after.contains("- pass\n- arve") && after.contains("[uudiseid](/uudised)"), "{after}");
    site.run(&["check", "--fix", "--yes"]).fine();
    assert_eq!(fs::read_to_string(site.path("content/a.md")).unwrap(), after, "mended once is mended");
}

#[test]
fn unknown_rules_and_exceptions_from_exceptions_are_refused() {
    let site = Site::smallest();
    let settings = fs::read_to_string(site.path("site.toml")).unwrap();
    site.write(
        "site.toml",
        format!("{settings}\n[check.severity]\n\"privacy.emial\" = \"off\"\n[[check.exception]]\nrule = \"check.exception-expired\"\nreason = \"x\"\nuntil = 2030-01-01\n"),
    );
    let outcome = site.run(&["check"]).failed();
    assert!(outcome.stderr.contains("Did you mean `privacy.email`?"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("check.own-rule"), "{}", outcome.stderr);
}

#[test]
fn the_control_sheet_names_what_is_there_and_what_is_missing() {
    let site = Site::example();
    let sheet: Value = site.run(&["kov-kontroll", "--json", "--at", "2026-11-22"]).fine().json();
    let duties = sheet["duties"].as_array().unwrap();
    let of = |law: &str| duties.iter().find(|line| line["law"] == law).unwrap();
    assert_eq!(of("AvTS § 28 (1) 27")["standing"], "answered");
    assert_eq!(of("AvTS § 28 (1) 31")["answers"][0]["url"], "https://adr.kadakavald.example");
    let late: Value = site.run(&["kov-kontroll", "--json", "--at", "2029-01-01"]).json();
    let statement =
        late["duties"].as_array().unwrap().iter().find(|line| line["law"] == "AvTS § 32 (1) 7").unwrap().clone();
    assert_eq!(statement["standing"], "stale");
    // A club's site has no such duties.
    assert!(!Site::smallest().problems().contains("law.missing"));
}

#[test]
fn the_example_sites_are_clean() {
    let clean = |folder: &str| {
        let site = Site::smallest();
        let path = root().join(folder);
        let outcome = site.run(&["check", path.to_str().unwrap(), "--strict", "--at", "2026-11-22"]).fine();
        let _ = fs::remove_dir_all(path.join(".raekoda/documents"));
        assert!(outcome.code == Some(0));
    };
    clean("content-example");
    clean("docs");
}

#[test]
fn each_owner_gets_a_letter_with_what_is_new() {
    let site = Site::with(
        "-- data/units.toml --\n[[units]]\nid = \"kantselei\"\ntitle = \"Vallakantselei\"\nkind = \"department\"\nemail = \"info@kadakavald.example\"\n-- content/a.md --\n+++\ntitle = \"A\"\npublished = 2026-01-05\nowner = \"kantselei\"\n+++\nKood 36805280109.\n",
    );
    let letters = site.around().join("letters");
    let digest = || site.run(&["check", "--digest", letters.to_str().unwrap()]);
    digest().failed();
    let letter = fs::read_to_string(letters.join("vallakantselei.eml")).unwrap();
    assert!(
        letter.starts_with("To: info@kadakavald.example\r\nSubject: ") && letter.contains("36805280109"),
        "{letter}"
    );
    assert!(letter.lines().take_while(|line| !line.is_empty()).all(|line| line.len() <= 78), "{letter}");
    fs::remove_file(letters.join("vallakantselei.eml")).unwrap();
    digest().failed();
    assert!(!letters.join("vallakantselei.eml").exists(), "what was told is not told again");
    for (number, code) in ["47811302716", "36507280219"].into_iter().enumerate() {
        site.write(
            &format!("content/b{number}.md"),
            format!("+++\ntitle = \"B\"\npublished = 2026-01-05\nowner = \"kantselei\"\n+++\nKood {code}.\n"),
        );
        digest().failed();
    }
    let said = |name: &str, code: &str| fs::read_to_string(letters.join(name)).unwrap().contains(code);
    assert!(said("vallakantselei.eml", "47811302716"), "a letter that was not sent is not written over");
    assert!(said("vallakantselei-2.eml", "36507280219"));
}

#[test]
fn reports_for_ci_and_for_people() {
    let site =
        Site::with("-- content/a.md --\n+++\ntitle = \"A\"\npublished = 2026-01-05\n+++\nKood 36805280109 & <b>.\n");
    let junit = site.run(&["check", "--format", "junit"]).failed().stdout;
    assert!(
        junit.contains("<testsuite name=\"content/a.md\"") && junit.contains("&amp; &lt;b&gt;")
            || junit.contains("privacy.personal-code"),
        "{junit}"
    );
    let html = site.run(&["check", "--format", "html", "--lang", "et"]).failed().stdout;
    assert!(html.contains("<html lang=\"et\">") && html.contains("Tekstis on isikukood 36805280109."), "{html}");
    assert!(html.contains("&amp; &lt;b&gt;"), "{html}");
}

#[test]
fn the_statement_is_made_of_what_is_known_and_what_is_found() {
    let site = Site::example();
    let statement = site.run(&["statement", "--at", "2026-11-22"]).fine().stdout;
    assert!(
        statement.starts_with("+++\ntitle = \"Ligipääsetavuse teatis\"") && statement.contains("10.1.3.1"),
        "{statement}"
    );
    site.write("content/ligipaasetavus.md", &statement);
    site.run(&["check", "--strict", "--at", "2026-11-22"]).fine();
    assert_eq!(Site::smallest().run(&["statement"]).code, Some(2));
}

#[cfg(unix)]
#[test]
fn the_dictionaries_of_the_computer_are_asked() {
    use std::os::unix::fs::PermissionsExt as _;
    let site =
        Site::with("-- content/a.md --\n+++\ntitle = \"A\"\npublished = 2026-01-05\n+++\nSiin on viqane sõna.\n");
    let bin = site.around().join("bin");
    fs::create_dir(&bin).unwrap();
    fs::write(bin.join("hunspell"), "#!/bin/sh\neval file=\\${$#}\ngrep q \"$file\" || true\n").unwrap();
    fs::set_permissions(bin.join("hunspell"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let run = site.raekoda().args(["check", "--spelling", "--format", "json"]).env("PATH", path).output().unwrap();
    let report = site.outcome(run).stdout;
    assert!(report.contains("wording.spelling") && report.contains("viqane"), "{report}");
}
