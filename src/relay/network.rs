//! Clients and networks: who is asking, and whose word about it is believed.

use std::net::{IpAddr, Ipv6Addr};

use serde::Deserialize;

/// An address or a network, `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Network {
    address: IpAddr,
    bits: u8,
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is neither an address nor a network such as 10.0.0.0/8");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().map_err(|_| wrong())?)),
            None => (text.as_str(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        match bits.unwrap_or(most) {
            bits if bits <= most => Ok(Self { address, bits }),
            _ => Err(wrong()),
        }
    }
}

impl Network {
    /// Whether `address` belongs to it.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let (ours, theirs) = match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                (u128::from(ours.to_bits()) << 96, u128::from(theirs.to_bits()) << 96)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => (ours.to_bits(), theirs.to_bits()),
            _ => return false,
        };
        self.bits == 0 || (ours ^ theirs) >> (128 - u32::from(self.bits)) == 0
    }
}

/// Whom limits apply to: an IPv4 address, or an IPv6 /64, which one household has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Client(IpAddr);

impl Client {
    /// Bytes that only this client has.
    pub(crate) fn octets(self) -> [u8; 16] {
        match self.0 {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => address.octets(),
        }
    }

    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
            address @ IpAddr::V4(_) => address,
        })
    }

    /// The client behind a request that came from `peer`. `X-Forwarded-For` is read from the right,
    /// and only as far as trusted proxies wrote it.
    pub(crate) fn behind<'a>(
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
        trusted: &[Network],
    ) -> Self {
        let trusts = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
        let mut client = peer;
        for address in forwarded.rev().flat_map(|line| line.rsplit(',')) {
            if !trusts(client) {
                break;
            }
            let Ok(address) = address.trim().parse() else { break };
            client = address;
        }
        Self::of(client)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::try_from(text.to_owned()).expect("a network")
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_network_holds_its_addresses() {
        assert!(network("10.0.0.0/8").contains(address("10.255.1.1")));
        assert!(!network("10.0.0.0/8").contains(address("11.0.0.1")));
        assert!(network("127.0.0.1").contains(address("::ffff:127.0.0.1")));
        assert!(network("2001:db8::/32").contains(address("2001:db8:1::1")));
        assert!(network("0.0.0.0/0").contains(address("203.0.113.1")));
        assert!(Network::try_from("10.0.0.0/33".to_owned()).is_err());
        assert!(Network::try_from("example".to_owned()).is_err());
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let trusted = [network("10.0.0.0/8")];
        let behind = |peer: &str, lines: &[&str]| Client::behind(address(peer), lines.iter().copied(), &trusted);
        let client = Client::of(address("203.0.113.9"));
        assert_eq!(behind("203.0.113.9", &["198.51.100.1"]), client);
        assert_eq!(behind("10.0.0.1", &["198.51.100.1, 203.0.113.9"]), client);
        assert_eq!(behind("10.0.0.1", &["198.51.100.1", "203.0.113.9, 10.0.0.2"]), client);
        assert_eq!(behind("10.0.0.1", &["not an address"]), Client::of(address("10.0.0.1")));
    }

    #[test]
    fn a_household_is_one_client() {
        assert_eq!(Client::of(address("2001:db8:1:2:3::1")), Client::of(address("2001:db8:1:2:ffff::9")));
        assert_ne!(Client::of(address("2001:db8:1:2::1")), Client::of(address("2001:db8:1:3::1")));
        assert_eq!(Client::of(address("::ffff:192.0.2.1")), Client::of(address("192.0.2.1")));
    }
}
