//! Smaller copies beside files, for hosts that send them as they are (`gzip_static`, `precompressed`).

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

/// Below this a copy saves nothing.
const LEAST: usize = 1024;
/// Of brotli's 0 to 11: nearly the smallest, at a tenth of the time.
const QUALITY: i32 = 7;

/// The brotli and gzip copies of a text file with their paths; none for files that are small or are
/// packed already.
pub fn smaller_copies(path: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let ending = path.rsplit('.').next().unwrap_or_default();
    let texts = ["html", "css", "js", "svg", "json", "jsonld", "xml", "txt", "csv", "ttl", "ics"];
    if bytes.len() < LEAST || !texts.contains(&ending) {
        return Vec::new();
    }
    let mut brotli = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: QUALITY, ..Default::default() };
    // Writing to memory does not fail.
    let _ = brotli::BrotliCompress(&mut &*bytes, &mut brotli, &params);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::new(9));
    let _ = gzip.write_all(bytes);
    let gzip = gzip.finish().unwrap_or_default();
    let copies = [(format!("{path}.br"), brotli), (format!("{path}.gz"), gzip)];
    copies.into_iter().filter(|(_, copy)| !copy.is_empty() && copy.len() < bytes.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_smaller_and_only_of_texts() {
        let page = "<p>Tere tulemast Kadaka valda!</p>".repeat(100);
        let copies = smaller_copies("uudised/index.html", page.as_bytes());
        assert_eq!(
            copies.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(),
            ["uudised/index.html.br", "uudised/index.html.gz"]
        );
        assert!(copies.iter().all(|(_, copy)| copy.len() < 300));
        assert!(smaller_copies("pilt.webp", page.as_bytes()).is_empty());
        assert!(smaller_copies("a.html", b"<p>").is_empty());
    }
}
