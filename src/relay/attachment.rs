//! What an attachment really is: its type by its content, its name without traps.

use unicode_normalization::UnicodeNormalization as _;

/// How much of a file's beginning says what it is.
pub(crate) const HEAD: usize = 8 << 10;
/// The media type of a document that carries programs; no form accepts it.
pub(crate) const WITH_MACROS: &str = "application/x-with-macros";
/// What cannot be told from its content.
const UNKNOWN: &str = "application/octet-stream";
/// A name's length in bytes, its ending included.
const NAME: usize = 120;

/// The media type, from the first bytes of the content.
pub(crate) fn media_type(head: &[u8]) -> &'static str {
    if let Some(kind) = packed_type(head) {
        return kind;
    }
    match infer::get(head).map(|kind| kind.mime_type()) {
        Some("text/html" | "text/xml" | "text/x-shellscript") | None => UNKNOWN,
        Some(kind) => kind,
    }
}

/// OpenDocument files and signed containers say what they are in their first entry, uncompressed.
fn packed_type(head: &[u8]) -> Option<&'static str> {
    const KNOWN: [&str; 3] = [
        "application/vnd.etsi.asic-e+zip",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
    ];
    let name = head.strip_prefix(b"PK\x03\x04").and_then(|rest| rest.get(26..))?;
    let extra = usize::from(u16::from_le_bytes([*head.get(28)?, *head.get(29)?]));
    let content = name.strip_prefix(b"mimetype")?.get(extra..)?;
    // The longest name first: one of them begins like another.
    KNOWN.into_iter().filter(|kind| content.starts_with(kind.as_bytes())).max_by_key(|kind| kind.len())
}

/// Looks for programs inside documents while the content streams by. Names inside packed files are
/// not compressed, so nothing needs to be unpacked.
#[derive(Default)]
pub(crate) struct MacroScan {
    tail: Vec<u8>,
    found: bool,
}

impl MacroScan {
    const TRACES: [&'static [u8]; 3] = [b"vbaProject.bin", b"Basic/script-lc.xml", b"_\0V\0B\0A\0_\0P\0R\0O\0J\0"];
    const LONGEST: usize = 19;

    pub(crate) fn feed(&mut self, chunk: &[u8]) {
        if self.found {
            return;
        }
        self.tail.extend_from_slice(chunk);
        self.found = Self::TRACES.iter().any(|trace| contains(&self.tail, trace));
        let keep = self.tail.len().saturating_sub(Self::LONGEST - 1);
        self.tail.drain(..keep);
    }

    pub(crate) fn found(&self) -> bool {
        self.found
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    let Some(&first) = part.first() else { return true };
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| byte == first) {
        if rest[at..].starts_with(part) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// A file name that no system takes for a path, a device or an option, and whose ending fits what
/// the file is: `endings` are those of its type, the first one is added where none fits.
pub(crate) fn clean_name(name: &str, endings: &[&str]) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = name
        .nfc()
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .map(|c| if "<>:\"|?*%$`&;'".contains(c) { '_' } else { c })
        .collect();
    let kept = kept.trim().trim_start_matches(['.', '-', '~', ' ']).trim_end_matches(['.', ' ']);
    let (stem, ending) = match kept.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 10 => (stem, Some(ending.to_ascii_lowercase())),
        _ => (kept, None),
    };
    let fits = ending.filter(|ending| endings.is_empty() || endings.contains(&ending.as_str()));
    let (stem, ending) = match (fits, endings.first()) {
        (Some(ending), _) => (stem, ending),
        (None, Some(first)) => (kept, (*first).to_owned()),
        (None, None) => (kept, "bin".to_owned()),
    };
    let stem = &stem[..stem.floor_char_boundary(NAME - ending.len() - 1)];
    // Every dot but the last may be read as an ending by somebody.
    let stem = stem.replace('.', "_");
    let stem = if stem.is_empty() || is_device(&stem) { format!("file{stem}") } else { stem };
    format!("{stem}.{ending}")
}

/// Marks without a shape, of which some turn the direction of what follows (`fdp.exe`).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn is_device(stem: &str) -> bool {
    let name = stem.to_ascii_uppercase();
    matches!(name.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (name.len() == 4 && (name.starts_with("COM") || name.starts_with("LPT")) && name.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_content_decides() {
        assert_eq!(media_type(b"%PDF-1.7\n"), "application/pdf");
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\n"), "image/png");
        assert_eq!(media_type(b"MZ\x90\0"), "application/vnd.microsoft.portable-executable");
        assert_eq!(media_type(b"<script>alert(1)</script>"), UNKNOWN);
        assert_eq!(media_type(b"PK\x03\x04 and so on"), "application/zip");
        assert_eq!(media_type(b""), UNKNOWN);
    }

    #[test]
    fn a_signed_container_says_so_in_its_first_entry() {
        let mut head = b"PK\x03\x04".to_vec();
        head.extend([0; 22]);
        head.extend([8, 0, 0, 0]);
        head.extend(b"mimetypeapplication/vnd.etsi.asic-e+zipPK");
        assert_eq!(media_type(&head), "application/vnd.etsi.asic-e+zip");
        assert_eq!(packed_type(&head[..29]), None);
    }

    #[test]
    fn macros_are_found_across_chunks() {
        let mut scan = MacroScan::default();
        scan.feed(b"....word/vbaPro");
        assert!(!scan.found());
        scan.feed(b"ject.bin....");
        assert!(scan.found());
    }

    #[test]
    fn names_lose_their_traps() {
        let clean = |name| clean_name(name, &["pdf"]);
        assert_eq!(clean("Avaldus.PDF"), "Avaldus.pdf");
        assert_eq!(clean("../../etc/passwd"), "passwd.pdf");
        assert_eq!(clean("C:\\Users\\mari\\leping.pdf"), "leping.pdf");
        assert_eq!(clean("leping.pdf.exe"), "leping_pdf_exe.pdf");
        assert_eq!(clean("evil\u{202e}fdp.exe"), "evilfdp_exe.pdf");
        assert_eq!(clean("a\r\nBcc: x@example.org.pdf"), "aBcc_ x@example_org.pdf");
        assert_eq!(clean("nul.pdf"), "filenul.pdf");
        assert_eq!(clean("-rf.pdf"), "rf.pdf");
        assert_eq!(clean(""), "file.pdf");
        assert_eq!(clean("Ma\u{308}gi.pdf"), "Mägi.pdf");
        assert!(clean(&"õ".repeat(500)).len() <= NAME);
    }

    proptest! {
        #[test]
        fn any_name_becomes_a_plain_one(name in ".{0,300}") {
            let clean = clean_name(&name, &["pdf"]);
            prop_assert!(clean.len() <= NAME + 4 && clean.rsplit('.').next() == Some("pdf"));
            prop_assert!(!clean.contains(['/', '\\', '\0', '\n', '\r', '"']) && !clean.starts_with('.'));
        }

        #[test]
        fn any_content_has_a_type(content in proptest::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(media_type(&content).contains('/'));
        }
    }
}
