"""What the house measures of its own work, for Prometheus: outcomes by state, times of fetch and parse."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

from flows.report import STATES, Event

FETCH_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
PARSE_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 20.0)


class Meters:
    """Counts since the house was opened; `registry` is what a scrape writes down."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._pages = Counter(
            "cleanwire_pages", "Pages brought to an end, by state.", ["state"], registry=self.registry
        )
        self.fetch = Histogram(
            "cleanwire_fetch_seconds",
            "Time of a whole exchange with a web server.",
            buckets=FETCH_SECONDS,
            registry=self.registry,
        )
        self.parse = Histogram(
            "cleanwire_parse_seconds",
            "Time a parser process took for a page.",
            buckets=PARSE_SECONDS,
            registry=self.registry,
        )
        for state in STATES:
            self._pages.labels(state)

    def tell(self, event: Event) -> None:
        """Count one page's end."""
        self._pages.labels(event.state).inc()
