"""Rows by any number of values: none of them, too."""

from __future__ import annotations

from sqlalchemy import select
from stock import keep, page

from parsers import parse
from storage import Database
from storage.membership import one_of
from storage.models import ARTICLE, LINK


def test_texts_and_numbers_are_found_and_none_finds_none(db: Database) -> None:
    pages = [page(number) for number in range(3)]
    keep(db, pages, [parse(one) for one in pages])
    with db.read() as session:
        connection = session.connection()
        for column, values, found in (
            (LINK.c.url, [pages[0].url, pages[2].url, "https://other.example/"], 2),
            (LINK.c.url, [], 0),
            (ARTICLE.c.id, [1, 3, 2**40], 2),
            (ARTICLE.c.id, [], 0),
        ):
            query = select(column).where(one_of(connection, column, values))
            assert len(connection.execute(query).all()) == found
