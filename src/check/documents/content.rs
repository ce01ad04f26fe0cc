//! The words that a page of a PDF shows (ISO 32000-1, 7.8.2 and 9.4).
//!
//! Nearly all of a page is places, colours and lines; to make objects of them takes most of the time of reading a
//! document. Here they are passed over.

use std::collections::{BTreeMap, HashMap};

use lopdf::{Dictionary, Document, Encoding, ObjectId};

/// A gap within a line that parts words, in thousandths of the type's size.
const GAP: i32 = -100;

/// Reads the pages of a document, whose fonts they share.
pub(super) struct Pages<'d> {
    document: &'d Document,
    limit: usize,
    /// What the codes of each font mean, by where the font is; nothing where that cannot be told.
    encodings: HashMap<*const Dictionary, Option<Encoding<'d>>>,
}

impl<'d> Pages<'d> {
    /// Of streams no more than `limit` bytes are unpacked.
    pub(super) fn of(document: &'d Document, limit: usize) -> Self {
        Self { document, limit, encodings: HashMap::new() }
    }

    /// The words of a page, its lines parted by line feeds. What cannot be read is left out.
    pub(super) fn text(&mut self, page: ObjectId) -> String {
        let (document, limit) = (self.document, self.limit);
        let content = document.get_page_content_with_limit(page, limit).unwrap_or_default();
        let fonts = document.get_page_fonts(page).unwrap_or_default();
        for &font in fonts.values() {
            let encoding = || font.get_font_encoding_with_limit(document, limit).ok();
            self.encodings.entry(std::ptr::from_ref(font)).or_insert_with(encoding);
        }
        let encoding = |font: &Dictionary| self.encodings.get(&std::ptr::from_ref(font))?.as_ref();
        let encodings = fonts.iter().filter_map(|(name, &font)| Some((name.as_slice(), encoding(font)?)));
        let mut reader = Reader { content: &content, encodings: encodings.collect(), ..Reader::default() };
        reader.read();
        reader.text
    }
}

#[derive(Default)]
struct Reader<'c> {
    content: &'c [u8],
    at: usize,
    /// What the codes of each font mean.
    encodings: BTreeMap<&'c [u8], &'c Encoding<'c>>,
    font: &'c [u8],
    /// The last name and the last number before an operator.
    name: &'c [u8],
    number: &'c [u8],
    /// Where the line stands from the foot of the page, as the page says it.
    height: &'c [u8],
    /// The codes before an operator, and before which of them there are gaps.
    codes: Vec<u8>,
    gaps: Vec<usize>,
    text: String,
}

impl<'c> Reader<'c> {
    fn read(&mut self) {
        while let Some(&byte) = self.content.get(self.at) {
            let start = self.at;
            self.at += 1;
            match byte {
                b'(' => self.literal(),
                b'<' if self.content.get(self.at) == Some(&b'<') => self.at += 1,
                b'<' => self.hexadecimal(),
                b'/' => self.name = self.word(self.at),
                b'%' => self.pass(|byte| byte != b'\n' && byte != b'\r'),
                b'0'..=b'9' | b'+' | b'-' | b'.' => {
                    self.number = self.word(start);
                    if byte == b'-' && whole(self.number) < GAP {
                        self.gaps.push(self.codes.len());
                    }
                }
                byte if is_regular(byte) => {
                    let operator = self.word(start);
                    self.operate(operator);
                }
                _ => {}
            }
        }
    }

    fn pass(&mut self, is: impl Fn(u8) -> bool) {
        let rest = &self.content[self.at..];
        self.at += rest.iter().position(|&byte| !is(byte)).unwrap_or(rest.len());
    }

    /// The word that began at `start`.
    fn word(&mut self, start: usize) -> &'c [u8] {
        self.pass(is_regular);
        &self.content[start..self.at]
    }

    fn operate(&mut self, operator: &[u8]) {
        match operator {
            b"Tf" => self.font = self.name,
            b"Tj" => self.show(),
            b"TJ" => {
                self.show();
                self.text.push(' ');
            }
            b"'" | b"\"" => {
                self.end_line();
                self.show();
            }
            b"T*" | b"ET" => self.end_line(),
            b"Td" | b"TD" if self.number.iter().any(|byte| (b'1'..=b'9').contains(byte)) => self.end_line(),
            b"Tm" if self.number != self.height => {
                self.height = self.number;
                self.end_line();
            }
            b"ID" => self.picture(),
            _ => {}
        }
        self.codes.clear();
        self.gaps.clear();
    }

    fn end_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Adds the codes, as letters.
    fn show(&mut self) {
        let Some(encoding) = self.encodings.get(self.font) else { return };
        let mut from = 0;
        for &gap in &self.gaps {
            // What has no meaning in the font is left out.
            let _ = encoding.write_to_string(&self.codes[from..gap], &mut self.text);
            self.text.push(' ');
            from = gap;
        }
        let _ = encoding.write_to_string(&self.codes[from..], &mut self.text);
    }

    /// Reads `(…)`: brackets in pairs are part of it.
    fn literal(&mut self) {
        let mut depth = 1;
        while let Some(&byte) = self.content.get(self.at) {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                b'\\' => {
                    self.escaped();
                    continue;
                }
                _ => {}
            }
            if depth == 0 {
                return;
            }
            self.codes.push(byte);
        }
    }

    fn escaped(&mut self) {
        let Some(&byte) = self.content.get(self.at) else { return };
        self.at += 1;
        self.codes.push(match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            // A line that goes on.
            b'\r' | b'\n' => return,
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.content.get(self.at).copied() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                code.to_le_bytes()[0]
            }
            other => other,
        });
    }

    /// Reads `<…>`.
    fn hexadecimal(&mut self) {
        let mut first: Option<u32> = None;
        while let Some(&byte) = self.content.get(self.at) {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            let Some(digit) = char::from(byte).to_digit(16) else { continue };
            match first.take() {
                Some(high) => self.codes.push((high * 16 + digit).to_le_bytes()[0]),
                None => first = Some(digit),
            }
        }
        // A last digit that is missing is a nought.
        self.codes.extend(first.map(|high| (high * 16).to_le_bytes()[0]));
    }

    /// Passes over the bytes of a picture within the page, up to its `EI`.
    fn picture(&mut self) {
        let rest = &self.content[self.at..];
        let ends = |bytes: &[u8]| !is_regular(bytes[0]) && &bytes[1..3] == b"EI" && !is_regular(bytes[3]);
        self.at += rest.windows(4).position(ends).map_or(rest.len(), |end| end + 3);
    }
}

/// Whether a byte is neither white space nor a bracket or another sign that ends a word (7.2.2).
fn is_regular(byte: u8) -> bool {
    !matches!(byte, 0 | 9 | 10 | 12 | 13 | b' ' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// A number without its fraction.
fn whole(number: &[u8]) -> i32 {
    let text = std::str::from_utf8(number).unwrap_or_default();
    text.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(content: &[u8]) -> String {
        let encoding = Encoding::SimpleEncoding(b"WinAnsiEncoding");
        let encodings = [(&b"F1"[..], &encoding)].into();
        let mut reader = Reader { content, encodings, ..Reader::default() };
        reader.read();
        reader.text
    }

    #[test]
    fn lines_and_words_are_parted_as_they_are_shown() {
        let page = br"q 1 0 0 1 0 0 cm /P <</ActualText (no)>> BDC BT /F1 12 Tf 1 0 0 1 72 700 Tm
            [(Isi)-20(kukood)-250.5(380)]TJ 0 -14 Td (01085718)Tj 10 0 Td (!) Tj T* <4B61 64616B6>Tj ET
            (\(a\051 \101\\(b))' EMC Q % (not)";
        assert_eq!(read(page), "Isikukood 380 \n01085718!\nKadak`\n(a) A\\(b)");
    }

    #[test]
    fn pictures_and_unknown_fonts_are_passed_over() {
        let page = b"BT /F2 9 Tf (no) Tj /F1 9 Tf BI /W 1 ID (\x00) Tj (EI EI (yes) Tj ET";
        assert_eq!(read(page), "yes\n");
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_are_something_comes_of_them(content in prop::collection::vec(any::<u8>(), 0..200)) {
            read(&[b"/F1 1 Tf ", content.as_slice()].concat());
        }
    }
}
