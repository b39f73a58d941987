"""What may stand in a log or on a screen: no secret of an address, and no control character."""

from __future__ import annotations

import logging
import re

USERINFO = re.compile(r"(?<=://)[^/\s?#@]*@")
SECRET = re.compile(
    r"(?i)([?&;](?:[\w.-]*(?:token|key|secret|password|passwd|signature)|pwd|auth|sig|session|sid)=)[^&;#\s]+"
)


def masked(text: str) -> str:
    """Hide user names, passwords and tokens in the addresses of a text."""
    return SECRET.sub(r"\1***", USERINFO.sub("***@", text))


def safe(text: str) -> str:
    """Mask a text and make every character that does not print, line breaks too, a visible escape."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in masked(text))


class SafeFormatter(logging.Formatter):
    """Writes records whose messages, arguments and tracebacks are safe."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record on one safe line, a traceback's lines below it."""
        return "\n".join(safe(line) for line in super().format(record).split("\n"))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Make the message one line before a traceback is added to it."""
        record.message = safe(record.message)
        return super().formatMessage(record)


def start_logging() -> None:
    """Send warnings of whatever library to stderr, each line safe."""
    handler = logging.StreamHandler()
    handler.setFormatter(SafeFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
