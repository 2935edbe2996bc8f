//! The secret of a run's pseudonyms.

use crate::cli::RunArgs;
use anyhow::Context;
use noroshi_flow::PseudonymKey;
use noroshi_mandate::Mandate;
use rand::TryRng;

/// Bytes of secret at least, and read at most.
const SECRET_BYTES: std::ops::RangeInclusive<u64> = 16..=4_096;

/// From a file, a seed, or the system's randomness, in this order.
pub(crate) fn of(args: &RunArgs, mandate: &Mandate) -> anyhow::Result<PseudonymKey> {
    let secret = match (&args.key_file, args.seed) {
        (Some(path), _) => {
            let name = path.display();
            let bytes = std::fs::metadata(path).with_context(|| format!("cannot read the key file `{name}`"))?.len();
            anyhow::ensure!(
                SECRET_BYTES.contains(&bytes),
                "the key file `{name}` has {bytes} bytes; give it 16 to 4,096, for example with `head -c 32 /dev/urandom`"
            );
            std::fs::read(path).with_context(|| format!("cannot read the key file `{name}`"))?
        }
        (None, Some(seed)) => seed.to_be_bytes().to_vec(),
        (None, None) => {
            let mut secret = [0u8; 32];
            rand::rngs::SysRng.try_fill_bytes(&mut secret).context("the system gives no randomness for a secret")?;
            secret.to_vec()
        }
    };
    Ok(PseudonymKey::derive(&secret, &mandate.fingerprint))
}
