"""Which article a page is: one article has many addresses, and two pages with one text may be one article.

The rules, in order; all are applied while the one writer's lock is held, so that they see every earlier page:
1. A page whose canonical address, address or discovered address is known is that article. Addresses are
   compared without scheme, "www.", fragment, default port and tracking parameters. AMP and mobile variants
   join by the canonical address that they name, never by guessing; it is believed of a page that bears the
   article's title or is near its text, and as long as no other story is read at that address itself. What a
   copy says makes no version once the article's own page is read.
2. A canonical address counts only if it stands on the page's own host (give or take www., m., amp.) or the
   page is a file, and is not the host's front page: sites that name their front page as everyone's
   canonical address would else become one article.
3. The same title and text on the same host (at least 50 words) is the same article: an exact copy, joined.
   On another host it is an article of its own, and of the same cluster (see clusters.py); so it is from
   the day on which it says, at an address that is not the article's own, what no version of that ever said.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from parsers import Draft
from storage.codec import storable

COPY_WORDS = 50
_TRACKING = re.compile(
    r"(utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|cmpid|ito|ns_\w+|at_\w+|xtor|wt_mc|ocid|"
    r"ref_?src|guccounter|guce_\w+|smid|partner|_ga|spm)",
    re.IGNORECASE,
)
_COPY = re.compile(r"amp|outputtype|output", re.IGNORECASE)  # parameters that ask for another copy of a page
_VARIANT = re.compile(r"^(www|m|mobile|amp)\.")


def address_key(url: str) -> bytes:
    """Return 16 bytes that are equal for two spellings of one address, an AMP copy's parameter left out."""
    return _hash(_spelt(url, copies=False))


def is_one_page(one: str, other: str) -> bool:
    """Tell whether two addresses are spellings of one page's: not of an article's page and its AMP copy's."""
    return _spelt(one, copies=True) == _spelt(other, copies=True)


def is_copy(one: str, other: str) -> bool:
    """Tell whether two addresses differ but in the parameter that asks for an AMP copy."""
    return address_key(one) == address_key(other) and not is_one_page(one, other)


def _spelt(url: str, *, copies: bool) -> str:
    parts = _split(url)
    if parts is None:
        return url
    host = (parts.hostname or "").removeprefix("www.")
    host = f"[{host}]" if ":" in host else host  # an IPv6 address, whose end else reads as a port
    port = "" if parts.port in {None, 80, 443} else f":{parts.port}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in pairs if not _TRACKING.fullmatch(pair[0])]
    query = urlencode(sorted(pair for pair in kept if copies or not _COPY.fullmatch(pair[0])))
    return f"{host}{port}{parts.path.rstrip('/')}?{query}"


def address_keys(draft: Draft, url: str, found_as: str) -> list[bytes]:
    """Return the keys of all addresses of a page that came from `url`, the canonical one first.

    `found_as` is the link that led there, before redirects.
    """
    canonical = draft.canonical_url
    if canonical and not _canonical_counts(canonical, url):
        canonical = None
    known = [canonical, url, draft.url, found_as, draft.original_url]
    return list(dict.fromkeys(address_key(address) for address in dict.fromkeys(known) if address))


def own_address(url: str, canonical: str | None) -> str:
    """Return the address that an article read at `url` is known by: its canonical one where that counts."""
    return canonical if canonical and _canonical_counts(canonical, url) else url


def content_hash(draft: Draft) -> str:
    """Return a hash of title and text, indifferent to white space."""
    return text_hash(draft.title, draft.text)


def text_hash(title: str, text: str) -> str:
    """Return content_hash() of an article that has this title and text, as they are or as they are stored."""
    words = " ".join(storable(f"{title}\n{text}").split())
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _canonical_counts(canonical: str, url: str) -> bool:
    there, here = _split(canonical), _split(url)
    if there is None or here is None or there.path.strip("/") == "":
        return False
    if here.scheme == "file":
        return True
    return _VARIANT.sub("", there.hostname or "") == _VARIANT.sub("", here.hostname or "")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - a port that is no number shows only when asked for
    except ValueError:
        return None
    return parts


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
