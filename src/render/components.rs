//! What a theme's components say of themselves: for authors, for the gallery, for the theme's contract.

use std::collections::BTreeMap;

use tera::Value;

use super::templates::Templates;

/// A component that texts may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Its name as texts write it: `key-facts`.
    pub name: String,
    /// The component that it stands in, where it stands in no other place.
    pub inside: Option<String>,
    /// `block`, `leaf` or `inline`.
    pub shape: String,
    /// What it is for, by language.
    pub words: BTreeMap<String, String>,
    /// Its parameters in their order.
    pub parameters: Vec<Parameter>,
    /// How it is written, by language; `et` is always there where there is any.
    pub examples: BTreeMap<String, String>,
}

/// A parameter of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type: `string`, `integer`, `bool`, …
    pub kind: &'static str,
    /// Its value where none is given; nothing when one must be given.
    pub default: Option<String>,
    /// What it is for, by language.
    pub words: BTreeMap<String, String>,
}

impl Templates {
    /// The components that texts may call, by name; those that stand inside another come after it.
    pub fn components(&self) -> Vec<Component> {
        let names = self.tera.get_component_names();
        let mut found: Vec<Component> = names
            .filter_map(|name| self.tera.get_component_definition(name))
            .filter_map(|definition| {
                let about = definition.metadata();
                let shape = about.get("shape")?.as_str()?.to_owned();
                let parameter = |argument: &tera::ComponentArg| Parameter {
                    name: argument.name().to_owned(),
                    kind: argument.arg_type().map_or("string", |kind| kind.as_str()),
                    default: argument.default().map(ToString::to_string),
                    words: about
                        .get("parameters")
                        .and_then(|all| inner(all, argument.name()))
                        .map(texts)
                        .unwrap_or_default(),
                };
                Some(Component {
                    name: written(definition.name()),
                    inside: about.get("inside").and_then(Value::as_str).map(written),
                    shape,
                    words: ["et", "en", "ru"]
                        .iter()
                        .filter_map(|lang| Some(((*lang).to_owned(), about.get(*lang)?.as_str()?.to_owned())))
                        .collect(),
                    parameters: definition.args().iter().filter(|a| !a.is_implicit()).map(parameter).collect(),
                    examples: match about.get("example") {
                        Some(example) if example.as_str().is_some() => {
                            BTreeMap::from([("et".to_owned(), example.as_str().unwrap_or_default().to_owned())])
                        }
                        Some(examples) => texts(examples),
                        None => BTreeMap::new(),
                    },
                })
            })
            .collect();
        found.sort_by_cached_key(|c| {
            (c.inside.clone().unwrap_or_else(|| c.name.clone()), c.inside.is_some(), c.name.clone())
        });
        found
    }
}

fn written(name: &str) -> String {
    name.replace('_', "-")
}

fn inner<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value.as_map()?.iter().find(|(name, _)| name.as_str() == Some(key)).map(|(_, value)| value)
}

fn texts(value: &Value) -> BTreeMap<String, String> {
    let pairs = value.as_map().into_iter().flat_map(|map| map.iter());
    pairs.filter_map(|(key, text)| Some((key.as_str()?.to_owned(), text.as_str()?.to_owned()))).collect()
}
