//! The commission's keys: files in `keys/`, readable by their owner only.

use noroshi_leaf::{PublicKey, Roster, Signer};
use noroshi_ledger::keys::{BadKey, KeyFileError, read_key_file, write_key_file};
use noroshi_ledger::{CosignerKey, LogKey};
use noroshi_seal::Recipient;
use pkcs8::der::{Decode as _, asn1::OctetStringRef, pem::LineEnding};
use pkcs8::pkcs5::pbes2::Parameters;
use pkcs8::spki::AlgorithmIdentifierRef;
use pkcs8::{EncryptedPrivateKeyInfoRef, ObjectIdentifier, PrivateKeyInfoRef, SecretDocument};
use rand::CryptoRng;
use std::path::Path;
use std::{fs, io};
use zeroize::Zeroizing;

/// Ed25519 (RFC 8410).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// What a seed looks like inside PKCS#8: an octet string of 32 bytes (RFC 8410, section 7).
const SEED_PREFIX: [u8; 2] = [0x04, 0x20];
/// Characters of a passphrase at least.
pub const PASSPHRASE_CHARS_MIN: usize = 12;
/// Commissioners of a board.
pub const COMMISSIONERS: u8 = 5;

/// Why keys were not read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// A key file.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The system said no.
    #[error("`{path}`: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file has something else in it.
    #[error("`{0}` is not the key it should be")]
    NotAKey(String),
    /// A log or cosigner key.
    #[error(transparent)]
    Key(#[from] BadKey),
    /// The passphrase is too short.
    #[error("a passphrase has at least {PASSPHRASE_CHARS_MIN} characters")]
    Short,
    /// The passphrase does not open the key.
    #[error("the passphrase does not open this key")]
    Passphrase,
    /// The key could not be encrypted.
    #[error("the key cannot be encrypted: {0}")]
    Encrypt(pkcs8::Error),
}

/// How hard scrypt makes guessing.
#[derive(Debug, Clone, Copy)]
pub enum Work {
    /// For real: 2^17 blocks, 128 MiB, a good half second.
    Full,
    /// For tests and the demonstration: a few milliseconds.
    Light,
}

/// Keys the running program holds.
pub struct Keyring {
    /// Cosigns as a mirror.
    pub mirror: CosignerKey,
    /// Cosigns as a witness.
    pub witness: CosignerKey,
    /// Signs the own log.
    pub log: LogKey,
    /// Signs certificates of destruction.
    pub seal: Signer,
    /// Opens what is sealed to the commission.
    pub recipient: Recipient,
}

fn seed(rng: &mut impl CryptoRng) -> Zeroizing<[u8; 32]> {
    let mut seed = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *seed);
    seed
}

fn hex_seed(path: &Path) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
    let text = Zeroizing::new(read_key_file(path)?);
    let mut seed = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.as_str(), &mut *seed).map_err(|_| KeyringError::NotAKey(path.display().to_string()))?;
    Ok(seed)
}

impl Keyring {
    /// Makes the program's keys in a folder that has none; `name` is the commission's, for example
    /// `commission.example.org`.
    ///
    /// # Errors
    /// [`KeyringError`]; a key that is there is never replaced.
    pub fn make(folder: &Path, name: &str, rng: &mut impl CryptoRng) -> Result<Self, KeyringError> {
        fs::create_dir_all(folder).map_err(|source| KeyringError::Io { path: folder.display().to_string(), source })?;
        let mirror = CosignerKey::from_seed(&format!("{name}/mirror"), &seed(rng))?;
        let witness = CosignerKey::from_seed(&format!("{name}/witness"), &seed(rng))?;
        let log = LogKey::from_seed(&format!("{name}/log"), &seed(rng))?;
        write_key_file(&folder.join("mirror.key"), &mirror.secret_text())?;
        write_key_file(&folder.join("witness.key"), &witness.secret_text())?;
        write_key_file(&folder.join("log.key"), &log.secret_text())?;
        for name in ["seal.key", "hpke.key"] {
            write_key_file(&folder.join(name), &Zeroizing::new(hex::encode(*seed(rng))))?;
        }
        Self::read(folder)
    }

    /// Reads the program's keys.
    ///
    /// # Errors
    /// [`KeyringError`] names the file.
    pub fn read(folder: &Path) -> Result<Self, KeyringError> {
        let (seal, hpke) = (hex_seed(&folder.join("seal.key"))?, hex_seed(&folder.join("hpke.key"))?);
        Ok(Self {
            mirror: CosignerKey::parse(&read_key_file(&folder.join("mirror.key"))?)?,
            witness: CosignerKey::parse(&read_key_file(&folder.join("witness.key"))?)?,
            log: LogKey::parse(&read_key_file(&folder.join("log.key"))?)?,
            seal: Signer::from_seed(&seal),
            recipient: Recipient::from_seed(&hpke),
        })
    }
}

fn commissioner_path(folder: &Path, number: u8) -> std::path::PathBuf {
    folder.join(format!("commissioner-{number}.pem"))
}

/// Makes the key of commissioner `number` under a passphrase: an encrypted PKCS#8 file that `openssl pkey` opens too.
///
/// # Errors
/// [`KeyringError`].
pub fn make_commissioner(
    folder: &Path,
    number: u8,
    passphrase: &str,
    work: Work,
    rng: &mut impl CryptoRng,
) -> Result<PublicKey, KeyringError> {
    let seed = seed(rng);
    keep_commissioner(folder, number, &seed, passphrase, work, rng)
}

/// Keeps a signing key that exists already, as [`make_commissioner`] does a new one.
///
/// # Errors
/// [`KeyringError`].
pub fn keep_commissioner(
    folder: &Path,
    number: u8,
    seed: &[u8; 32],
    passphrase: &str,
    work: Work,
    rng: &mut impl CryptoRng,
) -> Result<PublicKey, KeyringError> {
    if passphrase.chars().count() < PASSPHRASE_CHARS_MIN {
        return Err(KeyringError::Short);
    }
    let inner = Zeroizing::new([&SEED_PREFIX[..], seed].concat());
    let plain = OctetStringRef::new(&inner).map_err(|error| KeyringError::Encrypt(error.into()))?;
    let info = PrivateKeyInfoRef::new(AlgorithmIdentifierRef { oid: ED25519, parameters: None }, plain);
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    rng.fill_bytes(&mut salt);
    rng.fill_bytes(&mut iv);
    let log_n = match work {
        Work::Full => 17,
        Work::Light => 10,
    };
    let scrypt = pkcs8::pkcs5::scrypt::Params::new(log_n, 8, 1).map_err(|_| KeyringError::Short)?;
    let parameters = Parameters::generate_scrypt_aes256cbc(scrypt, &salt, iv)
        .map_err(|error| KeyringError::Encrypt(error.into()))?;
    let document = info.encrypt_with_params(parameters, passphrase).map_err(KeyringError::Encrypt)?;
    let pem = document
        .to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF)
        .map_err(|error| KeyringError::Encrypt(error.into()))?;
    let path = commissioner_path(folder, number);
    write_key_file(&path, pem.trim_end())?;
    Ok(Signer::from_seed(seed).public())
}

/// Opens the key of commissioner `number`.
///
/// # Errors
/// [`KeyringError::Passphrase`] when it is another one.
pub fn open_commissioner(folder: &Path, number: u8, passphrase: &str) -> Result<Signer, KeyringError> {
    let path = commissioner_path(folder, number);
    let name = path.display().to_string();
    let pem = fs::read_to_string(&path).map_err(|source| KeyringError::Io { path: name.clone(), source })?;
    let (_, document) = SecretDocument::from_pem(&pem).map_err(|_| KeyringError::NotAKey(name.clone()))?;
    let encrypted =
        EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()).map_err(|_| KeyringError::NotAKey(name.clone()))?;
    let plain = encrypted.decrypt(passphrase).map_err(|_| KeyringError::Passphrase)?;
    let info = PrivateKeyInfoRef::from_der(plain.as_bytes()).map_err(|_| KeyringError::Passphrase)?;
    let seed = info.private_key.as_bytes().strip_prefix(&SEED_PREFIX);
    let seed: &[u8; 32] = seed.and_then(|seed| seed.try_into().ok()).ok_or(KeyringError::NotAKey(name))?;
    Ok(Signer::from_seed(seed))
}

/// The roster of these keys: five commissioners, three of whom decide.
pub fn roster(commissioners: impl IntoIterator<Item = PublicKey>, seal: PublicKey) -> Roster {
    Roster { commissioners: commissioners.into_iter().collect(), quorum: 3, seal }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    #[test]
    fn keys_come_back_and_are_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let made = Keyring::make(folder.path(), "commission.example.org", &mut rng).unwrap();
        let read = Keyring::read(folder.path()).unwrap();
        assert_eq!(made.mirror.public(), read.mirror.public());
        assert_eq!(made.seal.public(), read.seal.public());
        assert_eq!(made.recipient.public().to_bytes(), read.recipient.public().to_bytes());
        assert!(Keyring::make(folder.path(), "commission.example.org", &mut rng).is_err());
    }

    #[test]
    fn a_commissioners_key_opens_with_its_passphrase_alone() {
        let folder = tempfile::tempdir().unwrap();
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let phrase = "correct horse battery";
        let public = make_commissioner(folder.path(), 1, phrase, Work::Light, &mut rng).unwrap();
        assert_eq!(open_commissioner(folder.path(), 1, phrase).unwrap().public(), public);
        assert!(matches!(open_commissioner(folder.path(), 1, "another one"), Err(KeyringError::Passphrase)));
        let short = make_commissioner(folder.path(), 2, "elevenchars", Work::Light, &mut rng);
        assert!(matches!(short, Err(KeyringError::Short)));
        let text = fs::read_to_string(folder.path().join("commissioner-1.pem")).unwrap();
        assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{text}");
    }
}
