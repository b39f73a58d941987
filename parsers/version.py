"""Which parser this is: a digest of everything in this package that can change what a page parses to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

WHAT_DECIDES = (".py", ".toml", ".json", ".npz")  # code, rules and weights; not what Python caches


@cache
def parser_version() -> str:
    """Return 12 hexadecimal digits that change whenever the code, the rules or the weights of parsers do."""
    digest = hashlib.sha256()
    for name, file in sorted(_files(files("parsers"), "")):
        content = file.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            yield from _files(entry, f"{name}/")
        elif name.endswith(WHAT_DECIDES):
            yield name, entry
