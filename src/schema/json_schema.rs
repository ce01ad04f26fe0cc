//! Content types as JSON Schema (draft 2020-12), which editors know: the front matter completes itself
//! and mistakes are marked while they are written (taplo, Even Better TOML).

use serde_json::{Map, Value as Json, json};

use super::{ContentType, Field, Kind, Schema};
use crate::language::Lang;

impl ContentType {
    /// The front matter of this type as a JSON Schema, with words in `lang`.
    #[must_use]
    pub fn json_schema(&self, lang: Lang) -> Json {
        let mut schema = object(self.schema.fields(), lang);
        let mut whole = Map::new();
        whole.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
        words(&mut whole, self.label.get(lang), self.description.get(lang), self.law.as_deref());
        whole.append(&mut schema);
        Json::Object(whole)
    }
}

impl Schema {
    /// The fields as a JSON Schema, with words in `lang`.
    #[must_use]
    pub fn json_schema(&self, lang: Lang) -> Json {
        let mut whole = Map::new();
        whole.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
        whole.append(&mut object(self.fields(), lang));
        Json::Object(whole)
    }
}

fn object(fields: &[Field], lang: Lang) -> Map<String, Json> {
    let properties: Map<String, Json> =
        fields.iter().map(|field| (field.name.to_string(), property(field, lang))).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| &*field.name).collect();
    let mut object = Map::new();
    object.insert("type".into(), "object".into());
    object.insert("properties".into(), Json::Object(properties));
    if !required.is_empty() {
        object.insert("required".into(), json!(required));
    }
    object.insert("additionalProperties".into(), false.into());
    object
}

fn property(field: &Field, lang: Lang) -> Json {
    let mut property = shape(field, lang);
    words(&mut property, field.label.get(lang), field.help.get(lang), field.law.as_deref());
    if let Some(default) = &field.default {
        property.insert("default".into(), default.to_json());
    }
    Json::Object(property)
}

fn words(schema: &mut Map<String, Json>, title: Option<&str>, help: Option<&str>, law: Option<&str>) {
    if let Some(title) = title {
        schema.insert("title".into(), title.into());
    }
    let law = law.map(|law| format!("({law})"));
    let description: Vec<&str> = help.into_iter().chain(law.as_deref()).collect();
    if !description.is_empty() {
        schema.insert("description".into(), description.join(" ").into());
    }
}

/// What the kind and the limits of a field say about its values.
fn shape(field: &Field, lang: Lang) -> Map<String, Json> {
    let limits = &field.limits;
    let shape = match field.kind {
        Kind::Number | Kind::Money => {
            let number = |limit: &Option<super::Value>| limit.as_ref().and_then(|limit| limit.to_text().parse().ok());
            let (least, most): (Option<f64>, Option<f64>) = (number(&limits.min), number(&limits.max));
            json!({ "type": "number", "minimum": least, "maximum": most })
        }
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Datetime => json!({ "type": "string", "anyOf": [
            { "format": "date-time" }, { "format": "partial-date-time" }, { "format": "date" },
        ] }),
        Kind::Time => json!({ "type": "string", "pattern": "^[0-9]{1,2}[:.][0-9]{2}" }),
        Kind::Choice => chosen(field, lang),
        Kind::Choices => json!({
            "type": "array", "items": chosen(field, lang), "uniqueItems": true,
            "minItems": limits.min_items, "maxItems": limits.max_items,
        }),
        Kind::Email => json!({ "type": "string", "format": "email" }),
        Kind::Url => json!({ "type": "string", "format": "uri" }),
        Kind::PersonalCode => json!({ "type": "string", "pattern": "^[1-8][0-9]{10}$" }),
        Kind::RegistryCode => json!({ "type": "string", "pattern": "^[1-9][0-9]{7}$" }),
        Kind::List => json!({
            "type": "array", "items": field.item().map(|item| shape(item, lang)),
            "minItems": limits.min_items, "maxItems": limits.max_items,
        }),
        Kind::Image | Kind::Group => Json::Object(object(field.fields(), lang)),
        Kind::File | Kind::Address => json!({ "anyOf": [{ "type": "string" }, object(field.fields(), lang)] }),
        Kind::Text | Kind::Markdown | Kind::Phone | Kind::Link | Kind::Ref | Kind::Iban | Kind::ReferenceNumber => {
            json!({
                "type": "string", "minLength": limits.min_length, "maxLength": limits.max_length,
                "pattern": limits.pattern.as_ref().map(|pattern| format!("^(?:{})$", pattern.as_str())),
            })
        }
    };
    match shape {
        Json::Object(shape) => shape.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => Map::new(),
    }
}

fn chosen(field: &Field, lang: Lang) -> Json {
    let values: Vec<&str> = field.choices.iter().map(|choice| &*choice.value).collect();
    let labels: Vec<&str> = values.iter().map(|value| field.choice_label(value, lang)).collect();
    json!({ "type": "string", "enum": values, "x-taplo": { "docs": { "enumValues": labels } } })
}
