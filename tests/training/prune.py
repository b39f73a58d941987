"""Take out of a trained model the columns that the program no longer measures.

    python -m tests.training.prune OLD.npz NEW.npz [column=value ...]

A test of a column that is gone sends every row to the side on which the column's usual value falls, 0 unless
one is given. For columns that few tests ask this keeps the scores as they are, and with them the bars that
were chosen for them; after greater changes train anew (tests.training.train).
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from parsers.features import FEATURES
from parsers.scorer import SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def prune(content: bytes, usual: Mapping[str, float], columns: Sequence[str] = (*FEATURES, *SECOND)) -> bytes:
    """Give the model without the columns beyond `columns`; ValueError where it lacks one of them."""
    with np.load(io.BytesIO(content)) as data:
        arrays = dict(data)
    known = json.loads(bytes(arrays["features"]))
    if missing := sorted(set(columns) - set(known)):
        raise ValueError(f"the model never learned {', '.join(missing)}: train it again")
    place = np.array([columns.index(name) if name in columns else 0 for name in known], np.uint8)
    gone = np.array([name not in columns for name in known])
    value = np.array([usual.get(name, 0.0) for name in known], np.float32)
    for stage in ("first", "second"):
        feature, threshold = arrays[f"{stage}_feature"], arrays[f"{stage}_threshold"]
        always = np.where(value[feature] <= threshold, np.inf, -np.inf)
        arrays[f"{stage}_threshold"] = np.where(gone[feature], always, threshold).astype(np.float32)
        arrays[f"{stage}_feature"] = place[feature]
    arrays["features"] = np.frombuffer(json.dumps([*columns]).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


if __name__ == "__main__":
    given = (pair.split("=") for pair in sys.argv[3:])
    Path(sys.argv[2]).write_bytes(
        prune(Path(sys.argv[1]).read_bytes(), {name: float(value) for name, value in given})
    )
