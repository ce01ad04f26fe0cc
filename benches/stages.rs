//! The time of single stages on the example municipality, and of what they do most often.
//!
//!     cargo bench --bench stages

use std::{hint::black_box, path::Path, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use raekoda::{
    content::Reading,
    language::{self, Lang},
    markdown::{self, Call, Host, Link, Options},
    minify,
    source::{self, Folder},
    theme::Theme,
};

/// A body as most of a municipality's pages have one.
const BODY: &str = "Taotluse saab esitada kogu aasta jooksul.\n\n## Kes saab taotleda\n\n\
    - laps on rahvastikuregistris valla elanik;\n- vähemalt üks vanem elab vallas;\n\n\
    | Laste arv | Toetus |\n|---|---:|\n| 1 | 300 € |\n| 2 | 650 € |\n\n\
    ## Kuidas taotleda\n\n1. Täitke [taotlus](taotlus.md).\n2. Lisage \"sünnitõend\".\n\n\
    > [!NOTE]\n> Vastame 10 tööpäeva jooksul.\n\n";

struct NoSite;

impl Host for NoSite {
    fn link(&mut self, target: &str, _: std::ops::Range<usize>) -> Link {
        Link { href: target.to_owned(), ..Link::default() }
    }
    fn image(&mut self, _: &str, _: &str, _: &str, _: std::ops::Range<usize>) -> String {
        String::new()
    }
    fn component(&mut self, _: &Call, body: Option<String>) -> String {
        body.unwrap_or_default()
    }
}

fn texts(c: &mut Criterion) {
    let body = BODY.repeat(10);
    let text = format!("+++\ntitle = \"Sünnitoetus\"\n+++\n{body}");
    let path: Arc<str> = "leht.md".into();
    c.bench_function("markdown, 5 KB", |b| {
        b.iter(|| {
            let all = 0..body.len();
            let options = Options {
                lang: Lang::ET,
                allowed_html: &[],
                heading_base: 2,
                id_prefix: "",
                path: &path,
                text: &body,
                body: all,
            };
            markdown::render(black_box(&options), &mut NoSite)
        });
    });
    c.bench_function("markdown, summary", |b| b.iter(|| markdown::summary(black_box(&body), 200)));
    c.bench_function("front matter", |b| b.iter(|| source::split(black_box(&text))));
    c.bench_function("slug", |b| b.iter(|| language::slug(black_box("Sünnitoetuse taotlemine Kadaka vallas"))));
    let day = jiff::civil::date(2026, 11, 22);
    c.bench_function("date", |b| b.iter(|| language::date_long(Lang::ET, black_box(day))));
    let page =
        format!("<!doctype html><html lang=et><title>a</title><main>{}</main></html>", body.replace('\n', "<p>"));
    c.bench_function("minify, full", |b| b.iter(|| minify::full(black_box(&page))));
}

fn stages(c: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("content-example");
    let folder = Folder::open(&root).expect("the example lies beside the program");
    c.bench_function("theme", |b| b.iter(|| Theme::load("omavalitsus", Some(&folder), &mut Vec::new())));
    let theme = Theme::load("omavalitsus", Some(&folder), &mut Vec::new()).expect("the theme is sound");
    let languages = [Lang::ET, Lang::EN, Lang::RU];
    c.bench_function("content, the example", |b| {
        b.iter(|| Reading { folder: &folder, types: &theme.types, languages: &languages }.read(&mut Vec::new()));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30);
    targets = texts, stages
}
criterion_main!(benches);
