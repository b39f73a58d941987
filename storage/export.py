"""Articles out to a file: JSON Lines, CSV, Parquet, WARC, Atom; the file is there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlmodel import Session

from storage.atom import write_atom
from storage.atomic import replaced
from storage.flat import MissingLibraryError, write_csv, write_parquet
from storage.lines import write_lines, write_preset
from storage.models import CHANGE
from storage.presets import Preset
from storage.values import Article
from storage.warc import write_warc

ENDINGS = (".jsonl", ".csv", ".parquet", ".warc.gz", ".atom")


class ExportError(Exception):
    """Why an export could not be made, in one line that names the file and says what to do."""


class NoFormatError(ExportError):
    """The file's name tells no format, or none that the preset has."""


def export(
    session: Session,
    articles: Iterable[Article],
    file: Path,
    preset: Preset | None = None,
    query: str | None = None,
) -> int:
    """Write articles as they come to `file`, in the format its name ends in, and return how many records.

    Memory does not grow with their number. .jsonl is our own form, which import_lines() reads back, or a
    preset. The file is replaced only when all is written; ExportError says why nothing was. A pipe or
    a device is written to as they come. Feeds of one `query` (the file's name unless given) of one archive
    are the same feed, wherever they are written.
    """
    write = _writer(session, file, preset, query or file.stem)
    try:
        with replaced(file) if file.is_file() or not file.exists() else file.open("wb") as out:
            return write(articles, out)
    except MissingLibraryError as error:
        raise ExportError(f"{file}: {error}") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportError(f"{file}: {reason}; nothing was written in its place") from error


def write_stream(
    session: Session, articles: Iterable[Article], out: BinaryIO, preset: Preset | None = None
) -> int:
    """Write articles as JSON Lines, each as it comes, to what is open, and return how many."""
    return write_lines(session, articles, out) if preset is None else write_preset(articles, out, preset)


def _writer(
    session: Session, file: Path, preset: Preset | None, query: str
) -> Callable[[Iterable[Article], BinaryIO], int]:
    name = file.name.lower()
    if preset is not None and not name.endswith(".jsonl"):
        raise NoFormatError(f"{file}: {preset} is a form of JSON: end the name in .jsonl")
    if name.endswith(".jsonl"):
        return partial(write_stream, session, preset=preset)
    if name.endswith(".csv"):
        return write_csv
    if name.endswith(".parquet"):
        return write_parquet
    if name.endswith(".warc.gz"):
        return partial(write_warc, session)
    if name.endswith(".atom"):
        identity = f"{_began(session)} {query}"
        return partial(write_atom, title=file.stem, identity=identity, now=datetime.now(UTC))
    raise NoFormatError(f"{file}: its name tells no format: end it in {', '.join(ENDINGS)}")


def _began(session: Session) -> str:
    """Tell one archive from another: by when its first change was written down."""
    first = session.connection().execute(select(CHANGE.c.at).where(CHANGE.c.seq == 1)).scalar()
    return "" if first is None else first.isoformat()
