//! The path bot → relay → server as columns of hosts, one column a role.

use super::svg::{Anchor, Short, Svg};
use crate::limits::{HOPS_MAX, HOSTS_IN_COLUMN_MAX};
use crate::messages::{Messages, fill};
use crate::numbers::count;
use crate::words;
use noroshi_model::Finding;
use noroshi_model::finding::{Hop, Role};
use std::collections::BTreeMap;
use std::net::IpAddr;

const ROLES: [Role; 5] = [Role::Bot, Role::Relay, Role::Server, Role::Controller, Role::Target];
const COLUMN: f64 = 240.0;
const BOX: (f64, f64) = (168.0, 26.0);
const ROW: f64 = 40.0;
const TOP: f64 = 34.0;

/// The path, and how many hops were left out.
pub(crate) fn path(m: &Messages, finding: &Finding) -> Option<(String, usize)> {
    let layout = Layout::of(&finding.path);
    if layout.places.is_empty() {
        return None;
    }
    let columns = layout.columns.len() as f64;
    let rows = layout.columns.iter().map(|column| column.hosts.len()).max().unwrap_or(0) as f64;
    let mut svg = Svg::new((columns - 1.0) * COLUMN + BOX.0 + 12.0, TOP + rows * ROW + 4.0);
    let drawn = layout.hops(&finding.path, m, &mut svg);
    for (at, column) in layout.columns.iter().enumerate() {
        let x = 6.0 + at as f64 * COLUMN;
        svg.text("lb strong", Anchor::Middle, (x + BOX.0 / 2.0, 16.0), words::role(m, column.role));
        for &host in &column.hosts {
            host_box(&mut svg, m, finding, host, &layout);
        }
    }
    let values = [("hops", &*count(drawn as u64)), ("hosts", &*count(layout.places.len() as u64))];
    Some((svg.finish(m.path, &fill(m.path_alt, &values)), finding.path.len() - drawn))
}

struct Column {
    role: Role,
    hosts: Vec<IpAddr>,
}

/// Which host stands where. A host seen in two roles stands in the first.
struct Layout {
    columns: Vec<Column>,
    places: BTreeMap<IpAddr, (f64, f64)>,
}

impl Layout {
    fn of(hops: &[Hop]) -> Self {
        let mut columns: Vec<Column> = ROLES.iter().map(|&role| Column { role, hosts: Vec::new() }).collect();
        let mut placed = std::collections::BTreeSet::new();
        for hop in hops.iter().take(HOPS_MAX) {
            for (host, role) in [(hop.from, hop.from_role), (hop.to, hop.to_role)] {
                let Some(column) = columns.iter_mut().find(|column| column.role == role) else { continue };
                if column.hosts.len() < HOSTS_IN_COLUMN_MAX && placed.insert(host) {
                    column.hosts.push(host);
                }
            }
        }
        columns.retain(|column| !column.hosts.is_empty());
        let rows = columns.iter().map(|column| column.hosts.len()).max().unwrap_or(0);
        let mut places = BTreeMap::new();
        for (at, column) in columns.iter().enumerate() {
            let above = (rows - column.hosts.len()) as f64 * ROW / 2.0;
            for (row, &host) in column.hosts.iter().enumerate() {
                places.insert(host, (6.0 + at as f64 * COLUMN, TOP + above + row as f64 * ROW));
            }
        }
        Self { columns, places }
    }

    /// Draws the hops between hosts that have a place; how many those were.
    fn hops(&self, hops: &[Hop], m: &Messages, svg: &mut Svg) -> usize {
        let most = hops.iter().map(|hop| hop.flows).max().unwrap_or(1).max(1) as f64;
        let mut drawn = 0;
        for hop in hops.iter().take(HOPS_MAX) {
            let (Some(&from), Some(&to)) = (self.places.get(&hop.from), self.places.get(&hop.to)) else { continue };
            drawn += 1;
            let width = 1.0 + 5.0 * (hop.flows as f64).ln_1p() / most.ln_1p();
            let hint = format!(
                "{} → {}:{} · {} {} · {} {} %",
                hop.from,
                hop.to,
                hop.port,
                m.flows,
                count(hop.flows),
                m.confidence,
                hop.confidence.percent()
            );
            svg.stroke("edge", &curve(from, to), width, &hint);
        }
        for (place, port) in self.ports(hops) {
            svg.text("lb dim halo", Anchor::End, (place.0 - 8.0, place.1 + 8.0), format!(":{port}"));
        }
        drawn
    }

    /// One port label before each host that is called on a single port.
    fn ports(&self, hops: &[Hop]) -> Vec<((f64, f64), u16)> {
        let mut ports: BTreeMap<IpAddr, Vec<u16>> = BTreeMap::new();
        for hop in hops.iter().take(HOPS_MAX) {
            ports.entry(hop.to).or_default().push(hop.port);
        }
        let single = |(host, ports): (IpAddr, Vec<u16>)| {
            let first = *ports.first()?;
            let place = *self.places.get(&host)?;
            (first != 0 && ports.iter().all(|&port| port == first)).then_some((place, first))
        };
        ports.into_iter().filter_map(single).collect()
    }
}

/// From the side of one box that faces the other to the side of the other that faces it; within a column the line
/// bulges out to the right.
fn curve(from: (f64, f64), to: (f64, f64)) -> String {
    let middle = BOX.1 / 2.0;
    let (y1, y2) = (from.1 + middle, to.1 + middle);
    let (x1, x2, bend) = if to.0 > from.0 {
        (from.0 + BOX.0, to.0, (to.0 - from.0 - BOX.0) / 2.0)
    } else if to.0 < from.0 {
        (from.0, to.0 + BOX.0, (to.0 + BOX.0 - from.0) / 2.0)
    } else {
        (from.0 + BOX.0, to.0 + BOX.0, 0.0)
    };
    let (c1, c2) = if bend == 0.0 { (x1 + 40.0, x2 + 40.0) } else { (x1 + bend, x2 - bend) };
    let [x1, y1, c1, c2, x2, y2] = [x1, y1, c1, c2, x2, y2].map(Short);
    format!("M{x1} {y1}C{c1} {y1} {c2} {y2} {x2} {y2}")
}

fn host_box(svg: &mut Svg, m: &Messages, finding: &Finding, host: IpAddr, layout: &Layout) {
    let Some(&(x, y)) = layout.places.get(&host) else { return };
    let domestic = finding.client_list.iter().any(|client| client.pseudonym == host)
        || (finding.domestic && host == finding.server);
    let class = match (host == finding.server, domestic) {
        (true, _) => "node self",
        (false, true) => "node pseudonym",
        (false, false) => "node",
    };
    let hint = if domestic { format!("{host} ({})", m.pseudonym) } else { host.to_string() };
    svg.rect(class, (x, y), BOX, &hint);
    let text = host.to_string();
    let text = if text.len() <= 20 { text } else { format!("{}…{}", &text[..8], &text[text.len() - 9..]) };
    svg.text("lb mono", Anchor::Middle, (x + BOX.0 / 2.0, y + 17.5), text);
}
