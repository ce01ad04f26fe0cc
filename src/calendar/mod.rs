//! Estonian public holidays and working days, by which the law counts its deadlines.

use jiff::{
    Span,
    civil::{Date, Weekday},
};

/// Holidays that fall on the same day every year: month and day.
/// Pühade ja tähtpäevade seadus § 1 (Independence Day) and § 2 (public holidays).
const FIXED: [(i8, i8); 9] = [
    (1, 1),   // uusaasta
    (2, 24),  // iseseisvuspäev
    (5, 1),   // kevadpüha
    (6, 23),  // võidupüha
    (6, 24),  // jaanipäev
    (8, 20),  // taasiseseisvumispäev
    (12, 24), // jõululaupäev
    (12, 25), // esimene jõulupüha
    (12, 26), // teine jõulupüha
];

/// Holidays that move with Easter, in days after it (the same § 2): Good Friday, Easter, Pentecost.
const MOVING: [i32; 3] = [-2, 0, 49];

/// Whether `date` is a public holiday in Estonia.
#[must_use]
pub fn is_holiday(date: Date) -> bool {
    let moving = |days: &i32| easter(date.year()).checked_add(Span::new().days(*days)).is_ok_and(|day| day == date);
    // Good Friday is never before March, Pentecost never after June.
    FIXED.contains(&(date.month(), date.day())) || ((3..=6).contains(&date.month()) && MOVING.iter().any(moving))
}

/// Whether `date` is a working day in Estonia: neither a weekend nor a public holiday.
#[must_use]
pub fn is_working_day(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(date)
}

/// The `days`-th working day after `date`. The day itself does not count (tsiviilseadustiku üldosa
/// seadus § 135 (1)), be it a working day or not. Nought days are `date`, or the first working day after it.
#[must_use]
pub fn add_working_days(date: Date, days: u32) -> Date {
    let mut day = date;
    for _ in 0..days {
        day = on_working_day(day.tomorrow().unwrap_or(Date::MAX));
    }
    on_working_day(day)
}

/// `date`, or the first working day after it: a term that ends on a day off ends on the next working day
/// (tsiviilseadustiku üldosa seadus § 136 (8)).
#[must_use]
pub fn on_working_day(date: Date) -> Date {
    let mut day = date;
    while !is_working_day(day) {
        let Ok(next) = day.tomorrow() else { return day };
        day = next;
    }
    day
}

/// Easter Sunday of a year in the Gregorian calendar (the anonymous algorithm: Meeus, Jones, Butcher).
#[must_use]
pub fn easter(year: i16) -> Date {
    let year_number = i32::from(year);
    let golden = year_number.rem_euclid(19);
    let (century, of_century) = (year_number.div_euclid(100), year_number.rem_euclid(100));
    let leaps = century.div_euclid(4);
    let moon = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - leaps - moon + 15).rem_euclid(30);
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4).rem_euclid(7);
    let correction = (golden + 11 * epact + 22 * weekday) / 451;
    let day_of_march = 22 + epact + weekday - 7 * correction;
    // Between 22 March and 25 April, so that it always is a date.
    Date::new(year, 3, 1).and_then(|march| march.checked_add(Span::new().days(day_of_march - 1))).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn easter_falls_where_the_almanac_says() {
        let known = [
            (1961, 4, 2),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ];
        for (year, month, day) in known {
            assert_eq!(easter(year), date(year, month, day));
        }
    }

    #[test]
    fn holidays_are_those_of_the_law() {
        let holidays: Vec<String> = date(2026, 1, 1)
            .series(Span::new().days(1))
            .take(365)
            .filter(|day| is_holiday(*day))
            .map(|day| day.strftime("%d.%m").to_string())
            .collect();
        assert_eq!(holidays.join(" "), "01.01 24.02 03.04 05.04 01.05 24.05 23.06 24.06 20.08 24.12 25.12 26.12");
    }

    #[test]
    fn deadlines_skip_weekends_and_holidays() {
        // From the Friday before: five working days are a week.
        assert_eq!(add_working_days(date(2026, 11, 20), 5), date(2026, 11, 27));
        // Asked for on a Sunday.
        assert_eq!(add_working_days(date(2026, 11, 22), 5), date(2026, 11, 27));
        // Over Christmas and New Year: 23, 28, 29, 30, 31 December.
        assert_eq!(add_working_days(date(2026, 12, 22), 5), date(2026, 12, 31));
        assert_eq!(add_working_days(date(2026, 12, 22), 6), date(2027, 1, 4));
        // Midsummer and Good Friday.
        assert_eq!(add_working_days(date(2026, 6, 22), 1), date(2026, 6, 25));
        assert_eq!(add_working_days(date(2026, 4, 2), 1), date(2026, 4, 6));
        assert_eq!(add_working_days(date(2026, 4, 4), 0), date(2026, 4, 6));
    }

    #[test]
    fn the_end_of_time_is_no_panic() {
        assert_eq!(add_working_days(Date::MAX, 3), Date::MAX);
        let _ = (is_working_day(Date::MIN), easter(-9999), easter(9999));
    }
}
