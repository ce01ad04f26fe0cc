//! Tables below `data/`: for templates as they are, and as entries where a content type takes its rows.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Value as Json, json};
use toml::de::{DeTable, DeValue};

use super::{Entry, Origin, Reading};
use crate::{
    diagnostics::{Diagnostic, Location},
    schema::{ContentType, TomlText, leave_out_echoes},
    source::SourceFile,
};

/// A table below `data/`.
#[derive(Clone, Debug)]
pub struct DataTable {
    /// Its file.
    pub file: SourceFile,
    /// What it says: a CSV table as `{ columns, rows }`, TOML as it is.
    pub value: Json,
}

/// The tables, and the entries that their rows are.
pub(super) fn read(reading: &Reading<'_>, out: &mut Vec<Diagnostic>) -> (BTreeMap<String, DataTable>, Vec<Arc<Entry>>) {
    let mut tables = BTreeMap::new();
    let mut entries = Vec::new();
    for file in reading.folder.walk("data", out) {
        let path = file.path.strip_prefix("data/").unwrap_or(&file.path);
        let Some((name, ending)) = path.rsplit_once('.').map(|(name, ending)| (name.to_owned(), ending.to_owned()))
        else {
            continue;
        };
        let Ok(text) = file.text().map_err(|problem| out.push(problem)) else { continue };
        let toml = TomlText::whole(file.path.clone(), &text);
        let kind = reading.types.by_data(&name);
        let mut rows = Rows { reading, file: &file, toml: &toml, kind, name: &name, entries: &mut entries };
        let value = match ending.as_str() {
            "toml" => rows.toml(out),
            "csv" => rows.csv(out),
            _ => continue,
        };
        tables.insert(name, DataTable { file, value });
    }
    (tables, entries)
}

struct Rows<'a> {
    reading: &'a Reading<'a>,
    file: &'a SourceFile,
    toml: &'a TomlText<'a>,
    kind: Option<usize>,
    name: &'a str,
    entries: &'a mut Vec<Arc<Entry>>,
}

impl Rows<'_> {
    /// Rows stand in a list of tables under any one name (`[[persons]]`).
    fn toml(&mut self, out: &mut Vec<Diagnostic>) -> Json {
        let (mut broken, mut found) = (Vec::new(), Vec::new());
        let parsed = self.toml.parse(&mut broken);
        let table = parsed.get_ref();
        if let Some(kind) = self.kind {
            let content_type = self.reading.types.at(kind);
            let mut seen = BTreeSet::new();
            let lists = table.iter().filter_map(|(_, value)| value.get_ref().as_array());
            let rows = lists.flat_map(|list| list.iter());
            for (number, row) in rows.enumerate() {
                if let Some(fields) = row.get_ref().as_table() {
                    self.row(content_type, kind, number, fields.clone(), row.span(), &mut seen, &mut found);
                }
            }
        }
        leave_out_echoes(&broken, &mut found);
        out.extend(broken.into_iter().chain(found));
        plain_table(table)
    }

    fn csv(&mut self, out: &mut Vec<Diagnostic>) -> Json {
        let text = self.toml.text;
        // Office programs write semicolons where commas are decimal.
        let first = text.lines().next().unwrap_or_default();
        let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
        let mut reader = ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(text.as_bytes());
        let mut records: Vec<(ByteRecord, usize)> = Vec::new();
        for record in reader.byte_records() {
            match record {
                Ok(record) => {
                    let at = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0));
                    records.push((record, at));
                }
                Err(error) => {
                    let line = error.position().map_or(1, |position| u32::try_from(position.line()).unwrap_or(1));
                    let place = Location::at_line(self.file.path.clone(), line);
                    out.push(Diagnostic::new("content.table").arg("reason", reason(&error)).at(place));
                }
            }
        }
        let cells = |record: &ByteRecord| -> Vec<String> {
            record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
        };
        let columns = records.first().map(|(record, _)| cells(record)).unwrap_or_default();
        let rows: Vec<(Vec<String>, usize)> = records.iter().skip(1).map(|(record, at)| (cells(record), *at)).collect();
        if let Some(kind) = self.kind {
            let content_type = self.reading.types.at(kind);
            let mut seen = BTreeSet::new();
            for (number, (row, at)) in rows.iter().enumerate() {
                let span = *at..(*at + text[*at..].lines().next().map_or(0, str::len));
                let cells =
                    columns.iter().zip(row).map(|(column, cell)| (column.as_str(), cell.as_str(), span.clone()));
                let fields = content_type.schema.csv_row(cells);
                self.row(content_type, kind, number, fields, span.clone(), &mut seen, out);
            }
        }
        json!({ "columns": columns, "rows": rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>() })
    }

    #[expect(clippy::too_many_arguments, reason = "a row and all that is known of it")]
    fn row(
        &mut self,
        content_type: &ContentType,
        kind: usize,
        number: usize,
        mut fields: DeTable<'_>,
        span: Range<usize>,
        seen: &mut BTreeSet<String>,
        out: &mut Vec<Diagnostic>,
    ) {
        let Some(id) = fields.remove("id").and_then(|id| id.get_ref().as_str().map(ToOwned::to_owned)) else {
            out.push(Diagnostic::new("content.row-id").arg("row", number + 1).at(self.toml.place(span)));
            return;
        };
        if !seen.insert(id.clone()) {
            out.push(Diagnostic::new("content.row-twice").arg("id", &id).at(self.toml.place(span)));
            return;
        }
        let languages = self.reading.languages;
        let read = content_type.schema.read_row(&fields, languages, self.toml, out);
        for (&lang, mut values) in languages.iter().zip(read) {
            content_type.schema.fill_defaults(&mut values);
            if lang == languages[0] {
                content_type.check_rules(&values, self.toml, &fields, out);
            }
            let summary = content_type.summary.as_deref().unwrap_or("summary");
            self.entries.push(Arc::new(Entry {
                id: format!("{}/{id}", self.name).into(),
                lang,
                kind,
                section: false,
                summary: values.text(summary).unwrap_or_default().into(),
                fingerprint: values.fingerprint(),
                text_fingerprint: 0,
                origin: Origin::Row { file: self.file.clone(), row: number },
                fields: values,
            }));
        }
    }
}

fn reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!("{len} ≠ {expected_len}"),
        _ => error.to_string(),
    }
}

fn plain_table(table: &DeTable<'_>) -> Json {
    Json::Object(table.iter().map(|(key, value)| (key.get_ref().to_string(), plain(value.get_ref()))).collect())
}

/// A TOML value as JSON; dates as texts.
fn plain(value: &DeValue<'_>) -> Json {
    match value {
        DeValue::String(text) => Json::from(text.as_ref()),
        DeValue::Integer(number) => number.as_str().parse::<i64>().map_or_else(|_| number.as_str().into(), Json::from),
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or_else(|_| number.as_str().into(), Json::from),
        DeValue::Boolean(value) => Json::from(*value),
        DeValue::Datetime(at) => Json::from(at.to_string()),
        DeValue::Array(items) => items.iter().map(|item| plain(item.get_ref())).collect(),
        DeValue::Table(table) => plain_table(table),
    }
}
