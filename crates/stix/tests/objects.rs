//! Objects of every type, with changes, beside `stix2-validator` (see `data/objects.py`).

use noroshi_stix::{Code, Fault, Limits, Received};
use serde_json::Value;

const DATA: &str = include_str!("data/objects.json");

/// The object of a case, changed as the case says.
fn changed(base: &Value, case: &Value) -> Option<Value> {
    let mut object = base.clone();
    let Some(path) = case.get("path").and_then(Value::as_array) else { return Some(object) };
    let (last, way) = path.split_last()?;
    let index = |step: &Value| step.as_u64().and_then(|at| usize::try_from(at).ok());
    let holder = way.iter().try_fold(&mut object, |value, step| match step.as_str() {
        Some(name) => value.get_mut(name),
        None => value.get_mut(index(step)?),
    })?;
    match (holder, case.get("value")) {
        (Value::Object(members), Some(value)) => drop(members.insert(last.as_str()?.to_owned(), value.clone())),
        (Value::Object(members), None) => drop(members.remove(last.as_str()?)?),
        (Value::Array(elements), Some(value)) => *elements.get_mut(index(last)?)? = value.clone(),
        (Value::Array(elements), None) => drop(elements.remove(index(last)?)),
        _ => return None,
    }
    Some(object)
}

/// Why we may take what they refuse: we keep what harms nobody, and say so where the standard is plain.
fn taken_knowingly(object: &Received, case: &Value) -> bool {
    let warned = |code| object.warnings().iter().any(|warning| warning.code == code);
    if warned(Code::EmptyList) || warned(Code::Precision) {
        return true;
    }
    let steps = case["path"].as_array().map_or(&[][..], Vec::as_slice);
    let path: Vec<_> = steps.iter().map(|step| step.as_str().unwrap_or("[]")).collect();
    // Values of free dictionaries.
    let free = [
        "additional_header_fields",
        "document_info_dict",
        "exif_tags",
        "ipfix",
        "request_header",
        "options",
        "environment_variables",
        "startup_info",
    ];
    // Texts whose form other standards define.
    let form = ["lang", "languages", "mime_type", "path_enc", "name_enc", "cpe", "url", "source_name", "external_id"];
    let value = object.is_observable() && path == ["value"];
    // An object of 2.0 has no version.
    path == ["spec_version"]
        || value
        || path.iter().any(|step| free.contains(step) || form.contains(step))
        // The empty text is hexadecimal and base64 of nothing.
        || (case["value"] == "" && path.last().is_some_and(|name| name.ends_with("_hex") || name.ends_with("_bin")))
}

/// Why we may refuse what they take: their schemas say "text" of references between observables, and "number" of
/// counts; the standard says more.
fn refused_knowingly(fault: &Fault) -> bool {
    let counts =
        ["precision", "src_byte_count", "dst_byte_count", "src_packets", "dst_packets", "number_of_subkeys", "gid"];
    matches!(fault.code, Code::WrongReference | Code::BadId)
        || counts.iter().any(|name| fault.path.ends_with(name))
        || fault.path.contains("alternate_data_streams")
}

#[test]
fn what_is_taken_agrees() {
    let (data, mut apart): (Value, _) = (serde_json::from_str(DATA).unwrap(), Vec::new());
    let (mut alike, mut knowingly) = (0, 0);
    for case in data["cases"].as_array().unwrap() {
        let base = &data["objects"][usize::try_from(case["of"].as_u64().unwrap()).unwrap()];
        let object = changed(base, case).unwrap();
        let ours = Received::read(object.to_string().as_bytes(), &Limits::default());
        let known = match &ours {
            _ if ours.is_ok() == case["taken"].as_bool().unwrap() => {
                alike += 1;
                continue;
            }
            Ok(object) => taken_knowingly(object, case),
            Err(fault) => refused_knowingly(fault),
        };
        knowingly += usize::from(known);
        if !known {
            let ours = ours.map(|object| object.warnings().to_vec()).map_err(|fault| fault.to_string());
            apart.push(format!("{} {} {:?} {ours:?}", base["type"], case["path"], case.get("value")));
        }
    }
    assert!(apart.is_empty(), "{} apart:\n{}", apart.len(), apart.join("\n"));
    assert!(alike > 9_000 && knowingly < 800, "{alike} alike, {knowingly} knowingly apart");
}
