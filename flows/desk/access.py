"""Who may do what at the HTTP endpoint: a bearer token (RFC 6750) for writing, and for reading when set."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from flows.house import House

_bearer = HTTPBearer(auto_error=False, description="The token that `cleanwire serve` names the file of.")
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def house_of(request: Request) -> House:
    """Give the house that this request has come to."""
    house: House = request.app.state.house
    return house


async def may_write(request: Request, given: Given) -> None:
    """Let pass who bears the token for writing; 401 without a known token, 403 with the one for reading."""
    keys = house_of(request).keys
    if given is None:
        raise _unauthorised("a token is needed: send Authorization: Bearer TOKEN")
    if not keys.may_write(given.credentials):
        if keys.read is not None and keys.may_read(given.credentials):
            raise HTTPException(403, "this token may read, not write")
        raise _unauthorised("the token is not known here")


async def may_read(request: Request, given: Given) -> None:
    """Let pass who may read: everybody, or who bears a token where one is set for reading; 401 for others."""
    keys = house_of(request).keys
    if keys.read is None:
        return
    if given is None:
        raise _unauthorised("a token is needed: send Authorization: Bearer TOKEN")
    if not keys.may_read(given.credentials):
        raise _unauthorised("the token is not known here")


def _unauthorised(reason: str) -> HTTPException:
    return HTTPException(401, reason, headers={"WWW-Authenticate": 'Bearer realm="cleanwire"'})
