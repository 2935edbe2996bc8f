//! False-positive rates as measured; `noroshi evaluate` prints them, docs/evaluation.md keeps them.

use noroshi_model::finding::{Detector, FalsePositives};

/// The rate known for findings of one detector; `None` where none has been measured yet.
pub fn known(_detector: Detector) -> Option<FalsePositives> {
    None
}
