"""`cleanwire health`: how the archive fares, what fails and why."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill

from flows.clock import now
from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import print_json
from flows.health import look_over
from flows.logs import safe
from storage.event_health import EventHealth
from storage.health import Health

MEBIBYTE = 2**20
WIDTH = 80
NOT_ASKED = "not asked yet: `cleanwire serve` asks them where CLEANWIRE_PUBLIC_URL is set"


def health(db: str | None, *, as_json: bool) -> None:
    """Print how the archive fares."""
    settings = settings_for(db)
    with opened(settings.database) as database, database.read() as session:
        found = look_over(session)
    if as_json:
        print_json(found)
        return
    _show(found)
    if wanted := found.events.subscriptions.get("wanted"):
        _trouble(f"hubs {wanted}", NOT_ASKED)
    _show_troubles(found)


def _show(found: Health) -> None:
    """Print a line a topic."""
    events = found.events
    print(f"links      {_counted(found.links)}")
    print(f"articles   {found.articles}; the newest came {_age(found)}")
    print(f"sources    {found.sources}, failing {len(found.failing_sources)}")
    failing = len(events.failing_receivers)
    print(f"receivers  {events.receivers}, failing {failing}, dead letters {events.dead_letters}")
    print(f"watches    {events.watches}")
    print(f"hubs       {_counted(events.subscriptions)}")
    print(f"snapshots  {found.snapshots}")
    print(f"database   {found.database_bytes / MEBIBYTE:.1f} MiB")


def _counted(states: Mapping[str, int]) -> str:
    return ", ".join(f"{state} {count}" for state, count in states.items()) or "none"


def _show_troubles(found: Health) -> None:
    """Print what fails: what it is, and why below it."""
    for source in found.failing_sources:
        times = f"failed {source.failures} times in a row"
        _trouble(f"source {source.id} {source.url}", f"{times}: {source.last_error or ''}")
    for host in found.failing_hosts:
        _trouble(f"host {host.host or '(files)'}", f"{host.links} links failing: {host.last_error}")
    _show_event_troubles(found.events)


def _show_event_troubles(events: EventHealth) -> None:
    for one in events.failing_receivers:
        state = "disabled" if one.disabled_at else f"failed {one.failures} times in a row"
        letters = f", {one.dead} dead letters" if one.dead else ""
        reason = f": {one.last_error}" if one.last_error else ""
        _trouble(f"receiver {one.id} {one.url}", f"{state}{letters}, {one.behind} changes behind{reason}")
    for hub in events.failing_subscriptions:
        _trouble(f"hub {hub.hub} of {hub.topic}", f"{hub.state}: {hub.last_error}")
    if events.bus_error:
        _trouble("Prefect's bus", f"events wait: {events.bus_error}")


def _trouble(what: str, why: str) -> None:
    """Print a line, folded where it is longer than a terminal is wide."""
    print(fill(safe(f"{what}: {why}"), WIDTH, subsequent_indent="    ", break_on_hyphens=False))


def _age(found: Health) -> str:
    if found.newest_article_at is None:
        return "never"
    minutes = int((now() - found.newest_article_at).total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60
    return f"{days} days ago" if days > 1 else f"{hours} h ago" if hours > 1 else f"{minutes} min ago"
