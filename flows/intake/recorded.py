"""Bodies as archives of answers hold them: transfer and content codings undone, within bounds.

warcio's own decoders are not used: they have no bound, and its brotli one does not work with brotli 1.2.
"""

from __future__ import annotations

import io
import zlib

import brotli
import zstandard
from warcio.bufferedreaders import ChunkedDataReader

from flows.intake.decoding import STEP, Body
from flows.intake.errors import Refused, Unreachable, Unreadable
from flows.intake.sniff import looks_binary

WINDOW = 2**23  # bytes a zstd frame may look back: what RFC 9659 allows on the web
FEW = 64
BLANK = b"\xef\xbb\xbf \t\r\n"
BROKEN = (Unreachable, Refused, brotli.error, zstandard.ZstdError, zlib.error)


def undo(raw: bytes, transfer: str, coding: str, max_bytes: int) -> bytes:
    """Undo an answer's Transfer-Encoding and Content-Encoding; Unreadable where that cannot be done.

    At most `max_bytes` + 1 bytes come back: more of them than `max_bytes` mean that there are more. Crawlers
    leave the header when they have undone the coding: one that is markup already is given as it is.
    """
    if transfer.strip().lower() == "chunked":
        raw = ChunkedDataReader(io.BytesIO(raw)).read(len(raw))
    named = coding.strip().lower()
    try:
        return _decoded(raw, named, max_bytes + 1)
    except BROKEN:
        if looks_binary(raw) or not raw.lstrip(BLANK).startswith(b"<"):
            raise Unreadable(f"its body cannot be decoded as {ascii(named)[1:-1][:60]}") from None
        return raw[: max_bytes + 1]


def _decoded(raw: bytes, named: str, most: int) -> bytes:
    """Decode at most so many bytes; one of BROKEN where they are not what they are said to be."""
    if named in {"", "identity"}:
        return raw[:most]
    if named == "br":
        return _unbrotli(raw, most)
    if named == "zstd":
        return _unzstd(raw, most)
    body = Body(named, most + STEP)  # which refuses what is larger; here it is only left
    for at in range(0, len(raw), STEP):
        for size in body.steps(raw[at : at + STEP]):
            if size >= most:
                return body.begun()[:most]
    return body.close()


def _unbrotli(raw: bytes, most: int) -> bytes:
    """Decode brotli a step at a time."""
    decoder, content, piece = brotli.Decompressor(), bytearray(), raw
    while len(content) < most and not decoder.is_finished():
        more = decoder.process(piece, output_buffer_limit=STEP)
        if not more and decoder.can_accept_more_data():
            raise Unreachable("cut off")
        content += more
        piece = b""
    return bytes(content[:most])


def _unzstd(raw: bytes, most: int) -> bytes:
    """Decode zstd a few bytes at a time, as each block of four may be 128 KiB."""
    decoder, content = zstandard.ZstdDecompressor(max_window_size=WINDOW).decompressobj(), bytearray()
    for at in range(0, len(raw), FEW):
        content += decoder.decompress(raw[at : at + FEW])
        if decoder.eof or len(content) >= most:
            return bytes(content[:most])
    raise Unreachable("cut off")
