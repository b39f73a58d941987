"""Tell text from binary by the first bytes, after the WHATWG MIME Sniffing Standard."""

from __future__ import annotations

import re

SNIFFED = 2048
BOMS = (b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")
BINARY_BYTES = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
WIDE = re.compile(rb"(?:[\t\n\r -~]\x00){4}|(?:\x00[\t\n\r -~]){4}")
MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"\x1f\x8b", b"\x7fELF")
MOST_NULS = 8


def looks_binary(content: bytes) -> bool:
    """Tell whether these bytes cannot be text in any encoding that pages have; a stray NUL is forgiven."""
    head = content[:SNIFFED]
    if head.startswith(MAGIC):
        return True
    if head.startswith(BOMS) or WIDE.match(head):
        return False
    return len(BINARY_BYTES.findall(head)) > MOST_NULS
