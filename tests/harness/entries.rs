//! The trace: entries of a tenant's log, read back from their bytes.

use serde_json::Value;

/// One entry.
#[derive(Debug, Clone)]
pub struct LogEntry(pub Value);

impl LogEntry {
    fn text(&self, pointer: &str) -> &str {
        self.0
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub fn id(&self) -> &str {
        self.text("/id")
    }

    pub fn action(&self) -> &str {
        self.text("/action")
    }

    pub fn phase(&self) -> &str {
        self.text("/phase")
    }

    pub fn closes(&self) -> &str {
        self.text("/closes")
    }

    pub fn trail(&self) -> &str {
        self.text("/trail")
    }

    pub fn outcome(&self) -> &str {
        self.text("/outcome")
    }

    pub fn reference(&self) -> &str {
        self.text("/reference")
    }

    pub fn actor(&self) -> Option<&str> {
        self.0.get("actor").and_then(Value::as_str)
    }

    pub fn subject(&self) -> Option<&str> {
        self.0.get("subject").and_then(Value::as_str)
    }

    /// A detail, as text or number.
    pub fn detail(&self, name: &str) -> &Value {
        self.0
            .get("details")
            .and_then(|details| details.get(name))
            .unwrap_or(&Value::Null)
    }

    /// What 34 CFR 99.32 asks of it.
    pub fn record_99_32(&self) -> &str {
        self.text("/decision/record_99_32")
    }

    /// The codes of a decision.
    pub fn codes(&self) -> Vec<&str> {
        let codes = self.0.pointer("/decision/codes").and_then(Value::as_array);
        codes
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Whether the entry cites the rule it was decided by.
    pub fn cites_a_rule(&self) -> bool {
        let rules = self.0.pointer("/decision/rules").and_then(Value::as_array);
        rules.is_some_and(|rules| {
            rules
                .iter()
                .any(|rule| rule.get("cite").and_then(Value::as_str).is_some())
        })
    }
}
