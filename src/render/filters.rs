//! Filters of templates: dates, numbers and amounts as the page's language writes them.

#![expect(clippy::needless_pass_by_value, clippy::unnecessary_wraps, reason = "the signature is that of a filter")]

use jiff::{
    ToSpan as _,
    civil::{Date, DateTime, Time},
};
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use super::query::Scope;
use crate::language;

/// Registers all filters.
pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("date", date);
    tera.register_filter("date_range", date_range);
    tera.register_filter("weeks", weeks);
    tera.register_filter("time", time);
    tera.register_filter("number", number);
    tera.register_filter("money", money);
    tera.register_filter("filesize", filesize);
    tera.register_filter("phone_href", phone_href);
    tera.register_filter("slugify", slugify);
}

/// The day that a text begins with: `2026-11-22` or `2026-11-22T14:30:00`.
fn day(text: &str) -> TeraResult<Date> {
    let parsed = text.parse::<Date>().or_else(|_| text.parse::<DateTime>().map(DateTime::date));
    parsed.map_err(|_| Error::message(format!("`{text}` is not a date")))
}

fn absent(value: &Value) -> bool {
    value.is_none() || value.is_undefined()
}

fn date(value: &Value, kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
    if absent(value) {
        return Ok(String::new());
    }
    let day = day(value.as_str().unwrap_or_default())?;
    let lang = Scope::language();
    Ok(match kwargs.get::<&str>("format")?.unwrap_or("long") {
        "long" => language::date_long(lang, day),
        "short" => language::date_short(lang, day),
        "month" => language::month_of_day(lang, day),
        "month_year" => language::month_year(lang, day),
        "weekday" => language::weekday(lang, day),
        "day" => day.day().to_string(),
        "year" => day.year().to_string(),
        "iso" => day.to_string(),
        other => return Err(Error::message(format!("there is no date format `{other}`"))),
    })
}

fn date_range(value: &Value, kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
    if absent(value) {
        return Ok(String::new());
    }
    let from = day(value.as_str().unwrap_or_default())?;
    let end = kwargs.get::<&Value>("end")?.filter(|end| !absent(end));
    let to = end.and_then(Value::as_str).map(day).transpose()?.unwrap_or(from);
    Ok(language::date_range(Scope::language(), from, to))
}

/// The weeks of a date's month, Monday first: seven dates each, none where another month's day would be.
fn weeks(value: &Value, _: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let first = day(value.as_str().unwrap_or_default())?.first_of_month();
    let before = first.weekday().to_monday_zero_offset().unsigned_abs();
    let mut days: Vec<Value> = (0..before).map(|_| Value::none()).collect();
    let month = first.series(1.day()).take(first.days_in_month().unsigned_abs().into());
    days.extend(month.map(|day| Value::from(day.to_string())));
    days.resize_with(days.len().next_multiple_of(7), Value::none);
    Ok(Value::from(days.chunks(7).map(|week| Value::from(week.to_vec())).collect::<Vec<_>>()))
}

fn time(value: &Value, _: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let text = value.as_str().unwrap_or_default();
    let time = text.parse::<DateTime>().map(DateTime::time).or_else(|_| text.parse::<Time>());
    Ok(match time {
        // A day alone says nothing of the hour.
        Ok(time) if text.contains(':') => language::time(Scope::language(), time),
        _ => String::new(),
    })
}

fn number(value: &Value, _: Kwargs, _: &State<'_>) -> String {
    if absent(value) { String::new() } else { language::number(Scope::language(), value.to_string()) }
}

fn money(value: &Value, _: Kwargs, _: &State<'_>) -> TeraResult<String> {
    if absent(value) {
        return Ok(String::new());
    }
    let cents = value.as_i64().ok_or_else(|| Error::message("an amount is a whole number of cents"))?;
    Ok(language::money(Scope::language(), cents))
}

fn filesize(value: &Value, _: Kwargs, _: &State<'_>) -> String {
    match value.as_u64().or_else(|| value.as_i64().and_then(|bytes| u64::try_from(bytes).ok())) {
        Some(bytes) => language::size(Scope::language(), bytes),
        None => String::new(),
    }
}

/// A number for `tel:` (RFC 3966): digits alone, with the country's code.
fn phone_href(value: &Value, _: Kwargs, _: &State<'_>) -> String {
    let text = value.as_str().unwrap_or_default();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if text.trim_start().starts_with('+') || digits.starts_with("372") {
        format!("tel:+{digits}")
    } else {
        format!("tel:+372{digits}")
    }
}

fn slugify(value: &Value, _: Kwargs, _: &State<'_>) -> String {
    language::slug(value.as_str().unwrap_or_default())
}
