"""The one place that reads the environment: CLEANWIRE_* variables become one frozen value."""

from __future__ import annotations

import base64
import ipaddress
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MEBIBYTE = 2**20
HOST_AND_PORT = re.compile(r"(?P<host>[^\s:/\[\]]+|\[[0-9a-fA-F:]+\]):(?P<port>\d{1,5})")
HIGHEST_PORT = 65535
PUBLIC_URL = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?")
SHORTEST_TOKEN = 16  # characters: shorter ones can be guessed


class BadSettingError(ValueError):
    """A setting cannot be used; the message names the variable, its value's fault and what to do."""


class Settings(BaseSettings):
    """What an operator may set, each as `CLEANWIRE_<NAME>`: times in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_prefix="CLEANWIRE_", frozen=True, extra="ignore")

    database: str = "sqlite:///cleanwire.db"
    allow_networks: Annotated[tuple[str, ...], NoDecode] = ()
    host_delay: float = Field(default=1.0, ge=0, le=86400)
    host_connections: int = Field(default=1, ge=1, le=64)
    hosts: int = Field(default=32, ge=1, le=1024)
    fetch_deadline: float = Field(default=30.0, gt=0, le=3600)
    max_bytes: int = Field(default=10 * MEBIBYTE, ge=1024, le=1024 * MEBIBYTE)
    poll_every: float = Field(default=300.0, ge=5, le=86400)
    prefect: Literal["auto", "off"] = "auto"
    prefect_home: Path = Path("cleanwire-prefect")
    prefect_port: int = Field(default=4200, ge=0, le=HIGHEST_PORT)
    dask_scheduler: str | None = None
    recheck_budget: int = Field(default=50, ge=0, le=100_000)
    lease: float = Field(default=120.0, ge=1, le=86400)
    user_agent: str = Field(default="Cleanwire/0.1 (+set CLEANWIRE_USER_AGENT to your contact)", min_length=1)
    listen: str = "127.0.0.1:8470"
    inbox: Path = Path("inbox")
    token: SecretStr | None = None
    read_token: SecretStr | None = None
    public_url: str | None = None

    @field_validator("allow_networks", mode="before")
    @classmethod
    def _split_networks(cls, value: object) -> object:
        """Take a comma-separated string; every entry is a CIDR or host:port."""
        if not isinstance(value, str):
            return value
        entries = tuple(part.strip() for part in value.split(",") if part.strip())
        for entry in entries:
            _judge_network(entry)
        return entries

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        """Refuse what names no host and port; port 0 takes any that is free."""
        match = HOST_AND_PORT.fullmatch(value)
        if match is None or int(match["port"]) > HIGHEST_PORT:
            raise ValueError(f"{value!r} is not host:port (127.0.0.1:8470, [::1]:8470)")
        return value

    @field_validator("token", "read_token")
    @classmethod
    def _one_word(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse a token that can be guessed or cannot stand in a header."""
        text = value.get_secret_value() if value is not None else "x" * SHORTEST_TOKEN
        if len(text) < SHORTEST_TOKEN or not text.isascii() or not text.isprintable() or " " in text:
            raise ValueError(f"a token is {SHORTEST_TOKEN} or more printable ASCII characters without blanks")
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        """Refuse what is no http(s) address; empty is none, and a final slash goes."""
        if not value:
            return None
        if PUBLIC_URL.fullmatch(value) is None:
            raise ValueError(f"{value!r} is not an address such as https://news.example or .../cleanwire")
        return value.rstrip("/")

    @field_validator("user_agent")
    @classmethod
    def _one_header_line(cls, value: str) -> str:
        """Refuse what cannot stand in one header line."""
        if not value.isascii() or not value.isprintable():
            message = "it must be printable ASCII"
            raise ValueError(message)
        return value


def _judge_network(entry: str) -> None:
    """Raise ValueError unless `entry` is a CIDR, an address or host:port."""
    try:
        ipaddress.ip_network(entry, strict=False)
    except ValueError:
        match = HOST_AND_PORT.fullmatch(entry)
        if match is None or not 0 < int(match["port"]) <= HIGHEST_PORT:
            message = f"{entry!r} is neither a network (10.0.0.0/8) nor host:port (intranet.example:8080)"
            raise ValueError(message) from None


def load_settings() -> Settings:
    """Read the settings from the environment; BadSettingError names the first that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "CLEANWIRE_" + "_".join(str(part) for part in first["loc"]).upper()
        fault = first["msg"].removeprefix("Value error, ")
        raise BadSettingError(f"{name}: {fault}; correct or unset it") from None


def override(settings: Settings, host: str | None, port: int | None, inbox: str | None) -> Settings:
    """Put what was named on the command line before the environment; BadSettingError as above."""
    where, _, number = settings.listen.rpartition(":")
    name = where if host is None else f"[{host}]" if ":" in host.strip("[]") and host[:1] != "[" else host
    named: dict[str, object] = {"listen": f"{name}:{number if port is None else port}"}
    if inbox is not None:
        named["inbox"] = inbox
    try:
        return Settings(**{**settings.model_dump(), **named})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadSettingError(f"{first['msg'].removeprefix('Value error, ')}; correct it") from None


def prefect_is_configured() -> bool:
    """Tell, without importing Prefect, whether PREFECT_API_URL or the active profile sets an API."""
    return prefect_api() is not None


def prefect_api() -> str | None:
    """Give the address of the configured Prefect API, as it is set at this moment; None for none."""
    return _prefect("PREFECT_API_URL")


def prefect_headers() -> dict[str, str]:
    """Give the headers that the configured Prefect API wants to know its callers by."""
    if key := _prefect("PREFECT_API_KEY"):
        return {"Authorization": f"Bearer {key}"}
    if pair := _prefect("PREFECT_API_AUTH_STRING"):
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return {}


def _prefect(name: str) -> str | None:
    """Read one of Prefect's settings from the environment, else from the active profile's table."""
    if value := os.environ.get(name):
        return value
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    path = Path(os.environ.get("PREFECT_PROFILES_PATH", home / "profiles.toml")).expanduser()
    try:
        profiles = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None
    active = os.environ.get("PREFECT_PROFILE") or profiles.get("active")
    profile = profiles.get("profiles", {}).get(active, {})
    value = profile.get(name) if isinstance(profile, dict) else None
    return str(value) if value else None
