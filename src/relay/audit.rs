//! The audit trail: a chain of hashes, so that a record that was changed or taken out is noticed.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

/// One event. It never holds an answer, a name or an address.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Record<'a> {
    pub(crate) number: i64,
    /// In milliseconds of the Unix epoch.
    pub(crate) at: i64,
    pub(crate) event: Cow<'a, str>,
    pub(crate) reference: Cow<'a, str>,
    pub(crate) detail: Cow<'a, str>,
}

impl Record<'_> {
    /// The hash over this record and the hash of the one `before` it.
    pub(crate) fn hash(&self, before: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(before);
        hash.update(self.number.to_be_bytes());
        hash.update(self.at.to_be_bytes());
        for text in [&self.event, &self.reference, &self.detail] {
            // With its length, so that no text can pass for two.
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hash.finalize().into()
    }
}

/// Walks the chain; the number of the first record that does not fit.
#[derive(Default)]
pub(crate) struct Verifier {
    before: Vec<u8>,
    number: i64,
}

impl Verifier {
    /// Whether `record`, stored with `hash`, follows on what came before.
    pub(crate) fn follows(&mut self, record: &Record<'_>, hash: &[u8]) -> bool {
        self.number += 1;
        let fits = record.number == self.number && record.hash(&self.before) == hash;
        self.before = hash.to_vec();
        fits
    }

    /// The last hash: noted elsewhere now and then, it shows that the end was not cut off.
    pub(crate) fn head(&self) -> String {
        super::token::hex(&self.before)
    }

    /// How many records there were.
    pub(crate) fn length(&self) -> i64 {
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: i64) -> Vec<(Record<'static>, Vec<u8>)> {
        let mut before = Vec::new();
        (1..=length)
            .map(|number| {
                let record = Record {
                    number,
                    at: number * 1_000,
                    event: "received".into(),
                    reference: format!("T-{number}").into(),
                    detail: "".into(),
                };
                before = record.hash(&before).to_vec();
                (record, before.clone())
            })
            .collect()
    }

    fn fits(chain: &[(Record<'_>, Vec<u8>)]) -> bool {
        let mut verifier = Verifier::default();
        chain.iter().all(|(record, hash)| verifier.follows(record, hash))
    }

    #[test]
    fn a_whole_chain_fits_and_a_changed_or_missing_record_is_noticed() {
        assert!(fits(&chain(5)));
        let mut changed = chain(5);
        changed[2].0.reference = "T-9".into();
        assert!(!fits(&changed));
        let mut missing = chain(5);
        missing.remove(2);
        assert!(!fits(&missing));
    }
}
