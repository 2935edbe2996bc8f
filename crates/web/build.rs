//! Compiles the message catalogues `messages/en.toml` and `messages/ja.toml` into Rust, so that a key that is missing
//! in one language, used and not written, or written with other placeholders does not build; and the files in `assets`
//! under names that carry their own hash, so that browsers may keep them for ever.
//!
//! Keys of `[text]` become fields of `Messages`; every other section becomes a table searched by name.

use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

type Catalogue = BTreeMap<String, BTreeMap<String, String>>;

const ASSETS: [(&str, &str, &str); 4] = [
    ("STYLE", "style.css", "text/css; charset=utf-8"),
    ("PASSKEY", "passkey.js", "text/javascript; charset=utf-8"),
    ("LIVE", "live.js", "text/javascript; charset=utf-8"),
    ("ICON", "icon.svg", "image/svg+xml"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let [en, ja] = ["en", "ja"].map(|language| read(&root.join(format!("messages/{language}.toml"))));
    let (en, ja) = (en?, ja?);
    same_keys(&en, &ja)?;
    let mut code = String::new();
    declare(&mut code, &en)?;
    define(&mut code, "EN", &en)?;
    define(&mut code, "JA", &ja)?;
    std::fs::write(out.join("messages.rs"), code)?;
    std::fs::write(out.join("assets.rs"), assets(&root.join("assets"))?)?;
    Ok(())
}

fn read(path: &Path) -> Result<Catalogue, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", path.display());
    let text = std::fs::read_to_string(path)?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn same_keys(en: &Catalogue, ja: &Catalogue) -> Result<(), Box<dyn Error>> {
    let empty = BTreeMap::new();
    for section in en.keys().chain(ja.keys()).collect::<BTreeSet<_>>() {
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

fn declare(code: &mut String, catalogue: &Catalogue) -> std::fmt::Result {
    writeln!(code, "/// Every message of one language.\n#[derive(Debug)]\npub(crate) struct Messages {{")?;
    for (section, keys) in catalogue {
        if section != "text" {
            writeln!(code, "    pub(crate) {section}: &'static [(&'static str, &'static str)],")?;
            continue;
        }
        for key in keys.keys() {
            writeln!(code, "    pub(crate) {key}: &'static str,")?;
        }
    }
    writeln!(code, "}}")
}

fn define(code: &mut String, name: &str, catalogue: &Catalogue) -> std::fmt::Result {
    writeln!(code, "pub(crate) static {name}: Messages = Messages {{")?;
    for (section, keys) in catalogue {
        if section != "text" {
            let rows: Vec<_> = keys.iter().collect();
            writeln!(code, "    {section}: &{rows:?},")?;
            continue;
        }
        for (key, text) in keys {
            writeln!(code, "    {key}: {text:?},")?;
        }
    }
    writeln!(code, "}};")
}

fn assets(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    let mut names = Vec::new();
    for (name, file, kind) in ASSETS {
        let path = folder.join(file);
        println!("cargo::rerun-if-changed={}", path.display());
        let hash: String = Sha256::digest(std::fs::read(&path)?).iter().take(8).map(|b| format!("{b:02x}")).collect();
        let (stem, ending) = file.split_once('.').ok_or("an asset has an ending")?;
        writeln!(
            code,
            "/// `{file}`.\npub(crate) static {name}: Asset = Asset {{ name: \"{stem}-{hash}.{ending}\", kind: {kind:?}, bytes: include_bytes!({path:?}) }};"
        )?;
        names.push(format!("&{name}"));
    }
    writeln!(code, "static ALL: [&Asset; {}] = [{}];", names.len(), names.join(", "))?;
    Ok(code)
}
