//! Writes every output for self-made findings into a folder: `cargo run -p noroshi-report --example sample_report DIR`.

mod sample;

use noroshi_report::{Language, html, stix_bundle, table, write_atomically, write_csv, write_json_lines};
use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder to write to")?);
    std::fs::create_dir_all(&folder)?;
    let (findings, context) = (sample::findings(), sample::context());
    for (language, name) in [(Language::Ja, "ja"), (Language::En, "en")] {
        write_atomically(&folder.join(format!("report.{name}.html")), html(&findings, &context, language)?.as_bytes())?;
        write_atomically(&folder.join(format!("empty.{name}.html")), html(&[], &context, language)?.as_bytes())?;
        for width in [80, 120] {
            let text = table(&findings, &context, language, width, true);
            write_atomically(&folder.join(format!("table.{name}.{width}.txt")), text.as_bytes())?;
        }
    }
    let (mut lines, mut csv) = (Vec::new(), Vec::new());
    write_json_lines(&mut lines, &findings)?;
    write_csv(&mut csv, &findings)?;
    write_atomically(&folder.join("findings.jsonl"), &lines)?;
    write_atomically(&folder.join("findings.csv"), &csv)?;
    write_atomically(&folder.join("findings.stix.json"), stix_bundle(&findings, &context).to_json()?.as_bytes())?;
    Ok(writeln!(std::io::stdout(), "written to {}", folder.display())?)
}
