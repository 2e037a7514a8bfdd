//! Network addresses of callers, and networks.

use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The network address of a caller. Of an IPv6 address these are the first 64 bits, because a caller usually has all
/// addresses of such a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// Makes the address from the one that API Gateway saw, never from a header of the client.
    pub fn new(source_ip: &str) -> Self {
        // An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) is its IPv4 address.
        Address(match source_ip.parse().map(|address: IpAddr| address.to_canonical()) {
            Ok(IpAddr::V6(v6)) => {
                let [a, b, c, d, ..] = v6.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            Ok(IpAddr::V4(v4)) => v4.to_string(),
            Err(_) => "unknown".to_owned(),
        })
    }

    /// Returns the address of the library itself, for actions that no request caused.
    pub fn of_the_library() -> Self {
        Address("library".to_owned())
    }

    /// Returns the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A network in CIDR notation (RFC 4632, RFC 4291): `192.0.2.0/24`, `2001:db8::/48`.
///
/// A network of a large part of the Internet is refused, because it is a mistake. So is an IPv6 network within the 64
/// bits of an [`Address`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    start: IpAddr,
    bits: u32,
}

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "should be like 192.0.2.0/24 or 2001:db8::/48";
        let (start, size) = text.split_once('/').ok_or(FORM)?;
        let (start, bits): (IpAddr, u32) = (start.parse().map_err(|_| FORM)?, size.parse().map_err(|_| FORM)?);
        // Numbers also parse with a sign or with zeros before them.
        if bits.to_string() != size {
            return Err(FORM);
        }
        match start {
            IpAddr::V4(_) if !(8..=32).contains(&bits) => Err("should be an IPv4 network from /8 to /32"),
            IpAddr::V6(_) if !(16..=64).contains(&bits) => Err("should be an IPv6 network from /16 to /64"),
            _ => Ok(Network { start, bits }),
        }
    }
}

impl Network {
    /// Returns whether an address is in this network.
    pub fn contains(&self, address: &Address) -> bool {
        let common = match (self.start, address.0.trim_end_matches("/64").parse()) {
            (IpAddr::V4(start), Ok(IpAddr::V4(other))) => (start.to_bits() ^ other.to_bits()).leading_zeros(),
            (IpAddr::V6(start), Ok(IpAddr::V6(other))) => (start.to_bits() ^ other.to_bits()).leading_zeros(),
            _ => return false,
        };
        common >= self.bits
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Network};

    #[test]
    fn thr2_the_addresses_that_one_caller_has_are_one_address() {
        for (same, text) in [
            (["192.0.2.7", "::ffff:192.0.2.7"], "192.0.2.7"),
            (["192.0.2.7", "::ffff:c000:207"], "192.0.2.7"),
            (["2001:db8:1:2::1", "2001:DB8:1:2:ffff:ffff:ffff:ffff"], "2001:db8:1:2::/64"),
            (["::1", "0:0:0:0:0:0:0:1"], "0:0:0:0::/64"),
            (["", "192.0.2.7, 192.0.2.8"], "unknown"),
        ] {
            assert_eq!(same.map(|address| Address::new(address).0), [text, text]);
        }
        for different in [["127.0.0.1", "127.0.0.2"], ["2001:db8:1:2::1", "2001:db8:1:3::1"], ["::1", "127.0.0.1"]] {
            let [one, other] = different.map(Address::new);
            assert_ne!(one, other);
        }
    }

    #[test]
    fn hrd1_a_network_contains_its_addresses_and_no_others() {
        for (network, inside, outside) in [
            ("192.0.2.0/24", ["192.0.2.0", "::ffff:192.0.2.255"], ["192.0.3.0", "192.0.1.255"]),
            ("192.0.2.77/24", ["192.0.2.0", "192.0.2.255"], ["192.0.3.0", "unknown"]),
            ("192.0.2.7/32", ["192.0.2.7", "192.0.2.7"], ["192.0.2.6", "2001:db8::1"]),
            ("2001:db8::/48", ["2001:db8::1", "2001:db8:0:ffff::1"], ["2001:db8:1::1", "192.0.2.7"]),
            ("2001:db8:0:1::/64", ["2001:db8:0:1::1", "2001:db8:0:1:ffff::"], ["2001:db8:0:2::", "::1"]),
        ] {
            let network: Network = network.parse().expect("a network");
            assert!(inside.iter().all(|address| network.contains(&Address::new(address))), "{network:?}");
            assert!(!outside.iter().any(|address| network.contains(&Address::new(address))), "{network:?}");
        }
    }

    #[test]
    fn hrd1_what_is_no_network_is_refused_with_a_reason() {
        for text in [
            "",
            "192.0.2.0",
            "192.0.2.0/",
            "/24",
            "192.0.2/24",
            "192.0.2.0/33",
            "192.0.2.0/+24",
            "192.0.2.0/024",
            " 192.0.2.0/24",
            "192.0.2.0/24 ",
            "192.0.2.256/24",
            "0.0.0.0/0",
            "192.0.2.0/24/24",
            "::/0",
            "2001:db8::",
            "2001:db8::/65",
            "2001:db8::/128",
            "library.example/24",
        ] {
            assert!(text.parse::<Network>().expect_err(text).starts_with("should be "));
        }
    }
}
