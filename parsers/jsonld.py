"""JSON-LD: the blocks that a page's scripts hold, read whole, broken or nested, within bounds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any, Final

Node = dict[str, Any]

MAX_CHARS: Final = 2_000_000  # of one script: the largest in the wild are lists of comments near 1 MB
MAX_NODES: Final = 2_000
MAX_DEPTH: Final = 12

ARTICLE_TYPES: Final = frozenset(
    [
        "article",
        "newsarticle",
        "reportagenewsarticle",
        "opinionnewsarticle",
        "analysisnewsarticle",
        "backgroundnewsarticle",
        "reviewnewsarticle",
        "askpublicnewsarticle",
        "satiricalarticle",
        "advertisercontentarticle",
        "blogposting",
        "liveblogposting",
        "socialmediaposting",
        "techarticle",
        "scholarlyarticle",
        "medicalscholarlyarticle",
        "report",
        "discussionforumposting",
        "review",
        "criticreview",
        "recipe",
        "howto",
    ]
)
MEDIA_TYPES: Final = frozenset(
    {"videoobject", "audioobject", "podcastepisode", "imagegallery", "mediagallery"}
)
PAGE_TYPES: Final = frozenset(
    {"webpage", "itempage", "aboutpage", "medicalwebpage", "creativework", "newsitem"}
)

_WRAPPERS: Final = ("@graph", "mainEntity", "mainEntityOfPage", "subjectOf", "@list", "@set", "itemReviewed")
_COMMENT: Final = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)")
_COMMENT_END: Final = re.compile(r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$")
_OPENING: Final = ("{", "[")
_CLOSING: Final = ("}", "]")
_TRAILING_COMMA: Final = re.compile(r",(\s*[}\]])")
_SINGLE: Final = ("{'", "{ '", "{\n'", "[{'")  # what begins an object in single quotes
_QUOTED: Final = re.compile(r"'((?:[^'\\]|\\.){0,20000})'")
_BAD_ESCAPE: Final = re.compile(r'\\(?!["\\/bfnrtu])|\\u(?![0-9a-fA-F]{4})')
_LOOSE: Final = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated|description|inLanguage|articleSection|@type'
    r'|isAccessibleForFree)"\s*:\s*(?:"((?:[^"\\]|\\.){1,2000})"|(true|false))'
)
_LOOSE_AUTHOR: Final = re.compile(
    r'"author"\s*:\s*\[?\s*\{[^{}]{0,400}?"name"\s*:\s*"((?:[^"\\]|\\.){1,200})"'
)


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) < 20 else None  # noqa: PLR2004 - no date or count is longer


_DECODER: Final = json.JSONDecoder(strict=False, parse_int=_integer, parse_constant=lambda _: None)


def load(script: str) -> Any:
    """What a JSON-LD script says, or None: comment marks, stray commas and bad escapes are forgiven."""
    text = script[:MAX_CHARS].strip()
    if not (text[:1] in _OPENING and text[-1:] in _CLOSING):  # as most: nothing to leave out
        text = _COMMENT_END.sub("", _COMMENT.sub("", text))
    text = text.strip("\ufeff \t\r\n;")
    if not text:
        return None
    attempts: tuple[Callable[[str], str], ...] = (str, unescape, _mend)
    if text.startswith(_SINGLE):
        attempts = (*attempts, _requoted)
    for attempt in attempts:
        try:
            return _DECODER.raw_decode(attempt(text))[0]
        except ValueError:
            continue
        except RecursionError:
            return None
    return _scavenge(text)


def _mend(text: str) -> str:
    return _TRAILING_COMMA.sub(r"\1", _BAD_ESCAPE.sub(r"\\\\", text))


def _requoted(text: str) -> str:
    """The same with double quotes: a template of Python's or JavaScript's wrote single ones."""
    return _QUOTED.sub(lambda match: json.dumps(match[1].replace("\\'", "'"), ensure_ascii=False), text)


def _scavenge(text: str) -> Node | None:
    """The first plain values of a script that is no JSON at all."""
    node: Node = {}
    for key, value, boolean in _LOOSE.findall(text[:200_000]):
        node.setdefault(key, value.replace('\\"', '"').replace("\\/", "/") if value else boolean == "true")
    author = _LOOSE_AUTHOR.search(text[:200_000])
    if author:
        node["author"] = {"name": author[1].replace('\\"', '"')}
    return node or None


def nodes(value: Any) -> list[Node]:
    """Every typed node of a loaded script, outer before inner, at most MAX_NODES of them."""
    found: list[Node] = []
    queue: list[tuple[Any, int]] = [(value, 0)]
    for item, depth in queue:  # grows while it is read: breadth first
        if isinstance(item, list):
            queue.extend((part, depth) for part in item[:MAX_NODES] if isinstance(part, (dict, list)))
        elif isinstance(item, dict):
            found.append(item)
            if depth < MAX_DEPTH:
                queue.extend(
                    (item[key], depth + 1) for key in _WRAPPERS if isinstance(item.get(key), (dict, list))
                )
        if len(queue) > MAX_NODES:
            break
    return found


def types(node: Node) -> list[str]:
    """The node's types in lower case, without their vocabulary's address."""
    value = node.get("@type") or node.get("type")
    names = value if isinstance(value, list) else [value]
    return [re.split(r"[/#:]", name)[-1].lower() for name in names if isinstance(name, str)]


def _unnamed(node: Node, key: str) -> Any:
    """What stands for a node's missing name: a person's two names, or for an address the node's own."""
    if key != "name":
        return node.get("@id")
    parts = (node.get("givenName"), node.get("familyName"))
    return " ".join(part for part in parts if isinstance(part, str))


def strings(value: Any, key: str = "name", limit: int = 50) -> Iterator[str]:
    """The texts in a value that may be a text, a number, a node with a name, or a list of these."""
    queue = [value]
    for item in queue:
        if isinstance(item, str):
            yield item
        elif isinstance(item, (int, float)) and not isinstance(item, bool):
            yield str(item)
        elif isinstance(item, dict):
            queue.append(item.get(key) or item.get("@value") or item.get("@list") or _unnamed(item, key))
        elif isinstance(item, list):
            queue.extend(item[:limit])
        if len(queue) > limit * 4:
            return
