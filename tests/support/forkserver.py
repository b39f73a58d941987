"""Runs of `cleanwire` that need not load it again: each is a fork of a process that has.

A run has arguments, a folder, an environment, standard files, memory and an exit status of its own; only
what importing leaves behind is shared. What Python settles before the first line of a program cannot be had
so, and neither can what an import does: whoever tests that starts the program with subprocess.

This module is both sides. The program (`main`) takes orders on a socket: one with files forks a run, and a
process id asks how that run ended, which only its parent can know.
"""

from __future__ import annotations

import gc
import importlib
import inspect
import io
import json
import os
import pkgutil
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TextIO

import flows.cli
import flows.commands
import flows.desk
import flows.intake
import storage.migrations.versions

COLD = [sys.executable, "-P", "-m", "flows.cli"]
READ_LATE = ("CLEANWIRE_", "PREFECT_", "PYTEST_", "COLUMNS", "DO_NOT_TRACK")  # settings that no import reads
NUMBER = struct.Struct(">q")
FILES = 3  # standard input, output and error


class ForkServer:
    """A process that has loaded Cleanwire and forks runs of it."""

    running: ForkServer | None = None  # this test process's own, once a test has wanted one

    def __init__(self) -> None:
        self.environment = dict(os.environ)
        self._orders, theirs = socket.socketpair()
        self._turn = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # no thread that a fork would lack
            )  # fmt: skip

    def serves(self, env: Mapping[str, str]) -> bool:
        """Tell whether a run with this environment is no other for being forked."""
        names = env.keys() | self.environment.keys()
        return all(
            name.startswith(READ_LATE) or env.get(name) == self.environment.get(name) for name in names
        )

    def fork(
        self, order: tuple[Sequence[str], str, Mapping[str, str]], files: Sequence[int]
    ) -> tuple[int, int]:
        """Start a run; gives its process id and a file that is at its end as soon as the run has ended."""
        alive, theirs = os.pipe()
        said = json.dumps(order).encode()
        with self._turn:
            socket.send_fds(self._orders, [NUMBER.pack(len(said))], [*files, theirs])
            os.close(theirs)
            self._orders.sendall(said)
            return _number(self._orders), alive

    def status_of(self, run: int) -> int:
        """Wait for the end of a run, as os.waitpid does, and give its wait status."""
        with self._turn:
            self._orders.sendall(NUMBER.pack(run))
            return _number(self._orders)

    def close(self) -> None:
        """End the process; the runs go on."""
        self._orders.close()
        self._process.wait()


def fork_server() -> ForkServer:
    """Give this process's fork server, which `stop` ends."""
    ForkServer.running = ForkServer.running or ForkServer()
    return ForkServer.running


def stop() -> None:
    """End the fork server, if there is one."""
    if ForkServer.running:
        ForkServer.running.close()
        ForkServer.running = None


class Forked(subprocess.Popen[Any]):
    """A Popen that forks `cleanwire ARGUMENTS` where that comes to the same, and starts anything else."""

    _alive: int | None = None

    def _execute_child(self, args: Sequence[str], *rest: Any) -> None:
        given = inspect.signature(subprocess.Popen._execute_child).bind(self, args, *rest).arguments  # type: ignore[attr-defined]  # noqa: SLF001 - what it overrides
        env = given["env"] or os.environ
        words = list(map(str, args))
        if words[: len(COLD)] != COLD or given["start_new_session"] or not fork_server().serves(env):
            super()._execute_child(args, *rest)  # type: ignore[misc]
            return
        ends = [given[name] for name in ("p2cread", "c2pwrite", "errwrite")]
        files = [number if end == -1 else end for number, end in enumerate(ends)]
        order = (words[len(COLD) :], str(given["cwd"] or os.getcwd()), dict(env))  # noqa: PTH109 - as a string
        try:
            self.pid, self._alive = fork_server().fork(order, files)
            self._child_created = True
        finally:
            self._close_pipe_fds(*rest[9:15])  # type: ignore[attr-defined]

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        if self._alive is None:
            return super()._try_wait(wait_flags)  # type: ignore[misc, no-any-return]
        if wait_flags & os.WNOHANG and not select.select([self._alive], [], [], 0)[0]:
            return 0, 0
        os.close(self._alive)
        self._alive = None
        return self.pid, fork_server().status_of(self.pid)

    def _internal_poll(self, _deadstate: int | None = None) -> int | None:
        return super()._internal_poll(_deadstate, lambda _, flags: self._try_wait(flags))  # type: ignore[misc, no-any-return]


def completed(
    args: list[str], cwd: Path, env: Mapping[str, str], stdin: str = "", timeout: float = 120.0
) -> subprocess.CompletedProcess[str]:
    """Run to the end, as subprocess.run does; killed after so many seconds, which raises TimeoutExpired."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with Forked(args, cwd=cwd, env=env, text=True, **pipes) as process:
        try:
            out, errors = process.communicate(stdin, timeout)
        finally:
            process.kill()
        return subprocess.CompletedProcess(args, process.returncode, out, errors)


def _number(orders: socket.socket) -> int:
    """Read one number; EOFError where the other side has gone."""
    return int(NUMBER.unpack(_exactly(orders, NUMBER.size))[0])


def _exactly(orders: socket.socket, size: int) -> bytes:
    """Read so many bytes; EOFError where the other side has gone."""
    read = bytearray()
    while len(read) < size:
        piece = orders.recv(size - len(read))
        if not piece:
            raise EOFError("the fork server has gone")
        read += piece
    return bytes(read)


def main() -> None:
    """Load Cleanwire and carry out orders until the socket closes; in a fork, be the run that was ordered."""
    orders = socket.socket(fileno=int(sys.argv[1]))
    _load()
    while True:
        head, files, _, _ = socket.recv_fds(orders, NUMBER.size, FILES + 1)
        if not head:
            return
        (number,) = NUMBER.unpack(head)
        if not files:
            _, status = os.waitpid(number, 0)
            orders.sendall(NUMBER.pack(status))
            continue
        words, folder, env = json.loads(_exactly(orders, number))
        run = os.fork()
        if not run:
            orders.close()
            _become(words, folder, env, files)
            return
        orders.sendall(NUMBER.pack(run))
        for file in files:
            os.close(file)


def _load() -> None:
    """Import what the commands import, but for Prefect, which reads its settings meanwhile."""
    for package in (flows.commands, flows.desk, flows.intake, storage, storage.migrations.versions):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    for name in ("flows.serve", "flows.pipeline", "alembic.command"):
        importlib.import_module(name)
    assert "prefect" not in sys.modules
    gc.collect()
    gc.freeze()  # keeps the collector from touching, and so copying, what the runs share


def _become(words: list[str], folder: str, env: dict[str, str], files: list[int]) -> None:
    """Be `cleanwire WORDS` from here on; the last file stays open until this process ends."""
    for number, file in enumerate(files[:FILES]):
        os.dup2(file, number)
        os.close(file)
    os.set_inheritable(files[FILES], False)  # noqa: FBT003 - takes no keyword
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what runs beside it ignore it
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.stdin = _reopened(sys.stdin, "rb")
    sys.stdout = _reopened(sys.stdout, "wb")
    sys.stderr = _reopened(sys.stderr, "wb")
    sys.argv = ["cleanwire", *words]
    flows.cli.main()


def _reopened(stream: TextIO, mode: Literal["rb", "wb"]) -> TextIO:
    """Give a standard stream anew, as Python opens it for what its file is now."""
    is_out = mode == "wb"
    file = open(stream.fileno(), mode, closefd=False)  # noqa: SIM115 - it is open for as long as we run
    at_once = is_out and (file.isatty() or stream.fileno() == sys.__stderr__.fileno())
    return io.TextIOWrapper(
        file, stream.encoding, stream.errors, newline="\n" if is_out else None, line_buffering=at_once
    )


if __name__ == "__main__":
    main()
