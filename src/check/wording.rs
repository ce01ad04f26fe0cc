//! Plain language: what makes a text hard to read, and signs that are set wrongly.

use std::{ops::Range, sync::LazyLock};

use memchr::{memchr_iter, memchr2_iter, memchr3_iter};
use regex::Regex;

use super::{
    accessibility::lines,
    subject::Subject,
    words::{Words, any, begins_letter, pattern},
};
use crate::{
    diagnostics::{Diagnostic, Location},
    language::Lang,
};

/// The most words of a sentence; Estonian and Russian words say more.
fn longest_sentence(lang: Lang) -> usize {
    if lang == Lang::EN { 35 } else { 30 }
}

/// LIX (words a sentence plus the share of words over six letters, in per cent) from which a text is hard.
/// Björnsson's norms are for Swedish; Estonian words are a third longer, Russian ones a quarter.
fn hardest(lang: Lang) -> usize {
    match lang {
        Lang::ET => 72,
        Lang::RU => 66,
        _ => 60,
    }
}

/// Checks the sentences that the page's author wrote.
pub(super) fn check(subject: &mut Subject<'_>) {
    let tree = subject.tree;
    let lang = subject.page.lang;
    let (mut words, mut sentences, mut long) = (0_usize, 0_usize, 0_usize);
    for (id, text) in subject.paragraphs().iter() {
        if tree.named(*id, ["pre", "img"]).next().is_some() || tree.is_hidden(*id) {
            continue;
        }
        if !subject.says(first_words(text)) {
            continue;
        }
        for sentence in split_sentences(text) {
            let (count, longer) = counted(sentence);
            words += count;
            sentences += usize::from(count > 0);
            long += longer;
            if count > longest_sentence(lang) {
                let finding = Diagnostic::new("wording.long-sentence").arg("words", count);
                let start = first_words(sentence).to_owned();
                subject.report(finding.arg("start", &start), &start);
            }
            if lang == Lang::ET
                && let Some(chain) = nominal_chain(sentence)
            {
                subject.report(Diagnostic::new("wording.nominal-chain").arg("text", chain), chain);
            }
        }
    }
    if words >= 120 && sentences > 0 {
        let lix = words / sentences + long * 100 / words;
        if lix >= hardest(lang) {
            subject.report(Diagnostic::new("wording.hard").arg("lix", lix).arg("limit", hardest(lang)), "");
        }
    }
}

/// How many words a sentence has, and how many of them have more than six letters.
fn counted(sentence: &str) -> (usize, usize) {
    let (mut words, mut long, mut letters) = (0, 0, 0);
    let mut end = |letters: u32| {
        words += usize::from(letters > 0);
        long += usize::from(letters > 6);
    };
    // Words end where no processor expects it, so that to go from byte to byte costs most at their ends.
    for part in sentence.as_bytes().chunks(64) {
        let mut block = [0; 64];
        block[..part.len()].copy_from_slice(part);
        let (mut spaces, mut begins) = (bits(&block, |byte| byte == b' '), bits(&block, begins_letter));
        while spaces != 0 {
            let up_to_space = spaces ^ (spaces - 1);
            end(letters + (begins & up_to_space).count_ones());
            letters = 0;
            begins &= !up_to_space;
            spaces &= spaces - 1;
        }
        letters += begins.count_ones();
    }
    end(letters);
    (words, long)
}

/// One bit for each byte, the first byte's the lowest.
fn bits(block: &[u8; 64], is: impl Fn(u8) -> bool) -> u64 {
    let flags = block.map(|byte| u8::from(is(byte)));
    let (eights, _) = flags.as_chunks::<8>();
    // Each of eight bytes that are 0 or 1 is moved to its place in the highest byte.
    let gather = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    eights.iter().enumerate().fold(0, |all, (at, eight)| all | gather(eight) << (8 * at))
}

/// As much of a text's beginning as stands in the source without marks: up to three words.
fn first_words(text: &str) -> &str {
    let end = memchr_iter(b' ', text.as_bytes()).nth(2).unwrap_or(text.len());
    &text[..end]
}

/// The sentences of a paragraph. A point after a number or an abbreviation ends none.
fn split_sentences(text: &str) -> Vec<&str> {
    const SHORT: &[&str] = &[
        "nt", "jne", "jm", "jms", "lk", "nr", "tn", "pst", "mnt", "tel", "sh", "st", "vt", "p", "lg", "kl", "a", "s",
        "hr", "pr", "dr", "eg", "ie", "etc", "no", "mr", "mrs", "г", "ул", "т", "д", "п", "им", "тел",
    ];
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, c) in marks(text) {
        let next = text[at + c.len_utf8()..].chars().next();
        if next.is_some_and(|c| !c.is_whitespace() && !matches!(c, '“' | '”' | '»' | '"' | ')')) {
            continue;
        }
        let before = text[start..at].rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
        let after = text[at..].chars().find(|c| c.is_alphanumeric());
        let abbreviated = c == '.'
            && (before.chars().all(|c| c.is_ascii_digit()) && after.is_some_and(|c| c.is_ascii_digit())
                || before.len() <= 8 && SHORT.iter().any(|short| is_same(short, before.trim_end_matches('.')))
                || after.is_some_and(char::is_lowercase) && !is_word(before));
        if !abbreviated {
            let end = at + c.len_utf8();
            sentences.push(text[start..end].trim());
            start = end;
        }
    }
    if !text[start..].trim().is_empty() {
        sentences.push(text[start..].trim());
    }
    sentences
}

/// The signs that may end a sentence, and where they stand.
fn marks(text: &str) -> impl Iterator<Item = (usize, char)> {
    let bytes = text.as_bytes();
    let is_dots = |at: &usize| bytes[*at..].starts_with("…".as_bytes());
    let mut dots = memchr_iter("…".as_bytes()[0], bytes).filter(is_dots).map(|at| (at, '…')).peekable();
    let others = memchr3_iter(b'.', b'!', b'?', bytes);
    let mut others = others.map(|at| (at, char::from(bytes[at]))).peekable();
    std::iter::from_fn(move || match (dots.peek(), others.peek()) {
        (Some(one), Some(other)) if one.0 > other.0 => others.next(),
        (None, _) => others.next(),
        _ => dots.next(),
    })
}

/// Whether two words differ in no more than capitals; the first has none.
fn is_same(small: &str, word: &str) -> bool {
    small.len() == word.len() && (small.eq_ignore_ascii_case(word) || !word.is_ascii() && word.to_lowercase() == small)
}

/// Whether what stands before a point is too long to be an abbreviation: then the point ends the sentence, even if
/// the next one begins in lower case.
fn is_word(before: &str) -> bool {
    before.chars().count() >= 6 && before.chars().all(char::is_alphabetic)
}

/// Three nouns made of verbs (-mine) within six words.
fn nominal_chain(sentence: &str) -> Option<&str> {
    static NOUN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^[a-zõäöüšž-]{3,}m(?:ine|ise|ist|isse|ises|isest|isele|isel|iselt|iseks|iseni|isega|iseta|ised|iste|isi)[,;:.]?$",
        )
    });
    /// Words that only end like such a noun.
    const OTHERS: &[&str] = &[
        "inimese",
        "inimesi",
        "inimest",
        "inimeste",
        "inimesed",
        "inimesele",
        "inimesega",
        "inimesel",
        "esimese",
        "esimesel",
        "viimase",
        "viimasel",
        "järgmise",
        "järgmisel",
        "järgmist",
        "järgmised",
        "järgmine",
        "eelmise",
        "eelmisel",
        "eelmine",
        "esimene",
        "viimane",
        "inimene",
        "ülemise",
        "ülemine",
        "alumine",
        "alumise",
        "sisemise",
        "sisemine",
        "välimine",
        "tagumine",
        "tagumise",
        "kaugemise",
        "vahemise",
        "hilisemise",
        "toomise",
    ];
    // Every such noun has it.
    let places = |text: &'_ str| {
        let followed = |at: &usize| matches!(text.as_bytes().get(at + 1), Some(b'i' | b'I'));
        memchr2_iter(b'm', b'M', text.as_bytes()).filter(followed).count()
    };
    if places(sentence) < 3 {
        return None;
    }
    let mut at = 0;
    let words: Vec<Range<usize>> = sentence
        .split(' ')
        .map(|word| {
            let range = at..at + word.len();
            at += word.len() + 1;
            range
        })
        .collect();
    let nouns: Vec<usize> = (0..words.len())
        .filter(|&index| {
            let word = &sentence[words[index].clone()];
            if places(word) == 0 {
                return false;
            }
            let word = word.to_lowercase();
            NOUN.is_match(&word) && !OTHERS.contains(&word.trim_end_matches([',', ';', ':', '.']))
        })
        .collect();
    let chain = nouns.windows(3).find(|three| three[2] - three[0] <= 5)?;
    // A list of nouns, each after a comma, is no chain.
    let text = &sentence[words[chain[0]].start..words[chain[2]].end];
    (!text.contains(',')).then_some(text)
}

/// The patterns for which [`check_text`] looks.
pub(super) fn patterns() -> impl Iterator<Item = &'static str> {
    let signs = SIGNS.iter().map(|sign| sign.pattern.as_str());
    std::iter::once(FILLER.as_str()).chain(signs).chain(OFFICIAL.iter().map(|(word, _)| word.as_str()))
}

/// Checks a text as it was written, which has something like one of [`patterns`].
pub(super) fn check_text(file: &str, text: &str, body: Range<usize>, lang: Lang, out: &mut Vec<Diagnostic>) {
    let written = text.get(body.clone()).unwrap_or_default();
    let filled = FILLER.may_be_in(written);
    let signed = ANY_SIGN.is_match(written);
    let official = lang == Lang::ET && ANY_OFFICIAL.is_match(written);
    if !filled && !signed && !official {
        return;
    }
    let mut fenced = false;
    for (at, line) in lines(text, body) {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            fenced = !fenced;
        }
        if fenced || line.starts_with("    ") {
            continue;
        }
        let mut report = |code: &str, range: Range<usize>| {
            let place = Location::in_text(file, text, at + range.start..at + range.end);
            out.push(Diagnostic::new(code).arg("text", &line[range]).at(place));
        };
        if let Some(found) = filled.then(|| FILLER.find(line)).flatten() {
            report("wording.placeholder", found.range());
        }
        if signed {
            typography(file, text, at, line, out);
        }
        if official {
            officialese(file, text, at, line, out);
        }
    }
}

static FILLER: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        r"(?ix)\blorem\ ipsum\b|\bsiia\ tuleb\ (?:tekst|pilt|sisu|kirjeldus)\b|\bTODO\b:?|(?-i:\bT[BP][ACD]\b)|\bTB[AD]\b|\?{3,}
        |\b(?:add|insert)\ text\ here\b|\bтекст\ появится\b|\btekst\ lisatakse\b
        |\b(?:leht|lehekülg|sisu|tekst|info)\ on\ (?:alles\ )?(?:koostamisel|lisamisel|täiendamisel|tulekul|valmimisel)\b
        |\[(?:lisa|kirjuta|sisesta|täpsusta|pane)(?:da|ge)?\ [^\]]+\](?:[^(\[:]|$)
        # Three in a row may be a Roman thirty, as of a song festival.
        |\bX{4,}\b|\bX{2}\s+(?:eur|€)|\bX{3}(?:[.,;:!?)\s]*$|[.,;:!?)]|\s+(?:eur|€|%|päev|tund|kuu))",
    )
});

/// A sign that is set wrongly, and what stands in its place.
struct Sign {
    pattern: Regex,
    part: usize,
    mended: &'static str,
}

static ANY_SIGN: LazyLock<Regex> = LazyLock::new(|| any(SIGNS.iter().map(|sign| sign.pattern.as_str())));
static SIGNS: LazyLock<Vec<Sign>> = LazyLock::new(|| {
    let sign = |text: &str, part, mended| Sign { pattern: pattern(text), part, mended };
    vec![
        // A space before a mark, and none after it.
        sign(r"[\p{L}\d)](\s+)[,;](?:\s|$)", 1, ""),
        sign(r"\p{Ll}(\s+)[.!?](?:\s+\p{Lu}|\s*$)", 1, ""),
        sign(r"\p{Ll}(,)\p{L}", 1, ", "),
        // Brackets hold on to what is inside.
        sign(r"\((\s+)[\p{L}\d]", 1, ""),
        sign(r"[\p{L}\d.](\s+)\)", 1, ""),
        // A sum, a share and a temperature stand apart from their signs; so does a number from its paragraph sign.
        sign(r"(?:^|\s)\d(?:[\d .,]*\d)?(€)(?:\W|$)", 1, "\u{a0}€"),
        sign(r"(?:^|\s)§(\d)", 0, ""),
    ]
});

/// Signs that are set wrongly, with how they are mended.
fn typography(file: &str, text: &str, at: usize, line: &str, out: &mut Vec<Diagnostic>) {
    if !ANY_SIGN.is_match(line)
        || line.trim_start().starts_with(['|', ':', '['])
        || line.contains('`')
        || line.contains("://")
    {
        return;
    }
    for sign in SIGNS.iter() {
        let Some(found) = sign.pattern.captures(line) else { continue };
        if sign.part == 0 {
            let Some(number) = found.get(1) else { continue };
            let place = Location::in_text(file, text, at + number.start()..at + number.end());
            let finding = Diagnostic::new("wording.typography").arg("text", found[0].trim()).at(place);
            out.push(finding.fix(at + number.start()..at + number.start(), "\u{a0}"));
        } else if let Some(part) = found.get(sign.part) {
            let place = Location::in_text(file, text, at + part.start()..at + part.end());
            let finding = Diagnostic::new("wording.typography").arg("text", found[0].trim()).at(place);
            out.push(finding.fix(at + part.start()..at + part.end(), sign.mended));
        }
    }
}

static ANY_OFFICIAL: LazyLock<Regex> = LazyLock::new(|| any(OFFICIAL.iter().map(|(word, _)| word.as_str())));
/// Words of offices, each with its plain neighbour.
static OFFICIAL: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"(?i)\bkäesoleva(?:ga|s|st|le|l|ks)?\b|\bkäesolev\b", "see"),
        (r"(?i)\bteosta(?:ma|takse|da|b|ti|tud|tav|vad|s|mine|mise|mist|misel|miseks)\b", "tegema"),
        (r"(?i)\bomavad\b|\bomab\b|\bomama\b", "tal on"),
        (r"(?i)\bjuhul,? kui\b", "kui"),
        (r"(?i)\bantud juh(?:ul|tumil)\b", "siis"),
        (r"(?i)\b(?:eel|ülal)pool (?:nimetatud|toodud|mainitud)\b|\beeltoodu(?:st|d)?\b|\bülaltoodu(?:d)?\b", "see"),
        (r"(?i)\balljärgnev(?:a|alt|ad|ate|at|aid)?\b", "järgmine"),
        (r"(?i)\btulenevalt (?:eel|ülal)", "seetõttu"),
        (r"(?i)\bviia läbi\b|\bviiakse läbi\b|\bläbi viima\b|\bläbiviimi(?:ne|se|st)\b", "korraldama"),
        (
            r"(?i)\bkuulub (?:kinnitamisele|tasumisele|esitamisele|avaldamisele|hüvitamisele|kooskõlastamisele)\b",
            "tuleb …",
        ),
        (r"(?i)\bseoses (?:asjaoluga|sellega),? et\b|\btingituna asjaolust\b", "sest"),
        (r"(?i)\bkäigus olles\b|\bomab õigust\b|\bkohustatud on\b", "võib, peab"),
        (r"(?i)\bomandis olev(?:a|ad|at|ate)?\b", "oma"),
        (r"(?i)\bvastavasisuli(?:ne|se|st|sed)\b", "selline"),
    ]
    .into_iter()
    .map(|(text, plain)| (pattern(text), plain))
    .collect()
});

fn officialese(file: &str, text: &str, at: usize, line: &str, out: &mut Vec<Diagnostic>) {
    if !ANY_OFFICIAL.is_match(line) {
        return;
    }
    for (word, plain) in OFFICIAL.iter() {
        if let Some(found) = word.find(line) {
            let place = Location::in_text(file, text, at + found.start()..at + found.end());
            out.push(Diagnostic::new("wording.officialese").arg("text", found.as_str()).arg("plain", plain).at(place));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_people_end_them() {
        let text = "Tulge 5. mail kell 12. Kaasa võtke nt. dokument vms. asi! „Kas see on kõik?“ Jah.";
        assert_eq!(split_sentences(text).len(), 4, "{:?}", split_sentences(text));
        let text = "Arve saadab vallavalitsus. e-arve tuleb panka 5. mail, s.t. reedel jne. ning on tasuta.";
        assert_eq!(split_sentences(text).len(), 2, "{:?}", split_sentences(text));
    }

    #[test]
    fn words_are_counted_wherever_they_end() {
        assert_eq!(counted("Üks kaks – seitsmes, õõõõõõõ 12  (abc) kaheksakümmend"), (6, 3));
        let text = "vallavalitsus on ".repeat(20);
        assert_eq!(counted(text.trim()), (40, 20));
        assert_eq!(counted(""), (0, 0));
    }

    #[test]
    fn a_chain_of_nouns_is_told_from_a_list() {
        assert!(nominal_chain("Kooskõlastamise läbiviimise korraldamine toimub vallas.").is_some());
        assert!(nominal_chain("Lugemine, kirjutamine ja arvutamine on tähtsad.").is_none());
        assert!(nominal_chain("Esimene inimene järgmises reas.").is_none());
    }
}
