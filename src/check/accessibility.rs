//! What authors write that keeps people from reading it: on the finished page and in the text as it was written.

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use memchr::memchr;
use regex::Regex;

use super::{
    speech::{self, Guess},
    subject::Subject,
    tree::{Id, Tree},
    words::{Words, pattern},
};
use crate::{
    diagnostics::{Diagnostic, Location},
    language::Lang,
    markdown,
};

/// A picture's alternative text is read in one breath; what takes longer belongs into the text.
const LONGEST_ALT: usize = 160;

/// Checks what is the page's own.
pub(super) fn check(subject: &mut Subject<'_>) {
    pictures(subject);
    links(subject);
    fake_headings(subject);
    languages(subject);
    videos(subject);
}

fn pictures(subject: &mut Subject<'_>) {
    let tree = subject.tree;
    for id in tree.named(subject.main, ["img"]) {
        let Some(alt) = tree.attribute(id, "alt").map(str::trim).filter(|alt| !alt.is_empty()) else { continue };
        let code = if is_file_name(alt) {
            "accessibility.alt-file-name"
        } else if is_placeholder(alt) {
            "accessibility.alt-placeholder"
        } else if says_picture(alt) {
            "accessibility.alt-says-picture"
        } else if alt.chars().count() > LONGEST_ALT {
            "accessibility.alt-long"
        } else {
            continue;
        };
        // A picture of another page's card is told of on that page.
        if subject.says(alt) || subject.page.entry().is_none() {
            subject.report(Diagnostic::new(code).arg("alt", alt), alt);
        }
    }
}

fn is_file_name(alt: &str) -> bool {
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?ix)\.(?:jpe?g|png|gif|webp|svg|heic|tiff?|bmp)$
            |^(?:img|dsc[nf]?|pict?|p|image|photo|screenshot|wp|foto|pilt|scan)[_-]?\d{3,}\S*$
            |^\d{8}[_-]\d{4,}$
            |^(?:whatsapp\ image|screenshot|kuvatõmmis|ekraanitõmmis|ekraanipilt|снимок\ экрана)\b.*\d",
        )
    });
    NAME.is_match(alt)
}

/// A word for any picture, numbered or not: it says nothing of this one.
fn is_placeholder(alt: &str) -> bool {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?ix)^(?:(?:illustreeriv|illustratiivne|dekoratiivne|decorative|illustrative|stock)\s+)?
            (?:pil[dt](?:id|ike)?|foto(?:d)?|illustratsioon|joonis|skeem|logo|graafik|diagramm|kaart|ikoon|bänner|banner
            |image|picture|photo|illustration|graphic|figure|chart|diagram|map|icon
            |картинка|фото(?:графия)?|изображение|рисунок|схема|карта|иконка
            |alt|alt[\ -]te(?:ks|x)t|pildi\ kirjeldus|kirjeldus|tekst|test|todo|xxx|untitled|nimetu)
            (?:\s*\d{1,3})?\s*[.:]?$|^[.…\-–\s]+$",
        )
    });
    WORDS.is_match(alt)
}

/// Whether an alternative text begins by saying that it is a picture.
fn says_picture(alt: &str) -> bool {
    static STARTS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?ix)^(?:(?:pilt|pildil|foto|fotol|illustratsioon|illustratsioonil)(?:\s+|:)|(?:joonisel|skeemil)\ on\b
            |(?:an?\ )?(?:image|picture|photo|photograph|illustration)(?:\ of\b|:)
            |(?:изображени[ея]|фотография|фото|снимок)(?:\s+|:)|на\ (?:фото|фотографии|картинке|снимке|изображении)\b)",
        )
    });
    STARTS.is_match(alt)
}

fn links(subject: &mut Subject<'_>) {
    let tree = subject.tree;
    let mut targets: HashMap<String, (String, bool)> = HashMap::new();
    for id in tree.named(subject.main, ["a"]) {
        let Some(href) = tree.attribute(id, "href") else { continue };
        let text = tree.label(id);
        if text.is_empty() || tree.is_hidden(id) {
            continue;
        }
        if is_address(&text, href) && subject.says(&text) {
            subject.report(Diagnostic::new("accessibility.link-address").arg("text", &text), &text);
        }
        if markdown::is_vague(&text) && subject.says(&format!("=\"{text}\"")) {
            // A link of Markdown is told of where Markdown is read; this is a component's.
            let written = format!("=\"{text}\"");
            subject.report(Diagnostic::new("accessibility.link-text").arg("text", &text), &written);
        }
        ambiguous(subject, &mut targets, &text, href);
    }
}

/// The same words that lead to different places, where the author wrote both.
fn ambiguous(subject: &mut Subject<'_>, targets: &mut HashMap<String, (String, bool)>, text: &str, href: &str) {
    let written = format!("[{text}](");
    if !subject.says(&written) {
        return;
    }
    let place = href.split('#').next().unwrap_or(href).trim_end_matches('/');
    let known = targets.entry(text.to_lowercase()).or_insert_with(|| (place.to_owned(), false));
    if known.0 != place && !known.1 {
        known.1 = true;
        let finding = Diagnostic::new("accessibility.link-ambiguous").arg("text", text);
        subject.report(finding.arg("one", &known.0).arg("other", place), &written);
    }
}

/// Whether a link's text is a bare address that is read aloud letter by letter. A host alone is a name, where the link
/// leads to its front page.
fn is_address(text: &str, href: &str) -> bool {
    let has_scheme = text.starts_with("http://") || text.starts_with("https://");
    let bare = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    let is_one = !bare.contains(char::is_whitespace) && !bare.contains('@') && bare.contains('.');
    let path = |address: &str| address.split_once('/').is_some_and(|(_, path)| !path.is_empty());
    let deeper = path(bare) || bare.starts_with("www.") && path(href.rsplit("://").next().unwrap_or_default());
    is_one && (has_scheme || deeper && bare.split('/').next().is_some_and(is_host))
}

fn is_host(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(name, ending)| {
        !name.is_empty() && (2..=8).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_lowercase())
    })
}

/// A paragraph of bold words alone looks like a heading and is none.
fn fake_headings(subject: &mut Subject<'_>) {
    let tree = subject.tree;
    for id in tree.named(subject.main, ["p"]) {
        if !is_bold(tree, id) {
            continue;
        }
        let text = tree.text(id);
        let ends = text.ends_with(['.', '!', ',', ';', '…']) || text.ends_with(|c: char| c.is_ascii_digit());
        if !ends
            && (3..=80).contains(&text.chars().count())
            && !tree.is_within(id, &["li", "td", "blockquote", "dd"])
            && text.chars().any(char::is_alphabetic)
        {
            let written = [format!("**{text}**"), format!("__{text}__"), format!("**_{text}_**")];
            if let Some(written) = written.iter().find(|written| subject.says(written)).cloned() {
                subject.report(Diagnostic::new("accessibility.fake-heading").arg("text", &text), &written);
            }
        }
    }
}

/// Whether all that an element holds is one piece of bold words, be it slanted as well.
fn is_bold(tree: &Tree<'_>, id: Id) -> bool {
    let mut inside = tree.children(id);
    match (inside.next(), inside.next()) {
        (Some(only), None) => {
            let bold = match tree.name(only) {
                "strong" | "b" => true,
                "em" | "i" => is_bold(tree, only),
                _ => false,
            };
            bold && tree.text(only) == tree.text(id)
        }
        _ => false,
    }
}

/// Paragraphs in another language than the page, without saying so.
fn languages(subject: &mut Subject<'_>) {
    let tree = subject.tree;
    let lang = subject.page.lang;
    let (mut all, mut other) = (0, Vec::new());
    let paragraphs = subject.paragraphs();
    for (id, text) in paragraphs.iter().filter(|(id, _)| ["p", "li"].contains(&tree.name(*id))) {
        if text.chars().count() < 40 {
            continue;
        }
        all += 1;
        let said = tree.language(*id).and_then(Lang::parse).unwrap_or(lang);
        let Guess::Language(found) = speech::guess(text, said) else { continue };
        let foreign = found != said && [Lang::ET, Lang::EN, Lang::RU].contains(&said);
        if foreign && !is_name_in(text, found, said) {
            other.push((found, text));
        }
    }
    if all >= 2 && other.len() * 3 > all * 2 {
        let finding = Diagnostic::new("accessibility.other-language").arg("language", lang).arg("found", other[0].0);
        subject.report(finding, "");
        return;
    }
    for (found, text) in other {
        let start: String = text.chars().take(24).collect();
        if let Some(words) = written_start(subject.source(), text) {
            let finding = Diagnostic::new("accessibility.part-language").arg("text", format!("{start}…"));
            subject.report(finding.arg("language", found), &words);
        }
    }
}

/// Whether a text seems to be in a language only because of what it has between quotation marks: the name of a song or
/// a project. What is one quotation from end to end is no name.
fn is_name_in(text: &str, found: Lang, said: Lang) -> bool {
    static QUOTED: LazyLock<Regex> = LazyLock::new(|| pattern("„[^“”]*[“”]|“[^”]*”|«[^»]*»|\"[^\"]*\""));
    let own = QUOTED.replace_all(text, " ");
    let letters = own.chars().filter(|c| c.is_alphabetic()).count();
    own != text && letters >= 12 && speech::guess(&own, said) != Guess::Language(found)
}

/// The first words of a text as the source has them, where it has them without marks in between.
fn written_start(source: &str, text: &str) -> Option<String> {
    (2..=6).rev().find_map(|count| {
        let words: Vec<&str> = text.split(' ').take(count).collect();
        let words = words.join(" ");
        (words.chars().count() > 6 && source.contains(&words)).then_some(words)
    })
}

fn videos(subject: &mut Subject<'_>) {
    let tree = subject.tree;
    for id in tree.named(subject.main, ["video"]) {
        let captioned = tree
            .named(id, ["track"])
            .any(|track| tree.attribute(track, "kind").is_none_or(|kind| ["captions", "subtitles"].contains(&kind)));
        if !captioned {
            let src = tree.attribute(id, "src").unwrap_or_default().to_owned();
            subject.report(Diagnostic::new("accessibility.video-captions").arg("src", &src), &src);
        }
    }
}

/// The pattern for which [`check_text`] looks.
pub(super) fn pattern_of_colours() -> &'static str {
    COLOUR.as_str()
}

/// Checks a text as it was written: what Markdown no longer shows once it is a page. `body` is its Markdown, which
/// may be `coloured`.
pub(super) fn check_text(file: &str, text: &str, body: Range<usize>, coloured: bool, out: &mut Vec<Diagnostic>) {
    fake_lists(file, text, body.clone(), out);
    let coloured = coloured && COLOUR.may_be_in(text.get(body.clone()).unwrap_or_default());
    if !coloured && !may_shout(text.get(body.clone()).unwrap_or_default()) {
        return;
    }
    let mut fenced = false;
    for (at, line) in lines(text, body) {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        if let Some(range) = capitals(line) {
            let place = Location::in_text(file, text, at + range.start..at + range.end);
            out.push(Diagnostic::new("accessibility.capitals").arg("text", &line[range]).at(place));
        }
        if let Some(found) = coloured.then(|| COLOUR.find(line)).flatten() {
            let place = Location::in_text(file, text, at + found.start()..at + found.end());
            out.push(Diagnostic::new("accessibility.colour-only").arg("text", found.as_str()).at(place));
        }
    }
}

/// The lines of a part of a text, with where each begins.
pub(super) fn lines(text: &str, part: Range<usize>) -> impl Iterator<Item = (usize, &str)> {
    let mut at = part.start;
    text.get(part).unwrap_or_default().split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

/// Lines that begin with a dash or a dot and are no list for Markdown.
fn fake_lists(file: &str, text: &str, body: Range<usize>, out: &mut Vec<Diagnostic>) {
    let mut run: Vec<(usize, usize)> = Vec::new();
    let mut fenced = false;
    let end = body.end;
    for (at, line) in lines(text, body).chain([(end, "")]) {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            fenced = !fenced;
        }
        // To look for parts costs more than to see that there is nothing.
        let bullet =
            (!fenced && may_begin_point(line) && BULLET.is_match(line)).then(|| BULLET.captures(line)).flatten();
        let bullet = bullet.and_then(|found| found.get(1).or_else(|| found.get(2))).map(|mark| mark.end());
        match bullet {
            Some(length) => run.push((at, length)),
            // An empty line between two points does not end what is meant as a list.
            None if line.trim().is_empty() && at < end => {}
            None => {
                if run.len() >= 2 {
                    let (first, last) = (run[0], run[run.len() - 1]);
                    let range = first.0..last.0 + last.1;
                    let mended = mend_list(text, &run, range.clone());
                    let place = Location::in_text(file, text, first.0..first.0 + first.1);
                    let finding = Diagnostic::new("accessibility.fake-list").arg("count", run.len()).at(place);
                    out.push(finding.fix(range, mended));
                }
                run.clear();
            }
        }
    }
}

/// The same lines with the marks by which Markdown knows a list.
fn mend_list(text: &str, run: &[(usize, usize)], range: Range<usize>) -> String {
    let mut mended = String::new();
    let mut at = range.start;
    for &(start, length) in run {
        mended.push_str(&text[at..start]);
        mended.push_str("- ");
        at = start + length;
    }
    mended.push_str(&text[at..range.end]);
    mended
}

/// Whether a line begins with what [`BULLET`] begins with, as far as bytes tell.
fn may_begin_point(line: &str) -> bool {
    let line = line.trim_start().as_bytes();
    let next = |is: fn(u8) -> bool| line.get(1).is_some_and(|byte| is(*byte));
    match line.first() {
        Some(b'-') => next(|byte| byte != b' '),
        Some(b'o') => next(|byte| byte.is_ascii_whitespace() || !byte.is_ascii()),
        Some(b'a'..=b'h') => next(|byte| byte == b')'),
        Some(byte) => *byte == b'\\' || !byte.is_ascii(),
        None => false,
    }
}

/// A dash or a dot that Markdown does not know, or one that it would know had it a space after it.
static BULLET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(\s{0,3}(?:[–—•·●▪◦‣∙○■]|\\-|\\\*|o\s|[a-hõ]\))[ \t\u{a0}]+)|^(\s{0,3}[-–—•·●▪◦‣∙○■])\p{L}")
});

static COLOUR: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        r"(?ix)\b(?:punase|rohelise|sinise|kollase|halli|oranži|musta|lilla|pruuni)(?:ga|s)?\s+
            (?:märgi(?:tud|ti|takse)|kirjas|kirjuta(?:tud|ti)|kujuta(?:tud|ti|takse)|tähista(?:tud|ti|takse)|näida(?:tud|ti|takse)
            |värviga|värvi(?:tud|ti)|esile\s+(?:tõstetud|toodud)|kirjaga|joonitud)\b
        |\b(?:märgitud|tähistatud|näidatud|kujutatud)\s+(?:punase|rohelise|sinise|kollase|halli|oranži|musta|lilla|pruuni)
            (?:ga|\s+(?:joone|värvi|tausta|ringi|noole|täpi)ga)\s*(?:[.;:!?]|$)
        |\b(?:punased|rohelised|sinised|kollased|hallid|oranžid)\s+(?:väljad|lahtrid|read|veerud|kuupäevad|kellaajad|nupud|numbrid)\b
        |\b(?:marked|shown|highlighted|written|printed)\s+in\s+(?:red|green|blue|yellow|gr[ae]y|orange)\b
        |\b(?:red|green|blue|yellow|gr[ae]y|orange)\s+(?:fields|cells|rows|columns|dates|buttons)\b
        |\b(?:выделен[оаы]?|отмечен[оаы]?|обозначен[оаы]?|показан[оаы]?)\s+(?:красным|зел[её]ным|синим|ж[её]лтым|серым|оранжевым)\b
        |\b(?:красные|зел[её]ные|синие|ж[её]лтые|серые)\s+(?:поля|строки|ячейки|даты|кнопки)\b",
    )
});

/// A run of words in capitals that is no name: where it stands in the line.
fn capitals(line: &str) -> Option<Range<usize>> {
    let line_text = line.trim_start();
    if line_text.starts_with(":::") || line_text.starts_with("[^") || line_text.starts_with('|') {
        return None;
    }
    if !may_shout(line) {
        return None;
    }
    let mut run: Vec<Range<usize>> = Vec::new();
    let mut best: Option<Range<usize>> = None;
    for word in words(line) {
        let text = &line[word.clone()];
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let shouted = letters >= 2
            && text.chars().all(|c| !c.is_alphabetic() || c.is_uppercase())
            && !text.chars().any(|c| c.is_ascii_digit());
        if shouted {
            run.push(word);
        } else {
            best = best.or_else(|| shout(line, &run));
            run.clear();
        }
    }
    best.or_else(|| shout(line, &run))
}

/// Whether a text has two capitals in a row, as far as bytes tell: most have not. Capitals outside ASCII stand in a
/// row of their own in Russian alone.
fn may_shout(text: &str) -> bool {
    let bytes = text.as_bytes();
    let rest = bytes.get(1..).unwrap_or_default();
    // Without an early end this is done for many bytes at once.
    let two = |(one, other): (&u8, &u8)| one.is_ascii_uppercase() & other.is_ascii_uppercase();
    bytes.iter().zip(rest).fold(false, |found, pair| found | two(pair)) || memchr(0xD0, bytes).is_some()
}

fn shout(line: &str, run: &[Range<usize>]) -> Option<Range<usize>> {
    /// Companies write their names as they like.
    const COMPANIES: &[&str] = &["OÜ", "AS", "MTÜ", "SA", "FIE", "TÜ", "KÜ", "SIA", "UAB", "LLC", "LTD", "ООО", "АО"];
    let words = || run.iter().map(|word| &line[word.clone()]);
    let (first, last) = (run.first()?, run.last()?);
    // Abbreviations stand in capitals: only long words, or a whole row of them, are shouted.
    let long = words().filter(|word| word.chars().count() >= 6).count();
    let letters: usize = words().map(|word| word.chars().count()).sum();
    let named = words().any(|word| COMPANIES.contains(&word));
    let loud = match run.len() {
        0 | 1 => false,
        2 => long >= 1 && letters >= 11,
        3 => long >= 1 && letters >= 11 || letters >= 14,
        _ => letters >= 18,
    };
    (loud && (!named || letters >= 30)).then_some(first.start..last.end)
}

/// The words of a line; addresses, code and attributes are none.
fn words(line: &str) -> impl Iterator<Item = Range<usize>> {
    static SKIPPED: LazyLock<Regex> = LazyLock::new(|| pattern(r"`[^`]*`|\]\([^)]*\)|\{[^}]*\}|https?://\S+|\S+@\S+"));
    static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\p{L}\d]+(?:[-'’][\p{L}\d]+)*"));
    let skipped: Vec<Range<usize>> = SKIPPED.find_iter(line).map(|found| found.range()).collect();
    let found: Vec<Range<usize>> = WORD.find_iter(line).map(|found| found.range()).collect();
    found.into_iter().filter(move |word| !skipped.iter().any(|part| part.start < word.end && word.start < part.end))
}
