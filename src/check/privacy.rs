//! Personal data that should not be public: personal codes, bank accounts, private e-mails and phones.

use std::{collections::BTreeSet, sync::LazyLock};

use memchr::memchr;
use regex::Regex;

use super::{Settings, words::pattern};
use crate::{
    content::Entry,
    diagnostics::{Diagnostic, Location},
    schema::{ContentType, Fields, Kind, Value, iban, personal_code},
    site::Site,
};

/// What the site publishes on purpose: its own domains, the phones and accounts of its contacts.
#[derive(Debug, Default)]
pub(super) struct Known {
    domains: Vec<String>,
    emails: BTreeSet<String>,
    phones: BTreeSet<String>,
    accounts: BTreeSet<String>,
}

impl Known {
    pub(super) fn of(site: &Site, settings: &Settings) -> Self {
        let mut known = Self { domains: settings.domains.clone(), ..Self::default() };
        let host = site.settings.base_url.rsplit("//").next().unwrap_or_default();
        let host = host.split([':', '/']).next().unwrap_or_default().to_lowercase();
        known.domains.push(host.strip_prefix("www.").unwrap_or(&host).to_owned());
        for value in site.settings.contact.values() {
            known.admit(value);
        }
        for (ix, entry) in site.entries.iter().enumerate() {
            let kind = site.kind(ix);
            // Of people and units the contacts are published by law; elsewhere a field of the kind says so.
            known.read(&entry.fields, kind);
        }
        known
    }

    fn admit(&mut self, value: &str) {
        if let Some((_, domain)) = value.rsplit_once('@') {
            self.domains.push(domain.trim().to_lowercase());
            self.emails.insert(value.trim().to_lowercase());
        } else if let Ok(account) = iban(value) {
            self.accounts.insert(account);
        } else {
            self.phones.insert(digits(value));
        }
    }

    fn read(&mut self, fields: &Fields, kind: &ContentType) {
        for (name, value) in fields.iter() {
            let of = kind.schema.field(name).map(|field| field.element_kind());
            for text in value.texts() {
                match of {
                    Some(Kind::Phone) => drop(self.phones.insert(digits(text))),
                    Some(Kind::Iban) => drop(iban(text).map(|account| self.accounts.insert(account))),
                    _ => {}
                }
            }
            for group in value.as_list().iter().chain([value]).filter_map(Value::as_group) {
                if let Some(phone) = group.text("phone") {
                    self.phones.insert(digits(phone));
                }
            }
        }
    }

    fn owns(&self, email: &str) -> bool {
        let domain = email.rsplit('@').next().unwrap_or_default();
        self.emails.contains(email)
            || self
                .domains
                .iter()
                .any(|own| domain == own || domain.strip_suffix(own).is_some_and(|d| d.ends_with('.')))
    }
}

/// Minutes and lists name people who did not ask for it: there private contacts of any kind are looked for.
pub(super) fn is_minutes(kind: &ContentType, entry: &Entry) -> bool {
    match &*kind.name {
        "council-session" | "grant" => true,
        "document" => matches!(entry.text("kind"), Some("minutes" | "decision" | "order")),
        _ => false,
    }
}

/// Mail providers where people, not authorities, have their addresses.
const PROVIDERS: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "hot.ee",
    "mail.ee",
    "online.ee",
    "neti.ee",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "yahoo.com",
    "ymail.com",
    "icloud.com",
    "me.com",
    "mail.ru",
    "bk.ru",
    "list.ru",
    "inbox.ru",
    "yandex.ru",
    "yandex.com",
    "rambler.ru",
    "proton.me",
    "protonmail.com",
    "gmx.com",
    "gmx.net",
    "aol.com",
    "mail.com",
    "suhtlus.ee",
];

/// Addresses of roles, not of people.
const ROLES: &[&str] = &[
    "info",
    "kontakt",
    "contact",
    "abi",
    "help",
    "support",
    "office",
    "kantselei",
    "vald",
    "linn",
    "post",
    "mail",
    "kool",
    "lasteaed",
    "raamatukogu",
    "library",
    "register",
    "press",
    "pressi",
    "toimetus",
    "sekretar",
    "klienditugi",
    "teenindus",
    "myyk",
    "muuk",
    "sales",
    "arve",
    "arved",
    "avaandmed",
    "andmekaitse",
    "noreply",
    "no-reply",
    "admin",
    "webmaster",
];

static CODE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[1-8]\d{10}|[1-8]\d{2}[ \u{a0}]\d{4}[ \u{a0}]\d{4}|[1-8]\d{6}[ \u{a0}]\d{4}"));
static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"));
static ACCOUNT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[A-Z]{2}\d{2}(?:[ \u{a0}]?[A-Z0-9]{4}){2,7}(?:[ \u{a0}]?[A-Z0-9]{1,3})?"));
static MOBILE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:(?:\+|00)372[ \u{a0}-]?)?5\d(?:[ \u{a0}-]?\d){5,6}"));

/// Looks through a text. In `minutes` private contacts count as well.
pub(super) fn check(known: &Known, file: &str, text: &str, minutes: bool, out: &mut Vec<Diagnostic>) {
    let mut report = |code: &str, value: &str, range: std::ops::Range<usize>| {
        out.push(Diagnostic::new(code).arg("value", value).at(Location::in_text(file, text, range)));
    };
    let (codes, accounts) = candidates(text);
    let codes = codes.then(|| CODE.find_iter(text)).into_iter().flatten();
    for found in codes.filter(|found| stands_alone(text, found.range(), &['.', ',', '/', '-', '+'])) {
        let code = found.as_str().replace([' ', '\u{a0}'], "");
        // Digits in groups may be anything, unless somebody says what they are.
        let said = code.len() == found.len() || says(text, found.start(), &["isikukood", "ik", "i.k.", "личный код"]);
        if said && personal_code(&code).is_ok() && !is_other_number(text, found.start()) {
            report("privacy.personal-code", found.as_str(), found.range());
        }
    }
    let accounts = accounts.then(|| ACCOUNT.find_iter(text)).into_iter().flatten();
    for found in accounts.filter(|found| stands_alone(text, found.range(), &[])) {
        if let Some(account) = account(found.as_str()).filter(|account| !known.accounts.contains(account)) {
            report("privacy.iban", &account, found.range());
        }
    }
    // Most texts have no address at all.
    for found in memchr(b'@', text.as_bytes()).into_iter().flat_map(|_| EMAIL.find_iter(text)) {
        let email = found.as_str().to_lowercase();
        if !known.owns(&email) && (is_private(&email) || minutes && is_person(&email)) {
            report("privacy.email", found.as_str(), found.range());
        }
    }
    if minutes {
        for found in MOBILE
            .find_iter(text)
            .filter(|found| stands_alone(text, found.range(), &['.', ',', '/', '-', '+', '_', ':']))
        {
            let plain = digits(found.as_str());
            if (7..=8).contains(&plain.len()) && !known.phones.contains(&plain) && is_phone(text, found.range()) {
                report("privacy.phone", found.as_str(), found.range());
            }
        }
    }
}

/// Whether a text may have personal codes and whether it may have accounts, as far as its digits tell: eleven of them,
/// parted by no more than one space; two behind two capitals.
fn candidates(text: &str) -> (bool, bool) {
    let bytes = text.as_bytes();
    let (mut codes, mut accounts) = (false, false);
    let mut at = 0;
    while let Some(found) = first_digit(&bytes[at..]) {
        at += found;
        let follows = |one: usize| bytes.get(at + one).is_some_and(u8::is_ascii_digit);
        accounts |= at >= 2 && bytes[at - 2..at].iter().all(u8::is_ascii_uppercase) && follows(1);
        let mut digits = 0;
        loop {
            match bytes[at..] {
                [b'0'..=b'9', ..] => (digits, at) = (digits + 1, at + 1),
                [b' ', b'0'..=b'9', ..] => at += 1,
                [0xC2, 0xA0, b'0'..=b'9', ..] => at += 2,
                _ => break,
            }
        }
        codes |= digits >= 11;
        if codes && accounts {
            break;
        }
    }
    (codes, accounts)
}

/// Where the first digit is. Whether a block has one is told of all its bytes at once.
fn first_digit(bytes: &[u8]) -> Option<usize> {
    let block =
        bytes.chunks(64).position(|block| block.iter().fold(false, |found, byte| found | byte.is_ascii_digit()))?;
    let start = block * 64;
    bytes[start..].iter().position(u8::is_ascii_digit).map(|at| start + at)
}

/// Whether the characters around a number let it be one of its own: no letter or digit touches it, and none
/// follows one of `joints` that does.
fn stands_alone(text: &str, range: std::ops::Range<usize>, joints: &[char]) -> bool {
    let mut before = text[..range.start].chars().rev();
    let mut after = text[range.end..].chars();
    let touches = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let joined = |first: Option<char>, second: Option<char>| {
        first.is_some_and(|c| joints.contains(&c)) && second.is_some_and(|c| c.is_ascii_digit())
    };
    let (b1, b2) = (before.next(), before.next());
    let (a1, a2) = (after.next(), after.next());
    !touches(b1) && !touches(a1) && !joined(b1, b2) && !joined(a1, a2)
}

/// Whether the words before a number say that it is something else.
fn is_other_number(text: &str, start: usize) -> bool {
    const OTHERS: &[&str] = &[
        "viitenumb",
        "viitenr",
        "viite nr",
        "reference n",
        "kinnistu",
        "katastri",
        "arve n",
        "invoice n",
        "номер ссылки",
        "номер счета",
        "tellimus",
        "lepingu n",
        "заказ",
        "order n",
        "toote",
        "ribakood",
        "barcode",
        "штрихкод",
        "ean",
        "mõõtepunkt",
        "/akt/",
    ];
    says(text, start, OTHERS)
}

/// Whether one of `words` stands in the same line shortly before a place.
fn says(text: &str, at: usize, words: &[&str]) -> bool {
    let from = text.floor_char_boundary(at.saturating_sub(28));
    let before = text[from..at].to_lowercase();
    let before = before.rsplit('\n').next().unwrap_or_default();
    words.iter().any(|word| before.contains(word))
}

/// The account number that a run of groups is or begins with.
fn account(run: &str) -> Option<String> {
    let compact: String = run.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    if compact.starts_with("EE") {
        return compact.get(..20).and_then(|first| iban(first).ok());
    }
    iban(&compact).ok()
}

fn is_private(email: &str) -> bool {
    email.rsplit('@').next().is_some_and(|domain| PROVIDERS.contains(&domain))
}

/// Whether an address looks like a person's: a first name and a surname.
fn is_person(email: &str) -> bool {
    let local = email.split('@').next().unwrap_or_default();
    let mut parts = local.split(['.', '_']);
    let named =
        |part: Option<&str>| part.is_some_and(|p| p.len() > 1 && p.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
    named(parts.next()) && named(parts.next()) && !local.split(['.', '_']).any(|part| ROLES.contains(&part))
}

/// Whether a run of digits is meant as a phone number: it says so, or it is grouped as one.
fn is_phone(text: &str, range: std::ops::Range<usize>) -> bool {
    const WORDS: &[&str] = &["tel", "mob", "gsm", "phone", "helista", "тел", "моб", "📞"];
    const OTHERS: &[&str] = &["nr", "number", "kood", "viite", "summa", "eur", "€", "katast", "reg", "arve"];
    let own = &text[range.clone()];
    let after = text[range.end..].trim_start_matches([' ', '\u{a0}']).to_lowercase();
    if says(text, range.start, WORDS) || own.starts_with(['+', '0']) {
        return true;
    }
    let money = ["eur", "€", "m²", "m2", "ha", "kwh", "kg"].iter().any(|unit| after.starts_with(unit));
    // 5123 4567 and 51 234 567 are phones, 51 234 567 euros are not, and neither is a bare number.
    let groups: Vec<usize> = own.split([' ', '\u{a0}']).map(str::len).collect();
    !money && !says(text, range.start, OTHERS) && matches!(groups[..], [4, 3 | 4] | [3, 4] | [2, 3, 3] | [3, 2, 2 | 3])
}

/// The digits of a phone number without the country's.
fn digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    digits.strip_prefix("372").filter(|rest| rest.len() >= 7).unwrap_or(digits).to_owned()
}
