"""Any text-classification model of the Hugging Face kind, by configuration, in place of the shipped one.

Either an id or a folder that `transformers` opens with torch (the extra `torch`), or a folder that holds `model.onnx`
next to its tokenizer and config.json, which needs no torch. Such a model answers one question, so it makes one head.
`transformers` takes seconds to import and is therefore imported only here, when a model is opened.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.errors import ConfigError
from bot.judging.scorers.folder import Head, open_folder
from bot.judging.scorers.language import Languages, says_something
from bot.judging.scorers.onnx import head_score, session
from policies.scoring import Reading

Floats = npt.NDArray[np.float32]
#: Arrays that a tokenizer gives (texts, tokens) to logits (texts, labels).
Forward = Callable[[Mapping[str, npt.NDArray[np.int64]]], Floats]

_MAX_CHARS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSettings:
    """What configuration says of a model."""

    model: str  #: id on the hub, or the path of a folder
    head: str  #: the question it answers, for instance ``sentiment``
    labels: Mapping[str, str] | None = None  #: its label -> ours; needed where its labels differ from ours
    languages: tuple[str, ...] = ("en",)  #: ISO 639-1 codes that it reads
    temperature: float = 1.0  #: what its logits are divided by
    unsure_below: float = 0.6  #: best probability, 0 to 1, below which an answer counts as unsure
    max_tokens: int = 256  #: tokens after which a text is cut
    batch: int = 16  #: texts in one pass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A model ready to run."""

    tokenizer: Any
    forward: Forward
    labels: tuple[str, ...]  #: the model's own, in the order of its outputs
    origin: str  #: what identifies its weights


def _example(head: str, theirs: Sequence[str], ours: Sequence[str]) -> str:
    """Return the configuration that is missing, filled in as far as it can be guessed."""
    pairs = [f"{label}: {ours[min(n, len(ours) - 1)]}" for n, label in enumerate(theirs)]
    return (
        f"Add to the scorer's settings, with the right names: labels: {{{', '.join(pairs)}}} (head {head})."
    )


def match_labels(settings: HubSettings, theirs: Sequence[str], ours: Sequence[str]) -> tuple[str, ...]:
    """Return our label for each of the model's, in its order.

    Without `ours` (a head that the shipped model does not have) its own labels stand. Raises `ConfigError` with an
    example where a mapping is missing, incomplete or leads to a label that the head does not have.
    """
    if settings.labels is None:
        plain = tuple(label.lower() for label in theirs)
        if not ours or set(plain) == set(ours):
            return plain if ours else tuple(theirs)
        problem = "and no mapping is configured"
    else:
        mapped = tuple(settings.labels.get(label, "") for label in theirs)
        if all(mapped) and (not ours or set(mapped) <= set(ours)) and len(set(mapped)) == len(mapped):
            return mapped
        problem = "and the configured mapping does not give each of them a label of its own"
    raise ConfigError(
        f"The model {settings.model} has the labels {', '.join(theirs)}; "
        f"the head {settings.head} has {', '.join(ours) or 'none of its own'}, {problem}.",
        mend=_example(settings.head, theirs, ours or theirs),
    )


def _labels(config: Any) -> tuple[str, ...]:
    return tuple(str(config.id2label[number]) for number in sorted(config.id2label))


def _open_onnx(folder: Path) -> _Opened:
    """Open a folder with `model.onnx` without torch."""
    from transformers import AutoConfig, AutoTokenizer

    runner = session(folder / "model.onnx")
    wanted = [given.name for given in runner.get_inputs()]

    def forward(arrays: Mapping[str, npt.NDArray[np.int64]]) -> Floats:
        logits: Floats = runner.run(None, {name: arrays[name] for name in wanted})[0]
        return logits

    with (folder / "model.onnx").open("rb") as file:
        origin = hashlib.file_digest(file, "sha256").hexdigest()
    config, tokenizer = AutoConfig.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    return _Opened(tokenizer=tokenizer, forward=forward, labels=_labels(config), origin=origin)


def _open_torch(model: str) -> _Opened:
    """Open an id or a folder with torch."""
    try:
        import torch
    except ImportError as error:
        mend = (
            "Install it with: pip install 'social-oversight[torch]', or give a folder that holds model.onnx."
        )
        raise ConfigError(f"The model {model} needs torch, which is not installed.", mend=mend) from error
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    network = AutoModelForSequenceClassification.from_pretrained(model).eval()

    def forward(arrays: Mapping[str, npt.NDArray[np.int64]]) -> Floats:
        with torch.inference_mode():
            logits: Floats = network(**{k: torch.from_numpy(v) for k, v in arrays.items()}).logits.numpy()
        return logits

    origin = str(getattr(network.config, "_commit_hash", None) or _fingerprint(network.state_dict()))
    return _Opened(tokenizer=tokenizer, forward=forward, labels=_labels(network.config), origin=origin)


def _fingerprint(state: Mapping[str, Any]) -> str:
    """Return a hash of a network's weights."""
    found = hashlib.sha256()
    for name in sorted(state):
        found.update(name.encode() + state[name].detach().cpu().float().numpy().tobytes())
    return found.hexdigest()


def _open(model: str) -> _Opened:
    """Open a model; everything that can go wrong on the way becomes a `ConfigError` that says what to do."""
    folder = Path(model)
    try:
        return _open_onnx(folder) if (folder / "model.onnx").exists() else _open_torch(model)
    except (OSError, ValueError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ConfigError(
            f"The model {model} cannot be opened: it is no whole folder here, and the hub did not give it ({first}).",
            mend="Check its name and the network, or download it elsewhere and give the path of its folder.",
            permanent=folder.exists(),
        ) from error


class HubScorer:
    """Reads one head with a configured model. Implements `policies.scoring.Scorer`."""

    def __init__(self, settings: HubSettings, known: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """Open the model; `known` gives our heads and labels, by default those of the shipped model.

        Raises `ConfigError` where the model cannot be opened or its labels need a mapping.
        """
        ours = known if known is not None else {n: h.labels for n, h in open_folder().heads.items()}
        self._settings, self._model = settings, _open(settings.model)
        labels = match_labels(settings, self._model.labels, ours.get(settings.head, ()))
        self._head = Head(labels=labels, temperature=settings.temperature, unsure_below=settings.unsure_below)
        self._languages = Languages()

    @property
    def version(self) -> str:
        """Return what changes whenever a score could change."""
        parts = f"{self._model.origin}\n{self._settings.head}\n{self._head}\n{self._settings.max_tokens}"
        return "hub-" + hashlib.sha256(parts.encode()).hexdigest()[:16]

    @property
    def heads(self) -> Mapping[str, tuple[str, ...]]:
        """Return the labels of the one head."""
        return {self._settings.head: self._head.labels}

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return a reading of each text, in order; texts in languages that the model does not read have no heads."""
        tongues = [self._languages.tell(text) for text in texts]
        reads = [t.readable or t.language in self._settings.languages for t in tongues]
        rows = [number for number, flag in enumerate(reads) if flag]
        logits = dict(zip(rows, self._logits([texts[number] for number in rows]), strict=True))
        out = []
        for number, (text, tongue) in enumerate(zip(texts, tongues, strict=True)):
            heads = {}
            if number in logits:
                heads[self._settings.head] = head_score(self._head, logits[number], says=says_something(text))
            out.append(Reading(language=tongue.language, readable=reads[number], heads=heads))
        return out

    def _logits(self, texts: Sequence[str]) -> Iterator[Floats]:
        """Yield the logits (labels,) of each text, in order."""
        for start in range(0, len(texts), self._settings.batch):
            cut = [text[:_MAX_CHARS] for text in texts[start : start + self._settings.batch]]
            given = self._model.tokenizer(
                cut, truncation=True, max_length=self._settings.max_tokens, padding=True, return_tensors="np"
            )
            yield from self._model.forward(dict(given))
