"""How the archive fares, as people may see it: no secret in any address."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from flows.logs import masked, origin
from storage.health import Health, health


def look_over(session: Session) -> Health:
    """Look the archive over, the secrets in its addresses hidden: of a receiver's, all but its server."""
    found = health(session)
    events = found.events
    told = tuple(replace(one, url=origin(one.url)) for one in events.failing_receivers)
    hubs = tuple(
        replace(one, hub=masked(one.hub), topic=masked(one.topic)) for one in events.failing_subscriptions
    )
    return replace(
        found,
        failing_sources=tuple(replace(one, url=masked(one.url)) for one in found.failing_sources),
        events=replace(events, failing_receivers=told, failing_subscriptions=hubs),
    )
