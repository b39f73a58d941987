"""Errors that end a command: one line that names the input and says what to do."""

from __future__ import annotations


class UsageFault(Exception):  # noqa: N818 - a fault of the call, not of the program
    """The call or its configuration cannot work: exit status 2."""


class WorkFault(Exception):  # noqa: N818 - the same for work
    """The work could not be done: exit status 1."""


class Stopped(Exception):  # noqa: N818 - the same for a person's wish
    """Somebody pressed Ctrl-C: exit status 130."""
