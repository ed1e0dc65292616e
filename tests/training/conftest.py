"""Texts that a run learns in seconds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

GOOD = ["lovely day", "what a great team", "so happy with this", "best coffee in town"]
BAD = ["awful service", "never again", "my order is late again", "this is a disgrace"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two tiny tasks that can be told apart by a few words."""
    folder = tmp_path / "data"
    folder.mkdir()
    for split in ("train", "val"):
        lines = [f"not_complaint\t{text} {n}" for n in range(6) for text in GOOD]
        lines += [f"complaint\t{text} {n}" for n in range(6) for text in BAD]
        (folder / f"complaint.{split}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        lines = [line.replace("not_complaint", "positive").replace("complaint", "negative") for line in lines]
        (folder / f"sentiment.{split}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    recipe = {
        "batch": 8,
        "tasks": {"complaint": {"passes": 4.0}, "sentiment": {"passes": 4.0}},
        "teach_every": 1,
    }
    (tmp_path / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
    return folder
