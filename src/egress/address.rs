//! Which addresses are public. By allow-list for IPv6, by the special-purpose registry for IPv4;
//! it must never call public what a router would deliver inside the house.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is reachable on the public internet and nowhere else.
///
/// # Source
///
/// IANA special-purpose address registries (RFC 6890 and its updates).
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let reserved = matches!(a, 0 | 10 | 127 | 224..=255);
    let shared_or_link = matches!((a, b), (100, 64..=127) | (169, 254) | (198, 18 | 19));
    let private = matches!((a, b), (172, 16..=31) | (192, 168));
    // Protocol assignments, documentation, the old 6to4 relays.
    let documents = matches!(
        (a, b, c),
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 51, 100) | (203, 0, 113)
    );
    !(reserved || shared_or_link || private || documents)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    match (a, b) {
        // Behind NAT64 the last 32 bits are the address that is really called.
        (0x0064, 0xff9b)
            if address
                .segments()
                .iter()
                .skip(2)
                .take(4)
                .all(|part| *part == 0) =>
        {
            let [.., high, low] = address.segments();
            is_public_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        // Teredo, ORCHID and other protocol assignments; documentation; 6to4, which hides an IPv4
        // address.
        (0x2001, 0x0000..=0x01ff | 0x0db8) | (0x2002, _) | (0x3fff, 0x0000..=0x0fff) => false,
        // Global unicast. All else is loopback, mapped, unique local, link-local or multicast.
        (0x2000..=0x3fff, _) => true,
        _ => false,
    }
}
