"""Keeping subscribed: a service that asks hubs for what feeds advertise, renews it and takes leave."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from flows.clock import now
from flows.house import House
from flows.intake.errors import IntakeError
from flows.intake.websub import ask_hub
from storage.subscriptions import Step, not_asked, take_steps

LOOK = 5.0  # seconds between two looks at what is due
log = logging.getLogger(__name__)


async def keep_subscribed(house: House) -> None:
    """Take every step that is due with a hub; none without CLEANWIRE_PUBLIC_URL: no hub could reach us."""
    public_url = house.settings.public_url
    while public_url is not None:
        steps = await house.desk.writer.run(lambda session: take_steps(session, now()))
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(_ask(house, step, public_url))
        await asyncio.sleep(LOOK)


async def _ask(house: House, step: Step, public_url: str) -> None:
    """Ask one hub; why it could not be asked is written down."""
    try:
        await ask_hub(house.desk.client, step, public_url)
    except IntakeError as fault:
        await house.desk.writer.run(partial(not_asked, step=step, error=fault.reason))
        log.warning("hub %s: %s", step.hub, fault.reason)
