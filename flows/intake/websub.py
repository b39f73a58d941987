"""Subscribing at hubs (WebSub, W3C Recommendation 2018): what we ask of them, and whose pushes we believe."""

from __future__ import annotations

import hmac
from urllib.parse import urlencode, urljoin

from flows.intake.answers import named
from flows.intake.client import Client
from flows.intake.errors import Refused
from flows.intake.posting import Posted, post
from storage.subscriptions import Step

LEASE_SECONDS = 10 * 86400  # what we ask for; the hub decides
SECONDS = 15.0  # for a hub's whole answer
MOST_REDIRECTS = 3
REDIRECTS = frozenset({307, 308})  # the two that a hub may answer with (5.1.2)
METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})
PATH = "/websub"


async def ask_hub(client: Client, step: Step, public_url: str) -> None:
    """Ask a hub to begin or end telling us; raises IntakeError with the reason where it does not accept.

    The secret goes to the hub even without TLS: with a hub that has none, its pushes could else be anybody's.
    """
    form = {
        "hub.callback": f"{public_url}{PATH}/{step.token}",
        "hub.mode": step.mode,
        "hub.topic": step.topic,
    }
    if step.mode == "subscribe":
        form |= {"hub.secret": step.secret, "hub.lease_seconds": str(LEASE_SECONDS)}
    answered = await _posted(client, step.hub, urlencode(form).encode())
    if not answered.accepted:
        raise Refused(f"the hub answered {named(answered.status)}")


async def _posted(client: Client, hub: str, body: bytes) -> Posted:
    """Post to a hub, or to the one that it names in its place."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for _ in range(MOST_REDIRECTS + 1):
        answered = await post(client, hub, body, headers, SECONDS)
        if answered.status not in REDIRECTS or answered.location is None:
            return answered
        hub = _joined(hub, answered.location)
    raise Refused(f"more than {MOST_REDIRECTS} redirects")


def _joined(hub: str, location: str) -> str:
    try:
        return urljoin(hub, location)
    except ValueError:
        raise Refused("a redirect to something that is not a URL") from None


def is_signed(secret: str, header: str | None, body: bytes) -> bool:
    """Tell in constant time whether X-Hub-Signature (`method=hexdigest`, 7.1) is ours over this body."""
    method, _, given = (header or "").strip().partition("=")
    if method.lower() not in METHODS:
        return False
    expected = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(expected.encode(), given.strip().lower().encode("utf-8", "replace"))
