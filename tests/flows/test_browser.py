"""What people look at, in a real browser: nothing that a page brought is run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.flows.conftest import PAGE, Run
from tests.flows.serving import served

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
EVIL = (
    '</title></style></script><script>document.title="run"</script>'
    "<img src=x onerror='document.title=\"run\"'>"
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine; .ci/run installs one")


def seen(address: str, profile: Path) -> str:
    """The page as it stands in a browser that can reach nothing but loopback, once its scripts have run."""
    assert BROWSER is not None
    options = (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
        "--disable-component-update", "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        f"--user-data-dir={profile}", "--dump-dom", address,
    )  # fmt: skip
    return subprocess.run([BROWSER, *options], capture_output=True, text=True, timeout=120, check=True).stdout


def write_evil(folder: Path) -> Path:
    """A saved page that would like to be run by whoever reads it."""
    escaped = EVIL.replace("<", "&lt;").replace('"', "&quot;")
    page = PAGE.format(title=f"Council decides on pier 3 {escaped}", slug="pier-3", number=3)
    file = folder / "evil.html"
    file.write_text(page.replace("consultation", f"consultation {escaped}"), encoding="utf-8")
    return file


def test_a_browser_shows_the_archive_and_runs_nothing(tmp_path: Path, cleanwire: Run) -> None:
    assert cleanwire("ingest", str(write_evil(tmp_path))).returncode == 0
    with served(tmp_path) as house:
        found = seen(f"{house.url}/", tmp_path / "profile")
        read = seen(f"{house.url}/read/1", tmp_path / "profile")
        assert house.stop() == 0
    for shown in (found, read):
        assert "Council decides on pier 3" in shown
        assert "&lt;script&gt;" in shown
        assert "<script" not in shown
        assert "<title>run" not in shown


def test_an_explained_page_runs_nothing(tmp_path: Path, cleanwire: Run) -> None:
    out = tmp_path / "explained.html"
    assert cleanwire("explain", str(write_evil(tmp_path)), "--html", str(out)).returncode == 0
    shown = seen(out.as_uri(), tmp_path / "profile")
    assert "consultation" in shown
    assert "<script" not in shown
    assert "<title>run" not in shown
