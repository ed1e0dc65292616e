"""Reads two texts as one: what a client said, and what the brand published to it; either may be empty.

Four layers above the frozen part of the tone model, with one head for each question (training/exchanges).
"""

from collections.abc import Sequence

import numpy as np

from bot.judging.scorers.batches import Ids
from bot.judging.scorers.folder import ModelFolder
from bot.judging.scorers.onnx import Floats, ToneNetwork, session
from policies.checks.means import KNOWN

FILE = "exchange.onnx"
#: What `policies.threads` asks of an exchange.
ASKED = ("complaint", "owner", "grave", "brushed_off")
#: The heads in the order of the outputs.
HEADS = (*ASKED, *KNOWN)
Pairs = Sequence[tuple[str, str]]


class PairNetwork:
    """The network of one model folder."""

    def __init__(self, folder: ModelFolder, tone: ToneNetwork) -> None:
        """Go on from a tone model that is open. Raises `ModelBroken` for a missing or altered file."""
        self._tone = tone
        self._session = session(folder.verified(FILE))
        self.hash = folder.hashes[FILE]  #: of the file

    def logits(self, pairs: Pairs) -> Floats:
        """Return log odds (pairs, heads)."""
        found: Floats = np.zeros((len(pairs), len(HEADS)), dtype=np.float32)
        for batch, logits in self._tone.over(pairs, self._run):
            found[batch.rows] = logits
        return found

    def _run(self, ids: Ids) -> Floats:
        found: Floats = self._session.run(["logits"], {"ids": ids, "lower": self._tone.lower(ids)})[0]
        return found
