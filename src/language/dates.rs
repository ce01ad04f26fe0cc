//! Dates and times as people write them.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use icu_calendar::Gregorian;
use icu_datetime::{
    FixedCalendarDateTimeFormatter as Formatter,
    fieldsets::{E, M, MD, YM, YMD},
    options::YearStyle,
};
use icu_locale_core::Locale;
use jiff::civil::{Date, Time};

use super::{Lang, PerLanguage};

/// One language's formatters; none where ICU has no data at all, and then ISO 8601 stands in.
struct Formats {
    long: Option<Formatter<Gregorian, YMD>>,
    short: Option<Formatter<Gregorian, YMD>>,
    day_month: Option<Formatter<Gregorian, MD>>,
    month_year: Option<Formatter<Gregorian, YM>>,
    month: Option<Formatter<Gregorian, M>>,
    weekday: Option<Formatter<Gregorian, E>>,
}

impl Formats {
    fn of(lang: Lang) -> Rc<Self> {
        thread_local!(static MADE: PerLanguage<Formats> = const { PerLanguage::new() });
        MADE.with(|made| made.get(lang, |locale| Self::new(&locale)))
    }

    fn new(locale: &Locale) -> Self {
        let full_year = YMD::short().with_year_style(YearStyle::Full);
        Self {
            long: Formatter::try_new(locale.into(), YMD::long()).ok(),
            short: Formatter::try_new(locale.into(), full_year).ok(),
            day_month: Formatter::try_new(locale.into(), MD::long()).ok(),
            month_year: Formatter::try_new(locale.into(), YM::long()).ok(),
            month: Formatter::try_new(locale.into(), M::long()).ok(),
            weekday: Formatter::try_new(locale.into(), E::long()).ok(),
        }
    }
}

type IcuDate = icu_calendar::Date<Gregorian>;

/// Dates as they were written before: a site shows the same few on every page.
#[derive(Default)]
struct Written(RefCell<HashMap<(Lang, Date), String>>);

impl Written {
    /// About ten years of days.
    const LIMIT: usize = 4096;

    fn get(&self, lang: Lang, date: Date, write: impl FnOnce(&Formats, &IcuDate) -> Option<String>) -> String {
        let mut known = self.0.borrow_mut();
        if let Some(text) = known.get(&(lang, date)) {
            return text.clone();
        }
        let text = icu_date(date).and_then(|icu| write(&Formats::of(lang), &icu)).unwrap_or_else(|| date.to_string());
        if known.len() >= Self::LIMIT {
            known.clear();
        }
        known.insert((lang, date), text.clone());
        text
    }
}

/// Writes `date` with the formatter that `which` picks.
macro_rules! write_date {
    ($lang:expr, $date:expr, $which:ident) => {{
        thread_local!(static WRITTEN: Written = Written::default());
        let write = |formats: &Formats, date: &IcuDate| Some(formats.$which.as_ref()?.format(date).to_string());
        WRITTEN.with(|written| written.get($lang, $date, write))
    }};
}

fn icu_date(date: Date) -> Option<IcuDate> {
    let number = |n: i8| u8::try_from(n).ok();
    IcuDate::try_new_gregorian(i32::from(date.year()), number(date.month())?, number(date.day())?).ok()
}

/// `22. november 2026`, `22 November 2026`, `22 ноября 2026 г.`
#[must_use]
pub fn date_long(lang: Lang, date: Date) -> String {
    if lang == Lang::ET {
        // CLDR's data as ICU4X has them lose the ordinal's point when there is a year.
        return format!("{} {}", write_date!(lang, date, day_month), date.year());
    }
    write_date!(lang, date, long)
}

/// `22.11.2026`, `22/11/2026`, `22.11.2026`
#[must_use]
pub fn date_short(lang: Lang, date: Date) -> String {
    write_date!(lang, date, short)
}

/// `november 2026`, `November 2026`, `ноябрь 2026 г.`
#[must_use]
pub fn month_year(lang: Lang, date: Date) -> String {
    write_date!(lang, date, month_year)
}

/// The month's name by its number from 1, as it stands alone: `november`, `November`, `ноябрь`;
/// empty for a number that is no month.
#[must_use]
pub fn month(lang: Lang, number: u8) -> String {
    i8::try_from(number)
        .ok()
        .and_then(|number| Date::new(2000, number, 1).ok())
        .map_or_else(String::new, |date| write_date!(lang, date, month))
}

/// The month as it is written beside its day: `november`, `November`, `ноября`.
#[must_use]
pub fn month_of_day(lang: Lang, date: Date) -> String {
    let both = write_date!(lang, date, day_month);
    both.trim_matches(|c: char| c.is_numeric() || c.is_whitespace() || c == '.').to_owned()
}

/// `pühapäev`, `Sunday`, `воскресенье`
#[must_use]
pub fn weekday(lang: Lang, date: Date) -> String {
    write_date!(lang, date, weekday)
}

/// `14.30` in Estonian (the orthographic form; CLDR has a colon), `14:30` elsewhere.
#[must_use]
pub fn time(lang: Lang, time: Time) -> String {
    let separator = if lang == Lang::ET { '.' } else { ':' };
    format!("{}{separator}{:02}", time.hour(), time.minute())
}

/// From `start` to `end`, saying nothing twice: `22.–24. november 2026`, `30. november – 2. detsember 2026`.
#[must_use]
pub fn date_range(lang: Lang, start: Date, end: Date) -> String {
    if start == end {
        return date_long(lang, start);
    }
    let end_text = date_long(lang, end);
    if start.year() != end.year() {
        return format!("{} – {end_text}", date_long(lang, start));
    }
    // Only these begin with the day; for other languages nothing may be left out of the first date.
    let day_first = matches!(lang, Lang::ET | Lang::EN | Lang::RU);
    if day_first && start.month() == end.month() {
        let point = if lang == Lang::ET { "." } else { "" };
        return format!("{}{point}–{end_text}", start.day());
    }
    if day_first {
        return format!("{} – {end_text}", write_date!(lang, start, day_month));
    }
    format!("{} – {end_text}", date_long(lang, start))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time as at};

    use super::*;

    const ALL: [Lang; 3] = [Lang::ET, Lang::EN, Lang::RU];

    #[test]
    fn dates_are_written_as_each_language_writes_them() {
        let day = date(2026, 11, 22);
        let all = |write: fn(Lang, Date) -> String| ALL.map(|lang| write(lang, day)).join(" | ");
        insta::assert_snapshot!(all(date_long), @"22. november 2026 | 22 November 2026 | 22 ноября 2026 г.");
        insta::assert_snapshot!(all(date_short), @"22.11.2026 | 22/11/2026 | 22.11.2026");
        insta::assert_snapshot!(all(month_year), @"november 2026 | November 2026 | ноябрь 2026 г.");
        insta::assert_snapshot!(all(weekday), @"pühapäev | Sunday | воскресенье");
        assert_eq!(date_short(Lang::ET, date(2026, 1, 5)), "05.01.2026");
        let november = Date::constant(2026, 11, 5);
        assert_eq!(ALL.map(|lang| month_of_day(lang, november)), ["november", "November", "ноября"]);
        assert_eq!(ALL.map(|lang| month(lang, 3)), ["märts", "March", "март"]);
        assert_eq!(month(Lang::ET, 13), "");
    }

    #[test]
    fn estonian_times_have_a_point() {
        assert_eq!(ALL.map(|lang| time(lang, at(9, 5, 0, 0))), ["9.05", "9:05", "9:05"]);
    }

    #[test]
    fn a_range_says_nothing_twice() {
        let days = |end| ALL.map(|lang| date_range(lang, date(2026, 11, 22), end)).join(" | ");
        insta::assert_snapshot!(days(date(2026, 11, 22)), @"22. november 2026 | 22 November 2026 | 22 ноября 2026 г.");
        insta::assert_snapshot!(days(date(2026, 11, 24)), @"22.–24. november 2026 | 22–24 November 2026 | 22–24 ноября 2026 г.");
        insta::assert_snapshot!(days(date(2026, 12, 2)), @"22. november – 2. detsember 2026 | 22 November – 2 December 2026 | 22 ноября – 2 декабря 2026 г.");
        insta::assert_snapshot!(days(date(2027, 1, 2)), @"22. november 2026 – 2. jaanuar 2027 | 22 November 2026 – 2 January 2027 | 22 ноября 2026 г. – 2 января 2027 г.");
    }

    #[test]
    fn a_language_that_nobody_planned_for_gets_its_own_words() {
        let finnish = Lang::parse("fi").expect("a tag");
        assert_eq!(date_long(finnish, date(2026, 11, 22)), "22. marraskuuta 2026");
    }
}
