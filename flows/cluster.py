"""Batches mapped onto a Dask cluster by prefect-dask, where CLEANWIRE_DASK_SCHEDULER names its scheduler."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from prefect import Task

from flows.errors import UsageFault

if TYPE_CHECKING:
    from prefect_dask.task_runners import DaskTaskRunner

T = TypeVar("T")
C = TypeVar("C")
AHEAD = 2  # batches for each thread of the cluster: one in hand, one that waits


async def mapped(
    address: str, task: Task[..., Any], calls: AsyncIterable[C], parameters: Callable[[C], dict[str, Any]]
) -> AsyncIterator[tuple[C, Any]]:
    """Run `task` on the cluster for each call and give each with its result, in order.

    No more are under way than keep the cluster busy. UsageFault when its scheduler does not answer or Dask is
    not installed; whatever a task raises is raised here.
    """
    with _runner(address) as runner:
        room = AHEAD * max(1, sum(runner.client.nthreads().values()))
        under_way: deque[tuple[C, Any]] = deque()
        async for call in calls:
            under_way.append((call, runner.submit(task, parameters(call))))
            if len(under_way) >= room:
                yield await _first(under_way)
        while under_way:
            yield await _first(under_way)


async def _first(under_way: deque[tuple[C, Any]]) -> tuple[C, Any]:
    """Wait for the batch that was handed over first."""
    call, future = under_way.popleft()
    return call, await asyncio.to_thread(future.result)


@contextmanager
def _runner(address: str) -> Iterator[DaskTaskRunner]:
    """Open a task runner on the cluster."""
    try:
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - an extra, and dear to import
    except ImportError:
        raise UsageFault("CLEANWIRE_DASK_SCHEDULER is set: pip install 'cleanwire[dask]'") from None
    with DaskTaskRunner(address=address, client_kwargs={"timeout": 30}) as runner:
        try:
            _ = runner.client
        except (OSError, ValueError) as error:
            raise UsageFault(
                f"CLEANWIRE_DASK_SCHEDULER: {address}: no Dask scheduler answers there ({error})"
            ) from None
        yield runner
