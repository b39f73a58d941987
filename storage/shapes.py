"""Values that no reader could make sense of: times and JSON that are none, numbers and texts out of range.

PostgreSQL refuses values of another type by itself, SQLite does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table, text
from sqlmodel import Session

from storage.models import Listed, Row, Utc, Words

OBJECTS = frozenset({"attributes", "content", "hints", "provenance"})  # the other JSON columns hold lists
SIGNED = frozenset({"band.value", "band_new.value", "change.seq"})
COUNTED_FROM_1 = ("id", "_id", "version")
RANGES: dict[str, tuple[int, int | None]] = {
    "published_offset": (-1439, 1439),
    "modified_offset": (-1439, 1439),
    "keep_days": (0, 36_500),
    "poll_seconds": (1, None),
}
NAMES = frozenset(
    {
        "article.url",
        "article.kind",
        "article.content_hash",
        "article.snapshot_hash",
        "article.parser_version",
        "revision.content_hash",
        "revision.snapshot_hash",
        "revision.parser_version",
        "revision.reason",
        "link.url",
        "attempt.worker",
        "source.url",
        "source.kind",
        "snapshot.hash",
        "robots.origin",
        "furniture.host",
        "furniture.block",
        "made_by.rules",
        "receiver.url",
        "watch.query",
        "delivery.type",
        "delivery.message_id",
        "delivery.body",
        "subscription.topic",
        "subscription.hub",
        "subscription.token",
        "subscription.secret",
        "source_file.url",
    }
)  # fmt: skip - what is never an empty text
_DIGITS = "[0-9][0-9]"
_TIME = f"{_DIGITS}{_DIGITS}-{_DIGITS}-{_DIGITS} {_DIGITS}:{_DIGITS}:{_DIGITS}*"
_HINTED = """CASE WHEN h.key = 'authors' THEN 'array'
    WHEN h.key IN ('title', 'published', 'section', 'language') THEN '{text}' ELSE 'none' END"""
_ODD_PART = {  # what is true of a JSON value, `h` of which cannot be read
    "sqlite": {
        "headers": "h.type <> 'array' OR json_array_length(h.value) <> 2",
        "changed": "h.type <> 'text'",
        "fields": "h.type <> 'text'",
        "hints": f"h.type <> {_HINTED.format(text='text')}",
    },
    "postgresql": {
        "headers": """CASE jsonb_typeof(h.value) WHEN 'array' THEN jsonb_array_length(h.value) <> 2
            ELSE true END""",
        "changed": "jsonb_typeof(h.value) <> 'string'",
        "fields": "jsonb_typeof(h.value) <> 'string'",
        "hints": f"jsonb_typeof(h.value) <> {_HINTED.format(text='string')}",
    },
}


def unreadable(session: Session, *, but: Table) -> Iterator[str]:
    """Yield a line for each row with a value that is not what its column holds, of all tables but one."""
    for table in Row.metadata.sorted_tables:
        if table is not but:
            yield from unreadable_rows(session, table)


def unreadable_rows(session: Session, table: Table, span: str = "true", **bounds: int) -> Iterator[str]:
    """Yield a line for each such row of a table, or of those that `span` says, by its `bounds`."""
    dialect = session.get_bind().dialect.name
    tests = {column.name: test for column in table.columns if (test := _test(column, dialect))}
    if not tests:
        return
    keys = ", ".join(column.name for column in table.primary_key)
    which = " ".join(f"WHEN {test} THEN '{name}'" for name, test in tests.items())
    rows = f'SELECT CASE {which} END AS odd, {keys} FROM "{table.name}" WHERE {span}'  # noqa: S608 - names of our own tables
    query = f"SELECT * FROM ({rows}) told WHERE odd IS NOT NULL ORDER BY {keys}"  # noqa: S608 - the same
    for name, *key in session.connection().execute(text(query), bounds):
        yield f"{table.name} {', '.join(map(str, key))}: its {name} cannot be read"


def _test(column: Column[object], dialect: str) -> str:
    """Write what is true of a value of this column that cannot be read; "" where every value can."""
    name = f'"{column.name}"'
    is_odd = _listed(column, dialect) if isinstance(column.type, Listed) else _plain(column, dialect)
    return f"({name} IS NOT NULL AND ({is_odd}))" if is_odd else ""


def _plain(column: Column[object], dialect: str) -> str:
    name, tests = f'"{column.name}"', []
    if dialect == "sqlite":
        tests = _types(column)
    if isinstance(column.type, Integer) and str(column) not in SIGNED:
        least = int(column.name.endswith(COUNTED_FROM_1))
        low, high = RANGES.get(column.name, (least, None))
        tests += [f"{name} < {low}", *([] if high is None else [f"{name} > {high}"])]
    if str(column) in NAMES:
        tests.append(f"{name} = ''")
    return " OR ".join(tests)


def _types(column: Column[object]) -> list[str]:
    """Write what is true of a value of another type, which SQLite takes all the same."""
    name = f'"{column.name}"'
    if isinstance(column.type, Utc):
        return [f"julianday({name}) IS NULL", f"{name} NOT GLOB '{_TIME}'"]
    if isinstance(column.type, Boolean):
        return [f"{name} NOT IN (0, 1)"]
    types = {Integer: "integer", Words: "text", LargeBinary: "blob"}
    return [f"typeof({name}) <> '{held}'" for kind, held in types.items() if isinstance(column.type, kind)]


def _listed(column: Column[object], dialect: str) -> str:
    """Write what is true of JSON that is none, or not the list or the object that its column holds."""
    name, kind = f'"{column.name}"', "object" if column.name in OBJECTS else "array"
    types = f"'{kind}', 'null'" if column.nullable else f"'{kind}'"
    part = _ODD_PART[dialect].get(column.name)
    if dialect == "sqlite":
        each, what = "json_each", f"json_type({name})"
        cases = [f"WHEN typeof({name}) <> 'text' OR NOT json_valid({name}) THEN true"]
    else:
        each, what = ("jsonb_each" if kind == "object" else "jsonb_array_elements"), f"jsonb_typeof({name})"
        cases = []
    cases += [f"WHEN {what} NOT IN ({types}) THEN true", f"WHEN {what} = 'null' THEN false"]
    if part:
        value = "h" if each in {"json_each", "jsonb_each"} else "h(value)"
        cases.append(f"WHEN EXISTS (SELECT 1 FROM {each}({name}) {value} WHERE {part}) THEN true")  # noqa: S608 - constants
    return f"CASE {' '.join(cases)} ELSE false END"
