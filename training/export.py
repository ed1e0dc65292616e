"""Make the shipped folder: `python -m training.export --data DIR --out bot/judging/scorers/model CHECKPOINT...`.

With several checkpoints their averaged weights are averaged once more.
"""

import argparse
import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.judging.scorers.folder import open_folder
from bot.judging.scorers.kernels import Kernel
from bot.judging.scorers.onnx import OnnxScorer
from bot.judging.scorers.prepare import VERSION
from training.card import card
from training.corpus import Reader, encoder_folder
from training.graph import similar_model, tone_model
from training.network import load_lower
from training.quality import Quality, fitted, later, scored, worth
from training.recipe import HEADS, Recipe
from training.state import averaged, published_state, whole_state

#: Best probabilities below which too many answers are wrong: the band is as wide as needed for this share of right ones
#: above it, on the validation split.
TRUSTED = 0.8
#: Longest text in tokens at run time. Longer than in training, where no text was longer.
RUN_TOKENS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where an export reads and writes."""

    data: Path  #: folder of the validation splits
    out: Path  #: the shipped folder
    encoder: Path  #: folder of the published encoder


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_models(recipe: Recipe, checkpoints: list[Path], files: Files) -> None:
    """Write both ONNX files and the tokenizer's."""
    files.out.mkdir(parents=True, exist_ok=True)
    lower = load_lower(files.encoder, recipe.frozen_layers)
    labels = sum(len(names) for names in HEADS.values())
    state = whole_state(lower, averaged(checkpoints))
    for head, lean in recipe.lean.items():
        state[f"heads.{head}.last.bias"][-1] += lean
    (files.out / "tone.onnx").write_bytes(tone_model(state, recipe.frozen_layers, labels))
    published = published_state(lower, files.encoder)
    (files.out / "similar.onnx").write_bytes(similar_model(published, recipe.frozen_layers))
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copyfile(files.encoder / name, files.out / name)
    (files.out / "tokenizer.json").chmod(0o644)


def settings(recipe: Recipe, files: Files) -> dict[str, Any]:
    """Return config.json with no temperature and no band yet."""
    light = Reader(files.encoder, recipe.max_tokens).numbers(recipe.light)
    config: dict[str, Any] = json.loads((files.encoder / "config.json").read_text(encoding="utf-8"))
    names = [f"{head}:{label}" for head, labels in HEADS.items() for label in labels]
    return config | {
        "_name_or_path": "social-oversight tone",
        "id2label": {str(number): name for number, name in enumerate(names)},
        "label2id": {name: number for number, name in enumerate(names)},
        "oversight": {
            "preparation": VERSION,
            "max_tokens": RUN_TOKENS,
            "light": sorted(light.tolist()),
            "sha256": {
                name: digest(files.out / name) for name in ("tone.onnx", "similar.onnx", "tokenizer.json")
            },
            "heads": {
                head: {"labels": list(labels), "temperature": 1.0, "unsure_below": 0.0}
                for head, labels in HEADS.items()
            },
        },
    }


def write_settings(files: Files, config: dict[str, Any]) -> None:
    """Write config.json. Its heads stand in the order of the outputs, so nothing is sorted."""
    text = json.dumps(config, indent=2) + "\n"
    (files.out / "config.json").write_text(text, encoding="utf-8")


def export(recipe: Recipe, checkpoints: list[Path], files: Files) -> dict[str, Quality]:
    """Write the shipped folder and return its quality on the validation splits."""
    write_models(recipe, checkpoints, files)
    config = settings(recipe, files)
    write_settings(files, config)
    scorer = OnnxScorer(files.out, kernel=Kernel.FLOAT32)
    raw = scored(scorer, files.data)
    config["oversight"]["heads"] = fitted(raw, TRUSTED)
    write_settings(files, config)
    heads = open_folder(files.out).heads
    found = {head: worth(head, heads[head], one) for head, one in raw.items()}
    text = card(found, later(scorer, files.data), config, recipe, files.out)
    (files.out / "MODEL_CARD.md").write_text(text, encoding="utf-8")
    return found


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("bot/judging/scorers/model"))
    parser.add_argument("--recipe", type=Path, help="JSON with settings other than the defaults")
    said = parser.parse_args()
    recipe = Recipe.load(said.recipe) if said.recipe else Recipe()
    found = export(recipe, said.checkpoints, Files(data=said.data, out=said.out, encoder=encoder_folder()))
    print(json.dumps({head: one.as_json() for head, one in found.items()}, indent=2))


if __name__ == "__main__":
    main()
