//! Sequence numbers: what was lost on the way, what came late, who restarted.

use crate::limits::{SEQUENCE_GAP_MAX, SEQUENCE_LATE_MAX};

/// What one sequence number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// As expected, or nothing to compare with.
    Expected,
    /// So many units are missing.
    Gap(u32),
    /// A little behind what was expected: reordered, or sent twice.
    Late,
    /// Far from what was expected: the exporter counts anew.
    Restart,
}

/// So many late ones without a timely one between: the exporter restarted a little way back.
const LATE_IN_A_ROW_MAX: u8 = 16;

/// The next sequence number expected of one exporter and domain.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sequence {
    next: Option<u32>,
    late_in_a_row: u8,
}

impl Sequence {
    /// Compares a header's number. `units` follow it (`None`: how many is not known, so the next
    /// one cannot be checked).
    pub(crate) fn step(&mut self, number: u32, units: Option<u32>) -> Step {
        let mut step = self.compare(number);
        if step == Step::Late {
            self.late_in_a_row += 1;
            if self.late_in_a_row < LATE_IN_A_ROW_MAX {
                return step;
            }
            step = Step::Restart;
        }
        self.late_in_a_row = 0;
        self.next = units.map(|units| number.wrapping_add(units));
        step
    }

    fn compare(&self, number: u32) -> Step {
        let Some(next) = self.next else { return Step::Expected };
        let ahead = number.wrapping_sub(next);
        let behind = next.wrapping_sub(number);
        match () {
            () if ahead == 0 => Step::Expected,
            () if ahead <= SEQUENCE_GAP_MAX => Step::Gap(ahead),
            // A count that begins again at nothing is a restart, however near.
            () if behind <= SEQUENCE_LATE_MAX && number != 0 => Step::Late,
            () => Step::Restart,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_lateness_and_restarts() {
        let mut sequence = Sequence::default();
        assert_eq!(sequence.step(100, Some(10)), Step::Expected);
        assert_eq!(sequence.step(110, Some(10)), Step::Expected);
        assert_eq!(sequence.step(125, Some(1)), Step::Gap(5));
        assert_eq!(sequence.step(120, Some(5)), Step::Late);
        assert_eq!(sequence.step(126, None), Step::Expected);
        assert_eq!(sequence.step(9_999, Some(1)), Step::Expected);
        assert_eq!(sequence.step(0, Some(1)), Step::Restart);
        assert_eq!(sequence.step(1, Some(1)), Step::Expected);
    }

    #[test]
    fn the_count_wraps() {
        let mut sequence = Sequence::default();
        sequence.step(u32::MAX, Some(3));
        assert_eq!(sequence.step(2, Some(1)), Step::Expected);
    }

    #[test]
    fn the_gap_at_its_limit_and_one_past() {
        let mut sequence = Sequence::default();
        sequence.step(0, Some(1));
        assert_eq!(sequence.step(1 + SEQUENCE_GAP_MAX, Some(0)), Step::Gap(SEQUENCE_GAP_MAX));
        assert_eq!(sequence.step(2 + 2 * SEQUENCE_GAP_MAX, Some(0)), Step::Restart);
    }
}
