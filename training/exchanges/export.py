"""Write exchange.onnx and its part of config.json: `python -m training.exchanges.export --out MODEL_FOLDER WEIGHTS...`.

Several runs from the same beginning are averaged (Wortsman et al. 2022, arXiv:2203.05482).
"""

import argparse
import json
from pathlib import Path

import torch

from bot.judging.scorers.exchanges import FILE
from bot.judging.scorers.folder import SHIPPED
from training.exchanges.graph import exchange_model
from training.exchanges.train import FROZEN
from training.export import digest
from training.state import State, numbered


def averaged_state(weights: list[Path]) -> State:
    """Return the mean of several runs' weights, under the names of the whole encoder."""
    states = [torch.load(path, weights_only=True) for path in weights]
    mean = {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    return {numbered(name, FROZEN): value.numpy() for name, value in mean.items()}


def write(weights: list[Path], folder: Path) -> None:
    """Put the file into the model folder, and its hash into config and card."""
    (folder / FILE).write_bytes(exchange_model(averaged_state(weights)))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["oversight"]["sha256"][FILE] = digest(folder / FILE)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    card = folder / "MODEL_CARD.md"
    lines = [
        line for line in card.read_text(encoding="utf-8").split("\n") if not line.startswith(f"| {FILE} |")
    ]
    row = f"| {FILE} | `{digest(folder / FILE)}` | {(folder / FILE).stat().st_size / 1e6:.1f} |"
    lines.insert(next(n for n, line in enumerate(lines) if line.startswith("| similar.onnx |")) + 1, row)
    card.write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    said = parser.parse_args()
    write(said.weights, said.out)


if __name__ == "__main__":
    main()
