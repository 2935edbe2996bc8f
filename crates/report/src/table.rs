//! The table on the terminal: most severe first, readable at 80 columns, and beneath it one plain sentence for
//! each finding above low: why, what to check, what to do next.

mod wrap;

use crate::context::RunContext;
use crate::language::Language;
use crate::limits::{FINDINGS_ON_TERMINAL_MAX, WIDTH_MAX, WIDTH_MIN};
use crate::messages::{Messages, fill};
use crate::numbers::{count, country_code, duration, moment, moment_short, plain, score};
use crate::{explain, ranked, words};
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table,
    TableStyle, Width,
};
use noroshi_model::{Finding, Severity};
use std::fmt::Write as _;
use wrap::wrapped;

/// From this width on every finding is one line.
const WIDE: u16 = 112;

/// Columns an address always gets.
const SERVER_MIN: u16 = 16;

/// The findings as a table of at most `width` columns, and the sentences beneath it. `colour` is for the caller to
/// decide: no colour where `NO_COLOR` is set or nobody looks at a terminal.
pub fn table(findings: &[Finding], context: &RunContext, language: Language, width: u16, colour: bool) -> String {
    let m = language.messages();
    let width = width.clamp(WIDTH_MIN, WIDTH_MAX);
    let mut out = wrapped(&summary(m, findings, context), width.into(), "");
    let ranked = ranked(findings);
    if ranked.is_empty() {
        let _ = writeln!(out, "{}", m.table_empty);
    } else {
        let shown = &ranked[..ranked.len().min(FINDINGS_ON_TERMINAL_MAX)];
        out.push_str(&grid(m, shown, width, colour));
        out.push_str(&notes(m, shown, width, ranked.len()));
    }
    if context.damage.total() > 0 {
        let text = fill(m.table_damage, &[("total", &count(context.damage.total()))]);
        out.push_str(&wrapped(&text, width.into(), ""));
    }
    out
}

fn summary(m: &Messages, findings: &[Finding], context: &RunContext) -> String {
    let above = findings.iter().filter(|finding| finding.severity > Severity::Low).count();
    fill(
        m.table_summary,
        &[
            ("findings", &count(findings.len() as u64)),
            ("above", &count(above as u64)),
            ("mandate", &plain(&context.mandate_id)),
            ("received", &count(context.balance.received)),
            ("selected", &count(context.balance.selected)),
        ],
    )
}

fn grid(m: &Messages, findings: &[&Finding], width: u16, colour: bool) -> String {
    let mut table = Table::new();
    table.load_style(style()).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    if colour {
        table.enforce_styling()
    } else {
        table.force_no_tty()
    };
    let wide = width >= WIDE;
    table.set_header(if wide { wide_header(m) } else { narrow_header(m) });
    for (at, finding) in findings.iter().enumerate() {
        let mut row = vec![Cell::new(at + 1).set_alignment(CellAlignment::Right), severity_cell(m, finding)];
        row.extend(if wide { wide_row(m, finding) } else { narrow_row(m, finding) });
        table.add_row(row);
    }
    // Only the server's address gives way: every other column is as wide as what it says.
    // One column between columns is the style's own.
    let (gap, server) = if wide { (1, 3) } else { (0, 2) };
    let widths = table.column_max_content_widths();
    let others: u16 = widths.iter().enumerate().filter(|&(at, _)| at != server).map(|(_, width)| width + gap + 1).sum();
    let room = width.saturating_sub(others).max(SERVER_MIN);
    let last = widths.len().saturating_sub(1);
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if at == last { 0 } else { gap }));
        column.set_constraint(match at {
            at if at == server => ColumnConstraint::UpperBoundary(Width::Fixed(room)),
            _ => ColumnConstraint::ContentWidth,
        });
    }
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    lines.concat()
}

const fn style() -> TableStyle {
    TableStyle::new()
        .header_lines(ContentLineStyle::none())
        .header_separator(LineStyle::none().fill('─').junction('─'))
        .content_lines(ContentLineStyle::none())
}

fn severity_cell(m: &Messages, finding: &Finding) -> Cell {
    let cell = Cell::new(words::severity(m, finding.severity));
    match finding.severity {
        Severity::Critical => cell.fg(Color::Red).add_attribute(Attribute::Bold),
        Severity::High => cell.fg(Color::Red),
        Severity::Medium => cell.fg(Color::Yellow),
        Severity::Low => cell.fg(Color::Blue),
        Severity::Info => cell,
    }
}

fn wide_header(m: &Messages) -> Vec<Cell> {
    let texts =
        [m.detector, m.server, m.country_short, m.clients, m.seen, m.period, m.score, m.rita, m.confidence_short];
    ["#", m.severity].into_iter().chain(texts).map(Cell::new).collect()
}

fn wide_row(m: &Messages, finding: &Finding) -> Vec<Cell> {
    let seen = format!("{}–{}", moment_short(finding.first_seen), moment_short(finding.last_seen));
    vec![
        Cell::new(words::detector(m, finding.detector).name),
        Cell::new(server(finding)),
        Cell::new(country(finding)),
        right(count(finding.clients)),
        Cell::new(seen),
        right(period(m, finding)),
        right(score(finding.score)),
        right(rita(finding)),
        right(finding.confidence.percent().to_string()),
    ]
}

fn narrow_header(m: &Messages) -> Vec<Cell> {
    let what = format!("{}\n{}", m.detector, m.server);
    let score = format!("{}\n({})", m.score, m.rita);
    let seen = m.seen.replacen(['–', '〜'], "–\n", 1);
    let texts = [&what, m.country_short, m.clients, &seen, m.period, &score, m.confidence_short];
    ["#", m.severity].into_iter().chain(texts).map(Cell::new).collect()
}

fn narrow_row(m: &Messages, finding: &Finding) -> Vec<Cell> {
    vec![
        Cell::new(format!("{}\n{}", words::detector(m, finding.detector).name, server(finding))),
        Cell::new(country(finding)),
        right(count(finding.clients)),
        Cell::new(format!("{}\n{}", moment_short(finding.first_seen), moment_short(finding.last_seen))),
        right(period(m, finding)),
        right(format!("{}\n({})", score(finding.score), rita(finding))),
        right(finding.confidence.percent().to_string()),
    ]
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

/// `203.0.113.7:443/tcp`, with a star where the address is a pseudonym.
fn server(finding: &Finding) -> String {
    let mark = if finding.domestic { "*" } else { "" };
    format!("{}/{}{mark}", explain::endpoint(finding), finding.protocol)
}

fn country(finding: &Finding) -> String {
    country_code(finding.country.as_deref()).unwrap_or_else(|| "–".to_owned())
}

fn period(m: &Messages, finding: &Finding) -> String {
    explain::period(finding).map_or_else(|| "–".to_owned(), |seconds| duration(m, seconds))
}

fn rita(finding: &Finding) -> String {
    finding.rita.map_or_else(|| "–".to_owned(), |rita| score(rita.score))
}

fn notes(m: &Messages, findings: &[&Finding], width: u16, all: usize) -> String {
    let mut out = String::new();
    if findings.iter().any(|finding| finding.domestic) {
        out.push_str(&wrapped(m.table_domestic, width.into(), ""));
    }
    if all > findings.len() {
        let text = fill(m.and_more, &[("count", &count((all - findings.len()) as u64))]);
        out.push_str(&wrapped(&text, width.into(), ""));
    }
    for (at, finding) in findings.iter().enumerate().filter(|(_, finding)| finding.severity > Severity::Low) {
        let title = format!(
            "{}. {} · {} · {} → {} UTC",
            at + 1,
            words::severity(m, finding.severity),
            server(finding),
            moment(finding.first_seen),
            moment(finding.last_seen)
        );
        out.push('\n');
        out.push_str(&wrapped(&title, width.into(), ""));
        out.push_str(&wrapped(&explain::sentence(m, finding), width.into(), "   "));
    }
    out
}
