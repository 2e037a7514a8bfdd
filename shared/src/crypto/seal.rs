//! Sealed values: a client holds them, and can neither change nor create one.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::crypto::secret::Secret;

/// Seals and opens values of one purpose. A sealed value is its bytes in the Postcard format with their HMAC-SHA256, as
/// text. It is authentic but not confidential: its holder can read it.
#[derive(Clone)]
pub struct Sealer {
    key: [u8; 32],
    /// How many bytes of the HMAC are sent.
    mac_bytes: usize,
    encoding: Encoding,
}

/// How the bytes of a sealed value are written.
#[derive(Clone, Copy)]
enum Encoding {
    Base64Url,
    /// Hexadecimal digits.
    Hex,
}

impl Encoding {
    fn encode(self, bytes: &[u8]) -> String {
        match self {
            Encoding::Base64Url => BASE64.encode(bytes),
            Encoding::Hex => {
                let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
                digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
            }
        }
    }

    /// Returns the bytes of a text that [`Encoding::encode`] can write; `None` for any other text.
    fn decode(self, text: &str) -> Option<Vec<u8>> {
        if let Encoding::Base64Url = self {
            return BASE64.decode(text).ok();
        }
        let value = |digit: &u8| (0..16).find(|value| DIGITS[usize::from(*value)] == *digit);
        let digits: Vec<u8> = text.as_bytes().iter().map(value).collect::<Option<_>>()?;
        let pairs = digits.chunks_exact(2);
        pairs.remainder().is_empty().then(|| pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
    }
}

/// Small letters only: each value has one text.
const DIGITS: [u8; 16] = *b"0123456789abcdef";

impl Sealer {
    /// Returns a sealer with a key that is derived from `secret` for this purpose only.
    pub fn new(secret: &Secret, purpose: &str) -> Self {
        Sealer { key: secret.derive(purpose), mac_bytes: 32, encoding: Encoding::Base64Url }
    }

    /// Returns a sealer like [`Sealer::new`] for values in links of letters. These have letters and digits alone: mail programs
    /// end a link where they like before or after any other character. They have half of the HMAC, whose 128 bits nobody
    /// guesses, so that they are no longer than others.
    pub fn for_links(secret: &Secret, purpose: &str) -> Self {
        Sealer { mac_bytes: 16, encoding: Encoding::Hex, ..Sealer::new(secret, purpose) }
    }

    /// Returns a sealer without a secret. It detects values that are damaged or sealed for another purpose. Anybody who
    /// knows the code can seal any value, so an opened value must be validated like any input.
    pub fn public(purpose: &str) -> Self {
        Sealer { key: Sha256::digest(purpose).into(), mac_bytes: 16, encoding: Encoding::Base64Url }
    }

    /// Seals a value.
    ///
    /// # Panics
    /// If the value has a sequence of unknown length, or cannot be serialised.
    pub fn seal<T: Serialize + ?Sized>(&self, value: &T) -> String {
        let mut bytes = postcard::to_extend(value, Vec::new()).expect("a sealed type can be serialised");
        let mac = self.mac(&bytes).finalize().into_bytes();
        bytes.extend_from_slice(&mac[..self.mac_bytes]);
        self.encoding.encode(&bytes)
    }

    /// Opens a value that [`Sealer::seal`] sealed with the same key and purpose. Returns `None` for anything else.
    pub fn open<T: DeserializeOwned>(&self, sealed: &str) -> Option<T> {
        let bytes = self.encoding.decode(sealed)?;
        let (value, mac) = bytes.split_at_checked(bytes.len().checked_sub(self.mac_bytes)?)?;
        self.mac(value).verify_truncated_left(mac).ok()?;
        let (value, rest) = postcard::take_from_bytes(value).ok()?;
        rest.is_empty().then_some(value)
    }

    /// Returns a short text that stands for a value. It is always the same, and nobody without the key learns the value
    /// from it.
    ///
    /// # Panics
    /// As [`Sealer::seal`].
    pub fn pseudonym<T: Serialize + ?Sized>(&self, value: &T) -> String {
        let bytes = postcard::to_extend(value, Vec::new()).expect("a sealed type can be serialised");
        BASE64.encode(&self.mac(&bytes).finalize().into_bytes()[..12])
    }

    /// Returns a code that stands for a value and that a person can type: 60 bits of its HMAC, as twelve letters and digits
    /// that do not look alike.
    ///
    /// # Panics
    /// As [`Sealer::seal`].
    pub fn code<T: Serialize + ?Sized>(&self, value: &T) -> String {
        const LETTERS: [u8; 32] = *b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
        let bytes = postcard::to_extend(value, Vec::new()).expect("a sealed type can be serialised");
        let mac = self.mac(&bytes).finalize().into_bytes();
        mac[..12].iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
    }

    fn mac(&self, value: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(value);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::{Sealer, Secret};

    fn sealers() -> [Sealer; 4] {
        let secret = Secret::new([7; 32]).expect("32 bytes");
        let (first, second) = (Sealer::new(&secret, "a test"), Sealer::new(&secret, "another test"));
        [first, second, Sealer::for_links(&secret, "a link"), Sealer::public("a test")]
    }

    #[test]
    fn wb21_a_value_in_a_link_has_letters_and_digits_alone() {
        let [_, _, sealer, _] = sealers();
        for value in 0..=255_u8 {
            let sealed = sealer.seal(&[value; 16]);
            assert!(sealed.len() == 64 && sealed.bytes().all(|letter| letter.is_ascii_alphanumeric()), "{sealed}");
            assert_eq!(sealer.open(&sealed), Some([value; 16]));
            assert_eq!(sealer.open::<[u8; 16]>(&sealed[..63]), None);
        }
    }

    #[test]
    fn a_value_opens_for_its_own_purpose_only() {
        let value = ("emma".to_owned(), 7_i64);
        for (number, sealer) in sealers().iter().enumerate() {
            let sealed = sealer.seal(&value);
            for (other, opener) in sealers().iter().enumerate() {
                assert_eq!(opener.open(&sealed), (other == number).then(|| value.clone()), "{number} {other}");
            }
        }
    }

    #[test]
    fn a_value_with_any_character_changed_does_not_open() {
        for sealer in sealers() {
            let sealed = sealer.seal("emma");
            for at in 0..sealed.len() {
                for bit in 0..7 {
                    let mut bytes = sealed.clone().into_bytes();
                    bytes[at] ^= 1 << bit;
                    let changed = String::from_utf8(bytes).expect("seven bits are ASCII");
                    assert_eq!(sealer.open::<String>(&changed), None, "{changed}");
                }
            }
            for text in ["", "A", "AAAA", &"A".repeat(22), &sealed[..sealed.len() - 4], &format!("{sealed}AAAA")] {
                assert_eq!(sealer.open::<String>(text), None, "{text}");
            }
        }
    }

    #[test]
    fn a_pseudonym_depends_on_the_value_and_the_key() {
        let names: Vec<_> =
            sealers().iter().flat_map(|sealer| ["emma", "jane"].map(|name| sealer.pseudonym(name))).collect();
        assert!(names.iter().all(|name| name.len() == 16), "{names:?}");
        assert_eq!(std::collections::BTreeSet::from_iter(&names).len(), 8, "{names:?}");
        assert_eq!(names[0], sealers()[0].pseudonym("emma"));
    }

    #[test]
    fn an_opened_value_uses_all_its_bytes() {
        let sealer = Sealer::public("a test");
        // Both are authentic, but one has too many bytes for its type and the other too few.
        assert_eq!(sealer.open::<u8>(&sealer.seal(&(1_u8, 2_u8))), None);
        assert_eq!(sealer.open::<(u8, u8)>(&sealer.seal(&1_u8)), None);
    }
}
