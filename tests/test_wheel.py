"""The wheel, installed into a new environment, works from another folder."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_installed_wheel_ingests_from_another_folder(tmp_path: Path) -> None:
    wheels, home, elsewhere = tmp_path / "wheels", tmp_path / "env", tmp_path / "elsewhere"
    elsewhere.mkdir()
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(wheels), str(ROOT)], check=True, timeout=120)
    (wheel,) = wheels.glob("cleanwire-*.whl")
    venv.create(home, with_pip=False)
    (site,) = home.glob("lib/python*/site-packages")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--ignore-installed"]
    subprocess.run([*install, "--prefix", str(home), str(wheel)], check=True, timeout=120)
    # What Cleanwire needs comes from the environment of the tests, less Cleanwire itself: no test fetches.
    needed = [path for path in sys.path if path.endswith("site-packages")]
    (site / "needed.pth").write_text("\n".join(needed) + "\n", encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "PYTHON"))}
    cleanwire = [str(home / "bin" / "python"), "-P", str(home / "bin" / "cleanwire")]
    told = subprocess.run(
        [*cleanwire, "--help"],
        cwd=elsewhere,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "ingest" in told.stdout
    samples = site / "flows" / "samples"
    assert list(samples.glob("*.html"))
    ran = subprocess.run(
        [*cleanwire, "ingest", str(samples)],
        cwd=elsewhere,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "stored" in ran.stdout
    assert (elsewhere / "cleanwire.db").is_file()
