//! Compiles the message catalogues `messages/en.toml` and `messages/ja.toml` into Rust, so that a key that is
//! missing in one language, used and not written, or written with other placeholders does not build.
//!
//! Sections named in [`LOOKUPS`] become tables searched by name; every other key becomes a field
//! `section_key` of `Messages` (keys of `[text]` without the prefix).

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

/// Sections whose keys are looked up at run time, because detectors name them.
const LOOKUPS: [&str; 3] = ["evidence", "because", "damage"];

type Catalogue = BTreeMap<String, BTreeMap<String, String>>;

fn main() -> Result<(), Box<dyn Error>> {
    let root = std::env::var("CARGO_MANIFEST_DIR")?;
    let [en, ja] = ["en", "ja"].map(|language| read(&Path::new(&root).join(format!("messages/{language}.toml"))));
    let (en, ja) = (en?, ja?);
    same_keys(&en, &ja)?;
    let mut code = String::new();
    declare(&mut code, &en)?;
    define(&mut code, "EN", &en)?;
    define(&mut code, "JA", &ja)?;
    std::fs::write(Path::new(&std::env::var("OUT_DIR")?).join("messages.rs"), code)?;
    Ok(())
}

fn read(path: &Path) -> Result<Catalogue, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", path.display());
    let text = std::fs::read_to_string(path)?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn same_keys(en: &Catalogue, ja: &Catalogue) -> Result<(), Box<dyn Error>> {
    let sections: BTreeSet<_> = en.keys().chain(ja.keys()).collect();
    let empty = BTreeMap::new();
    for section in sections {
        let (a, b) = (en.get(section).unwrap_or(&empty), ja.get(section).unwrap_or(&empty));
        for key in a.keys().chain(b.keys()) {
            let (Some(a), Some(b)) = (a.get(key), b.get(key)) else {
                let lacking = if a.contains_key(key) { "ja" } else { "en" };
                return Err(format!("messages/{lacking}.toml lacks `{key}` in [{section}]; add it").into());
            };
            if placeholders(a) != placeholders(b) {
                return Err(
                    format!("`{key}` in [{section}] has other {{placeholders}} in en.toml than in ja.toml").into()
                );
            }
        }
    }
    Ok(())
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn field(section: &str, key: &str) -> String {
    if section == "text" { key.to_owned() } else { format!("{section}_{}", key.replace('-', "_")) }
}

fn declare(code: &mut String, catalogue: &Catalogue) -> std::fmt::Result {
    writeln!(code, "/// Every message of one language.\npub(crate) struct Messages {{")?;
    for (section, keys) in catalogue {
        if LOOKUPS.contains(&section.as_str()) {
            writeln!(code, "    pub(crate) {section}_table: &'static [(&'static str, &'static str)],")?;
            continue;
        }
        for key in keys.keys() {
            writeln!(code, "    pub(crate) {}: &'static str,", field(section, key))?;
        }
    }
    writeln!(code, "}}")
}

fn define(code: &mut String, name: &str, catalogue: &Catalogue) -> std::fmt::Result {
    writeln!(code, "pub(crate) static {name}: Messages = Messages {{")?;
    for (section, keys) in catalogue {
        if LOOKUPS.contains(&section.as_str()) {
            let rows: Vec<_> = keys.iter().collect();
            writeln!(code, "    {section}_table: &{rows:?},")?;
            continue;
        }
        for (key, text) in keys {
            writeln!(code, "    {}: {text:?},", field(section, key))?;
        }
    }
    writeln!(code, "}};")
}
