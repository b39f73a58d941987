"""Signatures on what goes out, by the Standard Webhooks convention (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
FEWEST_BYTES, MOST_BYTES, NEW_BYTES = 24, 64, 32  # of a secret: the convention's bounds, and our own are 32


class BadSecretError(ValueError):
    """A secret cannot sign; the message says what one looks like, and never repeats it."""


def new_secret() -> str:
    """Make a secret for a receiver, `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(NEW_BYTES)).decode()


def sound_secret(text: str) -> str:
    """Take a secret that somebody else made; BadSecretError for what is none."""
    _key(text.strip())
    return text.strip()


def signed(secret: str, message_id: str, at: int, body: bytes) -> dict[str, str]:
    """Write the three headers that let a receiver verify a message sent `at` (Unix seconds)."""
    content = f"{message_id}.{at}.".encode() + body
    digest = hmac.new(_key(secret), content, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not FEWEST_BYTES <= len(key) <= MOST_BYTES:
        raise BadSecretError(f"a secret is {PREFIX} and {FEWEST_BYTES} to {MOST_BYTES} bytes in base64")
    return key
