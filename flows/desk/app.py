"""The HTTP endpoint as a whole: each topic is a router of its own; a fault is one line of words."""

from __future__ import annotations

import logging
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from flows.desk import archive, health, metrics, pages, reading, sources, stream, websub
from flows.desk.bounds import Bounds
from flows.house import House
from storage import DatabaseError

ROUTERS = (
    pages.router,
    archive.router,
    stream.router,
    sources.router,
    health.router,
    metrics.router,
    reading.router,
    websub.router,
)
RETRY_SECONDS = "5"
SHOWN = 200  # characters of a fault
log = logging.getLogger(__name__)


def make_app(house: House) -> FastAPI:
    """Build the endpoint for a house."""
    app = FastAPI(title="Cleanwire", version=version("cleanwire"), docs_url=None, redoc_url=None)
    app.state.house = house
    app.state.pace = pages.pace()
    app.state.pushes = pages.pushes()
    app.state.streams = stream.streams()
    app.state.finders = sources.finders()
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(DatabaseError, _no_archive)
    app.add_exception_handler(SQLAlchemyError, _no_archive)
    app.add_middleware(Bounds, limits=limits(house), stopping=house.stopping)
    return app


def limits(house: House) -> dict[str, int]:
    """Say how many bytes a body may have, by the beginning of its path; JSON may double a page's length."""
    return {"/pages": 2 * house.settings.max_bytes, "/websub": house.settings.max_bytes}


async def _not_understood(_: Request, fault: Exception) -> JSONResponse:
    """Name the first thing that could not be read, without repeating what was sent."""
    assert isinstance(fault, RequestValidationError)  # noqa: S101 - the one kind it is registered for
    first = fault.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return JSONResponse({"detail": f"{place}: {first['msg']}"[:SHOWN]}, 422)


async def _no_archive(_: Request, fault: Exception) -> JSONResponse:
    """Say that the archive does not answer; the log has the cause."""
    log.warning("the archive did not answer a request: %s", fault)
    text = "the archive does not answer now; try again"
    return JSONResponse({"detail": text}, 503, headers={"Retry-After": RETRY_SECONDS})
