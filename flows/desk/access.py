"""Who may do what at the HTTP endpoint: a bearer token (RFC 6750) for writing, and for reading when set."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer

from flows.house import House

_bearer = HTTPBearer(auto_error=False, description="The token that `cleanwire serve` names the file of.")
_basic = HTTPBasic(auto_error=False)
Named = Annotated[HTTPBasicCredentials | None, Depends(_basic)]
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
        _refuse_strange_names(request)
    elif given is None:
        raise _unauthorised("a token is needed: send Authorization: Bearer TOKEN")
    elif not keys.may_read(given.credentials):
        raise _unauthorised("the token is not known here")


async def may_look(request: Request, named: Named) -> None:
    """Let pass who may read, as `may_read`, from a browser: the token is the password, whatever the name."""
    keys = house_of(request).keys
    if keys.read is None:
        _refuse_strange_names(request)
    elif named is None or not keys.may_read(named.password):
        raise HTTPException(401, "a token is needed", headers={"WWW-Authenticate": 'Basic realm="cleanwire"'})


def _refuse_strange_names(request: Request) -> None:
    """Raise HTTPException(403) where an endpoint on loopback is asked by a name that is not this machine's.

    A page in a browser here could else read it, once that page's own host resolves to this machine (DNS
    rebinding); with a token for reading it cannot.
    """
    listening = house_of(request).settings.listen.rpartition(":")[0]
    if _is_ours(listening) and not _is_ours(request.headers.get("host", "localhost")):
        raise HTTPException(403, "not by this name: use localhost, or set CLEANWIRE_READ_TOKEN")


def _is_ours(host: str) -> bool:
    """Tell whether a host, with a port or without, is named localhost or by a loopback address."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _unauthorised(reason: str) -> HTTPException:
    return HTTPException(401, reason, headers={"WWW-Authenticate": 'Bearer realm="cleanwire"'})
