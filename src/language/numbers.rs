//! Numbers, money, sizes of files, plural forms.

use std::{fmt, rc::Rc};

use icu_decimal::{DecimalFormatter, input::Decimal};
use icu_plurals::{PluralCategory, PluralRules};

use super::{Lang, PerLanguage};

/// The space that keeps a number and its unit on one line.
const NO_BREAK: char = '\u{a0}';

/// A decimal number, given as digits with a decimal point: `12 345,6` in Estonian. Numbers of four
/// digits are not grouped where the language does not group them. What is no number comes back as it is.
#[must_use]
pub fn number(lang: Lang, value: impl fmt::Display) -> String {
    thread_local!(static MADE: PerLanguage<Option<DecimalFormatter>> = const { PerLanguage::new() });
    let text = value.to_string();
    let Ok(decimal) = text.parse::<Decimal>() else { return text };
    let formatter: Rc<Option<DecimalFormatter>> = MADE.with(|made| {
        made.get(lang, |locale| {
            DecimalFormatter::try_new(locale.into(), icu_decimal::options::DecimalFormatterOptions::default()).ok()
        })
    });
    formatter.as_ref().as_ref().map_or(text, |formatter| formatter.format(&decimal).to_string())
}

/// An amount in euros, given in cents: `1234,50 €`, `€1,234.50`, `1234,50 €`.
#[must_use]
pub fn money(lang: Lang, cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    let amount = number(lang, format!("{}.{:02}", cents / 100, cents % 100));
    match lang {
        Lang::EN => format!("{sign}€{amount}"),
        _ => format!("{sign}{amount}{NO_BREAK}€"),
    }
    .replace('-', "\u{2212}")
}

/// The size of a file, in units of a thousand: `1,2 MB`.
#[must_use]
pub fn size(lang: Lang, bytes: u64) -> String {
    const UNITS: [(u128, &str, &str); 3] = [(1_000_000_000, "GB", "ГБ"), (1_000_000, "MB", "МБ"), (1_000, "kB", "кБ")];
    let bytes = u128::from(bytes);
    // The largest unit of which there is one after rounding: 999,5 kB is a megabyte.
    let unit = UNITS.into_iter().find(|(one, ..)| bytes * 2000 >= one * 1999);
    let (one, latin, cyrillic) = unit.unwrap_or((1, "B", "Б"));
    let tenths = (bytes * 10 + one / 2) / one;
    let amount = match tenths {
        ..100 if one > 1 => format!("{}.{}", tenths / 10, tenths % 10),
        _ => ((bytes + one / 2) / one).to_string(),
    };
    let name = if lang == Lang::RU { cyrillic } else { latin };
    format!("{}{NO_BREAK}{name}", number(lang, amount))
}

/// The CLDR plural category of `n`: `one`, `few`, `many`, `other` (`zero` and `two` in languages that have them).
#[must_use]
pub fn plural(lang: Lang, n: u64) -> &'static str {
    thread_local!(static MADE: PerLanguage<Option<PluralRules>> = const { PerLanguage::new() });
    let rules = MADE.with(|made| made.get(lang, |locale| PluralRules::try_new_cardinal(locale.into()).ok()));
    match rules.as_ref().as_ref().map_or(PluralCategory::Other, |rules| rules.category_for(n)) {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Lang; 3] = [Lang::ET, Lang::EN, Lang::RU];

    /// No-break spaces made visible.
    fn seen(text: &str) -> String {
        text.replace(NO_BREAK, "_")
    }

    #[test]
    fn numbers_are_grouped_by_the_rules_of_the_language() {
        let all = |value: &str| seen(&ALL.map(|lang| number(lang, value)).join(" | "));
        insta::assert_snapshot!(all("1234.5"), @"1234,5 | 1,234.5 | 1_234,5");
        insta::assert_snapshot!(all("1234567"), @"1_234_567 | 1,234,567 | 1_234_567");
        assert_eq!(all("-3"), "−3 | -3 | -3");
        assert_eq!(all("kolm"), "kolm | kolm | kolm");
        assert_eq!(number(Lang::ET, 12.5), "12,5");
    }

    #[test]
    fn money_is_exact_to_the_cent() {
        let all = |cents| seen(&ALL.map(|lang| money(lang, cents)).join(" | "));
        insta::assert_snapshot!(all(1_234_567), @"12_345,67_€ | €12,345.67 | 12_345,67_€");
        insta::assert_snapshot!(all(-5), @"−0,05_€ | −€0.05 | −0,05_€");
        insta::assert_snapshot!(all(i64::MIN), @"−92_233_720_368_547_758,08_€ | −€92,233,720,368,547,758.08 | −92_233_720_368_547_758,08_€");
    }

    #[test]
    fn sizes_are_rounded_and_never_a_thousand_of_a_unit() {
        let all = |bytes| seen(&size(Lang::ET, bytes));
        assert_eq!(
            [0, 999, 1_000, 1_250, 99_949, 999_499].map(all),
            ["0_B", "999_B", "1,0_kB", "1,3_kB", "100_kB", "999_kB"]
        );
        assert_eq!([999_500, 1_200_000, 5_000_000_000].map(all), ["1,0_MB", "1,2_MB", "5,0_GB"]);
        assert_eq!(seen(&size(Lang::RU, 1_200_000)), "1,2_МБ");
        assert!(all(u64::MAX).ends_with("_GB"));
    }

    #[test]
    fn plural_categories_are_those_of_cldr() {
        assert_eq!([0, 1, 2, 21].map(|n| plural(Lang::ET, n)), ["other", "one", "other", "other"]);
        assert_eq!([0, 1, 2, 5, 11, 21].map(|n| plural(Lang::RU, n)), ["many", "one", "few", "many", "many", "one"]);
    }
}
