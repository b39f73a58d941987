"""What other processes bring to an end is counted once, whenever somebody looks."""

from __future__ import annotations

from stock import keep, page

from parsers import parse
from storage import Database
from storage.gauges import Place, ends_elsewhere, now_at


def test_ends_of_other_processes_are_counted_once(db: Database) -> None:
    def store(*numbers: int) -> None:
        pages = [page(number) for number in numbers]
        keep(db, pages, [parse(one) for one in pages])

    def look(place: Place, here: str) -> tuple[dict[str, int], Place]:
        with db.read() as session:
            return ends_elsewhere(session, place, here)

    store(1)
    with db.read() as session:
        begin = now_at(session)
    store(2, 3)
    first, place = look(begin, "another")
    store(4)
    second, place = look(place, "another")
    third, place = look(place, "another")
    assert first.get("stored", 0) + second.get("stored", 0) + third.get("stored", 0) == 3
    assert look(place, "another")[0] == {}
    assert look(look(begin, "w")[1], "w")[0] == {}, "one's own count where they end"
