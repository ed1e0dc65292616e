"""Weights as numpy arrays under one set of names, from the two halves of the network."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from training.network import LAYERS, Lower, Upper, load_upper

Array = npt.NDArray[np.float32]
State = dict[str, Array]


def numbered(name: str, first: int) -> str:
    """Return a weight's name with its layer counted from the bottom of the whole encoder."""
    parts = name.split(".")
    if parts[0] == "layers":
        parts[1] = str(int(parts[1]) + first)
    return ".".join(parts)


def _arrays(state: Mapping[str, torch.Tensor], first: int = 0) -> State:
    return {numbered(name, first): value.detach().numpy().copy() for name, value in state.items()}


def whole_state(lower: Lower, upper: Mapping[str, torch.Tensor]) -> State:
    """Return all weights; the layers of `upper` are counted on from those of `lower`."""
    return _arrays(lower.state_dict()) | _arrays(upper, len(lower.layers))


def published_state(lower: Lower, folder: Path) -> State:
    """Return the encoder's weights as they were published, without heads."""
    upper = Upper(LAYERS - len(lower.layers), {}, 1, 0.0, 0.0)
    load_upper(folder, upper, len(lower.layers))
    return whole_state(lower, upper.state_dict())


def averaged(checkpoints: Iterable[Path]) -> dict[str, torch.Tensor]:
    """Return the mean of the averaged weights of checkpoints (Wortsman et al. 2022)."""
    states = [torch.load(path, weights_only=True)["averaged"] for path in checkpoints]
    return {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
