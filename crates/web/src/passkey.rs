//! Passkeys (WebAuthn level 3): registered once, then they sign people in and sign single objects.
//!
//! Every passkey is discoverable and verifies its user, so nobody types a name to sign in. The challenge of a
//! step-up is not random but the SHA-256 of the exact object: the assertion is evidence of what was signed.

use noroshi_casework::party::Person;
use noroshi_store::account::passkey::{NewPasskey, Passkey as KeptPasskey};
use noroshi_store::account::secret::SecretHash;
use serde_json::Value;
use url::Url;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyAuthentication, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Webauthn, WebauthnBuilder, WebauthnError,
};

/// Why passkeys do not work with this origin.
#[derive(Debug, thiserror::Error)]
#[error("passkeys cannot be used with this origin: {0}")]
pub struct NotUsable(#[from] WebauthnError);

/// Why a passkey's answer does not count.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadAnswer {
    /// Not the JSON a browser sends.
    #[error("not an answer of a passkey: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It does not verify.
    #[error("the passkey's answer does not verify: {0}")]
    NotVerified(#[from] WebauthnError),
    /// The key belongs to somebody else.
    #[error("the passkey belongs to somebody else")]
    SomebodyElse,
}

/// For whom a passkey is being registered, and by which right.
pub(crate) enum Right {
    /// A one-time enrolment link.
    Link(SecretHash),
    /// A session of theirs.
    Session,
}

/// A registration that waits for the browser.
pub(crate) struct Registering {
    pub(crate) person: Person,
    pub(crate) right: Right,
    pub(crate) state: PasskeyRegistration,
}

/// A sign-in that waits for the browser.
pub(crate) struct SigningIn {
    pub(crate) state: DiscoverableAuthentication,
    pub(crate) next: String,
}

/// A passkey after it was used: what to keep.
pub(crate) struct Used {
    pub(crate) credential_id: Vec<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) sign_count: u32,
}

/// What checks passkeys for one origin.
pub(crate) struct Passkeys(Webauthn);

impl Passkeys {
    pub(crate) fn new(origin: &Url, name: &str) -> Result<Self, NotUsable> {
        let host = origin.host_str().unwrap_or_default();
        Ok(Self(WebauthnBuilder::new(host, origin)?.rp_name(name).build()?))
    }

    /// Begins a registration: options for the browser, and the state to keep.
    pub(crate) fn register(
        &self,
        person: &Person,
        registered: &[KeptPasskey],
    ) -> Result<(Value, PasskeyRegistration), BadAnswer> {
        let exclude = registered.iter().map(|kept| kept.key.credential_id.clone()).collect();
        let name = &person.display_name;
        let (options, state) = self.0.start_passkey_registration(person.id.0, name, name, Some(exclude))?;
        let mut options = serde_json::to_value(options)?;
        if let Some(selection) = options.pointer_mut("/publicKey/authenticatorSelection") {
            selection["residentKey"] = "required".into();
            selection["requireResidentKey"] = true.into();
        }
        Ok((options, state))
    }

    /// The registered passkey, ready to be kept under a label.
    pub(crate) fn registered(
        &self,
        answer: &str,
        state: &PasskeyRegistration,
        label: &str,
    ) -> Result<NewPasskey, BadAnswer> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer)?;
        let passkey = self.0.finish_passkey_registration(&answer, state)?;
        Ok(NewPasskey {
            credential_id: passkey.cred_id().to_vec(),
            label: label.to_owned(),
            body: serde_json::to_vec(&passkey)?,
            sign_count: 0,
        })
    }

    /// Begins a sign-in of whoever holds a passkey for this hub.
    pub(crate) fn sign_in(&self) -> Result<(Value, DiscoverableAuthentication), BadAnswer> {
        let (options, state) = self.0.start_discoverable_authentication()?;
        let mut options = serde_json::to_value(options)?;
        // A button was pressed: the browser asks at once, not in a field's suggestions.
        options.as_object_mut().map(|map| map.remove("mediation"));
        Ok((options, state))
    }

    /// The credential id an answer claims.
    pub(crate) fn claimed(answer: &str) -> Result<(PublicKeyCredential, Vec<u8>), BadAnswer> {
        let answer: PublicKeyCredential = serde_json::from_str(answer)?;
        let id = answer.get_credential_id().to_vec();
        Ok((answer, id))
    }

    /// Checks a sign-in against the kept passkey it claims.
    pub(crate) fn signed_in(
        &self,
        answer: &PublicKeyCredential,
        state: DiscoverableAuthentication,
        kept: &KeptPasskey,
    ) -> Result<Used, BadAnswer> {
        let mut passkey: Passkey = serde_json::from_slice(&kept.key.body)?;
        let (user, _) = self.0.identify_discoverable_authentication(answer)?;
        if user != kept.person.0 {
            return Err(BadAnswer::SomebodyElse);
        }
        let result = self.0.finish_discoverable_authentication_v2(answer, state, DiscoverableKey::from(&passkey))?;
        passkey.update_credential(&result);
        used(&passkey, result.counter())
    }

    /// Begins a signature over one object by a person's own passkeys.
    pub(crate) fn sign_object(
        &self,
        kept: &[KeptPasskey],
        digest: &[u8; 32],
    ) -> Result<(Value, PasskeyAuthentication), BadAnswer> {
        let passkeys: Vec<Passkey> =
            kept.iter().map(|kept| serde_json::from_slice(&kept.key.body)).collect::<Result<_, _>>()?;
        let (options, state) = self.0.start_passkey_authentication(&passkeys)?;
        let (mut options, mut state) = (serde_json::to_value(options)?, serde_json::to_value(state)?);
        // The library draws a random challenge; here the object itself is the challenge. Its nonce keeps it fresh.
        let challenge = Value::String(base64url(digest));
        if let Some(place) = options.pointer_mut("/publicKey/challenge") {
            place.clone_from(&challenge);
        }
        if let Some(place) = state.pointer_mut("/ast/challenge") {
            *place = challenge;
        }
        Ok((options, serde_json::from_value(state)?))
    }

    /// Checks a signature over an object.
    pub(crate) fn signed_object(
        &self,
        answer: &str,
        state: &PasskeyAuthentication,
        kept: &[KeptPasskey],
    ) -> Result<Used, BadAnswer> {
        let answer: PublicKeyCredential = serde_json::from_str(answer)?;
        let result = self.0.finish_passkey_authentication(&answer, state)?;
        let id: &[u8] = result.cred_id();
        let kept = kept.iter().find(|kept| kept.key.credential_id == id).ok_or(BadAnswer::SomebodyElse)?;
        let mut passkey: Passkey = serde_json::from_slice(&kept.key.body)?;
        passkey.update_credential(&result);
        used(&passkey, result.counter())
    }
}

fn used(passkey: &Passkey, sign_count: u32) -> Result<Used, BadAnswer> {
    Ok(Used { credential_id: passkey.cred_id().to_vec(), body: serde_json::to_vec(passkey)?, sign_count })
}

/// Base64 for URLs without padding (RFC 4648, section 5).
pub(crate) fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let word = three.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            out.push(char::from(ALPHABET[(word >> (18 - 6 * place) & 63) as usize]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_is_that_of_rfc_4648() {
        for (bytes, text) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64url(bytes.as_bytes()), text);
        }
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn an_origin_without_a_host_is_no_place_for_passkeys() {
        assert!(Passkeys::new(&"data:text/plain,x".parse().unwrap(), "Hub").is_err());
        assert!(Passkeys::new(&"http://localhost:8080".parse().unwrap(), "Hub").is_ok());
    }
}
