"""Write storage/SCHEMA.md: `python tests/support/schema.py > storage/SCHEMA.md`; a test compares the two."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

from sqlalchemy import Engine, inspect

from storage import band_models, event_models, files, models, open_database, robots, upkeep_models

HEAD = """# The archive's tables

For SQL clients and Datasette: `sqlite3 cleanwire.db`, `psql`, `datasette cleanwire.db`. Read the views; the
tables behind them may gain columns. Times are UTC, lists and objects are JSON; a type with "?" may be null.

`fulltext` is the word index; words in it are folded: lower case, no accents. FTS5 on SQLite:
`SELECT a.title FROM fulltext f JOIN article a ON a.position = f.rowid WHERE fulltext MATCH 'budget'`;
a tsvector on PostgreSQL: `... ON a.position = f.position WHERE f.words @@ 'budget'::tsquery`.

`cleanwire export all.jsonl` writes an article a line: its fields as below, `revisions`, `changes`,
`addresses`, `source` with its settings, `links` with their `tries`, so that `cleanwire import` into an empty
archive makes the same one: numbers, clusters, change stream, `why`, what is looked at again. Not in the
lines: raw pages and their headers (export them as `.warc.gz`), links that led to no article, sources without
one (`cleanwire sources export`), hubs, receivers, watches. `cleanwire backup` copies all of it.

Generated: `python tests/support/schema.py > storage/SCHEMA.md`.
"""


def described(engine: Engine) -> Iterator[str]:
    """Yield the page's lines: views and tables with their columns, tables with what they are for."""
    yield HEAD
    found = inspect(engine)
    for view in sorted(found.get_view_names()):
        yield f"## {view} (view)\n"
        columns = ", ".join(f"`{column['name']}`" for column in found.get_columns(view))
        yield f"{columns}\n"
    modules = (models, band_models, event_models, files, robots, upkeep_models)
    kinds = [kind for module in modules for kind in vars(module).values()]
    rows = {kind.__tablename__: kind for kind in kinds if hasattr(kind, "__tablename__")}
    for name, table in sorted(models.Row.metadata.tables.items()):
        yield f"## {name}\n"
        yield f"{cleandoc(rows[name].__doc__ or '')}\n" if name in rows else ""
        yield "| column | type |\n|---|---|"
        for column in table.columns:
            kind = column.type.compile(engine.dialect).lower()
            yield f"| `{column.name}` | {kind}{'?' if column.nullable else ''} |"
        yield ""


def page() -> str:
    """Return the whole page, from a new SQLite archive."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'schema.db'}")
        try:
            return "\n".join(described(database.engine))
        finally:
            database.close()


if __name__ == "__main__":
    sys.stdout.write(page())
