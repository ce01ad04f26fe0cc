//! Proof of work, asked for only while a form is under attack: ALTCHA's challenge, solved by a short
//! script while the citizen reads the check page, without anybody else's server.
//!
//! Nobody is shut out: a page without the script (or a browser without it) says from when on it can
//! be sent. Waiting costs a robot little, so one client is let through a minute in this way. The
//! answers stay on the page meanwhile, and what is said is said in words, in a live region.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    clock,
    rate::Rate,
    token::{Check, Signer, hex},
};
use crate::{forms::html::escape, language::Lang};

/// The hidden field with the solution.
pub(crate) const PROOF: &str = "_proof";
/// The script that finds it, and its address.
pub(crate) const SCRIPT: &str = include_str!("proof.js");
pub(crate) const SCRIPT_ADDRESS: &str = "/proof.js";
/// The largest number that may have to be found: on the mean half as many hashes, a second or two.
const MOST: u32 = 50_000;
/// How long a form is watched after the last submission that was one too many, in milliseconds.
const WATCHED: i64 = 600_000;

/// What the script gets, as ALTCHA names it.
#[derive(Debug, Serialize, Deserialize)]
struct Challenge {
    algorithm: String,
    challenge: String,
    #[serde(rename = "maxnumber")]
    most: u32,
    salt: String,
    signature: String,
}

/// What it sends back, in base64.
#[derive(Debug, Serialize, Deserialize)]
struct Solution {
    algorithm: String,
    challenge: String,
    number: u32,
    salt: String,
    signature: String,
}

fn hashed(salt: &str, number: u32) -> String {
    hex(&Sha256::digest(format!("{salt}{number}")))
}

/// The salt belongs to one filling-in, which is stored once: a solution is good for one submission.
fn salt(token: &Check) -> String {
    hex(&token.nonce)
}

fn challenge(signer: &Signer, token: &Check) -> Challenge {
    let salt = salt(token);
    let challenge = hashed(&salt, rand::random_range(0..=MOST));
    let signature = signer.tag(b"proof\0", challenge.as_bytes());
    Challenge { algorithm: "SHA-256".to_owned(), challenge, most: MOST, salt, signature }
}

/// Whether `text` solves a challenge that was made for `token`.
pub(crate) fn proves(signer: &Signer, token: &Check, text: &str) -> bool {
    // Longer than any solution.
    if text.len() > 1_024 {
        return false;
    }
    let Ok(json) = BASE64_STANDARD.decode(text) else { return false };
    let Ok(solution) = serde_json::from_slice::<Solution>(&json) else { return false };
    solution.algorithm == "SHA-256"
        && solution.salt == salt(token)
        && hashed(&solution.salt, solution.number) == solution.challenge
        && signer.tagged(b"proof\0", solution.challenge.as_bytes(), &solution.signature)
}

/// What stands on the check page before its buttons; `from`, in milliseconds of the Unix epoch, is
/// when the page may be sent without a solution.
pub(crate) fn html(signer: &Signer, token: &Check, lang: Lang, from: i64) -> String {
    let words = match lang.as_str() {
        "et" => &WORDS[0],
        "ru" => &WORDS[2],
        _ => &WORDS[1],
    };
    let challenge = serde_json::to_string(&challenge(signer, token)).unwrap_or_default();
    // The next whole minute: an earlier one would be a promise too soon.
    let time = clock::local_ms(from + 59_999).strftime("%H:%M").to_string();
    format!(
        "<div class=\"form-proof\" data-challenge=\"{}\" data-busy=\"{}\" data-done=\"{}\"><p>{}</p>\
         <p role=\"status\">{}</p><input type=\"hidden\" name=\"{PROOF}\"></div>\
         <script src=\"{SCRIPT_ADDRESS}\" defer></script>",
        escape(&challenge),
        words.busy,
        words.done,
        words.why,
        words.wait.replace("{time}", &time),
    )
}

struct Words {
    why: &'static str,
    wait: &'static str,
    busy: &'static str,
    done: &'static str,
}

/// Estonian, English, Russian.
static WORDS: [Words; 3] = [
    Words {
        why: "Seda vormi saadetakse praegu väga palju, seepärast kontrollime, et seda ei teeks robot.",
        wait: "Saate vormi saata alates kella {time}. Jätke see leht seniks avatuks: teie vastused jäävad alles.",
        busy: "Kontrollime. See võtab mõne sekundi, teie ei pea midagi tegema.",
        done: "Kontroll on läbi, võite vormi saata.",
    },
    Words {
        why: "This form is being sent very often just now, so we check that no robot is sending it.",
        wait: "You can send the form from {time} on. Keep this page open until then: your answers stay here.",
        busy: "Checking. This takes a few seconds; you need not do anything.",
        done: "The check is done, you can send the form.",
    },
    Words {
        why: "Сейчас эту форму отправляют очень часто, поэтому мы проверяем, что это делает не робот.",
        wait: "Отправить форму можно с {time}. До этого времени не закрывайте страницу: ваши ответы сохранятся.",
        busy: "Идёт проверка. Это займёт несколько секунд, от вас ничего не требуется.",
        done: "Проверка завершена, форму можно отправить.",
    },
];

/// Knows which forms are under attack: those that are sent more often than people send them.
pub(crate) struct Watch {
    calm: Rate<String>,
    until: Mutex<HashMap<String, i64>>,
}

impl Watch {
    /// More than `per_minute` submissions of a form a minute are an attack; 0: none is.
    pub(crate) fn new(per_minute: u32) -> Self {
        Self { calm: Rate::a_minute(per_minute), until: Mutex::default() }
    }

    /// Takes note that `form`, one that exists, is being sent; whether it is under attack.
    pub(crate) fn sees(&self, form: &str, now: i64) -> bool {
        if self.calm.take(form.to_owned(), now).is_err() {
            let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
            if until.insert(form.to_owned(), now + WATCHED).is_none_or(|before| before < now) {
                tracing::warn!(form, "under attack: submissions need a proof of work or a wait");
            }
            return true;
        }
        self.rings(form, now)
    }

    /// Whether `form` is under attack.
    pub(crate) fn rings(&self, form: &str, now: i64) -> bool {
        let until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back does not keep the alarm on for as long.
        until.get(form).is_some_and(|&until| (now..=now + WATCHED).contains(&until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::secret::Secret;

    fn token(form: &str) -> Check {
        Check::new(form, "v", jiff::Timestamp::UNIX_EPOCH)
    }

    /// What the script does.
    fn solve(challenge: &Challenge) -> String {
        let number = (0..=challenge.most).find(|&number| hashed(&challenge.salt, number) == challenge.challenge);
        let solution = Solution {
            algorithm: challenge.algorithm.clone(),
            challenge: challenge.challenge.clone(),
            number: number.expect("a solution"),
            salt: challenge.salt.clone(),
            signature: challenge.signature.clone(),
        };
        BASE64_STANDARD.encode(serde_json::to_vec(&solution).expect("JSON"))
    }

    #[test]
    fn a_solution_is_good_for_the_page_it_was_made_for_and_no_other() {
        let signer = Signer::new(&Secret::new("a key of the test, thirty-two bytes long"));
        let (mine, other) = (token("f"), token("f"));
        let solution = solve(&challenge(&signer, &mine));
        assert!(proves(&signer, &mine, &solution));
        assert!(!proves(&signer, &other, &solution));
        assert!(!proves(&Signer::new(&Secret::new("another")), &mine, &solution));
        for nonsense in ["", "?", "e30=", &"A".repeat(5_000)] {
            assert!(!proves(&signer, &mine, nonsense));
        }
        // An easy challenge of one's own is not signed.
        let salt = salt(&mine);
        let easy = Challenge { challenge: hashed(&salt, 0), salt, ..challenge(&signer, &mine) };
        assert!(!proves(&signer, &mine, &solve(&easy)));
    }

    #[test]
    fn an_alarm_begins_above_the_calm_rate_lasts_and_ends() {
        let watch = Watch::new(2);
        assert_eq!([watch.sees("f", 0), watch.sees("f", 1), watch.sees("f", 2)], [false, false, true]);
        assert!(watch.sees("f", 120_000), "also when it is calm again for a moment");
        assert!(!watch.rings("g", 120_000));
        assert!(watch.rings("f", WATCHED) && !watch.rings("f", WATCHED + 3));
        assert!(!watch.rings("f", -86_400_000), "nor for a clock that was set back");
        assert!((0..100).all(|_| !Watch::new(0).sees("f", 0)));
    }

    #[test]
    fn the_page_says_when_it_can_be_sent_without_the_script() {
        let signer = Signer::new(&Secret::new("a key of the test, thirty-two bytes long"));
        let html = html(&signer, &token("f"), Lang::ET, 1_000);
        assert!(html.contains("alates kella 02:01") && html.contains("role=\"status\""), "{html}");
        assert!(!html.contains("<script>"));
    }
}
