"""History, differences, the change stream, export and import, as typed on a command line."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

from forkserver import Forked, completed
from stock import run, stock

from tests.flows.conftest import command, environment

PAGE = """<!doctype html><html lang="en"><title>Dam holds</title><body><article><h1>Dam holds</h1>
<p>The old dam above the town held through a night of rain that nobody in the valley had expected to see.</p>
<p>Engineers walked its crest at dawn and found no crack, the council said, and the road opened again.</p>
<p>Families who had spent the night in the school hall went home before noon, tired, and mostly dry.</p>
</article></body></html>"""


def cleanwire(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return completed(command(*arguments), folder, environment())


def test_an_articles_past_can_be_read_and_carried_away(tmp_path: Path) -> None:
    page = tmp_path / "dam.html"
    for text in (PAGE, PAGE.replace("no crack", "one crack")):
        page.write_text(text, encoding="utf-8")
        assert cleanwire(tmp_path, "ingest", "dam.html").returncode == 0
        shown = cleanwire(tmp_path, "diff", "1").stdout
        assert ("has one version" in shown) == (text == PAGE)
    for kept in ("sources", "watch", "webhooks"):
        assert cleanwire(tmp_path, kept, "list").stdout.startswith("no "), kept
    polled = cleanwire(tmp_path, "poll")
    assert "no source is due" in polled.stderr
    assert polled.stdout.splitlines()[1].startswith("0 pages"), "no table without a row"
    versions = json.loads(cleanwire(tmp_path, "history", "1", "--json").stdout)
    assert [one["version"] for one in versions] == [1, 2]
    assert "[- no-]{+ one+}" in shown
    back = cleanwire(tmp_path, "diff", "1", "2", "1").stdout
    assert back.startswith("version 2 -> 1: substantive")
    stream = cleanwire(tmp_path, "changes", "--since", "1").stdout.splitlines()
    assert [json.loads(line)["kind"] for line in stream] == ["revised"]
    assert cleanwire(tmp_path, "export", "out.jsonl", "dam").returncode == 0
    listed = cleanwire(tmp_path, "query", "dam", "--one-per-cluster", "--ranked", "--json")
    assert [one["id"] for one in json.loads(listed.stdout)] == [1]
    table = cleanwire(tmp_path, "query", "crack", "found").stdout
    assert "*found* " in " ".join(table.split())
    assert max(map(len, table.splitlines())) <= 80
    streamed = cleanwire(tmp_path, "export", "-", "dam")
    assert streamed.stdout == (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert streamed.stderr == "-: 1 written\n"
    done = cleanwire(tmp_path, "import", "out.jsonl", "--db", "sqlite:///copy.db", "--json")
    assert json.loads(done.stdout) == {"articles": 1, "known": 0}
    stories = [
        cleanwire(tmp_path, "why", "dam.html", "--db", f"sqlite:///{name}.db").stdout
        for name in ("cleanwire", "copy")
    ]
    assert stories[0] == stories[1]
    run(f"sqlite:///{tmp_path / 'copy.db'}", "UPDATE revision SET edit = 'reparsed' WHERE version = 2")
    read_anew = cleanwire(tmp_path, "diff", "1", "--db", "sqlite:///copy.db").stdout
    assert "reparsed (no edit of theirs: another reading of the same page)" in read_anew
    assert "  stored: first version\n" in stories[0]
    for arguments, said in (
        (("history", "7"), "7: no article has this id"),
        (("history", "9" * 23), "2147483647"),
        (("changes", "--since", "9" * 23), "9223372036854775807"),
        (("diff", "1", "1", "9"), "1: has no version 9; it has 1 to 2"),
        (("export", "out.xls"), "its name tells no format"),
        (("query", "--after", "yesterday"), "--after 'yesterday' is no cursor of this search"),
        (
            ("export", "out.csv", "--since", "soon"),
            "--since 'soon': give a date (2026-11-23), a time or an age",
        ),
        (("import", "dam.html"), "line 1: no line of `cleanwire export`"),
        (("import", "none.jsonl"), "none.jsonl: No such file"),
    ):
        failed = cleanwire(tmp_path, *arguments)
        assert failed.returncode in {1, 2}
        assert said in failed.stderr
        assert "Traceback" not in failed.stderr


def test_changes_are_followed_until_somebody_stops_it(database_url: str, tmp_path: Path) -> None:
    stock(database_url, 2)
    process = Forked(
        command("changes", "--since", "1", "--follow"), cwd=tmp_path, text=True,
        env=environment(CLEANWIRE_DATABASE=database_url), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    known = json.loads(process.stdout.readline())
    stock(database_url, 1, start=5)
    fresh = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    rest, said = process.communicate(timeout=120)
    assert [(one["seq"], one["kind"], one["article_id"]) for one in (known, fresh)] == [
        (2, "created", 2), (3, "created", 3),
    ]  # fmt: skip
    assert (rest, "Traceback" in said) == ("", False)
    seen, after = [], []
    while len(seen) < 3:
        arguments = command("query", "--limit", "2", "--format", "jsonl", *after)
        page = completed(arguments, tmp_path, environment(CLEANWIRE_DATABASE=database_url))
        seen += [json.loads(line)["id"] for line in page.stdout.splitlines()]
        after = ["--after", page.stderr.split()[-1]] if page.stderr else []
    assert (sorted(seen), page.stderr) == ([1, 2, 3], "")
