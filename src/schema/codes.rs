//! Codes whose last digit (or first two) proves the others.

use jiff::civil::Date;

/// Why a text is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// It has not the right characters, or not as many as it must.
    Form,
    /// It has the right form, but the check digit does not fit.
    CheckDigit,
}

/// Reads an Estonian personal code (EVS 585:2007): eleven digits, a real birthday, a check digit.
///
/// # Errors
/// [`CodeError`] says what is wrong.
pub fn personal_code(text: &str) -> Result<String, CodeError> {
    let code = compact(text);
    let digits = digits(&code).filter(|digits| digits.len() == 11).ok_or(CodeError::Form)?;
    birthday(&digits).ok_or(CodeError::Form)?;
    if mod_11(&digits[..10]) == digits[10] { Ok(code) } else { Err(CodeError::CheckDigit) }
}

/// The birthday in the first seven digits: 1 and 2 mean 1800s, … 7 and 8 mean 2100s.
fn birthday(digits: &[u8]) -> Option<Date> {
    let century = match digits[0] {
        first @ 1..=8 => 1800 + i16::from((first - 1) / 2) * 100,
        _ => return None,
    };
    let two = |at: usize| i16::from(digits[at]) * 10 + i16::from(digits[at + 1]);
    Date::new(century + two(1), i8::try_from(two(3)).ok()?, i8::try_from(two(5)).ok()?).ok()
}

/// Reads an Estonian registry code: eight digits, the last of which is a check digit.
///
/// # Errors
/// [`CodeError`] says what is wrong.
pub fn registry_code(text: &str) -> Result<String, CodeError> {
    let code = compact(text);
    let digits = digits(&code).filter(|digits| digits.len() == 8 && digits[0] != 0).ok_or(CodeError::Form)?;
    if mod_11(&digits[..7]) == digits[7] { Ok(code) } else { Err(CodeError::CheckDigit) }
}

/// The check digit of personal and registry codes: weights 1, 2, 3 …; where that gives 10, weights
/// 3, 4, 5 …; where that gives 10 too, 0. Weights go from 9 back to 1.
fn mod_11(digits: &[u8]) -> u8 {
    let weighed = |first: usize| -> usize {
        digits.iter().enumerate().map(|(at, &digit)| usize::from(digit) * ((at + first - 1) % 9 + 1)).sum::<usize>()
            % 11
    };
    let sum = match weighed(1) {
        10 => weighed(3) % 10,
        sum => sum,
    };
    u8::try_from(sum).unwrap_or(0)
}

/// Reads a bank account number of any country (ISO 13616): mod 97 is 1. An Estonian one has 20 characters.
///
/// # Errors
/// [`CodeError`] says what is wrong.
pub fn iban(text: &str) -> Result<String, CodeError> {
    let code = compact(text).to_uppercase();
    let bytes = code.as_bytes();
    let formed = (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && (!code.starts_with("EE") || bytes.len() == 20);
    if !formed {
        return Err(CodeError::Form);
    }
    // Letters count as 10 … 35.
    let rest = bytes[4..].iter().chain(&bytes[..4]).fold(0_u32, |rest, &byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    if rest == 1 { Ok(code) } else { Err(CodeError::CheckDigit) }
}

/// Reads a payment reference number: 2 to 20 digits, the last of which checks the others with the
/// weights 7, 3, 1 from the right (the Estonian Banking Association's method).
///
/// # Errors
/// [`CodeError`] says what is wrong.
pub fn reference_number(text: &str) -> Result<String, CodeError> {
    let code = compact(text);
    let digits = digits(&code).filter(|digits| (2..=20).contains(&digits.len())).ok_or(CodeError::Form)?;
    let (last, base) = digits.split_last().ok_or(CodeError::Form)?;
    if reference_digit(base) == *last { Ok(code) } else { Err(CodeError::CheckDigit) }
}

/// The reference number of the digits `base`: the same with its check digit.
///
/// # Errors
/// [`CodeError::Form`] when there are not 1 to 19 digits.
pub fn with_reference_digit(base: &str) -> Result<String, CodeError> {
    let code = compact(base);
    let digits = digits(&code).filter(|digits| (1..=19).contains(&digits.len())).ok_or(CodeError::Form)?;
    Ok(format!("{code}{}", reference_digit(&digits)))
}

fn reference_digit(base: &[u8]) -> u8 {
    let sum: u32 = base.iter().rev().zip([7, 3, 1].into_iter().cycle()).map(|(&d, w)| u32::from(d) * w).sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// The text without the spaces and dashes by which people group long codes.
fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '\u{2011}')).collect()
}

/// The digits of a text that has nothing else.
fn digits(text: &str) -> Option<Vec<u8>> {
    text.bytes().map(|byte| byte.is_ascii_digit().then(|| byte - b'0')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_codes() {
        for code in ["36805280109", "60001017869", "38001085718", "50001029996"] {
            assert_eq!(personal_code(code).as_deref(), Ok(code));
        }
        assert_eq!(personal_code("36805 28-0109").as_deref(), Ok("36805280109"));
        assert_eq!(personal_code("36805280108"), Err(CodeError::CheckDigit));
        // 31 February is no birthday, and nobody is born before 1800.
        assert_eq!(personal_code("36802310109"), Err(CodeError::Form));
        assert_eq!(personal_code("06805280109"), Err(CodeError::Form));
        assert_eq!(personal_code("3680528010"), Err(CodeError::Form));
    }

    #[test]
    fn registry_codes() {
        for code in ["12345678", "75021250", "70001490"] {
            assert_eq!(registry_code(code).as_deref(), Ok(code));
        }
        assert_eq!(registry_code("12345679"), Err(CodeError::CheckDigit));
        assert_eq!(registry_code("1234567"), Err(CodeError::Form));
    }

    #[test]
    fn account_numbers() {
        assert_eq!(iban("EE38 2200 2210 2014 5685").as_deref(), Ok("EE382200221020145685"));
        assert_eq!(iban("ee382200221020145685").as_deref(), Ok("EE382200221020145685"));
        assert_eq!(iban("EE382200221020145686"), Err(CodeError::CheckDigit));
        assert_eq!(iban("EE3822002210201456"), Err(CodeError::Form));
        // Another country's account has another length.
        assert_eq!(iban("DE89 3704 0044 0532 0130 00").as_deref(), Ok("DE89370400440532013000"));
        assert_eq!(iban("õ"), Err(CodeError::Form));
    }

    #[test]
    fn reference_numbers() {
        assert_eq!(reference_number("12344").as_deref(), Ok("12344"));
        assert_eq!(reference_number("12 344").as_deref(), Ok("12344"));
        assert_eq!(reference_number("12345"), Err(CodeError::CheckDigit));
        assert_eq!(reference_number("4"), Err(CodeError::Form));
        assert_eq!(with_reference_digit("1234").as_deref(), Ok("12344"));
    }
}
