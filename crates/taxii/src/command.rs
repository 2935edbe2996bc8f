//! `noroshi taxii`: the words of the command line, and what they do.
//!
//! The program hands in the clock, chance and where lines for people go; everything else is here, so that it is tested
//! without the program. One file a subcommand: `list`, `pull`, `push`.

mod list;
mod pull;
mod push;

use crate::client::{Client, Setup};
use crate::durable::{self, FileError};
use crate::secret::NotASecret;
use crate::tls::CertificateFault;
use crate::{Address, Credentials, Limits, Secret, Surroundings, Tls};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of a file with a secret or certificates.
const KEY_BYTES_MAX: u64 = 1 << 20;

/// Take from and give to TAXII 2.1 servers of others.
#[derive(Debug, Args)]
pub struct TaxiiArgs {
    #[command(subcommand)]
    command: TaxiiCommand,
}

/// What to do with a server.
#[derive(Debug, Subcommand)]
pub enum TaxiiCommand {
    /// Say which collections a server has, and what one may do with them.
    List(list::ListArgs),
    /// Fetch what a collection has and was not fetched yet.
    Pull(pull::PullArgs),
    /// Add objects to a collection.
    Push(push::PushArgs),
}

/// How to reach a server, and as whom.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
struct ServerArgs {
    /// User name; with --password-file.
    #[arg(long, requires = "password_file", value_name = "NAME")]
    user: Option<String>,
    /// File with the password, one line.
    #[arg(long, requires = "user", value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// File with a bearer token, one line.
    #[arg(long, conflicts_with = "user", value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Certificates (PEM) of the authorities to believe, instead of those browsers believe.
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,
    /// Our certificate and its chain (PEM), where the server wants one; with --key.
    #[arg(long, requires = "key", value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// The private key of our certificate (PEM).
    #[arg(long, requires = "certificate", value_name = "FILE")]
    key: Option<PathBuf>,
    /// The server's name may stand for a private, loopback or link-local address.
    #[arg(long)]
    inside: bool,
}

/// Where lines go.
pub struct Lines<'a> {
    /// What was asked for: standard output.
    pub out: &'a mut dyn FnMut(&str),
    /// What a person is told on the way: standard error.
    pub tell: &'a mut dyn FnMut(&str),
}

/// How a command ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// All of it.
    Whole,
    /// Done, but some objects could not be read, were refused, or may not go there.
    InPart,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// An address.
    #[error(transparent)]
    Address(#[from] crate::address::AddressFault),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no such file.
    #[error("`{}` is not there", path.display())]
    Absent {
        /// Which file.
        path: PathBuf,
    },
    /// A file with a secret.
    #[error("`{}`: {source}", path.display())]
    Secret {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: NotASecret,
    },
    /// A file with certificates.
    #[error("`{}`: {source}", path.display())]
    Certificates {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: CertificateFault,
    },
    /// A value of the command line.
    #[error("`{text}` is not {wanted}")]
    Value {
        /// What was given.
        text: String,
        /// What is wanted.
        wanted: &'static str,
    },
    /// A request.
    #[error(transparent)]
    Request(#[from] crate::RequestError),
    /// A pull.
    #[error(transparent)]
    Pull(#[from] crate::pull::PullError),
    /// The file pulled into.
    #[error(transparent)]
    Lines(#[from] crate::sink::LinesError),
    /// What is to be pushed.
    #[error("`{}`: {source}", path.display())]
    Input {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: crate::push::input::InputFault,
    },
    /// A push.
    #[error(transparent)]
    Push(#[from] crate::push::PushError),
}

/// Does what the command line says.
///
/// # Errors
/// [`CommandError`]; what was done is in the files named.
pub fn run(args: &TaxiiArgs, surroundings: Arc<dyn Surroundings>, lines: &mut Lines<'_>) -> Result<Done, CommandError> {
    match &args.command {
        TaxiiCommand::List(args) => list::run(args, surroundings, lines),
        TaxiiCommand::Pull(args) => pull::run(args, surroundings, lines),
        TaxiiCommand::Push(args) => push::run(args, surroundings, lines),
    }
}

impl ServerArgs {
    fn client(&self, home: &Address, surroundings: Arc<dyn Surroundings>) -> Result<Client, CommandError> {
        let setup = Setup {
            credentials: self.credentials()?,
            tls: self.tls()?,
            inside: self.inside,
            limits: Limits::default(),
        };
        Ok(Client::new(home, setup, surroundings))
    }

    fn credentials(&self) -> Result<Credentials, CommandError> {
        match (&self.user, &self.password_file, &self.token_file) {
            // The colon is what ends it (RFC 7617, section 2).
            (Some(user), ..) if user.contains(':') || user.chars().any(char::is_control) => Err(CommandError::Value {
                text: user.escape_debug().to_string(),
                wanted: "a user name, which has no colon",
            }),
            (Some(user), Some(path), _) => Ok(Credentials::Basic { user: user.clone(), password: secret(path)? }),
            (_, _, Some(path)) => Ok(Credentials::Bearer(secret(path)?)),
            _ => Ok(Credentials::None),
        }
    }

    fn tls(&self) -> Result<Tls, CommandError> {
        let mut tls = Tls::default();
        if let Some(path) = &self.authorities {
            tls = tls.believing(&read(path, KEY_BYTES_MAX)?).map_err(certificates(path))?;
        }
        if let (Some(chain), Some(key)) = (&self.certificate, &self.key) {
            let (own, key) = (read(chain, KEY_BYTES_MAX)?, zeroize::Zeroizing::new(read(key, KEY_BYTES_MAX)?));
            tls = tls.showing(&own, &key).map_err(certificates(chain))?;
        }
        Ok(tls)
    }
}

fn certificates(path: &Path) -> impl FnOnce(CertificateFault) -> CommandError {
    let path = path.to_owned();
    move |source| CommandError::Certificates { path, source }
}

fn secret(path: &Path) -> Result<Secret, CommandError> {
    let because = |source| CommandError::Secret { path: path.to_owned(), source };
    let text = String::from_utf8(read(path, KEY_BYTES_MAX)?).map_err(|_| because(NotASecret))?;
    Secret::new(text).map_err(because)
}

/// The bytes of a file that has to be there.
fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, CommandError> {
    durable::read(path, bytes_max)?.ok_or_else(|| CommandError::Absent { path: path.to_owned() })
}
