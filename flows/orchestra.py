"""Prefect beside the house: its server and the runner of the deployments, kept alive in the background.

Prefect is a help, never a condition. Where PREFECT_API_URL or a profile names a server, that one is used;
otherwise one of our own is started, with its state in a folder of its own. Nobody waits for it: `tracked` is
set while the server answers and the deployments are run, and while it is not, the timetable of this process
does what is due.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import socket
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
from sqlalchemy import make_url

from flows.children import leashed
from flows.house import House
from flows.settings import Settings, prefect_api

LOOK = 2.0  # seconds between two looks at the server's health
PATIENCE = 3  # looks in a row without an answer before the server counts as down
ANSWER_SECONDS = 20.0  # on a busy machine a server may think for long: starting it anew makes that worse
START_SECONDS = 180.0  # what the server, and then the runner, may take to start on a busy machine
PAUSE = 5.0  # seconds before another beginning; doubled each time that one comes to nothing
LONGEST_PAUSE = 300.0
DAY = 86_400
OWN = {  # of a server of our own: it stays small and says nothing to anybody
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(14 * DAY),
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P7D",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": "25",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
}
HEARTBEAT = "30"  # seconds, the least that Prefect takes: its absence marks a run whose process is gone
log = logging.getLogger(__name__)


class Down(Exception):  # noqa: N818 - reads as what is the case
    """Prefect's server does not answer, or what runs the deployments has ended; the message says which.

    `played` tells whether all was well before.
    """

    def __init__(self, message: str, *, played: bool = False) -> None:
        super().__init__(message)
        self.played = played


def planned(settings: Settings) -> tuple[Settings, str]:
    """Choose the port of a server of our own, and say where Prefect's UI is to be, or why there is none."""
    if settings.prefect == "off":
        return settings, "none (CLEANWIRE_PREFECT=off)"
    if (named := prefect_api()) is not None:
        return settings, named.removesuffix("/api")
    try:
        with _alone(settings.prefect_home.absolute()):
            pass
    except FileNotFoundError:
        pass  # the folder is made when the server starts
    except Down as taken:
        return settings, f"none: {taken}"
    port = free_port(settings.prefect_port)
    return settings.model_copy(update={"prefect_port": port}), f"http://127.0.0.1:{port}"


async def orchestra(house: House) -> None:
    """Keep Prefect's server and the deployments going until the house is closed."""
    if house.settings.prefect == "off":
        return
    folder = house.settings.prefect_home.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pause = PAUSE
    while True:
        try:
            await _play(house, folder)
        except Down as fault:
            log.warning("Prefect: %s. What is due is done here until it is back", fault)
            pause = PAUSE if fault.played else min(2 * pause, LONGEST_PAUSE)
        await asyncio.sleep(pause)


async def _play(house: House, folder: Path) -> None:
    """Start the server where none is named and the deployments; look after both until one is Down."""
    named = prefect_api()
    api = named or f"http://127.0.0.1:{free_port(house.settings.prefect_port)}/api"
    environment = _environment(house.settings, folder, api, own=named is None)
    async with _server(named, api, environment, folder) as children, _client() as client:
        await _until_it_answers(client, api, children)
        if named is None and not await is_of(client, api, folder):
            raise Down(f"another server has come to answer at {api}")  # it was quicker to take the port
        runner = leashed(["flows.deployments"], environment, folder / "runner.log", answers=True)
        async with runner as process:
            here = await _until_registered(process)
            children["the runner of its deployments"] = process
            whose = f"{here} deployments are run here" if here else "its workers run the deployments"
            log.info("Prefect answers at %s; %s", api.removesuffix("/api"), whose)
            with _tracked(house, api):
                await _look_after(client, api, children)


@contextmanager
def _tracked(house: House, api: str) -> Iterator[None]:
    """Say that Prefect sees to what is due, and where: the bell tells its events where PREFECT_API_URL is."""
    before = os.environ.get("PREFECT_API_URL")
    os.environ["PREFECT_API_URL"] = api
    house.tracked.set()
    try:
        yield
    finally:
        house.tracked.clear()
        del os.environ["PREFECT_API_URL"]
        if before is not None:
            os.environ["PREFECT_API_URL"] = before


def free_port(wanted: int) -> int:
    """Give the port that is wanted where it is free on loopback, else any that is."""
    for port in (wanted, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as probe:
                return int(probe.getsockname()[1])
        except OSError:
            continue
    raise Down("no port is free on 127.0.0.1")


def _environment(settings: Settings, folder: Path, api: str, *, own: bool) -> dict[str, str]:
    """Give the children's environment: what the operator set there goes before what is only usual."""
    address = make_url(settings.database)
    if address.get_backend_name() == "sqlite" and address.database:
        address = address.set(database=str(Path(address.database).absolute()))
    database = address.render_as_string(hide_password=False)
    forced = {
        "CLEANWIRE_DATABASE": database, "PREFECT_API_URL": api, "PYTHONSAFEPATH": "1",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": HEARTBEAT,
    }  # fmt: skip
    if own:
        forced |= {"PREFECT_HOME": str(folder), "PREFECT_SERVER_UI_API_URL": api}
        # Whoever reaches the server may start runs: no page that somebody looks at may do so.
        forced["PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS"] = api.removesuffix("/api")
    return (OWN if own else {}) | dict(os.environ) | forced


@asynccontextmanager
async def _server(
    named: str | None, api: str, environment: Mapping[str, str], folder: Path
) -> AsyncIterator[dict[str, Process]]:
    """Run a server of our own for a while, unless one is named; gives the children by what they are."""
    if named:
        yield {}
        return
    with _alone(folder):
        async with _server_at(api, environment, folder) as children:
            yield children


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep the folder of a server's state to ourselves; Down where another house has it."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Down(f"another `cleanwire serve` has {folder}; CLEANWIRE_PREFECT_HOME names one") from None
        yield


@asynccontextmanager
async def _server_at(
    api: str, environment: Mapping[str, str], folder: Path
) -> AsyncIterator[dict[str, Process]]:
    """Run a server of our own for a while; gives it by what it is."""
    log.info("Prefect's server is starting at %s; nobody waits for it", api.removesuffix("/api"))
    async with leashed(start_command(api), environment, folder / "server.log") as process:
        yield {"its server": process}


def start_command(api: str) -> list[str]:
    """Give the command that starts Prefect's server at the address of its API, which names a port."""
    at = httpx.URL(api)
    return ["prefect", "server", "start", "--host", at.host, "--port", str(at.port)]


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=ANSWER_SECONDS)


async def _answers(client: httpx.AsyncClient, api: str) -> bool:
    """Tell whether the server is well; one that asks for a password is."""
    try:
        return (await client.get(f"{api}/health")).status_code < httpx.codes.INTERNAL_SERVER_ERROR
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


async def is_of(client: httpx.AsyncClient, api: str, folder: Path) -> bool:
    """Tell whether a server that answers has its state in that folder; one that asks for a password may."""
    try:
        said = await client.get(f"{api}/admin/settings")
        return not said.is_success or _same(Path(said.json()["home"]), folder)
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return False


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


async def _until_it_answers(client: httpx.AsyncClient, api: str, children: Mapping[str, Process]) -> None:
    """Wait until the server answers; Down when it takes too long or has ended."""
    waited = 0.0
    while not await _answers(client, api):
        _all_alive(children)
        if not waited and not children:
            log.warning("Prefect: no server answers at %s yet. What is due is done here until one does", api)
        if waited >= START_SECONDS:
            raise Down(f"its server at {api} does not answer")
        await asyncio.sleep(LOOK)
        waited += LOOK


async def _until_registered(runner: Process) -> int:
    """Wait until the deployments are registered, and say how many are run here; Down when they cannot be."""
    assert runner.stdout is not None  # noqa: S101 - asked for where it is started
    try:
        async with asyncio.timeout(START_SECONDS):
            said = await runner.stdout.readline()
    except TimeoutError:
        said = b""
    if not said.strip().isdigit():
        raise Down("its deployments could not be registered; runner.log tells why")
    return int(said)


async def _look_after(client: httpx.AsyncClient, api: str, children: Mapping[str, Process]) -> None:
    """Look at the server and the children again and again; Down as soon as one fails."""
    silent = 0
    while True:
        await asyncio.sleep(LOOK)
        _all_alive(children, played=True)
        silent = 0 if await _answers(client, api) else silent + 1
        if silent >= PATIENCE:
            raise Down(f"its server at {api} does not answer any more", played=True)


def _all_alive(children: Mapping[str, Process], *, played: bool = False) -> None:
    for name, process in children.items():
        if process.returncode is not None:
            raise Down(f"{name} has ended (status {process.returncode})", played=played)
