"""The pieces of compose.yaml as processes: PostgreSQL, Redis, Prefect's server with that file's settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from installed import postgresql, redis
from prefects import serving

COMPOSE = Path(__file__).parents[2] / "deploy" / "compose.yaml"


@dataclass(frozen=True, slots=True)
class Cluster:
    """What the workers share: Prefect's API, the archive's URL; and where Prefect keeps its own state."""

    api: str
    archive: str
    postgres: str
    redis: int


def service(name: str) -> dict[str, Any]:
    """Give a service of compose.yaml."""
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"][name]
    return found


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Prefect server on PostgreSQL and Redis, and an empty database for the archive."""
    settings = service("prefect")["environment"]
    with postgresql("prefect", "archive") as address, redis() as port:
        here = {
            "PREFECT_API_DATABASE_CONNECTION_URL": address.replace("://", "+asyncpg://") + "/prefect",
            "PREFECT_REDIS_MESSAGING_HOST": "127.0.0.1",
            "PREFECT_REDIS_MESSAGING_PORT": str(port),
        }
        with serving(tmp_path_factory.mktemp("prefect"), **(settings | here)) as api:
            archive = address.replace("://", "+psycopg://") + "/archive"
            yield Cluster(api, archive, address, port)
