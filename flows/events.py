"""The events of Cleanwire on Prefect's bus, and telling of them there.

Going out, one per batch, never one per article:
- `cleanwire.articles.changed`: the archive changed; told within seconds by `serve`, else when a flow ends.
  Resource `cleanwire.archive`; related, role `source`: the articles' sources (50 at most). Payload: `first`,
  `last` (numbers in the change stream, both included: `cleanwire changes --since FIRST-1` gives them),
  `count`, `kinds` (how many of each kind of change).
- `cleanwire.source.failing`, `cleanwire.source.recovered`: a source's polls began to fail, or it answers
  again; once on each turn. Resource `cleanwire.source.ID` with the labels `prefect.resource.name`, `url` and
  `host`. Payload: `source` (its number), `url`, `failures`, `error`, `polled_at`, `due_at`.

Coming in:
- `cleanwire.page.requested`: somebody asks for pages to be ingested. Resource: any whose id begins with
  `cleanwire.page`, such as `cleanwire.page.requested`. Payload: `{"targets": ["https://...", ...]}`, which an
  automation hands to the `ingest` deployment as its parameter `targets`. Prefect keeps and shows it: no
  password belongs in these addresses. A payload of another form starts no run; only Prefect's log says so.

Events go over Prefect's HTTP API, which acknowledges them; Prefect itself is never imported here, and what
could not be told stays in line (storage/announcing.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import httpx

from flows.clock import now
from flows.logs import masked
from flows.settings import prefect_api, prefect_headers
from storage.announcing import ChangeRange, SourceName, SourceTurn
from storage.deliveries import CHANGED, MATCHED

ARTICLES_CHANGED = CHANGED
WATCH_MATCHED = MATCHED  # to webhooks only
SOURCE_FAILING = "cleanwire.source.failing"
SOURCE_RECOVERED = "cleanwire.source.recovered"
PAGE_REQUESTED = "cleanwire.page.requested"

SECONDS = 10.0  # for Prefect's answer
NAMESPACE = UUID("6f3b1c52-7e0d-4a53-9a8e-5a0c1f3c2d11")  # of event ids: one event told twice keeps its id


class BusDown(Exception):  # noqa: N818 - what happened
    """Prefect's API did not take the events; the message says why, in one line."""


async def announce(events: Sequence[dict[str, Any]]) -> None:
    """Put events on the configured Prefect API's bus; BusDown when it does not take them all."""
    api = prefect_api()
    if api is None:
        raise BusDown("no Prefect API is configured")
    try:
        async with httpx.AsyncClient(timeout=SECONDS, headers=prefect_headers()) as client:
            response = await client.post(f"{api.rstrip('/')}/events", json=list(events))
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise BusDown(f"Prefect's API does not answer: {type(error).__name__} {error}".strip()) from None
    if not response.is_success:
        raise BusDown(f"Prefect's API answered {response.status_code}")


def articles_changed(told: ChangeRange) -> dict[str, Any]:
    """Write the event of a range of changes."""
    return _event(
        ARTICLES_CHANGED,
        {"prefect.resource.id": "cleanwire.archive", "prefect.resource.name": "archive"},
        {
            "first": told.first,
            "last": told.last,
            "count": told.last - told.first + 1,
            "kinds": dict(told.kinds),
        },
        key=f"{told.first}-{told.last}",
    ) | {"related": [{**_resource(one), "prefect.resource.role": "source"} for one in told.sources]}


def source_turned(turn: SourceTurn) -> dict[str, Any]:
    """Write the event of a source that began to fail, or answers again."""
    return _event(
        SOURCE_FAILING if turn.failing else SOURCE_RECOVERED,
        _resource(turn.source),
        {
            "source": turn.source.id,
            "url": masked(turn.source.url),
            "failures": turn.failures,
            "error": turn.error,
            "polled_at": _iso(turn.at),
            "due_at": _iso(turn.due_at),
        },
        key=f"{turn.source.id} {turn.failing} {_iso(turn.at)}",
    )


def _event(name: str, resource: dict[str, str], payload: dict[str, Any], *, key: str) -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE, f"{name} {key}")),
        "occurred": now().isoformat(),
        "event": name,
        "resource": resource,
        "payload": payload,
    }


def _resource(source: SourceName) -> dict[str, str]:
    """Name a source as Prefect names resources."""
    url = masked(source.url)
    return {
        "prefect.resource.id": f"cleanwire.source.{source.id}",
        "prefect.resource.name": source.name or url,
        "url": url,
        "host": source.host,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
