//! Sealed forms: what citizens send is encrypted to the municipality's key as it comes in, with age.

use std::io::{self, Read as _, Write};

use age::{Decryptor, Encryptor, Identity, Recipient, stream::StreamWriter, x25519};

/// The keys to which a form is sealed.
#[derive(Clone)]
pub(crate) struct Seal(Vec<x25519::Recipient>);

impl Seal {
    /// Reads `age1…` recipients; `None` if one of them is none.
    pub(crate) fn parse(recipients: &[String]) -> Option<Self> {
        recipients.iter().map(|recipient| recipient.parse().ok()).collect::<Option<Vec<_>>>().map(Self)
    }

    /// A writer whose content only the key's owner can read.
    pub(crate) fn wrap<W: Write>(&self, output: W) -> io::Result<StreamWriter<W>> {
        let recipients = self.0.iter().map(|recipient| recipient as &dyn Recipient);
        Encryptor::with_recipients(recipients).map_err(io::Error::other)?.wrap_output(output)
    }

    /// `content`, sealed.
    pub(crate) fn seal(&self, content: &[u8]) -> io::Result<Vec<u8>> {
        let mut writer = self.wrap(Vec::with_capacity(content.len() + 512))?;
        writer.write_all(content)?;
        writer.finish()
    }
}

/// Opens what was sealed, with an age identity (`AGE-SECRET-KEY-1…`).
pub(crate) fn open(sealed: &[u8], identity: &str) -> Result<Vec<u8>, String> {
    let identity: x25519::Identity = identity.trim().parse().map_err(|words: &str| words.to_owned())?;
    let decryptor = Decryptor::new(sealed).map_err(|error| error.to_string())?;
    let mut reader =
        decryptor.decrypt(std::iter::once(&identity as &dyn Identity)).map_err(|error| error.to_string())?;
    let mut content = Vec::new();
    reader.read_to_end(&mut content).map_err(|error| error.to_string())?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use age::secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn only_the_key_opens() {
        let key = x25519::Identity::generate();
        let seal = Seal::parse(&[key.to_public().to_string()]).expect("a recipient");
        let sealed = seal.seal("isikukood".as_bytes()).expect("sealed");
        assert!(!sealed.windows(9).any(|part| part == b"isikukood"));
        assert_eq!(open(&sealed, key.to_string().expose_secret()).expect("opened"), b"isikukood");
        assert!(open(&sealed, x25519::Identity::generate().to_string().expose_secret()).is_err());
        assert!(Seal::parse(&["age1nonsense".into()]).is_none());
    }
}
