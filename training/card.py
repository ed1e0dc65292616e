"""The model card, written from the export's own figures so that it cannot say other ones."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.recipe import Recipe

if TYPE_CHECKING:
    from training.quality import Quality

_TEXT = """\
---
language: en
license: apache-2.0
library_name: onnx
base_model: sentence-transformers/all-MiniLM-L6-v2
pipeline_tag: text-classification
---

# Tone of social-media posts

Reads six things of an English post in one pass: sentiment, offensive language, irony, hate, emotion and complaint.
It is meant to point a business owner at posts worth a look. It is not meant to judge people, and nothing is decided
by it alone.

## Files

| file | SHA-256 | MB |
|---|---|---|
{files}

`tone.onnx` is complete by itself. `similar.onnx` goes on from its output `lower` and gives the sentence vectors of the
published all-MiniLM-L6-v2. Matrices are stored as 8-bit whole numbers with a scale for each output column and widened
to float32 on loading.

## Figures on the validation splits

Measured with the runtime itself (`python -m training.quality`). Each head is measured on its own data's split.

| head | texts | figure | % | calibration error | unsure | right when sure |
|---|---|---|---|---|---|---|
{figures}

The calibration error is the expected one of the best label in 15 bins, after one temperature for each head was fitted
on these same splits, so it is somewhat flattering. A head is unsure below the probability `unsure_below` in
config.json, chosen so that at least 80% of its other answers are right, as long as not more than 40% of the texts
become unsure.

## Figures on later posts

Posts of other years and matters than those learnt from; the model was chosen by these. `airline` are clients of
airlines, read by sentiment.

| set | texts | % |
|---|---|---|
{later}

## Data

| head | texts | from |
|---|---|---|
| sentiment | 47,965 | SemEval 2013-2016 task A (Twitter) |
| offensive | 11,916 | TweetEval: OLID, SemEval 2019 task 6 |
| hate | 9,000 | TweetEval: HatEval, SemEval 2019 task 5 |
| emotion | 3,257 | TweetEval: SemEval 2018 task 1 |
| irony | 2,862 | TweetEval: SemEval 2018 task 3 |
| complaint | 2,414 | Preotiuc-Pietro et al. 2019 |

The texts are posts on Twitter, used under the terms of these research collections; none of them is part of this
project. The encoder is all-MiniLM-L6-v2, Apache-2.0. The weights here are released under Apache-2.0 as well.

## How it was made

`training/README.md` has the commands and the table of attempts. Embeddings and the two lowest layers are the published
ones; the four upper layers and six heads learnt from all tasks at once, in one short run over all tokens. The settings:

```json
{recipe}
```

## Limits

- English only. The runtime does not ask it about texts in other languages.
- The posts it learnt from are of 2013 to 2018 and from one platform; long reviews and e-mails are unlike them. It reads
  the first {tokens} tokens.
- "Hate" was collected around immigrants and women, and its published test set is known to differ much from its training
  set. Dialect words, reclaimed words and quotations of insults are taken for offence too often.
- Irony is hard without the conversation. About one answer in three is wrong.
- "Optimism" has few examples and is confused with joy.
"""


def _files(config: Mapping[str, Any], folder: Path) -> str:
    rows = config["oversight"]["sha256"].items()
    return "\n".join(f"| {n} | `{sha}` | {(folder / n).stat().st_size / 1e6:.1f} |" for n, sha in rows)


def _figures(found: Mapping[str, "Quality"]) -> str:
    return "\n".join(
        f"| {head} | {q.texts} | {q.metric} | {q.value:.2f} | {q.calibration_error:.3f} | {q.unsure:.0%} | "
        f"{q.right_when_sure:.1%} |"
        for head, q in found.items()
    )


def card(
    found: Mapping[str, "Quality"],
    later: Mapping[str, tuple[int, float]],
    config: Mapping[str, Any],
    recipe: Recipe,
    folder: Path,
) -> str:
    """Return the card's text for the folder that was just written."""
    return _TEXT.format(
        files=_files(config, folder),
        figures=_figures(found),
        later="\n".join(f"| {name} | {texts} | {value:.2f} |" for name, (texts, value) in later.items()),
        recipe=json.dumps(json.loads(recipe.to_json()), indent=2),
        tokens=config["oversight"]["max_tokens"],
    )


def card_figures(text: str) -> dict[str, float]:
    """Read the figures back from a card, in per cent by head."""
    rows = [
        line.strip("| ").split(" | ")
        for line in text.splitlines()
        if (line.startswith("| ") and " macro_" in line) or " f1_of" in line
    ]
    return {row[0]: float(row[3]) for row in rows}
