"""Write exchange.onnx and exchange.npz: `python -m training.exchanges.export --out MODEL_FOLDER WEIGHTS...`.

Several runs from the same beginning are averaged.
"""

import argparse
import json
from pathlib import Path

from bot.judging.scorers.exchanges import LINES, OnnxExchanges
from bot.judging.scorers.folder import SHIPPED
from bot.judging.scorers.kernels import Kernel
from bot.judging.scorers.onnx import OnnxScorer
from bot.judging.scorers.pairs import FILE
from training.exchanges.data import examples
from training.exchanges.graph import exchange_model
from training.exchanges.lines import learn
from training.exchanges.quality import card_rows, measured
from training.exchanges.train import FROZEN, mean_of
from training.export import digest
from training.state import State, numbered

_HEADING = "## Exchanges"
_SECTION = (
    _HEADING
    + """

`exchange.onnx` and `exchange.npz` read what one client said together with what they were answered
(`training/exchanges`). Measured on what was never learnt from: real care conversations that two readers labelled
before any output was looked at, where they agree, and a month of an invented business. They learnt from 340 real
conversations, four invented months, and some four thousand texts that language models wrote. The same network reads
the eight topics (`training/topics`).

| set | head | texts | hold | precision | recall | calibration error |
|---|---|---|---|---|---|---|
{rows}
"""
)


def averaged_state(weights: list[Path]) -> State:
    """Return the mean of several runs' weights, under the names of the whole encoder."""
    return {numbered(name, FROZEN): value.numpy() for name, value in mean_of(weights).items()}


def write(weights: list[Path], folder: Path, data: Path) -> None:
    """Put both files into the model folder, and their hashes into config and card."""
    (folder / FILE).write_bytes(exchange_model(averaged_state(weights)))
    learn(examples(data), folder / LINES)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    card = folder / "MODEL_CARD.md"
    lines = card.read_text(encoding="utf-8").split("\n")
    lines = [line for line in lines if not line.startswith((f"| {FILE} |", f"| {LINES} |"))]
    below = next(number for number, line in enumerate(lines) if line.startswith("| similar.onnx |")) + 1
    for name in (LINES, FILE):
        path = folder / name
        config["oversight"]["sha256"][name] = digest(path)
        lines.insert(below, f"| {name} | `{digest(path)}` | {path.stat().st_size / 1e6:.1f} |")
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    card.write_text("\n".join(lines), encoding="utf-8")


def write_figures(folder: Path, data: Path) -> None:
    """Put what the heads are worth into the card, below its own heading."""
    scorer = OnnxScorer(folder, kernel=Kernel.FLOAT32)
    rows = card_rows(measured(OnnxExchanges(folder, scorer=scorer), data))
    card = folder / "MODEL_CARD.md"
    text = card.read_text(encoding="utf-8")
    before, _, after = text.partition(_HEADING)
    _, _, rest = after.partition("\n## ")
    card.write_text(
        before.rstrip() + "\n\n" + _SECTION.format(rows="\n".join(rows)) + (f"\n## {rest}" if rest else "")
    )


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    said = parser.parse_args()
    write(said.weights, said.out, said.data)
    write_figures(said.out, said.data)


if __name__ == "__main__":
    main()
