"""The shipped tone model, run by ONNX Runtime alone: no network, no torch, no slow imports."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from bot.judging.scorers.batches import Batch, Batches, Ids, Text
from bot.judging.scorers.folder import SHIPPED, Head, ModelFolder, open_folder
from bot.judging.scorers.kernels import Kernel, KernelFile, fastest, machine
from bot.judging.scorers.language import Languages, says_something
from policies.scoring import HeadScore, Reading

Floats = npt.NDArray[np.float32]

#: Texts and tokens of the batch with which kernels are timed: a usual post, enough of them to fill the cores.
_TRIAL = (8, 32)


def session(path: Path) -> onnxruntime.InferenceSession:
    """Open an ONNX file on the processor, with one thread for each call.

    Batches side by side (`ToneNetwork.over`) meet once each; threads inside an operation meet hundreds of times,
    which cost a tenth of the speed.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class ToneNetwork:
    """The opened model: token ids to logits or to the vectors of its lower part."""

    def __init__(self, folder: ModelFolder, threads: int | None = None) -> None:
        """Open the folder's weights, for `threads` batches at a time, by default one for each core we may use.

        Raises `ModelBroken` where they are not the shipped ones.
        """
        self.batches = Batches(folder.verified("tokenizer.json"), folder.max_tokens, light=folder.light)
        self._session = session(folder.verified("tone.onnx"))
        self._workers = ThreadPoolExecutor(threads or len(os.sched_getaffinity(0)))

    def over(self, texts: Sequence[Text], work: Callable[[Ids], Floats]) -> Iterator[tuple[Batch, Floats]]:
        """Yield each batch of the texts with what `work` makes of its token ids, several at a time."""
        batches = list(self.batches.cut(texts))
        yield from zip(batches, self._workers.map(work, [batch.ids for batch in batches]), strict=True)

    def logits(self, ids: Ids, kernel: Kernel) -> Floats:
        """Return the logits (texts, labels of all heads) of ids (texts, tokens)."""
        return self._run("logits", ids, kernel)

    def lower(self, ids: Ids) -> Floats:
        """Return the vectors (texts, tokens, 384) that the similarity model goes on from."""
        return self._run("lower", ids, Kernel.LOWER_ONLY)

    def _run(self, output: str, ids: Ids, kernel: Kernel) -> Floats:
        given = self.batches.packed(ids) | {"kernel": np.array(int(kernel), dtype=np.int64)}
        found: Floats = self._session.run([output], given)[0]
        return found

    def choose(self, file: KernelFile, version: str) -> Kernel:
        """Return the kernel remembered for this machine, or measure and remember it."""
        key = machine(version, onnxruntime.__version__)
        known = file.recall(key)
        if known is None:
            known = fastest(lambda kernel: self.logits(np.full(_TRIAL, 2003, dtype=np.int64), kernel))
            file.remember(key, known)
        return known


class OnnxScorer:
    """Reads the tone of English texts with the shipped model. Implements `policies.scoring.Scorer`."""

    def __init__(
        self,
        folder: Path = SHIPPED,
        *,
        kernel_file: Path | None = None,
        kernel: Kernel | None = None,
        threads: int | None = None,
    ) -> None:
        """Open the model in `folder`.

        `kernel` fixes the arithmetic; else it is taken from `kernel_file`, or measured and noted there. Raises
        `ModelBroken` for a missing or altered file.
        """
        self._folder = open_folder(folder)
        self._tone = ToneNetwork(self._folder, threads)
        self._languages = Languages()
        self._kernel = (
            self._tone.choose(KernelFile(path=kernel_file), self._folder.version)
            if kernel is None
            else kernel
        )

    @property
    def version(self) -> str:
        """Return what changes whenever a score could change."""
        return f"tone-{self._folder.version}-{self._kernel.name.lower()}"

    @property
    def tone(self) -> ToneNetwork:
        """Return the open model, for an embedder to go on from."""
        return self._tone

    @property
    def heads(self) -> Mapping[str, tuple[str, ...]]:
        """Return the labels of each head."""
        return {name: head.labels for name, head in self._folder.heads.items()}

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return a reading of each text, in order; one pass of the model serves all heads.

        Where a text says nothing (empty, only a link or names), its heads are there but all unsure.
        """
        tongues = [self._languages.tell(text) for text in texts]
        readable = [number for number, tongue in enumerate(tongues) if tongue.readable]
        scores = dict(zip(readable, self.scores([texts[number] for number in readable]), strict=True))
        return [
            Reading(language=tongue.language, readable=tongue.readable, heads=scores.get(number, {}))
            for number, tongue in enumerate(tongues)
        ]

    def scores(self, texts: Sequence[str]) -> list[dict[str, HeadScore]]:
        """Return the heads' scores of each text, whatever its language."""
        found = self.all_logits(texts)
        return [self._score(row, says=says_something(text)) for row, text in zip(found, texts, strict=True)]

    def all_logits(self, texts: Sequence[str]) -> Floats:
        """Return the logits (texts, labels of all heads), head after head, in the order of `heads`."""
        out = np.zeros((len(texts), sum(len(labels) for labels in self.heads.values())), dtype=np.float32)
        for batch, logits in self._tone.over(texts, lambda ids: self._tone.logits(ids, self._kernel)):
            out[batch.rows] = logits
        return out

    def _score(self, logits: Floats, *, says: bool) -> dict[str, HeadScore]:
        """Return the heads' scores of one text's logits (labels of all heads,)."""
        out, start = {}, 0
        for name, head in self._folder.heads.items():
            end = start + len(head.labels)
            out[name] = head_score(head, logits[start:end], says=says)
            start = end
        return out


def head_score(head: Head, logits: Floats, *, says: bool) -> HeadScore:
    """Return one head's calibrated probabilities; unsure below its band's edge, and wherever nothing is said."""
    scaled = logits.astype(np.float64) / head.temperature
    powers = np.exp(scaled - scaled.max())
    chances = powers / powers.sum()
    best = int(chances.argmax())
    return HeadScore(
        label=head.labels[best],
        scores={label: float(chance) for label, chance in zip(head.labels, chances, strict=True)},
        unsure=not says or bool(chances[best] < head.unsure_below),
    )
