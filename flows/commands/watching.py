"""Commands that keep watches: `watch add`, `list` and `remove`."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from flows.clock import now
from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import plain, print_json, print_json_list
from flows.commands.telling import ONCE, keep_receiver, sound_address
from flows.errors import UsageFault, WorkFault
from flows.logs import masked, safe
from storage.grammar import parse_search
from storage.watches import Watch, add_watch, remove_watch, watches
from storage.wording import EVERY_ARTICLE, left_out, understood


def add(query: str, webhook: str, db: str | None, *, as_json: bool) -> None:
    """Keep a watch and say what its search was understood as."""
    address = sound_address(webhook)
    search = parse_search(query, now())
    if said := left_out(search):
        raise UsageFault(f"{safe(query[:60])}...: {said.partition(':')[0]}")
    meaning = understood(search)
    if meaning == EVERY_ARTICLE:
        raise UsageFault(
            f"{safe(query)!r} looks for nothing; `cleanwire webhooks add URL` tells of every article"
        )
    with opened(settings_for(db).database, make=True) as database, database.write() as session:
        receiver, secret = keep_receiver(session, address, None, all_changes=False)
        number = add_watch(session, query, receiver, now())
    if as_json:
        print_json({"id": number, "understood": meaning, "webhook": masked(address), "secret": secret})
        return
    print(f"watch {number}: {meaning}")
    print(f"tells {masked(address)} (receiver {receiver}) of every new or revised article that matches")
    print(f"secret: {secret}  ({ONCE})" if secret else "signed with the secret that the receiver has")


def list_(db: str | None, *, as_json: bool) -> None:
    """Print every watch: what it looks for, whom it tells, how often it has fired."""
    with opened(settings_for(db).database) as database, database.read() as session:
        found = watches(session)
    if as_json:
        print_json_list({**plain(one), "url": masked(one.url)} for one in found)
    else:
        Console().print(_table(found) if found else "no watches; `cleanwire watch add` keeps one")


def _table(found: list[Watch]) -> Table:
    """Lay watches out so that they fit 80 columns."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("ID", justify="right")
    table.add_column("Looks for", overflow="fold", ratio=1)
    table.add_column("Tells", overflow="fold", ratio=1)
    table.add_column("Fired", justify="right", no_wrap=True)
    for one in found:
        table.add_row(str(one.id), safe(one.query), masked(one.url), str(one.fired))
    return table


def remove(number: int, db: str | None) -> None:
    """Forget a watch by its number; WorkFault where there is none."""
    with opened(settings_for(db).database) as database, database.write() as session:
        if not remove_watch(session, str(number)):
            raise WorkFault(f"{number}: no such watch; `cleanwire watch list` shows them")
    print(f"removed watch {number}")
