//! `noroshi mandate new`: asks for what is missing, refuses to write what is wrong.

use crate::cli::NewMandateArgs;
use crate::exit::Exit;
use crate::tell;
use anyhow::Context;
use noroshi_mandate::Mandate;
use noroshi_model::Micros;
use noroshi_model::time::DAY;
use std::io::{BufRead, IsTerminal, Write};

pub(crate) fn run(args: &NewMandateArgs, now: Micros) -> anyhow::Result<Exit> {
    let name = args.out.as_ref().map_or_else(|| "mandate.toml".to_owned(), |path| path.display().to_string());
    if let Some(path) = &args.out {
        anyhow::ensure!(!path.exists(), "`{name}` exists; a mandate is not overwritten: choose another name");
    }
    let text = ask(args, now)?;
    if let Err(error) = Mandate::parse(&text, "the mandate your answers make") {
        anyhow::bail!("nothing was written, for an answer is wrong:\n{error}");
    }
    match &args.out {
        Some(path) => {
            noroshi_report::write_atomically(path, text.as_bytes())?;
            tell(&format!("wrote `{name}`; look at it, then: noroshi analyze --mandate {name} INPUT..."));
        }
        None => std::io::stdout().lock().write_all(text.as_bytes()).context("cannot write to standard output")?,
    }
    Ok(Exit::Done)
}

fn ask(args: &NewMandateArgs, now: Micros) -> anyhow::Result<String> {
    let day = |at: i64| Micros(at).to_string().get(..10).unwrap_or_default().to_owned();
    let id = answer("Id (letters, digits, -, _, .)", args.id.clone(), "mandate-1")?;
    let title = answer("Title, one line for people", args.title.clone(), "Find servers that command attacks")?;
    let basis = answer(
        "Legal basis: party-agreement (当事者協定), foreign-foreign (外外), foreign-in (外内) or out-foreign (内外)",
        args.basis.clone(),
        "party-agreement",
    )?;
    let given = (!args.domestic.is_empty()).then(|| args.domestic.join(","));
    let domestic = answer("The operators' own prefixes, comma separated", given, "")?;
    let from = answer("First day of the term", args.from.clone(), &day(now.0))?;
    let until = answer("Day after the last", args.until.clone(), &day(now.0 + 180 * DAY))?;
    let directions = match basis.as_str() {
        "party-agreement" => "\"out-foreign\", \"foreign-in\"".to_owned(),
        other => format!("{other:?}"),
    };
    let prefixes: Vec<String> = domestic.split(',').map(|p| format!("{:?}", p.trim())).collect();
    Ok(TEMPLATE
        .replace("{id}", &format!("{id:?}"))
        .replace("{title}", &format!("{title:?}"))
        .replace("{basis}", &format!("{basis:?}"))
        .replace("{directions}", &directions)
        .replace("{from}", &format!("{from:?}"))
        .replace("{until}", &format!("{until:?}"))
        .replace("{domestic}", &prefixes.join(", "))
        .replace("{purposes}", &args.purposes.iter().map(|p| format!("{p:?}")).collect::<Vec<_>>().join(", "))
        .replace("{dns}", if args.dns_names { "true" } else { "false" }))
}

/// What was given, or asked for at a terminal, or the default.
fn answer(question: &str, given: Option<String>, default: &str) -> anyhow::Result<String> {
    if let Some(given) = given {
        return Ok(given);
    }
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        anyhow::ensure!(!default.is_empty(), "nobody to ask: give `--domestic PREFIX,PREFIX` on the command line");
        return Ok(default.to_owned());
    }
    let hint = if default.is_empty() { String::new() } else { format!(" [{default}]") };
    loop {
        tell(&format!("{question}{hint}:"));
        let mut line = String::new();
        let read = stdin.lock().read_line(&mut line).context("cannot read the answer")?;
        let line = line.trim();
        if !line.is_empty() {
            return Ok(line.to_owned());
        }
        anyhow::ensure!(read > 0 || !default.is_empty(), "no answer, no mandate");
        if !default.is_empty() {
            return Ok(default.to_owned());
        }
    }
}

const TEMPLATE: &str = r#"# A mandate of Noroshi, version 1. docs/mandate.md explains every line.
version = 1
id = {id}
title = {title}
legal_basis = {basis}
directions = [{directions}]
purposes = [{purposes}]

[term]
from = {from}
until = {until}

[place]
# What is listed here is the country. Everything else that is routed stands abroad;
# with `registry` and `country` instead of `elsewhere`, a registration table decides.
domestic = [{domestic}]
elsewhere = "foreign"

[scope]
# Empty lists cover every protocol and port.
protocols = []
ports = []
dns_names = {dns}

[limits]
selected_records_max = 100000000

[retention]
selected_days_max = 30

[deidentification]
domestic = "prefix-preserving"
"#;
