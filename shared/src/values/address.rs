//! Network addresses of callers.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// The network address of a caller. Of an IPv6 address these are the first 64 bits, because a caller usually has all
/// addresses of such a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// Makes the address from the one that API Gateway saw, never from a header of the client.
    pub fn new(source_ip: &str) -> Self {
        Address(match source_ip.parse() {
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
