from collections.abc import Iterator

import pytest
from hostile import Server, running


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as running_server:
        yield running_server
