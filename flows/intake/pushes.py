"""Pages handed in by whoever has them: kept, a WARC file each, until the archive has them."""

from __future__ import annotations

import hashlib
import io
import os
from datetime import UTC, datetime
from pathlib import Path

from warcio.warcwriter import WARCWriter

from parsers import Page
from storage.atomic import replaced

USUAL_TYPE = "text/html"


def keep_push(page: Page, folder: Path, at: datetime) -> Path:
    """Write a page to a file of its own in a folder; when this returns, it is on the disk.

    The same bytes for the same address have the same file: handed in twice, they wait once.
    """
    name = hashlib.sha256(page.url.encode() + b"\\n" + page.content).hexdigest()[:32]
    path = folder / f"{name}.warc"
    with replaced(path) as file:
        file.write(_warc(page, at))
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return path


def _warc(page: Page, at: datetime) -> bytes:
    """Write a page as a `resource` record (ISO 28500)."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")
    said = {
        "Content-Type": page.content_type or USUAL_TYPE,
        "WARC-Date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    record = writer.create_warc_record(page.url, "resource", io.BytesIO(page.content), warc_headers_dict=said)
    writer.write_record(record)
    record.raw_stream.close()  # the writer puts a copy there to make its digests, and leaves it open
    return out.getvalue()
