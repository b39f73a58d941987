"""Commands on the archive as a whole and on an article's past: `export`, `import`, `history`, `diff`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from flows.clock import now
from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import plain, print_json, print_json_list
from flows.commands.reading import filters, say_left_out
from flows.errors import UsageFault, WorkFault
from flows.narrowing import Narrowing
from flows.terminal import printable
from storage import Article, Revision, articles
from storage import history as find_history
from storage.diff import FieldDiff, compare
from storage.export import ExportError, NoFormatError, write_stream
from storage.export import export as write_file
from storage.line_rows import BadLineError
from storage.presets import Preset
from storage.restore import import_lines

COLOURS = {"same": "default", "removed": "red", "added": "green"}
PLAIN_MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}  # as git's --word-diff=plain
NO_EDIT = {  # versions that nobody at the paper made
    "canonical": "read on its own page, before on a copy of it",
    "reparsed": "another reading of the same page",
}
STDOUT = Path("-")
Versions = tuple[int | None, int | None]


def export(
    file: Path, words: str, by: Narrowing, limit: int | None, preset: Preset | None, db: str | None
) -> int:
    """Write the articles that are wanted and count them; UsageFault or WorkFault, and no file, if it fails.

    "-" is standard output, which gets JSON Lines as they come.
    """
    wanted = filters(by, limit)
    say_left_out(words)
    with opened(settings_for(db).database) as database, database.read() as session:
        found = _counted(articles(session, words, **wanted))
        try:
            if file == STDOUT:
                count = write_stream(session, found, sys.stdout.buffer, preset)
            else:
                count = write_file(session, found, file, preset, f"{words} {asdict(by)}")
        except NoFormatError as error:
            raise UsageFault(str(error)) from None
        except ExportError as error:
            raise WorkFault(str(error)) from None
    return count


def tell_written(file: Path, count: int, *, as_json: bool) -> None:
    """Say what an export came to: as JSON on standard output, unless the articles are there."""
    if as_json and file != STDOUT:
        print_json({"file": str(file), "written": count})
    else:
        print(f"{file}: {count:,} written", file=sys.stderr)


def import_(file: Path, db: str | None, *, as_json: bool) -> None:
    """Bring back what `export FILE.jsonl` wrote; WorkFault, and nothing comes in, for any other file."""
    try:
        with (
            file.open("rb") as lines,
            opened(settings_for(db).database, make=True) as database,
            database.write() as session,
        ):
            done = import_lines(session, lines, now())
    except BadLineError as error:
        raise WorkFault(f"{file}: {error}; nothing was imported") from None
    except OSError as error:
        raise UsageFault(f"{file}: {error.strerror or error}") from None
    if as_json:
        print_json(done)
    else:
        print(f"{done.articles:,} articles imported, {done.known:,} were there already")


def history(number: int, db: str | None, *, as_json: bool) -> None:
    """Print every version of an article; WorkFault when there is no such article."""
    versions = _versions(number, db)
    if as_json:
        print_json_list(versions)
        return
    for one in versions:
        seen = one.seen_at.strftime("%Y-%m-%d %H:%M UTC")
        print(f"{one.version:>4}  {seen}  {one.edit:<12} {one.reason}")


def diff(number: int, between: Versions, db: str | None, *, as_json: bool) -> None:
    """Print what differs between two versions: the last two unless told otherwise."""
    versions = {one.version: one for one in _versions(number, db)}
    newest = max(versions)
    later = between[1] or (newest if between[0] is None or between[0] < newest else newest - 1)
    earlier = between[0] or max(1, later - 1)
    for wanted in (earlier, later):
        if wanted not in versions:
            raise WorkFault(f"{number}: has no version {wanted}; it has 1 to {newest}")
    found = compare(versions[earlier].content, versions[later].content)
    if as_json:
        print_json(list(found))
        return
    if newest == 1:
        print(f"article {number} has one version: there is nothing to compare yet")
        return
    console = Console(highlight=False, soft_wrap=True)
    after_first = range(min(earlier, later) + 1, max(earlier, later) + 1)
    edits = ", ".join(dict.fromkeys(_told(versions[one]) for one in after_first))
    console.print(f"version {earlier} -> {later}: {edits or 'the same'}", style="bold")
    for field in found:
        _show_field(console, field)
    if not found:
        console.print("no field differs")


def _told(version: Revision) -> str:
    """Name what made a version, and where that is no edit of the paper's, say so."""
    return (
        f"{version.edit} (no edit of theirs: {NO_EDIT[version.edit]})"
        if version.edit in NO_EDIT
        else version.edit
    )


def _versions(number: int, db: str | None) -> list[Revision]:
    with opened(settings_for(db).database) as database, database.read() as session:
        versions = find_history(session, number)
    if not versions:
        raise WorkFault(f"{number}: no article has this id; `cleanwire query` lists them")
    return versions


def _show_field(console: Console, field: FieldDiff) -> None:
    console.print(f"\n{field.name}", style="bold")
    if not field.pieces:
        console.print(f"  {printable(str(plain(field.before)))} -> {printable(str(plain(field.after)))}")
        return
    for piece in field.pieces:
        left, right = ("", "") if console.is_terminal else PLAIN_MARKS[piece.fate]
        text = "\n".join(printable(line) for line in f"{left}{piece.text}{right}".split("\n"))
        console.print(text, style=COLOURS[piece.fate], end="")
    console.print()


def _counted(found: Iterable[Article]) -> Iterator[Article]:
    """Pass articles on and show on a terminal how many have gone by."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.completed:,.0f} articles"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None)
        for article in found:
            progress.advance(task)
            yield article
