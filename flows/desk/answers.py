"""What the HTTP endpoint answers with: JSON made on a reader's thread, and one form for every fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Response
from pydantic import BaseModel, TypeAdapter
from sqlmodel import Session

from flows.house import House


class Fault(BaseModel):
    """Why a request was not granted, in words."""

    detail: str


def faults(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Declare for OpenAPI which faults a path may answer with."""
    return {status: {"model": Fault} for status in statuses}


async def read_json(house: House, form: TypeAdapter[Any], work: Callable[[Session], Any]) -> Response:
    """Answer with what `work` finds in the archive, written as JSON on the thread that read it."""
    body = await house.read(lambda session: form.dump_json(work(session)))
    return Response(body, media_type="application/json")
