"""Writing articles and their history: rows gathered for a wave of pages, then one statement per table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from parsers import Draft
from storage import clusters, identity
from storage.changes import set_counters
from storage.codec import draft_columns, editorial, kept_content
from storage.fulltext import Document, Entry, document, enter, unindex
from storage.inserting import insert_rows, update_rows
from storage.models import ADDRESS, ARTICLE, CHANGE, REVISION
from storage.places import PLACING, place, wanted_position
from storage.revisions import Decision
from storage.values import ChangeKind, EditClass, Revision


class Kept:
    """An article that is in the archive, as its row says; its latest version for decide()."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row

    @property
    def revision(self) -> Revision:
        """The current version with its editorial content."""
        row = self.row
        return Revision(
            article_id=row["id"], version=row["version"], seen_at=row["fetched_at"],
            edit="removed" if row["status"] == "removed" else "first", reason="", changed=(),
            content_hash=row["content_hash"], snapshot_hash=row["snapshot_hash"],
            parser_version=row["parser_version"], content=editorial(row),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be written of an article: its `columns`, lists as JSON or as they are, and its words."""

    columns: Mapping[str, Any]
    words: Document
    source_id: int | None = None
    discovered_at: datetime | None = None


class Writer:
    """The one writer of articles for the length of a transaction: it holds the counters (see changes.py)."""

    def __init__(self, session: Session, counters: dict[str, int], now: datetime, parser: str) -> None:
        self.now = now
        self._session = session
        self._counters = counters
        self._parser = parser
        self._entries: dict[int, Entry] = {}  # what finish() will put into the word index, by article
        self._start()

    def _start(self) -> None:
        self._created: list[dict[str, Any]] = []
        self._updated: list[dict[str, Any]] = []
        self._checked: list[dict[str, Any]] = []
        self._addresses: list[dict[str, Any]] = []
        self._revisions: list[dict[str, Any]] = []
        self._superseded: list[dict[str, Any]] = []
        self._outdated: list[Mapping[str, Any]] = []
        self._changes: list[dict[str, Any]] = []
        self._words: dict[int, Document] = {}  # of each article that is new or revised
        self._marks: dict[int, str | None] = {}  # near_hash of each article whose text is new

    def write(
        self, decision: Decision, kept: Kept | None, found: Found, keys: Sequence[bytes]
    ) -> tuple[int, int]:
        """Do what was decided of a page and return the article's id and version; flush() makes it so."""
        if kept is None:
            article_id, version = self._create(found), 1
        elif decision.action == "revise":
            article_id, version = self._revise(decision, kept, found)
        else:
            article_id, version = kept.row["id"], kept.row["version"]
            self._checked.append({"id": article_id})
        self._addresses += [{"key": key, "article_id": article_id} for key in keys]
        if decision.action != "keep":
            self._record(decision, article_id, version, found.columns)
        return article_id, version

    def reparse(self, kept: Kept, draft: Draft, changed: Sequence[str], keys: Sequence[bytes]) -> None:
        """Make another reading of the same bytes an article's next version; its standing stays as it is.

        flush() makes it so.
        """
        decision = Decision("revise", f"reparsed: {', '.join(changed)}", "reparsed", tuple(changed))
        columns = {
            name: kept.row[name] for name in ("host", "url", "original_url", "fetched_at", "snapshot_hash")
        }
        columns |= draft_columns(draft)
        columns |= {
            "content_hash": identity.content_hash(draft),
            "near_hash": clusters.near_hash(columns["text"]),
        }
        article_id, version = self._revise(decision, kept, Found(columns, document(columns)))
        self._updated[-1] |= {name: kept.row[name] for name in ("status", "last_checked_at")}
        self._addresses += [{"key": key, "article_id": article_id} for key in keys]
        self._record(decision, article_id, version, columns)

    def remove(self, article_id: int, reason: str) -> int:
        """Mark an article removed, keep its text, and return its version; once removed it stays as it is."""
        query = select(ARTICLE).where(ARTICLE.c.id == article_id)
        row = dict(self._session.connection().execute(query).mappings().one())
        if row["status"] == "removed":
            return int(row["version"])
        version = int(row["version"]) + 1
        self._updated.append({"id": article_id, "version": version, "status": "removed"})
        self._supersede_with(row, None)
        self._record(Decision("revise", reason, "removed"), article_id, version, row)
        self.flush()
        return version

    def _create(self, found: Found) -> int:
        self._counters["article"] += 1
        article_id = self._counters["article"]
        row = self._row(found) | {
            "id": article_id, "cluster_id": article_id, "version": 1, "status": "live",
            "source_id": found.source_id, "discovered_at": found.discovered_at,
            "first_seen_at": found.columns["fetched_at"],
        }  # fmt: skip
        row["position"] = wanted_position(row, article_id)
        self._created.append(row)
        self._words[article_id] = found.words
        self._marks[article_id] = row["near_hash"]
        return article_id

    def _revise(self, decision: Decision, kept: Kept, found: Found) -> tuple[int, int]:
        article_id, version = kept.row["id"], kept.row["version"] + 1
        corrected = decision.edit == "correction" or kept.row["status"] == "corrected"
        row = self._row(found) | {"version": version, "status": "corrected" if corrected else "live"}
        if not PLACING.isdisjoint(decision.changed):
            row["position"] = wanted_position(row | {"first_seen_at": kept.row["first_seen_at"]}, article_id)
        if "text" in decision.changed:
            self._marks[article_id] = row["near_hash"]
        row["id"] = article_id
        self._words[article_id] = found.words
        self._updated.append(row)
        self._outdated.append(kept.row)
        self._supersede_with(kept.row, kept.row["position"] if "position" in row else None)
        return article_id, version

    def _supersede_with(self, row: Mapping[str, Any], stood: int | None) -> None:
        """Let a version be remembered as its article's `row` has it, and where it stood if that changes."""
        old = {"key": row["id"], "old": row["version"], "told": kept_content(row)}
        self._superseded.append(old | {"stood": stood})

    def _row(self, found: Found) -> dict[str, Any]:
        read = {"parsed_at": self.now, "last_checked_at": self.now, "parser_version": self._parser}
        return {**found.columns, **read}

    def _record(self, decision: Decision, article_id: int, version: int, found: Mapping[str, Any]) -> None:
        kinds: dict[EditClass, ChangeKind] = {
            "first": "created", "removed": "removed", "reparsed": "reparsed",
        }  # fmt: skip
        self._revisions.append({
            "article_id": article_id, "version": version, "seen_at": self.now, "edit": decision.edit,
            "reason": decision.reason, "changed": list(decision.changed),
            "content_hash": found["content_hash"], "snapshot_hash": found["snapshot_hash"],
            "parser_version": self._parser,
        })  # fmt: skip
        kind = kinds.get(decision.edit, "revised")
        self._change(kind, article_id, version, list(decision.changed))

    def _change(self, kind: ChangeKind, article_id: int, version: int, fields: list[str]) -> None:
        self._counters["change"] += 1
        self._changes.append({
            "seq": self._counters["change"], "kind": kind, "article_id": article_id, "version": version,
            "at": self.now, "fields": fields,
        })  # fmt: skip

    def flush(self) -> None:
        """Write what has been gathered, parents before children; the word index follows in finish()."""
        connection = self._session.connection()
        moving = [row for row in (*self._created, *self._updated) if "position" in row]
        place(connection, moving)
        self._unindex()  # before their positions change
        insert_rows(connection, ARTICLE, self._created)
        revised = [row["id"] for row in self._updated if row["id"] in self._marks]
        changed = [row["id"] for row in self._updated]
        before = clusters.standing(connection, changed)
        moved = clusters.leave(connection, revised)
        for row in self._updated:
            update_rows(connection, ARTICLE, [row])
        self._reindex()
        update_rows(connection, ARTICLE, [row | {"last_checked_at": self.now} for row in self._checked])
        insert_rows(connection, ADDRESS, self._addresses, known_stay=True)
        self._supersede()
        insert_rows(connection, REVISION, self._revisions)
        moved += clusters.enter(connection, self._marks)
        moved += clusters.mark_first(connection, changed)
        self._record_merged(before, moved)
        insert_rows(connection, CHANGE, self._changes)
        self._start()

    def _record_merged(self, before: Mapping[int, int], moved: Collection[int]) -> None:
        """Tell of articles, known before this flush, whose cluster is another than before."""
        known = {*before, *moved}.difference(row["id"] for row in self._created)
        query = select(ARTICLE.c.id, ARTICLE.c.version, ARTICLE.c.cluster_id).where(ARTICLE.c.id.in_(known))
        rows: Iterable[Any] = (
            self._session.connection().execute(query.order_by(ARTICLE.c.id)) if known else ()
        )
        for row in rows:
            if before.get(row.id) != row.cluster_id:
                self._change("merged", row.id, row.version, ["cluster_id"])

    def finish(self) -> None:
        """Write down the numbers that were given out, and the words of what was created and revised."""
        set_counters(self._session, self._counters)
        enter(self._session, self._entries.values())
        self._entries = {}

    def _unindex(self) -> None:
        """Take what is revised out of the word index, or of what is to go into it."""
        unindex(self._session, [row for row in self._outdated if not self._entries.pop(row["id"], None)])

    def _reindex(self) -> None:
        """Remember what was created and revised for the word index, at the places they have got."""
        sources = {row["id"]: row for row in (*self._created, *self._outdated)}
        places = sources | {row["id"]: row for row in self._updated if "position" in row}
        for key, words in self._words.items():
            self._entries[key] = Entry(places[key]["position"], sources[key]["source_id"], words)

    def _supersede(self) -> None:
        if self._superseded:
            same = (REVISION.c.article_id == bindparam("key"), REVISION.c.version == bindparam("old"))
            statement = (
                update(REVISION).where(*same).values(content=bindparam("told"), position=bindparam("stood"))
            )
            self._session.connection().execute(statement, self._superseded)
