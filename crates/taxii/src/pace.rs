//! Waiting: how long before the next try, and who is asked for the time.

use crate::Limits;
use noroshi_model::Micros;
use std::time::Duration;

/// What a client needs of the world beside the network. Tests hand in a world of their own.
pub trait Surroundings: Send + Sync {
    /// The time.
    fn now(&self) -> Micros;
    /// Returns after so long.
    fn wait(&self, length: Duration);
    /// A random number, for waits that are not everybody's.
    fn random(&self) -> u64;
}

/// The wait before a try, of which `tried` went before: doubled from try to try, and anything from half of that to
/// all of it, so that clients that failed together do not come back together.
pub(crate) fn backoff(tried: u32, random: u64, limits: &Limits) -> Duration {
    let doubled =
        limits.wait_first_millis.saturating_mul(1u64.checked_shl(tried.saturating_sub(1)).unwrap_or(u64::MAX));
    let most = doubled.min(limits.wait_millis_max);
    Duration::from_millis(most - random % (most / 2 + 1))
}

/// Reads `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date. What is neither is passed over; a date that has
/// passed is no wait.
pub(crate) fn retry_after(header: &str, now: Micros) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)));
    }
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(header).ok()?.as_microsecond();
    Some(Duration::from_micros(u64::try_from(at.saturating_sub(now.0)).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_are_not_all_the_same() {
        let limits = Limits::default();
        for (tried, most) in [(1, 1_000), (2, 2_000), (3, 4_000), (7, 60_000), (500, 60_000)] {
            assert_eq!(backoff(tried, 0, &limits).as_millis(), most);
            for random in [1, 499, 12_345_678_901, u64::MAX] {
                let wait = backoff(tried, random, &limits).as_millis();
                assert!((most / 2..=most).contains(&wait), "{tried} {random}: {wait}");
            }
        }
        assert_ne!(backoff(3, 7, &limits), backoff(3, 8, &limits));
    }

    #[test]
    fn a_server_says_when_to_come_again() {
        let now = Micros(1_445_412_480_000_000); // 2015-10-21 07:28:00
        let seconds = |header| retry_after(header, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("99999999999999999999"), Some(u64::MAX));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:28:10 GMT"), Some(10));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:00:00 GMT"), Some(0));
        for header in ["", "soon", "-1", "1.5"] {
            assert_eq!(seconds(header), None, "{header}");
        }
    }
}
