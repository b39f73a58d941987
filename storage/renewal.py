"""The word index made anew when the rules that make words of a text have changed.

Words that other rules would not make are never found, and taking an article out of FTS5's index needs the
very words that went in: so which rules made the index is written down beside it.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlmodel import Session

from storage import fulltext
from storage.changes import take_turn
from storage.folding import RULES
from storage.upkeep_models import MADE_BY

_MINE = MADE_BY.c.part == "word index"


def is_outdated(session: Session) -> bool:
    """Tell whether the word index was made by other rules than today's."""
    return session.connection().execute(select(MADE_BY.c.rules).where(_MINE)).scalar() != RULES


def renew(session: Session) -> bool:
    """Make an outdated word index anew, in the session's one transaction; False where it is up to date.

    Searches see the old index until the transaction ends; who saves pages waits: a minute for 100,000.
    """
    take_turn(session)
    if not is_outdated(session):
        return False
    fulltext.rebuild(session.connection())
    session.connection().execute(update(MADE_BY).where(_MINE).values(rules=RULES))
    return True
