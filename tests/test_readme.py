"""The session that the README prints runs as it stands there, line by line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from flows.signing import new_secret, signed

ROOT = Path(__file__).parents[1]


def blocks(language: str) -> list[str]:
    """The code blocks of that language in the README's session."""
    session = (
        (ROOT / "README.md").read_text(encoding="utf-8").split("### A session", 1)[1].split("\n## ", 1)[0]
    )
    return re.findall(rf"```{language}\n(.*?)```", session, flags=re.DOTALL)


def run(command: list[str], folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CLEANWIRE", "PREFECT"))
    }
    done = subprocess.run(
        command, cwd=folder, env=kept | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_every_line_of_the_session_runs(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "flows" / "samples", tmp_path / "flows" / "samples")
    (shell,), (python,) = blocks("sh"), blocks("python")
    said = {line: run(["bash", "-c", line], tmp_path) for line in shell.splitlines()}
    assert "[-" in said["cleanwire diff 1 --db sqlite:///watched.db"]
    assert "imported" in said["cleanwire import everything.jsonl --db sqlite:///copy.db"]
    assert len(said["cleanwire history 1 --db sqlite:///watched.db"].splitlines()) == 2
    assert "word_count" in run([sys.executable, "-c", python], tmp_path)


def test_the_way_to_verify_a_message_that_it_prints_is_right() -> None:
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("### Webhooks and watches", 1)[1]
    printed: dict[str, Callable[[str, dict[str, str], bytes], bool]] = {}
    exec(section.split("```python\n", 1)[1].split("```", 1)[0], printed)  # type: ignore[arg-type]  # noqa: S102 - our own page
    is_ours, secret = printed["is_ours"], new_secret()
    headers = signed(secret, "msg_1", 1_790_000_000, b'{"type": "x"}')
    assert is_ours(secret, headers, b'{"type": "x"}')
    assert not is_ours(secret, headers, b'{"type": "y"}')
    assert not is_ours(new_secret(), headers, b'{"type": "x"}')
