"""JSON Feed (1.0 and 1.1) and the WordPress REST API's posts: JSON that lists pages."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from flows.intake.listing import LONGEST_DATE, Item, Listing, NotAListing, address, gathered, said
from parsers import Hints

MOST_ITEMS = 5_000
MOST_AUTHORS = 20
MOST_PAGES = 50
LONGEST_NUMBER = 100  # digits
DEEPEST = 100  # lists and objects in one another, where some are too deep for the reader
TOKEN = re.compile(rb"""\"(?:[^"\\]++|\\.)*+"?|[\[{]+|[\]}]+""", re.DOTALL)


def load(content: bytes) -> Any:
    """Read JSON; NaN, numbers beyond reason and what nests too deep as null; NotAListing for what is none."""
    try:
        try:
            return _loaded(content)
        except RecursionError:
            return _loaded(_levelled(_utf8(content)))
    except ValueError:
        raise NotAListing("not JSON") from None


def _loaded(content: bytes) -> Any:
    return json.loads(content, parse_int=_whole, parse_constant=lambda _: None)


def _utf8(content: bytes) -> bytes:
    """Give JSON in UTF-8 whichever of Unicode's encodings it came in."""
    return content.decode(json.detect_encoding(content), "surrogatepass").encode("utf-8", "surrogatepass")


def _levelled(content: bytes) -> bytes:
    """Write null in place of whatever stands deeper than DEEPEST; a string's brackets are its own."""
    kept, begin, depth = bytearray(), 0, 0
    for token in TOKEN.finditer(content):
        size, above = len(token[0]), DEEPEST - depth
        if token[0].startswith((b"[", b"{")):
            depth += size
            if 0 <= above < size:
                kept += content[begin : token.start() + above] + b"null"
        elif token[0].startswith((b"]", b"}")):
            depth -= size
            if 0 < -above <= size:
                begin = token.start() - above
    return bytes(kept + content[begin:])


def _whole(digits: str) -> int | None:
    """Read a whole number; None for one that would cost more than it tells."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else None


def read_json_feed(document: Any, url: str) -> Listing:
    """Read a JSON Feed's items; NotAListing where the document says it is something else."""
    if not (isinstance(document, dict) and isinstance(document.get("items"), list)):
        raise NotAListing("JSON, but no JSON Feed")
    if "jsonfeed.org" not in str(document.get("version", "")):
        raise NotAListing("JSON, but not of a jsonfeed.org version")
    language = _text(document.get("language"))
    items, left_out = gathered(document["items"], lambda one: _item(one, url, language), MOST_ITEMS)
    return Listing(
        "jsonfeed",
        _text(document.get("title")),
        items,
        left_out=left_out,
        hub=_hub(document.get("hubs"), url),
        topic=_address(document.get("feed_url"), url),
    )


def _hub(hubs: Any, url: str) -> str | None:
    """Read the first WebSub hub that a feed names."""
    named = [one for one in hubs if isinstance(one, dict)] if isinstance(hubs, list) else []
    found = (_address(one.get("url"), url) for one in named if str(one.get("type", "")).lower() == "websub")
    return next(filter(None, found), None)


def _address(value: Any, url: str) -> str | None:
    return address(value, url) if isinstance(value, str) else None


def _item(one: Any, url: str, language: str | None) -> Item | None:
    """Read one item; None where it has no address that can be fetched."""
    if not isinstance(one, dict):
        return None
    values = (one.get("url"), one.get("external_url"), one.get("id"))
    addresses = (address(value, url) for value in values if isinstance(value, str))
    found = next(filter(None, addresses), None)
    if found is None:
        return None
    tags = one.get("tags")
    return Item(
        found,
        Hints(
            title=_text(one.get("title")),
            published=_text(one.get("date_published"), LONGEST_DATE),
            authors=_authors(one),
            section=_text(tags[0]) if isinstance(tags, list) and tags else None,
            language=_text(one.get("language")) or language,
        ),
    )


def _text(value: Any, longest: int = 1000) -> str | None:
    """Clean a value that should be text; None for any other."""
    return said(value, longest) if isinstance(value, str) else None


def _authors(one: dict[str, Any]) -> tuple[str, ...]:
    """Read the authors' names of either version."""
    listed = one.get("authors")
    authors = listed if isinstance(listed, list) else [one.get("author")]
    names = (_text(author.get("name")) for author in authors[:MOST_AUTHORS] if isinstance(author, dict))
    return tuple(dict.fromkeys(filter(None, names)))


def read_posts(document: Any, url: str, pages: int = 1) -> Listing:
    """Read the WordPress REST API's `/wp/v2/posts`; NotAListing where the document is no list of posts.

    `pages` is how many the list has (X-WP-TotalPages): the first leads to the others, MOST_PAGES in all.
    """
    if not (isinstance(document, list) and all(isinstance(post, dict) for post in document)):
        raise NotAListing("JSON, but no list of WordPress posts")
    items, left_out = gathered(document, lambda post: _post(post, url), MOST_ITEMS)
    if document and not items:
        raise NotAListing("JSON, but without the links that WordPress posts have")
    return Listing("wordpress", None, items, _further(url, pages), left_out=left_out)


def _further(url: str, pages: int) -> tuple[str, ...]:
    """Give the addresses of the pages after the first; none where this is another than the first."""
    query = urlsplit(url).query
    if any(pair.startswith("page=") for pair in query.split("&")):
        return ()
    mark = "&" if query else "?"
    return tuple(f"{url}{mark}page={number}" for number in range(2, min(pages, MOST_PAGES) + 1))


def _post(post: dict[str, Any], url: str) -> Item | None:
    """Read one post; None where it has no link."""
    link, title = post.get("link"), post.get("title")
    found = address(link, url) if isinstance(link, str) else None
    if found is None:
        return None
    moment = _text(post.get("date_gmt"), LONGEST_DATE)
    return Item(
        found,
        Hints(
            title=_text(title.get("rendered")) if isinstance(title, dict) else None,
            published=f"{moment}Z" if moment else _text(post.get("date"), LONGEST_DATE),
        ),
    )
