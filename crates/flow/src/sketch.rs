//! Sketches: distinct counts and histograms that merge exactly, whatever the order.

/// Registers of a distinct-count sketch once it is dense (2^8; standard error 6.5 %).
const REGISTERS: usize = 256;
/// Hashes kept exactly before the sketch turns dense.
const SPARSE_MAX: usize = 24;
/// Hashes kept in place before the sketch takes memory of its own.
const FEW_MAX: usize = 3;
/// Hashes it then has room for at first.
const SPARSE_FIRST: usize = 6;
/// Fixed, so that sketches of several machines merge.
const SEED: u64 = 0x6e6f_726f_7368_6901;

/// How many different things were seen: exact up to 24, then HyperLogLog
/// (Flajolet et al. 2007, with linear counting below 2.5 m).
///
/// Most sketches see one thing or two, so the first three hashes need no memory of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distinct(Form);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// Up to [`FEW_MAX`] hashes in place, sorted; unused ones are 0.
    Few(u8, [u64; FEW_MAX]),
    /// More of them, up to [`SPARSE_MAX`], sorted.
    Sparse(Vec<u64>),
    /// The registers.
    Dense(Box<[u8; REGISTERS]>),
}

impl Default for Distinct {
    fn default() -> Self {
        Self(Form::Few(0, [0; FEW_MAX]))
    }
}

/// The hash under which things are counted; the same in every sketch, so it can be taken once.
#[inline]
pub fn hash_of(thing: u128) -> u64 {
    mix(mix(thing as u64 ^ SEED) ^ (thing >> 64) as u64)
}

impl Distinct {
    /// Counts one thing.
    #[inline]
    pub fn insert(&mut self, thing: u128) {
        self.insert_hash(hash_of(thing));
    }

    /// Counts the thing with this [`hash_of`].
    #[inline]
    pub fn insert_hash(&mut self, hash: u64) {
        if let Form::Dense(registers) = &mut self.0 {
            raise(registers, hash);
        } else if !self.hashes().contains(&hash) {
            self.grow(hash);
        }
    }

    /// The hashes themselves; none once dense.
    #[inline]
    fn hashes(&self) -> &[u64] {
        match &self.0 {
            Form::Few(count, hashes) => hashes.get(..usize::from(*count)).unwrap_or(hashes),
            Form::Sparse(hashes) => hashes,
            Form::Dense(_) => &[],
        }
    }

    /// Takes one more hash that is not there yet, and more room if it needs it.
    fn grow(&mut self, hash: u64) {
        let known = self.hashes();
        let at = known.partition_point(|&h| h < hash);
        match &mut self.0 {
            Form::Few(count, hashes) if usize::from(*count) < FEW_MAX => {
                hashes.copy_within(at..FEW_MAX - 1, at + 1);
                hashes[at] = hash;
                *count += 1;
            }
            Form::Few(_, hashes) => {
                let mut more = Vec::with_capacity(SPARSE_FIRST);
                more.extend_from_slice(hashes);
                more.insert(at, hash);
                self.0 = Form::Sparse(more);
            }
            Form::Sparse(hashes) if hashes.len() < SPARSE_MAX => {
                if hashes.len() == hashes.capacity() {
                    hashes.reserve_exact(hashes.len().min(SPARSE_MAX - hashes.len()));
                }
                hashes.insert(at, hash);
            }
            Form::Sparse(hashes) => {
                let mut registers = Box::new([0u8; REGISTERS]);
                hashes.iter().for_each(|&h| raise(&mut registers, h));
                raise(&mut registers, hash);
                self.0 = Form::Dense(registers);
            }
            Form::Dense(registers) => raise(registers, hash),
        }
    }

    /// Adds what another sketch saw.
    pub fn merge(&mut self, other: &Self) {
        if let Form::Dense(theirs) = &other.0 {
            let mut registers = theirs.clone();
            match &self.0 {
                Form::Dense(mine) => registers.iter_mut().zip(mine.iter()).for_each(|(r, &m)| *r = (*r).max(m)),
                _ => self.hashes().iter().for_each(|&h| raise(&mut registers, h)),
            }
            self.0 = Form::Dense(registers);
        } else {
            other.hashes().iter().for_each(|&h| self.insert_hash(h));
        }
    }

    /// How many different things, exact while sparse.
    pub fn count(&self) -> u64 {
        match &self.0 {
            Form::Dense(registers) => estimate(registers),
            _ => self.hashes().len() as u64,
        }
    }

    /// The most [`Distinct::bytes_outside`] can be.
    pub const OUTSIDE_BYTES_MAX: usize = REGISTERS;

    /// Bytes held outside the sketch itself.
    pub fn bytes_outside(&self) -> usize {
        match &self.0 {
            Form::Few(..) => 0,
            Form::Sparse(hashes) => hashes.capacity() * size_of::<u64>(),
            Form::Dense(_) => REGISTERS,
        }
    }

    /// Reads one word of what stands outside: asked of many sketches in turn, the processor waits
    /// for all of them at once and not for each when it is changed.
    #[inline]
    pub(crate) fn touch(&self) -> u64 {
        match &self.0 {
            Form::Few(count, _) => u64::from(*count),
            Form::Sparse(hashes) => hashes.first().copied().unwrap_or_default(),
            Form::Dense(registers) => u64::from(registers[0]),
        }
    }

    /// Bytes for storage: tag, then hashes (little endian) or registers.
    pub fn to_bytes(&self) -> Vec<u8> {
        match &self.0 {
            Form::Dense(registers) => std::iter::once(1).chain(registers.iter().copied()).collect(),
            _ => std::iter::once(0).chain(self.hashes().iter().flat_map(|h| h.to_le_bytes())).collect(),
        }
    }

    /// Reads what [`Distinct::to_bytes`] wrote; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&tag, rest) = bytes.split_first()?;
        match tag {
            0 if rest.len() % 8 == 0 && rest.len() / 8 <= SPARSE_MAX => {
                let mut sketch = Self::default();
                rest.chunks_exact(8)
                    .filter_map(|chunk| chunk.try_into().ok().map(u64::from_le_bytes))
                    .for_each(|hash| sketch.insert_hash(hash));
                Some(sketch)
            }
            1 => Some(Self(Form::Dense(Box::new(rest.try_into().ok()?)))),
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
    // 2 to the power of -r, which has only an exponent.
    let sum: f64 = registers.iter().map(|&r| f64::from_bits((1_023 - u64::from(r)) << 52)).sum();
    let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
    let zeros = registers.iter().filter(|&&r| r == 0).count();
    let linear = if zeros > 0 { m * (m / zeros as f64).ln() } else { f64::INFINITY };
    if raw <= 2.5 * m && zeros > 0 { linear.round() as u64 } else { raw.round() as u64 }
}

/// A histogram on a logarithmic scale: `BINS` bins, each `1/PER_OCTAVE` octave wide, from 1 up.
/// Counts saturate. Merging is addition, so order cannot matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHistogram<const BINS: usize, const PER_OCTAVE: usize> {
    counts: [u16; BINS],
}

impl<const BINS: usize, const PER_OCTAVE: usize> Default for LogHistogram<BINS, PER_OCTAVE> {
    fn default() -> Self {
        Self { counts: [0; BINS] }
    }
}

impl<const BINS: usize, const PER_OCTAVE: usize> LogHistogram<BINS, PER_OCTAVE> {
    /// Counts one value; values up to 1 share the first bin.
    #[inline]
    pub fn insert(&mut self, value: f64) {
        let count = &mut self.counts[Self::bin(value)];
        *count = count.saturating_add(1);
    }

    #[inline]
    fn bin(value: f64) -> usize {
        ((value.max(1.0).log2() * PER_OCTAVE as f64) as usize).min(BINS - 1)
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
        assert!(matches!(sketch.0, Form::Sparse(_)));
        sketch.insert(u128::MAX);
        assert!(matches!(sketch.0, Form::Dense(_)));
        assert!(sketch.count().abs_diff(SPARSE_MAX as u64 + 1) <= 2);
    }

    #[test]
    fn the_first_three_stay_in_place_and_the_fourth_takes_memory() {
        let mut sketch = Distinct::default();
        (0..FEW_MAX as u128).for_each(|i| sketch.insert(i));
        assert_eq!((sketch.count(), sketch.bytes_outside()), (3, 0));
        sketch.insert(2);
        assert_eq!((sketch.count(), sketch.bytes_outside()), (3, 0));
        sketch.insert(3);
        assert_eq!((sketch.count(), sketch.bytes_outside()), (4, 8 * SPARSE_FIRST));
        (4..100).for_each(|i| sketch.insert(i));
        assert_eq!(sketch.bytes_outside(), REGISTERS);
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
        fn small_counts_are_those_of_a_set(things in prop::collection::vec(0u128..40, 0..24)) {
            let mut sketch = Distinct::default();
            things.iter().for_each(|&x| sketch.insert(x));
            let set: std::collections::BTreeSet<u64> = things.iter().map(|&x| hash_of(x)).collect();
            prop_assert_eq!(sketch.count(), set.len() as u64);
            let bytes: Vec<u8> = std::iter::once(0).chain(set.iter().flat_map(|h| h.to_le_bytes())).collect();
            prop_assert_eq!(sketch.to_bytes(), bytes);
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Distinct::from_bytes(&bytes);
        }
    }
}
