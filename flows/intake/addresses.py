"""Which network addresses may be connected to: a deny list of our own, and what an operator opens.

`ipaddress.is_global` is no judge: it is True for multicast, NAT64, 6to4 and site-local addresses. The
lists follow the IANA special-purpose registries (RFC 6890 and its updates) and the clouds' metadata hosts.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

DENIED = {
    "unspecified": ("0.0.0.0/8", "::/128"),
    "loopback": ("127.0.0.0/8", "::1/128"),
    "private": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    "shared by carriers": ("100.64.0.0/10",),
    "link-local (cloud metadata lives there)": ("169.254.0.0/16", "fe80::/10"),
    "a cloud's metadata host": ("168.63.129.16/32",),
    "site-local": ("fec0::/10",),
    "reserved for protocols": ("192.0.0.0/24", "192.88.99.0/24", "2001::/23"),
    "for documentation": ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
    "for benchmarks": ("198.18.0.0/15",),
    "multicast": ("224.0.0.0/4", "ff00::/8"),
    "reserved": ("240.0.0.0/4",),
    "IPv4 mapped into IPv6": ("::ffff:0:0/96",),
    "IPv4 inside IPv6 (compatible)": ("::/96",),
    "NAT64": ("64:ff9b::/96", "64:ff9b:1::/48"),
    "6to4": ("2002::/16",),
}
DENIED_NETWORKS: tuple[tuple[str, Network], ...] = tuple(
    (name, ipaddress.ip_network(network)) for name, networks in DENIED.items() for network in networks
)
GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an operator opens: whole networks, and single `host:port` pairs (host a name or an address)."""

    networks: tuple[Network, ...] = ()
    pairs: frozenset[tuple[str, int]] = frozenset()


def allow(entries: Iterable[str]) -> Allowed:
    """Read CIDRs, addresses and `host:port` pairs; ValueError names the entry that is none of them."""
    networks: list[Network] = []
    pairs: set[tuple[str, int]] = set()
    for entry in entries:
        try:
            networks.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            pairs.add(_pair(entry))
    return Allowed(tuple(networks), frozenset(pairs))


def _pair(entry: str) -> tuple[str, int]:
    """Split `host:port`, the host folded and without the brackets of an IPv6 address."""
    host, _, port = entry.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()):
        raise ValueError(f"{entry!r} is neither a network (10.0.0.0/8) nor host:port")
    return host.strip("[]").lower(), int(port)


def fault(address: str, host: str, port: int, allowed: Allowed) -> str | None:
    """Say why `address`, which `host` resolved to, may not be connected to; None where it may."""
    try:
        judged = ipaddress.ip_address(address)
    except ValueError:
        return "not an address"
    if {(host.lower(), port), (str(judged), port)} & allowed.pairs or _within(judged, allowed.networks):
        return None
    for name, network in DENIED_NETWORKS:
        if judged.version == network.version and judged in network:
            return name
    if judged.version == 6 and judged not in GLOBAL_IPV6:  # noqa: PLR2004 - the protocol's version
        return "outside the public Internet"
    return None


def _within(address: Address, networks: Iterable[Network]) -> bool:
    """Tell whether any network holds the address; versions never mix."""
    return any(address.version == network.version and address in network for network in networks)
