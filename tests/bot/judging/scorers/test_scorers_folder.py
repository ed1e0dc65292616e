"""A model that is not the shipped one is refused, by name."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.judging.scorers.folder import SHIPPED, ModelBroken, open_folder
from bot.judging.scorers.onnx import OnnxScorer
from bot.judging.scorers.similar import OnnxEmbedder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped folder."""
    return shutil.copytree(SHIPPED, tmp_path / "model")


@pytest.mark.parametrize("name", ["tone.onnx", "tokenizer.json", "config.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelBroken, match=name) as caught:
        OnnxScorer(folder)
    assert caught.value.mend
    assert caught.value.permanent


@pytest.mark.parametrize("name", ["tone.onnx", "tokenizer.json"])
def test_an_altered_file_is_refused_with_both_hashes(folder: Path, name: str) -> None:
    altered = bytearray((folder / name).read_bytes())
    altered[len(altered) // 2] ^= 1
    (folder / name).write_bytes(altered)
    with pytest.raises(ModelBroken, match=name) as caught:
        OnnxScorer(folder)
    assert open_folder(folder).hashes[name] in str(caught.value)


def test_the_second_file_is_held_against_its_hash_too(folder: Path) -> None:
    (folder / "similar.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelBroken, match=r"similar\.onnx"):
        OnnxEmbedder(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"oversight": {}}', '{"oversight": {"heads": 3}}'])
def test_a_damaged_config_is_refused(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelBroken, match=r"config\.json"):
        open_folder(folder)


def test_a_model_that_learnt_from_other_preparation_is_refused(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["oversight"]["preparation"] = "0"
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelBroken, match="prepared"):
        open_folder(folder)


def test_another_calibration_is_another_version(folder: Path) -> None:
    before = open_folder(folder).version
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["oversight"]["heads"]["irony"]["temperature"] += 0.1
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert open_folder(folder).version != before
    assert before == open_folder().version


def test_the_files_stay_small() -> None:
    sizes = {path.name: path.stat().st_size for path in SHIPPED.iterdir()}
    assert sizes["tone.onnx"] <= 50_000_000
    assert sum(sizes.values()) <= 65_000_000
