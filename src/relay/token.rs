//! Signed tokens: the check step's, and the receipt's that the confirmation page is shown for.
//!
//! `base64url(body).base64url(HMAC-SHA256(key, purpose ‖ body))`. A token holds nothing about the
//! person: a form, a version, a time and a nonce, or a reference and a deadline.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use super::secret::Secret;

/// The name of one filling-in: the key of idempotency and of the kept attachments.
pub(crate) type Nonce = [u8; 16];

/// What the check step's page carries.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Check {
    pub(crate) form: String,
    pub(crate) version: String,
    /// When the page was made, in milliseconds of the Unix epoch.
    pub(crate) at: i64,
    pub(crate) nonce: Nonce,
}

/// What the confirmation page is shown for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Receipt {
    pub(crate) form: String,
    pub(crate) version: String,
    pub(crate) language: String,
    pub(crate) reference: String,
    /// In milliseconds of the Unix epoch.
    pub(crate) received: i64,
    pub(crate) deadline: Option<jiff::civil::Date>,
}

/// What the link in the letter that confirms an address carries.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Confirm {
    pub(crate) form: String,
    pub(crate) language: String,
    pub(crate) reference: String,
}

/// A kind of token. The purpose is signed with it, so that one kind never passes for another.
pub(crate) trait Token: serde::Serialize + serde::de::DeserializeOwned {
    const PURPOSE: &'static [u8];
}

impl Token for Check {
    const PURPOSE: &'static [u8] = b"check\0";
}

impl Token for Receipt {
    const PURPOSE: &'static [u8] = b"receipt\0";
}

impl Token for Confirm {
    const PURPOSE: &'static [u8] = b"confirm\0";
}

/// In milliseconds: without a check page, the same words of the same client on the same form are one submission within
/// it. Long enough for a second press, a retry and the back button; short enough for two people behind one address.
const SAME: i64 = 5 * 60 * 1_000;

/// Longer than any token of ours, shorter than what would be a burden to verify.
const LONGEST: usize = 2_048;

/// Makes and reads tokens.
#[derive(Clone)]
pub(crate) struct Signer(Hmac<Sha256>);

impl Signer {
    pub(crate) fn new(secret: &Secret) -> Self {
        // HMAC takes keys of any length.
        Self(Hmac::new_from_slice(secret.expose()).unwrap_or_else(|_| unreachable!("HMAC takes any key")))
    }

    /// The token as it stands in a page or an address.
    pub(crate) fn sign<T: Token>(&self, token: &T) -> String {
        let body = serde_json::to_vec(token).unwrap_or_default();
        let tag = self.mac(T::PURPOSE, &body).finalize().into_bytes();
        let mut text = String::with_capacity((body.len() + tag.len()) / 3 * 4 + 8);
        BASE64.encode_string(body, &mut text);
        text.push('.');
        BASE64.encode_string(tag, &mut text);
        text
    }

    /// The token, if we signed it.
    pub(crate) fn verify<T: Token>(&self, text: &str) -> Option<T> {
        if text.len() > LONGEST {
            return None;
        }
        let (body, tag) = text.split_once('.')?;
        let (body, tag) = (BASE64.decode(body).ok()?, BASE64.decode(tag).ok()?);
        // Constant in time.
        self.mac(T::PURPOSE, &body).verify_slice(&tag).ok()?;
        serde_json::from_slice(&body).ok()
    }

    /// The code over `text`, for a purpose that has a form of its own, in hexadecimal.
    pub(crate) fn tag(&self, purpose: &[u8], text: &[u8]) -> String {
        hex(&self.mac(purpose, text).finalize().into_bytes())
    }

    /// Whether `tag` is what [`Signer::tag`] makes of `text`.
    pub(crate) fn tagged(&self, purpose: &[u8], text: &[u8], tag: &str) -> bool {
        // Constant in time.
        from_hex(tag).is_some_and(|tag| self.mac(purpose, text).verify_slice(&tag).is_ok())
    }

    /// The code over `parts`, each with its length, for a purpose that has a form of its own.
    fn digest<'p>(&self, purpose: &[u8], parts: impl Iterator<Item = &'p [u8]>) -> [u8; 32] {
        let mut mac = self.mac(purpose, &[]);
        for part in parts {
            mac.update(&part.len().to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    fn mac(&self, purpose: &[u8], body: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(purpose);
        mac.update(body);
        mac
    }
}

/// How a check token's age is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    /// Sent faster than a person reads: not a person, or a double click.
    TooYoung,
    /// Within the bounds.
    Good,
    /// Made too long ago, or (a clock that jumped) far in the future.
    TooOld,
}

impl Check {
    pub(crate) fn new(form: &str, version: &str, now: Timestamp) -> Self {
        let at = now.as_millisecond();
        // Those of one time stand together in the store's index: fewer pages to write. What nobody
        // guesses is 80 bits, and the whole is signed.
        let mut nonce: Nonce = rand::random();
        nonce[..6].copy_from_slice(&at.to_be_bytes()[2..]);
        Self { form: form.to_owned(), version: version.to_owned(), at, nonce }
    }

    /// A token for a post without a check page, which brings none: its name is what it says, who sends it and when, in
    /// steps of [`SAME`]. The one of the step before goes with it, for who presses twice as one step ends.
    pub(crate) fn of_content<'p>(
        signer: &Signer,
        (form, version): (&str, &str),
        now: Timestamp,
        content: impl Iterator<Item = &'p [u8]>,
    ) -> (Self, Nonce) {
        let at = now.as_millisecond();
        let content = signer.digest(b"content\0", content);
        let name = |step: i64| {
            let began = (step * SAME).to_be_bytes();
            let mut nonce = Nonce::default();
            nonce[..6].copy_from_slice(&began[2..]);
            nonce[6..].copy_from_slice(&signer.digest(b"once\0", [&content[..], &began].into_iter())[..10]);
            nonce
        };
        let step = at.div_euclid(SAME);
        (Self { form: form.to_owned(), version: version.to_owned(), at, nonce: name(step) }, name(step - 1))
    }

    /// Its age, of which `least` and `most` are in milliseconds. A page that was made "in the
    /// future" by less than `most` is good: the clock was set back, the citizen did nothing wrong.
    pub(crate) fn age(&self, now: Timestamp, least: i64, most: i64) -> Age {
        match now.as_millisecond() - self.at {
            age if age.abs() > most => Age::TooOld,
            age if (0..least).contains(&age) => Age::TooYoung,
            _ => Age::Good,
        }
    }
}

/// The bytes that [`hex`] made `text` of.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || text.len() % 2 == 1 {
        return None;
    }
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()).collect()
}

/// Bytes in hexadecimal, as files are named.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn signer() -> Signer {
        Signer::new(&Secret::new("a key of the test, thirty-two bytes long"))
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).expect("in range")
    }

    #[test]
    fn what_was_signed_is_read_back() {
        let token = Check::new("memorandum", "v1", at(1_000_000));
        assert_eq!(signer().verify(&signer().sign(&token)), Some(token));
    }

    #[test]
    fn another_key_another_purpose_and_another_body_are_refused() {
        let text = signer().sign(&Check::new("memorandum", "v1", at(0)));
        assert_eq!(Signer::new(&Secret::new("other")).verify::<Check>(&text), None);
        assert_eq!(signer().verify::<Receipt>(&text), None);
        let (body, tag) = text.split_once('.').expect("dot");
        let other = BASE64.encode(String::from_utf8(BASE64.decode(body).unwrap()).unwrap().replace("v1", "v2"));
        assert_eq!(signer().verify::<Check>(&format!("{other}.{tag}")), None);
    }

    #[test]
    fn age_has_two_bounds_and_a_clock_set_back_harms_nobody() {
        let token = Check::new("f", "v", at(10_000_000));
        assert_eq!(token.age(at(10_000_500), 1_000, 60_000), Age::TooYoung);
        assert_eq!(token.age(at(10_002_000), 1_000, 60_000), Age::Good);
        assert_eq!(token.age(at(10_060_001), 1_000, 60_000), Age::TooOld);
        assert_eq!(token.age(at(9_999_000), 1_000, 60_000), Age::Good);
        assert_eq!(token.age(at(1), 1_000, 60_000), Age::TooOld);
    }

    proptest! {
        #[test]
        fn no_text_is_a_panic_or_a_token(text in ".{0,200}") {
            prop_assert!(signer().verify::<Check>(&text).is_none());
        }
    }
}
