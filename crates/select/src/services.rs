//! What usually runs on a port, how often that is innocent, and what to check first.
//!
//! A prior, not a verdict: log odds added before any evidence. Commands hide on web ports because
//! everybody is there (0), rarely on a clock service (−6), and a port that hardly anybody uses
//! speaks for itself (+). Sources: IANA service names; the periodic services that top RITA's list
//! on real captures are POP, IMAP, NTP and multicast (docs/detectors/beacon.md).

use noroshi_model::finding::Innocent;

/// What is expected on a port.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Service {
    /// Short name.
    pub name: &'static str,
    /// Log odds before evidence.
    pub prior: f64,
    /// What to check first.
    pub innocent: Innocent,
}

const fn service(name: &'static str, prior: f64, innocent: Innocent) -> Service {
    Service { name, prior, innocent }
}

/// Log odds of a port above 1023 that few clients use.
pub const RARE_PORT: f64 = 2.5;
/// Log odds of a privileged port with no entry here.
pub const PRIVILEGED_PORT: f64 = 1.0;
/// Log odds of the second ports of the web.
const OTHER_WEB: f64 = 0.7;
/// Log odds of protocols without ports (ICMP, GRE, ESP): monitoring and tunnels, mostly.
const NO_PORT: f64 = -4.0;

/// The service expected on a port; `None` for a port with no entry.
pub fn known(port: u16, protocol: u8) -> Option<Service> {
    if !matches!(protocol, 6 | 17) {
        return Some(service("no port", NO_PORT, Innocent::Monitoring));
    }
    Some(match port {
        0 => service("fragments", -4.0, Innocent::SharedHosting),
        80 | 443 => service("web", 0.0, Innocent::Telemetry),
        // Sites that people visit stand here seldom, listed command servers often.
        8080 | 8443 | 8000 | 8888 => service("web", OTHER_WEB, Innocent::Telemetry),
        53 | 853 | 5353 | 5355 | 137 => service("name resolution", -5.0, Innocent::NameResolution),
        123 => service("time", -6.0, Innocent::TimeSync),
        25 | 110 | 143 | 465 | 587 | 993 | 995 | 2525 | 4190 => service("mail", -4.0, Innocent::MailPoll),
        161 | 162 | 514 | 5666 | 6514 | 9100 | 9090 | 9093 | 10050 | 10051 | 4317 | 4318 | 8125 | 8126 | 9997 => {
            service("monitoring", -3.0, Innocent::Monitoring)
        }
        500 | 1194 | 1701 | 1723 | 4500 | 51820 | 3544 | 4433 => service("vpn", -3.0, Innocent::Vpn),
        1883 | 5683 | 5684 | 5222 | 5223 | 5228..=5230 | 5269 | 8883 | 2195..=2197 | 4070 | 1863 | 5050 | 5190 => {
            service("push and chat", -3.5, Innocent::PushChannel)
        }
        3478..=3481 | 5060 | 5061 | 8801 | 19302..=19309 | 16384..=16403 => {
            service("calls", -3.0, Innocent::PushChannel)
        }
        554 | 1935 => service("streaming", -2.5, Innocent::SharedHosting),
        3074 | 3724 | 6112..=6119 | 27000..=27050 | 25565 | 30000..=30004 | 9308 => {
            service("games", -2.5, Innocent::Game)
        }
        4661..=4672 | 6346 | 6347 | 6881..=6999 | 51413 => service("file sharing", -2.5, Innocent::FileSharing),
        5938 | 7070 | 6568 => service("remote help", -2.0, Innocent::Vpn),
        22 | 3389 | 5900 | 5985 | 5986 => service("remote login", -1.0, Innocent::Vpn),
        20 | 21 | 69 | 119 | 563 | 873 | 989 | 990 | 9418 | 11371 | 3690 => {
            service("file transfer", -1.5, Innocent::UpdateCheck)
        }
        43 | 88 | 111 | 389 | 636 | 1812 | 1813 | 3268 | 3269 => service("directory", -2.0, Innocent::Monitoring),
        1080 | 3128 | 8118 | 9050 | 9150 => service("proxy", 0.5, Innocent::ProxyService),
        _ => return None,
    })
}

/// Whether a port carries the web, where pages poll and networks of caches live.
pub fn is_web(port: u16, protocol: u8) -> bool {
    known(port, protocol).is_some_and(|s| s.name == "web")
}

/// What to check first on a port with or without an entry.
pub fn innocent(port: u16, protocol: u8) -> Innocent {
    known(port, protocol).map_or(Innocent::Telemetry, |s| s.innocent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_innocent_and_rare_ports_have_no_entry() {
        assert!(known(123, 17).unwrap().prior < -5.0);
        assert_eq!(known(48_101, 6), None);
        assert!(is_web(443, 6) && !is_web(8883, 6));
        assert_eq!(known(0, 1).unwrap().name, "no port");
    }
}
