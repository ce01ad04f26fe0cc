//! Files that know whether they are whole: a header with a version, a checksum, then the content.
//! They appear under their names at one stroke.
#![expect(clippy::disallowed_methods, reason = "output is what writes")]

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

const MAGIC: &[u8; 8] = b"raekoda\0";
const HEADER: usize = MAGIC.len() + 4 + blake3::OUT_LEN;

/// What was found under a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    /// Nothing.
    Absent,
    /// A file that is cut, changed, or of another version.
    Damaged,
    /// The content, as it was written.
    Whole(Vec<u8>),
}

/// Writes `content` under `path`: whoever reads finds the old file or the new one, never a part.
pub(super) fn write(path: &Path, version: u32, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".tmp-").tempfile_in(folder)?;
    file.write_all(MAGIC)?;
    file.write_all(&version.to_le_bytes())?;
    file.write_all(blake3::hash(content).as_bytes())?;
    file.write_all(content)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Reads what [`write`] wrote.
pub(super) fn read(path: &Path, version: u32) -> Sealed {
    let mut bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Sealed::Absent,
        Err(_) => return Sealed::Damaged,
    };
    let whole = bytes.len() >= HEADER
        && bytes[..8] == *MAGIC
        && bytes[8..12] == version.to_le_bytes()
        && bytes[12..HEADER] == *blake3::hash(&bytes[HEADER..]).as_bytes();
    if !whole {
        return Sealed::Damaged;
    }
    bytes.drain(..HEADER);
    Sealed::Whole(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_or_known_to_be_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        assert_eq!(read(&path, 1), Sealed::Absent);
        write(&path, 1, b"tere").unwrap();
        assert_eq!(read(&path, 1), Sealed::Whole(b"tere".to_vec()));
        assert_eq!(read(&path, 2), Sealed::Damaged);
        let bytes = fs::read(&path).unwrap();
        for cut in 0..bytes.len() {
            fs::write(&path, &bytes[..cut]).unwrap();
            assert_eq!(read(&path, 1), Sealed::Damaged, "cut at {cut}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            assert_eq!(read(&path, 1), Sealed::Damaged, "changed at {at}");
        }
    }
}
