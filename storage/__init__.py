"""The archive: the ledger of links, the snapshots, the articles and their history."""

from storage.changes import changes, last_seq
from storage.database import CannotOpen, Database, DatabaseError, SchemaTooNew, Unavailable, open_database
from storage.frames import dataframe
from storage.ledger import (
    claim,
    counts,
    discover,
    give_back,
    give_back_worker,
    leased_workers,
    next_claimable,
    release_host,
    renew,
)
from storage.paging import BadCursorError
from storage.preparing import Prepared, prepare
from storage.query import Found, Hit, article, article_by_url, articles, find, history, why
from storage.results import Filters
from storage.revisions import Decision, decide
from storage.saving import save, save_many, save_prepared, settle
from storage.snapshots import content as snapshot_content
from storage.snapshots import digest
from storage.values import (
    Article,
    Attempt,
    Change,
    Claim,
    Link,
    LinkState,
    Outcome,
    Postponed,
    Revision,
    Saved,
    WhyStory,
)

__all__ = [
    "Article", "Attempt", "BadCursorError", "CannotOpen", "Change", "Claim", "Database", "DatabaseError",
    "Decision", "Filters", "Found", "Hit", "Link", "LinkState", "Outcome", "Postponed", "Prepared",
    "Revision", "Saved", "SchemaTooNew", "Unavailable", "WhyStory", "article", "article_by_url", "articles",
    "changes", "claim", "counts", "dataframe", "decide", "digest", "discover", "find", "give_back",
    "give_back_worker", "history", "last_seq", "leased_workers", "next_claimable", "open_database",
    "prepare", "release_host", "renew", "save", "save_many", "save_prepared", "settle",
    "snapshot_content", "why",
]  # fmt: skip
