"""The tokens that open the HTTP endpoint: made at first start, kept in a file that only its owner reads."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import make_url

from flows.errors import UsageFault
from flows.settings import SHORTEST_TOKEN, Settings

FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Keys:
    """What the tokens hash to, so that comparing tells nothing of them; no `read` lets anybody read."""

    write: bytes
    read: bytes | None

    def may_write(self, token: str) -> bool:
        """Tell in constant time whether this token may write."""
        return hmac.compare_digest(_hashed(token), self.write)

    def may_read(self, token: str) -> bool:
        """Tell in constant time whether this token may read; the one that writes may."""
        known = hmac.compare_digest(_hashed(token), self.read or self.write)
        return known | self.may_write(token)


def token_file(settings: Settings) -> Path:
    """Say where the token lies: beside a SQLite database, else in the current folder."""
    address = make_url(settings.database)
    if address.get_backend_name() == "sqlite" and address.database:
        return Path(address.database).with_suffix(".token").absolute()
    return Path("cleanwire.token").absolute()


def load_keys(settings: Settings) -> Keys:
    """Take the tokens of the settings, or that of the file, made when there is none; UsageFault names it."""
    write = settings.token or SecretStr(_kept(token_file(settings)))
    read = settings.read_token
    return Keys(_hashed(write.get_secret_value()), None if read is None else _hashed(read.get_secret_value()))


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _kept(path: Path) -> str:
    """Read the token of a file, after making it where there is none."""
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & FOR_OTHERS:
            raise UsageFault(f"{path}: others may read this token; chmod 600 it, or remove it for a new one")
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFault(f"{path}: the token cannot be read or made ({error}); check the path") from None
    if len(token) < SHORTEST_TOKEN:
        raise UsageFault(f"{path}: holds no token; remove it, and the next start makes one")
    return token


def _make(path: Path) -> None:
    """Make a token file, there whole or not at all; who comes second keeps the first one's."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(file, f"{secrets.token_urlsafe(32)}\n".encode())
        os.fsync(file)
    finally:
        os.close(file)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
