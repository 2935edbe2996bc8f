//! placeholder
use super::Scene;
use noroshi_model::finding::Finding;
/// See docs.
pub fn detect(_scene: &mut Scene<'_>) -> Vec<Finding> {
    Vec::new()
}
