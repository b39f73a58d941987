"""What may stand in a log or on a screen: no secret of an address, and no control character."""

from __future__ import annotations

import logging
import re
from urllib.parse import unquote, urlsplit

# All before the last @ of an authority (RFC 3986, 3.2); or, where what stands behind its colon is no port,
# before the next @ at all: a password with a slash in it.
USERINFO = re.compile(
    r"(?<=://)(?:[^/?#\s]*@|(?!\[)[^/?#\s:]*:(?!\d{0,5}(?:[/?#\s]|$))\S{0,500}?@(?=[\w.:\[\]-]+(?:[/?#\s]|$)))"
)
# The same where an address lacks its scheme, and what stands behind the first colon is no port.
BARE_USERINFO = re.compile(
    r"(?<![^\s'\"(<\[])((?://)?)(?!mailto:)[^/?#\s:@]{1,200}:(?!//|\d{0,5}(?:[/?#\s]|$))\S{0,500}@",
    re.IGNORECASE,
)
COLON_SLASHES, AT = r"%(?:25)*3A%(?:25)*2F%(?:25)*2F", r"%(?:25)*40"
CARRIED_USERINFO = re.compile(rf"({COLON_SLASHES})(?:(?!%(?:25)*2F)[^\s&?#/])*{AT}", re.IGNORECASE)
# A name and its = after one of ? & ; # or the beginning of an address that a parameter carries.
NAMED = re.compile(
    r"(?:[?&;#]|%(?:25)*(?:3F|26|3B|23))(?P<name>[^=&;?#\s]{1,200}?)(?:=|%(?:25)*3D)", re.IGNORECASE
)
VALUE = re.compile(r"(?:[^&;?#:\s]|:(?!\s)|[;?](?![^=&;?#\s]{1,200}=))*")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
SECRET_PART = re.compile(
    r"token|key|secret|passw|passphrase|signature|session|sessid|credential|jwt|bearer|authcode|hmac|oauth|authorization"
)
SECRET_WORDS = frozenset({"pass", "pwd", "code", "sid", "sig", "auth", "access", "otp", "pin", "ticket"})
LONG_WORD = re.compile(r"(\S{240})(\S{60,})")
MOST_DECODED = 5  # times over that a name may be percent-encoded


def masked(text: str) -> str:
    """Hide user names, passwords and tokens in the addresses of a text."""
    text = BARE_USERINFO.sub(r"\1***@", USERINFO.sub("***@", text))
    text = CARRIED_USERINFO.sub(r"\1***%40", text)
    kept, done, at = [], 0, 0
    while named := NAMED.search(text, at):
        at = named.end()
        if is_secret(named["name"]):
            value = VALUE.match(text, at)
            end = value.end() if value else at
            kept += [text[done:at], "***" if end > at else ""]
            done = at = end
    return "".join([*kept, text[done:]])


def origin(url: str) -> str:
    """Name an address whose very path may be a secret, as a webhook's often is: its server, no more."""
    parts = urlsplit(url)
    rest = "..." if parts.path.strip("/") or parts.query else ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/{rest}"


def is_secret(name: str) -> bool:
    """Tell by a parameter's name, percent-encoded or not, whether its value is for nobody to read."""
    for _ in range(MOST_DECODED):
        name = unquote(name)
    words = re.split(r"[^a-zA-Z0-9]+", HUMP.sub("_", name))
    return SECRET_PART.search(name.lower()) is not None or any(word.lower() in SECRET_WORDS for word in words)


def safe(text: str) -> str:
    """Mask a text and make every character that does not print, line breaks too, a visible escape."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in masked(text))


def brief(text: str) -> str:
    """Make a text safe for a log, the ends of long words cut off: an address may have 8,000 characters."""
    return LONG_WORD.sub(lambda found: f"{found[1]}...({len(found[2])} more)", safe(text))


class SafeFormatter(logging.Formatter):
    """Writes records whose messages, arguments and tracebacks are safe, and brief."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record on one safe line, a traceback's lines below it."""
        return "\n".join(brief(line) for line in super().format(record).split("\n"))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Make the message one line before a traceback is added to it."""
        record.message = brief(record.message)
        return super().formatMessage(record)


def start_logging() -> None:
    """Send warnings of whatever library to stderr, each line safe."""
    handler = logging.StreamHandler()
    handler.setFormatter(SafeFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
