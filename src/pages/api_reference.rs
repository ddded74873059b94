//! The API for people: the operations of an OpenAPI document as one page, rendered on the server.
//! It shows the document and nothing else; it loads nothing from elsewhere.

use askama::Template;
use serde_json::Value;

use super::asset::AssetBase;
use super::locale::Locale;
use super::rendered::{Framing, Rendered};

/// The page itself.
#[derive(Debug, Clone, Copy)]
pub struct ApiReference<'a> {
    /// Language of the frame; the document speaks English.
    pub locale: Locale,
    /// The OpenAPI 3.1 document.
    pub document: &'a Value,
    /// Address of the document itself.
    pub document_address: &'a str,
}

struct Operation<'a> {
    method: String,
    path: &'a str,
    anchor: String,
    summary: &'a str,
    description: &'a str,
    parameters: Vec<Parameter<'a>>,
    body: Option<String>,
    answers: Vec<(&'a str, &'a str)>,
}

struct Parameter<'a> {
    name: &'a str,
    place: &'a str,
    required: bool,
    description: &'a str,
}

struct Group<'a> {
    name: &'a str,
    anchor: String,
    operations: Vec<Operation<'a>>,
}

#[derive(Template)]
#[template(path = "api_reference.html")]
struct ApiReferenceTemplate<'a> {
    locale: Locale,
    assets: AssetBase,
    title: &'a str,
    version: &'a str,
    description: &'a str,
    document_address: &'a str,
    groups: Vec<Group<'a>>,
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

impl ApiReference<'_> {
    /// The finished page.
    pub fn render(&self) -> Rendered {
        let about = self.document.get("info").unwrap_or(&Value::Null);
        let template = ApiReferenceTemplate {
            locale: self.locale,
            assets: AssetBase::Gateway,
            title: text(about, "title"),
            version: text(about, "version"),
            description: text(about, "description"),
            document_address: self.document_address,
            groups: self.groups(),
        };
        let mut rendered = Rendered::plain(200, &template);
        rendered.framing = Framing::Nowhere;
        rendered
    }

    // By first tag, in the document's order; operations without one stand in the last group.
    fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for (path, item) in object(self.document, "paths") {
            for method in METHODS {
                let Some(operation) = item.get(method) else {
                    continue;
                };
                let name = operation
                    .get("tags")
                    .and_then(|tags| tags.get(0))
                    .and_then(Value::as_str)
                    .unwrap_or("other");
                let entry = self.operation(path, method, item, operation);
                match groups.iter_mut().find(|group| group.name == name) {
                    Some(group) => group.operations.push(entry),
                    None => groups.push(Group {
                        name,
                        anchor: anchor(name),
                        operations: vec![entry],
                    }),
                }
            }
        }
        groups
    }

    fn operation<'v>(
        &'v self,
        path: &'v str,
        method: &str,
        item: &'v Value,
        operation: &'v Value,
    ) -> Operation<'v> {
        let parameters = [item, operation]
            .into_iter()
            .filter_map(|holder| holder.get("parameters").and_then(Value::as_array))
            .flatten()
            .map(|parameter| self.resolve(parameter))
            .map(|parameter| Parameter {
                name: text(parameter, "name"),
                place: text(parameter, "in"),
                required: parameter
                    .get("required")
                    .and_then(Value::as_bool)
                    .unwrap_or(false),
                description: text(parameter, "description"),
            })
            .collect();
        let answers = object(operation, "responses")
            .map(|(status, answer)| (status, text(self.resolve(answer), "description")))
            .collect();
        Operation {
            method: method.to_uppercase(),
            path,
            anchor: anchor(&format!("{method}-{path}")),
            summary: text(operation, "summary"),
            description: text(operation, "description"),
            parameters,
            body: operation
                .get("requestBody")
                .map(|body| self.body(self.resolve(body))),
            answers,
        }
    }

    // The body's schema as it stands, its first reference followed, so that field names are seen.
    fn body(&self, body: &Value) -> String {
        let schema = object(body, "content")
            .find_map(|(_, content)| content.get("schema"))
            .map_or(&Value::Null, |schema| self.resolve(schema));
        serde_json::to_string_pretty(schema).unwrap_or_default()
    }

    fn resolve<'v>(&'v self, value: &'v Value) -> &'v Value {
        value
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix('#'))
            .and_then(|pointer| self.document.pointer(pointer))
            .unwrap_or(value)
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn object<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = (&'v str, &'v Value)> {
    value
        .get(key)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|map| map.iter().map(|(name, value)| (name.as_str(), value)))
}

fn anchor(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join("-").to_lowercase()
}
