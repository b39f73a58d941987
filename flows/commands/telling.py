"""Commands that keep receivers of webhooks: `webhooks add`, `list`, `remove`, `dead` and `replay`."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlmodel import Session

from flows.clock import now
from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import plain, print_json, print_json_list
from flows.errors import UsageFault, WorkFault
from flows.intake.errors import IntakeError
from flows.logs import masked
from flows.signing import BadSecretError, new_secret, sound_secret
from storage.deliveries import DeadLetter, dead_letters
from storage.deliveries import replay as put_back
from storage.receivers import Receiver, add_receiver, receivers, remove_receiver, set_secret

LONGEST_URL = 2000
LARGEST_FILE = 4096
ONCE = "shown this once; the receiver verifies signatures with it"


def add(url: str, secret_file: Path | None, db: str | None, *, as_json: bool) -> None:
    """Keep a receiver of every change; the secret is printed only when it was just made here."""
    address = sound_address(url)
    given = _read_secret(secret_file) if secret_file else None
    with opened(settings_for(db).database, make=True) as database, database.write() as session:
        number, made = keep_receiver(session, address, given, all_changes=True)
    if as_json:
        print_json({"id": number, "url": masked(address), "secret": made})
        return
    print(f"receiver {number}: {masked(address)} is told of every change")
    print(f"secret: {made}  ({ONCE})" if made else "its secret is the one it has")


def sound_address(url: str) -> str:
    """Take an http(s) address of at most 2,000 characters; UsageFault for anything else."""
    from flows.intake.client import checked

    try:
        address = str(checked(url.strip()))
    except IntakeError as fault:
        raise UsageFault(
            f"{masked(url)}: {fault.reason}; give an address such as https://example.com/hook"
        ) from None
    if len(address) > LONGEST_URL:
        raise UsageFault(f"{masked(url[:80])}...: an address has at most {LONGEST_URL} characters")
    return address


def _read_secret(file: Path) -> str:
    try:
        with file.open(encoding="ascii") as opened_file:
            return sound_secret(opened_file.read(LARGEST_FILE))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFault(f"{file}: the secret cannot be read ({error}); check the path") from None
    except BadSecretError as error:
        raise UsageFault(f"{file}: {error}") from None


def keep_receiver(
    session: Session, url: str, given: str | None, *, all_changes: bool
) -> tuple[int, str | None]:
    """Keep a receiver; gives its number and its secret where that was just made."""
    secret = given or new_secret()
    number, new = add_receiver(session, url, secret, now(), all_changes=all_changes)
    if given and not new:
        set_secret(session, number, given)
    return number, secret if new and not given else None


def list_(db: str | None, *, as_json: bool) -> None:
    """Print every receiver: what it hears, how far it is, and what is wrong."""
    with opened(settings_for(db).database) as database, database.read() as session:
        found = receivers(session)
    if as_json:
        print_json_list({**plain(one), "url": masked(one.url)} for one in found)
    else:
        Console().print(_table(found) if found else "no receivers; `cleanwire webhooks add` keeps one")


def _table(found: list[Receiver]) -> Table:
    """Lay receivers out so that they fit 80 columns; what is wrong stands below the address."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("ID", justify="right")
    table.add_column("Receiver", overflow="fold", ratio=1)
    for name in ("Hears of", "Upto", "Behind", "Dead"):
        table.add_column(name, justify="left" if name == "Hears of" else "right", no_wrap=True)
    for one in found:
        url = Text(masked(one.url))
        if trouble := trouble_of(one):
            url.append(f"\n{trouble}", style="red")
        table.add_row(str(one.id), url, _heard(one), str(one.seq), str(one.behind), str(one.dead))
    return table


def _heard(one: Receiver) -> str:
    watched = f"{len(one.watches)} watch{'es' if len(one.watches) > 1 else ''}" if one.watches else ""
    return " + ".join(filter(None, ["changes" if one.all_changes else "", watched]))


def trouble_of(one: Receiver) -> str | None:
    """Say what is wrong with a receiver; None where nothing is."""
    if one.disabled_at:
        return f"disabled: {one.last_error}"
    return f"failed {one.failures} times: {one.last_error}" if one.failures else None


def remove(name: str, db: str | None) -> None:
    """Forget a receiver by its number or address; WorkFault where there is none or watches tell it."""
    with opened(settings_for(db).database) as database, database.write() as session:
        try:
            gone = remove_receiver(session, name)
        except ValueError as watches:
            raise WorkFault(
                f"{masked(name)}: watches tell it ({watches}); `cleanwire watch remove` them first"
            ) from None
    if not gone:
        raise WorkFault(f"{masked(name)}: no such receiver; `cleanwire webhooks list` shows them")
    print(f"removed {masked(name)}")


def dead(db: str | None, *, as_json: bool) -> None:
    """Print the dead letters, the oldest first."""
    with opened(settings_for(db).database) as database, database.read() as session:
        found = dead_letters(session)
    if as_json:
        print_json_list({**plain(one), "url": masked(one.url)} for one in found)
        return
    for one in found:
        print(_letter(one))
    if not found:
        print("no dead letters")


def _letter(one: DeadLetter) -> str:
    span = f"changes {one.first_seq} to {one.last_seq}"
    when = f"{one.dead_at:%Y-%m-%d %H:%M} UTC"
    return f"{one.id}  {masked(one.url)}  {span}\n    given up {when} after {one.attempts} tries: {one.error}"


def replay(letter: int | None, db: str | None) -> None:
    """Put dead letters back in line, all or one; WorkFault where there is none of that number."""
    with opened(settings_for(db).database) as database, database.write() as session:
        count = put_back(session, None if letter is None else str(letter))
    if letter is not None and not count:
        raise WorkFault(f"{letter}: no such dead letter; `cleanwire webhooks dead` shows them")
    print(f"{count} to be sent once more, while `cleanwire serve` runs")
