//! The figures, as JSON for programs and as a Markdown table for people.

use super::Bench;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// What a figure should reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// The value itself, at least.
    Value(f64),
    /// So many times the peer, at least.
    Ratio(f64),
}

/// The same measured on another program.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) value: f64,
}

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figure {
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// `None` where there is none, or none is installed.
    pub(crate) peer: Option<Peer>,
    pub(crate) goal: Option<Goal>,
}

impl Figure {
    fn ratio(&self) -> Option<f64> {
        self.peer.filter(|peer| peer.value > 0.0).map(|peer| self.value / peer.value)
    }

    /// Whether the goal is reached; `None` where that was not measured.
    fn met(&self) -> Option<bool> {
        match self.goal? {
            Goal::Value(goal) => Some(self.value >= goal),
            Goal::Ratio(goal) => self.ratio().map(|ratio| ratio >= goal),
        }
    }
}

/// All figures, in the order they were taken.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<(String, Figure)>);

impl Table {
    pub(crate) fn push(&mut self, name: &str, figure: Figure) {
        self.0.push((name.to_owned(), figure));
    }

    /// Name to `value`, `unit`, `peer`, `peer_value`, `ratio`, `goal`, `goal_of`, `met`; null where unknown.
    pub(crate) fn json(&self) -> Value {
        let entry = |figure: &Figure| {
            let (goal, goal_of) = match figure.goal {
                Some(Goal::Value(goal)) => (Some(goal), Some("value")),
                Some(Goal::Ratio(goal)) => (Some(goal), Some("ratio")),
                None => (None, None),
            };
            json!({
                "value": rounded(figure.value), "unit": figure.unit,
                "peer": figure.peer.map(|peer| peer.name), "peer_value": figure.peer.map(|peer| rounded(peer.value)),
                "ratio": figure.ratio().map(rounded), "goal": goal, "goal_of": goal_of, "met": figure.met(),
            })
        };
        Value::Object(self.0.iter().map(|(name, figure)| (name.clone(), entry(figure))).collect::<Map<_, _>>())
    }

    /// For people, and for `docs/benchmarks.md`.
    pub(crate) fn markdown(&self, bench: &Bench<'_>) -> String {
        let mut text = format!(
            "{}; {} one-way flows: {}; {} datagrams a second over loopback.\n\n",
            machine(),
            bench.records,
            bench.origin,
            bench.args.rate
        );
        text.push_str(&self.rows());
        text
    }

    fn rows(&self) -> String {
        let mut text =
            "| what | ours | unit | peer | peer's | ratio | goal | |\n|---|---|---|---|---|---|---|---|\n".to_owned();
        for (name, figure) in &self.0 {
            let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| rounded(value).to_string());
            let goal = match figure.goal {
                Some(Goal::Value(goal)) => format!("≥ {goal}"),
                Some(Goal::Ratio(goal)) => format!("ratio ≥ {goal}"),
                None => String::new(),
            };
            let met = figure.met().map_or("", |met| if met { "reached" } else { "**not reached**" });
            let (value, ratio) = (number(Some(figure.value)), number(figure.ratio()));
            let (peer, peers) = (figure.peer.map_or("–", |peer| peer.name), number(figure.peer.map(|peer| peer.value)));
            let _ =
                writeln!(text, "| {name} | {value} | {} | {peer} | {peers} | {ratio} | {goal} | {met} |", figure.unit);
        }
        text
    }
}

/// Three digits are more than a benchmark can vouch for.
fn rounded(value: f64) -> f64 {
    let scale = if value.abs() >= 100.0 { 1.0 } else { 100.0 };
    (value * scale).round() / scale
}

/// Processor and cores.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{}, {cores} cores", model.unwrap_or("unknown processor"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(peer: Option<Peer>) -> Table {
        let mut table = Table::default();
        table.push("a", Figure { value: 30.0, unit: "u", peer: None, goal: Some(Goal::Value(30.0)) });
        table.push("b", Figure { value: 5.0, unit: "u", peer, goal: Some(Goal::Ratio(2.5)) });
        table
    }

    #[test]
    fn a_goal_is_met_at_the_goal_and_not_below() {
        let at = table(Some(Peer { name: "p", value: 2.0 })).json();
        assert_eq!((&at["a"]["met"], &at["b"]["met"], &at["b"]["ratio"]), (&json!(true), &json!(true), &json!(2.5)));
        assert_eq!(table(Some(Peer { name: "p", value: 2.1 })).json()["b"]["met"], json!(false));
    }

    #[test]
    fn without_a_peer_the_ratio_is_null() {
        let json = table(None).json();
        assert_eq!(
            (&json["b"]["ratio"], &json["b"]["met"], &json["b"]["goal"]),
            (&Value::Null, &Value::Null, &json!(2.5))
        );
        assert!(table(None).rows().contains("| b | 5 | u | – | – | – | ratio ≥ 2.5 |  |"));
    }
}
