"""The pages behind articles as a WARC file (ISO 28500, version 1.1), from the snapshots."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlmodel import Session
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from storage.models import ARTICLE, ATTEMPT, LINK, SNAPSHOT
from storage.snapshots import unpacked
from storage.values import Article

BATCH = 50
# A snapshot is what the transfer and its coding carried; headers that speak of those would now be wrong.
_UNDONE = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"})


def write_warc(session: Session, articles: Iterable[Article], out: BinaryIO) -> int:
    """Write every page of the articles, each once, gzipped by record, and return how many it wrote.

    Its date is when it was fetched, by whoever fetched it, be it years before it came.
    A page that came over HTTP is a `response` with its headers, one from a file a `resource`. Pages that
    retention has let go are not in it.
    """
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    about = {"software": "cleanwire", "format": "WARC File Format 1.1"}
    _write(writer, writer.create_warcinfo_record(None, about))
    count = 0
    left = iter(articles)
    while group := [article.id for article in islice(left, BATCH)]:
        for kept in _snapshots(session, group):
            _write(writer, _record(writer, kept))
            count += 1
    return count


def _write(writer: WARCWriter, record: Any) -> None:
    writer.write_record(record)
    record.raw_stream.close()  # the writer puts a copy there to make its digests, and leaves it open


def _snapshots(session: Session, article_ids: list[int]) -> Iterator[Any]:
    """Yield the first fetch of each page, by address and bytes, that an article was made from."""
    fetched = (
        select(ATTEMPT.c.at, ATTEMPT.c.fetched_at.label("captured_at"), ATTEMPT.c.status, ATTEMPT.c.headers,
               LINK.c.url.label("asked"), ATTEMPT.c.url, ATTEMPT.c.snapshot_hash, SNAPSHOT.c.content_type,
               SNAPSHOT.c.content, ARTICLE.c.fetched_at,
               (ARTICLE.c.snapshot_hash == ATTEMPT.c.snapshot_hash).label("is_current"))
        .join(ARTICLE, ARTICLE.c.id == ATTEMPT.c.article_id)
        .join(LINK, LINK.c.id == ATTEMPT.c.link_id)
        .join(SNAPSHOT, SNAPSHOT.c.hash == ATTEMPT.c.snapshot_hash)
        .where(ATTEMPT.c.article_id.in_(article_ids))
        .order_by(ATTEMPT.c.id)
    )  # fmt: skip
    seen = set()
    for row in session.connection().execute(fetched):
        if (page := (row.url or row.asked, row.snapshot_hash)) not in seen:
            seen.add(page)
            yield row


def _record(writer: WARCWriter, kept: Any) -> Any:
    content = unpacked(kept.snapshot_hash, kept.content)
    url = kept.url or kept.asked
    told = kept.fetched_at if kept.is_current else kept.at  # what tries of before did not tell
    named = {"WARC-Date": _date(kept.captured_at or told)}
    if url.startswith("file:"):
        named["Content-Type"] = kept.content_type or "application/octet-stream"
        return writer.create_warc_record(url, "resource", io.BytesIO(content), warc_headers_dict=named)
    status = kept.status or HTTPStatus.OK
    headers = [(name, value) for name, value in kept.headers or [] if name.lower() not in _UNDONE]
    if not any(name.lower() == "content-type" for name, _ in headers) and kept.content_type:
        headers.append(("Content-Type", kept.content_type))
    headers.append(("Content-Length", str(len(content))))
    said = StatusAndHeaders(_status_line(status), headers, protocol="HTTP/1.1")
    return writer.create_warc_record(
        url, "response", io.BytesIO(content), http_headers=said, warc_headers_dict=named
    )


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
