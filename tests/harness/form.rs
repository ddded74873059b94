//! A form of a page, as a browser without scripts reads it.

/// A form: where it goes and what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    pub action: String,
    pub method: String,
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// The form of a page that has this id; the first form when `id` is empty.
    pub fn find(html: &str, id: &str) -> Option<Self> {
        let mut rest = html;
        loop {
            let start = rest.find("<form")?;
            let tag_end = start + rest[start..].find('>')?;
            let tag = &rest[start..tag_end];
            let end = start + rest[start..].find("</form>")?;
            if id.is_empty() || attribute(tag, "id").as_deref() == Some(id) {
                return Some(Self {
                    action: attribute(tag, "action")?,
                    method: attribute(tag, "method")?.to_lowercase(),
                    fields: fields(&rest[tag_end..end]),
                });
            }
            rest = &rest[end + "</form>".len()..];
        }
    }

    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// As a body or a query.
    pub fn encoded(&self) -> String {
        encoded(&self.fields)
    }
}

/// Fields as `application/x-www-form-urlencoded`.
pub fn encoded(fields: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

fn fields(html: &str) -> Vec<(String, String)> {
    html.split("<input")
        .skip(1)
        .filter_map(|input| {
            let tag = &input[..input.find('>')?];
            Some((attribute(tag, "name")?, attribute(tag, "value")?))
        })
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let marker = format!(" {name}=\"");
    let start = tag.find(&marker)? + marker.len();
    let end = start + tag[start..].find('"')?;
    Some(unescaped(&tag[start..end]))
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find(';') else {
            break;
        };
        let entity = &rest[at + 1..at + end];
        match entity {
            "amp" => out.push('&'),
            "lt" => out.push('<'),
            "gt" => out.push('>'),
            "quot" => out.push('"'),
            numeric => {
                let number = numeric.trim_start_matches('#').parse().unwrap();
                out.push(char::from_u32(number).unwrap());
            }
        }
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    out
}
