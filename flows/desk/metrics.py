"""What Prometheus scrapes: the house's own meters, and the archive's queue, lag and sources."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from flows.clock import now
from flows.desk.access import house_of, may_read
from flows.desk.answers import faults
from flows.identity import this_process
from storage.gauges import Gauges, Place, ends_elsewhere, gauges

router = APIRouter(tags=["health"])


class _Archive(Collector):
    """What was measured of the archive, as Prometheus' client collects it."""

    def __init__(self, found: Gauges, at: datetime) -> None:
        self._found, self._at = found, at

    def collect(self) -> Iterable[Metric]:
        """Give each number as a gauge; lags are in seconds, 0 where nothing waits."""
        found = self._found
        waited, age = self._age(found.oldest_due_at), self._age(found.newest_change_at)
        yield _gauge("queue_depth", "Links that are due and that nobody holds.", found.due)
        yield _gauge("links_claimed", "Links in a worker's hands.", found.claimed)
        yield _gauge("queue_lag_seconds", "How long the oldest due link has waited.", waited)
        yield _gauge("changes", "The number of the newest change.", found.changes)
        yield _gauge("change_age_seconds", "Age of the newest change.", age)
        links = GaugeMetricFamily("cleanwire_source_links", "Links that a source found.", labels=["source"])
        failures = GaugeMetricFamily(
            "cleanwire_source_failures", "Polls of a source that failed in a row.", labels=["source"]
        )
        for source in found.sources:
            links.add_metric([str(source.id)], source.links)
            failures.add_metric([str(source.id)], source.failures)
        yield from (links, failures)

    def _age(self, moment: datetime | None) -> float:
        return max((self._at - moment).total_seconds(), 0.0) if moment is not None else 0.0


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"cleanwire_{name}", meaning, value=value)


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses=faults(401, 403, 503),
    dependencies=[Depends(may_read)],
)
async def metrics(request: Request) -> Response:
    """Give every measure in Prometheus' text form, version 0.0.4."""
    house = house_of(request)
    at = now()

    async def look(place: Place) -> tuple[dict[str, int], Place]:
        return await house.read(lambda session: ends_elsewhere(session, place, this_process()))

    await house.meters.catch_up(look)
    archive = CollectorRegistry()
    archive.register(_Archive(await house.read(partial(gauges, now=at)), at))
    text = generate_latest(house.meters.registry) + generate_latest(archive)
    return Response(text, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})
