//! Logarithms that have the same last bit on every machine: a system's own library may round otherwise, and what
//! is chosen here must be chosen again elsewhere.

/// Functions of a number, computed in software.
pub trait Exact {
    /// The natural logarithm.
    #[must_use]
    fn ln_exact(self) -> Self;
}

impl Exact for f64 {
    #[inline]
    fn ln_exact(self) -> Self {
        libm::log(self)
    }
}
