//! Values as STIX writes them.

use super::part::Form;
use super::time;
use serde_json::Value;

/// The value as STIX writes it; nothing where it is not of that form.
pub(crate) fn written(form: Form, value: &str) -> Option<Value> {
    match form {
        Form::Text => Some(value.into()),
        Form::Number => whole_number(value),
        Form::AutonomousSystem => whole_number(value.strip_prefix("AS").unwrap_or(value)),
        Form::Float => value.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::from),
        Form::Time => time::read(value).map(Value::from),
        Form::Flag => match value {
            "1" | "true" | "True" => Some(true.into()),
            "0" | "false" | "False" => Some(false.into()),
            _ => None,
        },
    }
}

/// Only what comes back as it was: `007` and `+5` are no numbers but texts. Ports, sizes and the like are never
/// negative.
fn whole_number(text: &str) -> Option<Value> {
    let canonical = |number: &i64| *number >= 0 && number.to_string() == text;
    text.parse::<i64>().ok().filter(canonical).map(Value::from)
}
