"""Whether somebody still writes to a file: the kernel knows (fcntl(2), leases)."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from pathlib import Path


def is_being_written(path: Path) -> bool:
    """Tell whether any process has a file open for writing; False where the system does not say.

    Linux says it of local files that are this user's own (or any, for root): it grants a lease for reading
    only where nobody may write. It does not of a network's files, nor of those of other users.
    """
    if sys.platform != "linux":
        return False
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        # Whoever opens the file in this very moment makes the kernel send a signal: SIGIO would end us.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(file)
    return False
