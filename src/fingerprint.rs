//! Fingerprints of contents: equal contents have equal ones, on every run and every machine.
//!
//! They tell whether something changed. They guard against chance and not against an enemy, who could gain no more by
//! two contents of one fingerprint than by changing neither; so they are XXH3's 128 bits, for a tenth of the time of a
//! cryptographic hash. What names a file or seals one is hashed by blake3.

/// A fingerprint; 0 stands for what is not there.
pub type Fingerprint = u128;

/// Takes the fingerprint of what comes in parts.
pub type Fingerprinter = xxhash_rust::xxh3::Xxh3;

/// The fingerprint of `bytes`.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> Fingerprint {
    xxhash_rust::xxh3::xxh3_128(bytes)
}
