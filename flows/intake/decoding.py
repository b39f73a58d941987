"""Undo a body's Content-Encoding within bounds: gzip and deflate only, and never more than was allowed.

httpx's own decoders grow 32 kB to gigabytes, take a cut gzip body for a whole one and drop the second
member of a gzip file; these do none of the three.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterator

from flows.intake.errors import Encoded, Refused, Unreachable

GZIP = 16 + zlib.MAX_WBITS
RAW = -zlib.MAX_WBITS
ZLIB_METHOD = 8
STEP = 2**18  # bytes decoded at a time
MEMBER = b"\x1f\x8b\x08"  # RFC 1952, 2.3: what every gzip member begins with


class Body:
    """Gathers a body piece by piece and decodes it on the way; at most `max_bytes` are ever held."""

    def __init__(self, encoding: str, max_bytes: int) -> None:
        self._encoding = _known(encoding)
        self._max_bytes = max_bytes
        self._data = bytearray()
        self._inflater: zlib._Decompress | None = None
        self._members = 0

    def feed(self, piece: bytes) -> None:
        """Take the next piece off the wire; Refused past the size, Unreachable where it cannot be decoded."""
        deque(self.steps(piece), 0)

    def steps(self, piece: bytes) -> Iterator[int]:
        """Take a piece as `feed` does, a little at a time: gives the body's size after each STEP of it."""
        if self._encoding == "identity":
            yield self._keep(piece)
        else:
            yield from self._inflate(piece)

    def close(self) -> bytes:
        """Give the whole body; Unreachable where its compressed form was cut off."""
        if self._inflater is not None and not self._inflater.eof:
            raise Unreachable("the body was cut off: its compressed form has no end")
        return bytes(self._data)

    def begun(self) -> bytes:
        """Give what has come so far."""
        return bytes(self._data)

    def _keep(self, piece: bytes) -> int:
        """Add decoded bytes, within the bound, and give the size of all."""
        self._data += piece
        if len(self._data) > self._max_bytes:
            raise Refused(f"the body is larger than {self._max_bytes} bytes (CLEANWIRE_MAX_BYTES)")
        return len(self._data)

    def _inflate(self, piece: bytes) -> Iterator[int]:
        """Decode one piece, which may end one gzip member and begin the next."""
        while piece:
            if self._inflater is None or self._inflater.eof:
                if not self._begins_member(piece):
                    return
                self._inflater = zlib.decompressobj(self._window(piece))
                self._members += 1
            room = self._max_bytes - len(self._data) + 1
            try:
                yield self._keep(self._inflater.decompress(piece, min(room, STEP)))
            except zlib.error:
                raise Unreachable(f"the body is not the {self._encoding} it is said to be") from None
            piece = self._inflater.unconsumed_tail or self._inflater.unused_data

    def _begins_member(self, piece: bytes) -> bool:
        """Tell whether a member starts here; anything else after a whole body is passed over, as browsers do.

        Chromium and Firefox end a gzip body at the trailer that proves it whole and ignore what follows, and
        gzip(1) calls that trailing garbage a warning: the page is all there, so it is taken.
        """
        return self._members == 0 or (self._encoding == "gzip" and piece.startswith(MEMBER[: len(piece)]))

    def _window(self, piece: bytes) -> int:
        """Choose the format: `deflate` is zlib by RFC 9110 and raw by many servers' habit."""
        if self._encoding == "gzip":
            return GZIP
        return zlib.MAX_WBITS if piece[0] & 0x0F == ZLIB_METHOD else RAW


def _known(encoding: str) -> str:
    """Fold a Content-Encoding header to identity, gzip or deflate; Refused for any other or a chain."""
    names = [name.strip().lower().removeprefix("x-") for name in encoding.split(",")]
    names = [name for name in names if name and name != "identity"]
    if not names:
        return "identity"
    if len(names) > 1 or names[0] not in {"gzip", "deflate"}:
        raise Encoded(f"the body is encoded as {', '.join(names)[:60]}, which was not asked for")
    return names[0]
