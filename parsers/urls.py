"""Addresses: made absolute, normalised so that one article has one, and never joined across publishers."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from publicsuffixlist import PublicSuffixList

from parsers.hygiene import one_line

MAX_URL: Final = 2_048  # characters; longer ones are data, not addresses
_PORTS: Final = {"http": 80, "https": 443}
# Parameters that say how a reader came, never which article it is.
_TRACKING: Final = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|igsh|mc_[ce]id|_hs(?:enc|mi)|srsltid"
    r"|ns_(?:campaign|mchannel|source|linkname|fee)|at_(?:campaign|medium|custom\d|link_\w+|format|ptr_name)"
    r"|ocid|cmpid|smid|smtyp|wt_mc|wt\.mc_id|xtor|ncid|sr_share|__twitter_impression|ftag|mkt_tok|piano_\w+|spm"
    r"|traffic_source|share_(?:from|source)|amp;\w+|_ga|_gl|fb_(?:ref|source|action_\w+)|oly_(?:anon|enc)_id)",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(  # an address as `absolute` writes it: nothing to resolve, to quote or to fold
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+/[A-Za-z0-9/%:@!$&'()*+,;=~._-]*(?:\?[A-Za-z0-9/%:@!$&'()*+,;=~._?-]+)?"
)
_WHOLE: Final = re.compile(r"https?://[^/?#\s]")  # an address that has nothing to take from a base
_MOBILE: Final = re.compile(r"^(?:www|m|mobile|amp)\.")
_BRACKETED: Final = re.compile(r"\[([0-9a-fA-F:.]+)\](?::[0-9]*)?")  # no zone: it means something here only
_UNRESERVED: Final = re.compile(r"%([0-9a-fA-F]{2})")


def absolute(value: str, base: str) -> str | None:
    """An address as http(s) with its host in IDNA form, resolved against `base`; None for what is none."""
    text = one_line(value, MAX_URL + 1)
    if not text or len(text) > MAX_URL:
        return None
    if _PLAIN.fullmatch(text):
        return text
    try:
        parts = urlsplit(text if _WHOLE.match(text) else urljoin(base, text))
        host = _ascii_host(parts)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host:
        return None
    bracketed = f"[{host}]" if ":" in host else host  # RFC 3986, 3.2.2: else its end reads as a port
    netloc = bracketed if port in {None, _PORTS[parts.scheme]} else f"{bracketed}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit(
        (
            parts.scheme,
            netloc,
            path,
            quote(parts.query, safe="/%:@!$&'()*+,;=~-._?"),
            quote(parts.fragment, safe="/%:@!$&'()*+,;=~-._?"),
        )
    )


def normalise(url: str) -> str:
    """The address without fragment, default port, user and tracking; what is no http(s) comes back as is."""
    resolved = absolute(url, "")
    if resolved is None:
        return url
    parts = urlsplit(resolved)
    kept = [
        pair for pair in parts.query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0])
    ]
    fragment = (
        parts.fragment if parts.fragment.startswith("!") else ""
    )  # hash-bang addresses name the page there
    path = _UNRESERVED.sub(_decode_unreserved, parts.path)
    return urlunsplit((parts.scheme, parts.netloc, path, "&".join(kept), fragment))


def authority(url: str) -> str:
    """The host that an address is asked of, with its port where that is not the scheme's own."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


@lru_cache(maxsize=2_000)
def host_of(url: str) -> str:
    """The address's host in lower-case IDNA form, an IPv6 one without its brackets; "" where it has none."""
    try:
        return _ascii_host(urlsplit(url))
    except ValueError:
        return ""


@lru_cache(maxsize=2_000)
def registered_domain(host: str) -> str:
    """The domain that somebody registered, by the public suffix list; the host itself where none applies."""
    if not host or host.replace(".", "").isdigit() or ":" in host:
        return host
    return _suffixes().privatesuffix(host) or host


def registered_name(host: str) -> str:
    """The registered domain's own label: "example" of www.example.co.uk."""
    return registered_domain(host).partition(".")[0]


def same_publisher(one: str, other: str) -> bool:
    """Whether two hosts belong to one registered domain."""
    bare = _MOBILE.sub("", one), _MOBILE.sub("", other)
    return bare[0] == bare[1] or registered_domain(one) == registered_domain(other)


def canonical(value: str, page_url: str) -> str | None:
    """The normalised address that a page claims for its article; None where the claim cannot be taken.

    A claim on another registered domain, or on the front page from a deeper one, is not taken.
    """
    claimed = absolute(value, page_url)
    host = host_of(page_url)
    if claimed is None or (host and not same_publisher(host_of(claimed), host)):
        return None
    if (
        urlsplit(claimed).path in {"", "/"}
        and not urlsplit(claimed).query
        and urlsplit(page_url).path not in {"", "/"}
    ):
        return None
    return normalise(claimed)


def _ascii_host(parts: SplitResult) -> str:
    """The host in IDNA form or as RFC 5952 writes an IPv6 address; ValueError or "" for what is neither."""
    host = (parts.hostname or "").rstrip(".").lower()
    written = parts.netloc.rpartition("@")[2]
    if "[" in written:
        inside = _BRACKETED.fullmatch(written)
        return str(IPv6Address(inside[1])) if inside else ""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _decode_unreserved(match: re.Match[str]) -> str:
    """RFC 3986, 6.2.2: letters, digits and -._~ stand bare, other escapes in upper case."""
    letter = chr(int(match[1], 16))
    return letter if letter.isascii() and (letter.isalnum() or letter in "-._~") else match[0].upper()


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
