"""An example to start from: a flow of your own that runs whenever the archive has changed.

`prefect --no-prompt deploy --all --prefect-file deploy/examples/prefect.yaml` registers it with an automation
on the event `cleanwire.articles.changed`, which carries the first and the last number of a batch of changes.
"""

from __future__ import annotations

from prefect import flow
from prefect.artifacts import acreate_markdown_artifact

from flows.settings import load_settings
from storage import article, changes, open_database


@flow(flow_run_name="digest of changes {first} to {last}")
async def digest(first: int, last: int) -> int:
    """List the articles behind these changes in an artifact, and say how many changes there were."""
    database = open_database(load_settings().database)
    lines = []
    try:
        with database.read() as session:
            for change in changes(session, first - 1, last - first + 1):
                found = article(session, change.article_id)
                lines.append(f"- {change.kind}: {found.title if found else change.article_id}")
    finally:
        database.close()
    await acreate_markdown_artifact(key="digest", markdown="\n".join(lines))
    return len(lines)
