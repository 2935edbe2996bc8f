//! Sketches: distinct counts and histograms that merge exactly, whatever the order.

/// Registers of a distinct-count sketch once it is dense (2^8; standard error 6.5 %).
const REGISTERS: usize = 256;
/// Hashes kept exactly before the sketch turns dense.
const SPARSE_MAX: usize = 24;
/// Fixed, so that sketches of several machines merge.
const SEED: u64 = 0x6e6f_726f_7368_6901;

/// How many different things were seen: exact up to 24, then HyperLogLog
/// (Flajolet et al. 2007, with linear counting below 2.5 m).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distinct {
    /// The hashes themselves, sorted.
    Sparse(Vec<u64>),
    /// The registers.
    Dense(Box<[u8; REGISTERS]>),
}

impl Default for Distinct {
    fn default() -> Self {
        Self::Sparse(Vec::new())
    }
}

impl Distinct {
    /// Counts one thing.
    #[inline]
    pub fn insert(&mut self, thing: u128) {
        self.insert_hash(mix(mix(thing as u64 ^ SEED) ^ (thing >> 64) as u64));
    }

    fn insert_hash(&mut self, hash: u64) {
        match self {
            Self::Sparse(hashes) => {
                let Err(at) = hashes.binary_search(&hash) else { return };
                if hashes.len() < SPARSE_MAX {
                    hashes.insert(at, hash);
                    return;
                }
                let mut registers = Box::new([0u8; REGISTERS]);
                hashes.iter().for_each(|&h| raise(&mut registers, h));
                raise(&mut registers, hash);
                *self = Self::Dense(registers);
            }
            Self::Dense(registers) => raise(registers, hash),
        }
    }

    /// Adds what another sketch saw.
    pub fn merge(&mut self, other: &Self) {
        match other {
            Self::Sparse(hashes) => hashes.iter().for_each(|&h| self.insert_hash(h)),
            Self::Dense(theirs) => {
                if let Self::Sparse(mine) = self {
                    let mut registers = theirs.clone();
                    mine.iter().for_each(|&h| raise(&mut registers, h));
                    *self = Self::Dense(registers);
                } else if let Self::Dense(mine) = self {
                    mine.iter_mut().zip(theirs.iter()).for_each(|(m, &t)| *m = (*m).max(t));
                }
            }
        }
    }

    /// How many different things, exact while sparse.
    pub fn count(&self) -> u64 {
        match self {
            Self::Sparse(hashes) => hashes.len() as u64,
            Self::Dense(registers) => estimate(registers),
        }
    }

    /// Bytes for storage: tag, then hashes (little endian) or registers.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Sparse(hashes) => std::iter::once(0).chain(hashes.iter().flat_map(|h| h.to_le_bytes())).collect(),
            Self::Dense(registers) => std::iter::once(1).chain(registers.iter().copied()).collect(),
        }
    }

    /// Reads what [`Distinct::to_bytes`] wrote; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&tag, rest) = bytes.split_first()?;
        match tag {
            0 if rest.len() % 8 == 0 && rest.len() / 8 <= SPARSE_MAX => {
                let mut hashes: Vec<u64> =
                    rest.chunks_exact(8).filter_map(|c| c.try_into().ok().map(u64::from_le_bytes)).collect();
                hashes.sort_unstable();
                hashes.dedup();
                Some(Self::Sparse(hashes))
            }
            1 => Some(Self::Dense(Box::new(rest.try_into().ok()?))),
            _ => None,
        }
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Written out because stored
/// sketches must merge with those of other versions, and hash crates do not promise that.
const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn raise(registers: &mut [u8; REGISTERS], hash: u64) {
    let index = (hash >> 56) as usize;
    let rank = ((hash << 8) | 0x80).leading_zeros() as u8 + 1;
    registers[index] = registers[index].max(rank);
}

fn estimate(registers: &[u8; REGISTERS]) -> u64 {
    let m = REGISTERS as f64;
    let sum: f64 = registers.iter().map(|&r| (-f64::from(r)).exp2()).sum();
    let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
    let zeros = registers.iter().filter(|&&r| r == 0).count();
    let linear = if zeros > 0 { m * (m / zeros as f64).ln() } else { f64::INFINITY };
    if raw <= 2.5 * m && zeros > 0 { linear.round() as u64 } else { raw.round() as u64 }
}

/// A histogram on a logarithmic scale: `BINS` bins, each `1/PER_OCTAVE` octave wide, from 1 up.
/// Counts saturate. Merging is addition, so order cannot matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHistogram<const BINS: usize, const PER_OCTAVE: usize> {
    counts: Box<[u16; BINS]>,
}

impl<const BINS: usize, const PER_OCTAVE: usize> Default for LogHistogram<BINS, PER_OCTAVE> {
    fn default() -> Self {
        Self { counts: Box::new([0; BINS]) }
    }
}

impl<const BINS: usize, const PER_OCTAVE: usize> LogHistogram<BINS, PER_OCTAVE> {
    /// Counts one value; values up to 1 share the first bin.
    #[inline]
    pub fn insert(&mut self, value: f64) {
        let bin = (value.max(1.0).log2() * PER_OCTAVE as f64) as usize;
        let count = &mut self.counts[bin.min(BINS - 1)];
        *count = count.saturating_add(1);
    }

    /// Number of values, up to saturation.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|&c| u64::from(c)).sum()
    }

    /// The value below which a share `q` of the values lies, interpolated inside its bin; 0 if empty.
    pub fn quantile(&self, q: f64) -> f64 {
        let total = self.total();
        if total == 0 {
            return 0.0;
        }
        let target = q.clamp(0.0, 1.0) * total as f64;
        let mut below = 0.0;
        for (bin, &count) in self.counts.iter().enumerate() {
            let count = f64::from(count);
            if count > 0.0 && below + count >= target {
                let inside = ((target - below) / count).clamp(0.0, 1.0);
                return ((bin as f64 + inside) / PER_OCTAVE as f64).exp2();
            }
            below += count;
        }
        (BINS as f64 / PER_OCTAVE as f64).exp2()
    }

    /// Share of values in the fullest pair of neighbouring bins; 0 if empty.
    pub fn concentration(&self) -> f64 {
        let best = self.counts.windows(2).map(|w| u64::from(w[0]) + u64::from(w[1])).max().unwrap_or(0);
        match self.total() {
            0 => 0.0,
            total => best as f64 / total as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exact_at_the_limit_and_close_one_past_it() {
        let mut sketch = Distinct::default();
        (0..SPARSE_MAX as u128).for_each(|i| sketch.insert(i));
        assert_eq!(sketch.count(), SPARSE_MAX as u64);
        assert!(matches!(sketch, Distinct::Sparse(_)));
        sketch.insert(u128::MAX);
        assert!(matches!(sketch, Distinct::Dense(_)));
        assert!(sketch.count().abs_diff(SPARSE_MAX as u64 + 1) <= 2);
    }

    #[test]
    fn large_counts_stay_within_four_standard_errors() {
        for n in [1_000u64, 50_000, 1_000_000] {
            let mut sketch = Distinct::default();
            (0..n).for_each(|i| sketch.insert(u128::from(i) << 32 | 7));
            let error = sketch.count() as f64 / n as f64 - 1.0;
            assert!(error.abs() < 4.0 * 0.065, "{n}: {error}");
        }
    }

    #[test]
    fn quantiles_of_a_steady_value_are_that_value() {
        let mut histogram = LogHistogram::<96, 6>::default();
        (0..100).for_each(|_| histogram.insert(60.0));
        assert!((histogram.quantile(0.5) / 60.0).log2().abs() < 1.0 / 6.0);
        assert!(histogram.concentration() > 0.99);
    }

    proptest! {
        #[test]
        fn merging_is_the_same_as_counting_together(
            left in prop::collection::vec(any::<u128>(), 0..80),
            right in prop::collection::vec(any::<u128>(), 0..80),
        ) {
            let (mut a, mut b, mut both) = (Distinct::default(), Distinct::default(), Distinct::default());
            left.iter().for_each(|&x| { a.insert(x); both.insert(x); });
            right.iter().for_each(|&x| { b.insert(x); both.insert(x); });
            a.merge(&b);
            prop_assert_eq!(&a, &both);
            prop_assert_eq!(Distinct::from_bytes(&a.to_bytes()), Some(both));
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Distinct::from_bytes(&bytes);
        }
    }
}
