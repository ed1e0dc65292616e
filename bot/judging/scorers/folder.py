"""The shipped model's folder: what stands in it, and whether it is what was shipped."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import ConfigError
from bot.judging.scorers.prepare import VERSION

#: The folder that the product ships.
SHIPPED = Path(__file__).parent / "model"
_REINSTALL = "Install social-oversight again, or restore the file from its release."


class ModelBroken(ConfigError):
    """A file of the tone model is missing or is not the one that was shipped. Nothing is scored with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One question that the model answers."""

    labels: tuple[str, ...]  #: in the order of its outputs
    temperature: float  #: what its logits are divided by, so that probabilities mean what they say
    unsure_below: float  #: best probability, 0 to 1, below which the answer counts as unsure


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFolder:
    """A checked folder."""

    path: Path
    heads: Mapping[str, Head]  #: by name, in the order of the model's outputs
    max_tokens: int  #: tokens after which a text is cut
    light: tuple[int, ...] = field(repr=False)  #: ids of tokens that the upper layers do without
    #: SHA-256 in hexadecimal by file name, as configured; a file is held against it when it is opened.
    hashes: Mapping[str, str] = field(repr=False)

    @property
    def version(self) -> str:
        """Return what identifies weights, calibration and preparation together."""
        parts = [f"{name}={self.hashes[name]}" for name in ("tone.onnx", "tokenizer.json")]
        parts += [f"{name}={head}" for name, head in self.heads.items()]
        text = "\n".join([*parts, f"prepare={VERSION}", f"tokens={self.max_tokens}", f"light={self.light}"])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def verified(self, name: str) -> Path:
        """Return the path of a file whose hash is right; `ModelBroken` names the file otherwise."""
        path = self.path / name
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ModelBroken(
                f"The model file {path} cannot be read ({error.strerror}).", mend=_REINSTALL
            ) from error
        if found != self.hashes.get(name):
            said = self.hashes.get(name, "no hash")
            raise ModelBroken(
                f"The model file {path} is not the shipped one: its SHA-256 is {found}, config.json says {said}.",
                mend=_REINSTALL,
            )
        return path


def open_folder(path: Path = SHIPPED) -> ModelFolder:
    """Read the folder's config.json; `ModelBroken` where it is missing, damaged or made for other preparation."""
    config = path / "config.json"
    try:
        own = json.loads(config.read_text(encoding="utf-8"))["oversight"]
        folder = _folder(path, own)
        preparation = str(own["preparation"])
    except OSError as error:
        raise ModelBroken(
            f"The model file {config} cannot be read ({error.strerror}).", mend=_REINSTALL
        ) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModelBroken(f"The model file {config} is damaged ({error!r}).", mend=_REINSTALL) from error
    if preparation != VERSION:
        raise ModelBroken(
            f"The model in {path} reads texts prepared in way {preparation}, this program prepares in way {VERSION}.",
            mend=_REINSTALL,
        )
    return folder


def _folder(path: Path, own: Mapping[str, Any]) -> ModelFolder:
    heads = {
        str(name): Head(
            labels=tuple(head["labels"]),
            temperature=float(head["temperature"]),
            unsure_below=float(head["unsure_below"]),
        )
        for name, head in own["heads"].items()
    }
    return ModelFolder(
        path=path,
        heads=heads,
        max_tokens=int(own["max_tokens"]),
        light=tuple(int(token) for token in own["light"]),
        hashes=dict(own["sha256"]),
    )
