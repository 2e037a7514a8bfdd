//! IP addresses, as far as they tell callers apart.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// An IP address, as far as it tells one caller from another: of IPv6 the first 64 bits, since whoever has one has
/// all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// The address that API Gateway saw, never one that the client claims.
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

    /// The library's own doing: no request caused it.
    pub fn of_the_library() -> Self {
        Address("library".to_owned())
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
