//! What a picture's file says beside the picture: where it was taken (Exif GPS).

/// The most that is looked through: metadata stands before the pixels.
const HEAD: usize = 256 * 1024;

/// Whether a JPEG, PNG or WebP file carries a place. Damaged metadata carries none.
#[must_use]
pub fn has_place(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(HEAD)];
    let mark: &[u8] = match head {
        [0xFF, 0xD8, ..] => b"Exif\0\0",
        [0x89, b'P', b'N', b'G', ..] => b"eXIf",
        [b'R', b'I', b'F', b'F', ..] => b"EXIF",
        _ => return false,
    };
    let Some(at) = head.windows(mark.len()).position(|window| window == mark) else { return false };
    let mut tiff = &head[at + mark.len()..];
    if mark == b"EXIF" {
        // A chunk's length, and in some files the JPEG mark again.
        tiff = tiff.get(4..).unwrap_or_default();
        tiff = tiff.strip_prefix(b"Exif\0\0").unwrap_or(tiff);
    }
    gps(tiff).unwrap_or(false)
}

/// Whether the first directory of a TIFF has an entry that leads to a directory of places with anything in it.
fn gps(tiff: &[u8]) -> Option<bool> {
    const GPS_DIRECTORY: u16 = 0x8825;
    let little = match tiff.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let short = |at: usize| -> Option<u16> {
        let two = tiff.get(at..at + 2)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let long = |at: usize| -> Option<usize> {
        let four = tiff.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }).ok()
    };
    let first = long(4)?;
    let count = usize::from(short(first)?);
    let entry = (0..count).map(|index| first + 2 + index * 12).find(|&at| short(at) == Some(GPS_DIRECTORY))?;
    let places = long(entry + 8)?;
    // The version alone is written by cameras that know no place.
    let known = (0..usize::from(short(places)?)).any(|index| matches!(short(places + 2 + index * 12), Some(2 | 4)));
    Some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(tag: u16) -> Vec<u8> {
        let mut bytes = b"\xFF\xD8\xFF\xE1\x00\x40Exif\0\0MM\0\x2A\0\0\0\x08".to_vec();
        bytes.extend([0, 1, 0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 26, 0, 0, 0, 0]);
        bytes.extend([0, 1]);
        bytes.extend(tag.to_be_bytes());
        bytes.extend([0; 10]);
        bytes
    }

    #[test]
    fn a_place_is_found_and_its_absence_too() {
        assert!(has_place(&jpeg(2)));
        assert!(!has_place(&jpeg(0)));
        assert!(!has_place(b"\xFF\xD8\xFF\xE0") && !has_place(b"") && !has_place(&jpeg(2)[..30]));
    }
}
