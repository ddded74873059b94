//! A form of hidden fields with one button. It must never carry a secret in a GET action.

use url::Url;

/// How a form is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormMethod {
    /// The fields become the query.
    Get,
    /// The fields become the body.
    Post,
}

impl FormMethod {
    /// The attribute's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
        }
    }
}

/// A form of hidden fields.
#[derive(Clone, PartialEq, Eq)]
pub struct Form {
    action: String,
    method: FormMethod,
    fields: Vec<(String, String)>,
}

// Fields hold one-time codes and login hints, so `Debug` names only where the form goes.
impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Form")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl Form {
    /// A form that posts `fields` to `action`.
    pub fn post(action: impl Into<String>, fields: Vec<(String, String)>) -> Self {
        Self {
            action: action.into(),
            method: FormMethod::Post,
            fields,
        }
    }

    /// A form that opens `url` by GET. Its query becomes fields, since browsers drop the query of
    /// a GET form's action.
    pub fn get(url: &Url) -> Self {
        let fields = url
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let mut action = url.clone();
        action.set_query(None);
        action.set_fragment(None);
        Self {
            action: action.into(),
            method: FormMethod::Get,
            fields,
        }
    }

    /// Where it goes.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// How it goes.
    pub const fn method(&self) -> FormMethod {
        self.method
    }

    /// Its hidden fields, in order.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The origin it goes to; `None` for an action on the page's own origin.
    pub fn origin(&self) -> Option<String> {
        Url::parse(&self.action)
            .ok()
            .map(|url| url.origin().ascii_serialization())
    }
}
