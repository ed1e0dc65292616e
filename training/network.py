"""The network in torch: MiniLM's BERT layers, written out so that its lower part can be frozen and remembered.

Layer arithmetic follows Devlin et al. 2019 (arXiv:1810.04805), sizes follow Wang et al. 2020 (arXiv:2002.10957).
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

WIDTH = 384
ATTENTION_HEADS = 12
INNER = 1536
LAYERS = 6
_EPSILON = 1e-12


class Embeddings(nn.Module):
    """Sum of word, place and type vectors, normalised."""

    def __init__(self, words: int, places: int) -> None:
        super().__init__()
        self.word = nn.Embedding(words, WIDTH)
        self.place = nn.Embedding(places, WIDTH)
        self.kind = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=_EPSILON)

    def forward(self, ids: Tensor) -> Tensor:
        """Return vectors (texts, tokens, 384) of ids (texts, tokens)."""
        places = self.place.weight[: ids.shape[1]]
        return self.norm(self.word(ids) + places + self.kind.weight[0])  # type: ignore[no-any-return]


class Layer(nn.Module):
    """One transformer layer, normalised after each sum."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """Return the next vectors; `bias` (texts, 1, 1, tokens) is very low where there is padding."""
        texts, tokens, _ = x.shape
        q, k, v = self.qkv(x).view(texts, tokens, 3, ATTENTION_HEADS, -1).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        x = self.norm1(x + self.drop(self.out(seen.transpose(1, 2).reshape(texts, tokens, WIDTH))))
        return self.norm2(x + self.drop(self.down(functional.gelu(self.up(x)))))  # type: ignore[no-any-return]


class Head(nn.Module):
    """Pooled text to the logits of one task."""

    def __init__(self, hidden: int, labels: int, dropout: float) -> None:
        super().__init__()
        self.inner = nn.Linear(2 * WIDTH, hidden)
        self.last = nn.Linear(hidden, labels)
        self.drop = nn.Dropout(dropout)

    def forward(self, pooled: Tensor) -> Tensor:
        """Return logits (texts, labels)."""
        hidden = functional.gelu(self.inner(self.drop(pooled)))
        return self.last(self.drop(hidden))  # type: ignore[no-any-return]


class Lower(nn.Module):
    """Embeddings and the frozen lowest layers."""

    def __init__(self, layers: int, words: int, places: int) -> None:
        super().__init__()
        self.embeddings = Embeddings(words, places)
        self.layers = nn.ModuleList(Layer(0.0) for _ in range(layers))

    def forward(self, ids: Tensor, bias: Tensor) -> Tensor:
        """Return vectors (texts, tokens, 384)."""
        x = self.embeddings(ids)
        for layer in self.layers:
            x = layer(x, bias)
        return x  # type: ignore[no-any-return]


class Upper(nn.Module):
    """The layers that learn, and the heads."""

    def __init__(
        self, layers: int, heads: Mapping[str, int], hidden: int, dropout: float, head_dropout: float
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))
        self.heads = nn.ModuleDict(
            {name: Head(hidden, labels, head_dropout) for name, labels in heads.items()}
        )

    def forward(self, x: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Return the logits of every head for vectors x (texts, tokens, 384) and a mask (texts, tokens) of booleans."""
        bias = bias_of(mask)
        for layer in self.layers:
            x = layer(x, bias)
        pooled = pool(x, mask)
        return {name: head(pooled) for name, head in self.heads.items()}


class Quick(Upper):
    """The same with half-precision arithmetic, which takes half the time where the processor has it."""

    def forward(self, x: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Return the logits of every head."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = super().forward(x, mask)
        return {name: logits.float() for name, logits in found.items()}


def bias_of(mask: Tensor) -> Tensor:
    """Return what is added to attention scores: 0 on text, -10,000 on padding."""
    return (~mask)[:, None, None, :].to(torch.float32) * -1e4


def pool(x: Tensor, mask: Tensor) -> Tensor:
    """Return mean and maximum over a text's tokens side by side, (texts, 768)."""
    keep = mask[:, :, None]
    mean = (x * keep).sum(1) / keep.sum(1)
    highest = x.masked_fill(~keep, -1e4).amax(1)
    return torch.cat([mean, highest], dim=1)


def _layer_state(raw: Mapping[str, Tensor], number: int) -> dict[str, Tensor]:
    """Return one layer's weights under this module's names."""
    at = f"encoder.layer.{number}."
    state: dict[str, Tensor] = {}
    for kind in ("weight", "bias"):
        parts = [raw[f"{at}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
        state[f"qkv.{kind}"] = torch.cat(parts)
        state[f"out.{kind}"] = raw[f"{at}attention.output.dense.{kind}"]
        state[f"norm1.{kind}"] = raw[f"{at}attention.output.LayerNorm.{kind}"]
        state[f"up.{kind}"] = raw[f"{at}intermediate.dense.{kind}"]
        state[f"down.{kind}"] = raw[f"{at}output.dense.{kind}"]
        state[f"norm2.{kind}"] = raw[f"{at}output.LayerNorm.{kind}"]
    return state


def load_lower(folder: Path, layers: int) -> Lower:
    """Return the frozen part with the published weights."""
    raw = load_file(folder / "model.safetensors")
    words, places = raw["embeddings.word_embeddings.weight"], raw["embeddings.position_embeddings.weight"]
    lower = Lower(layers, len(words), len(places))
    lower.embeddings.load_state_dict(
        {
            "word.weight": words,
            "place.weight": places,
            "kind.weight": raw["embeddings.token_type_embeddings.weight"],
            "norm.weight": raw["embeddings.LayerNorm.weight"],
            "norm.bias": raw["embeddings.LayerNorm.bias"],
        }
    )
    for number, layer in enumerate(lower.layers):
        layer.load_state_dict(_layer_state(raw, number))
    return lower.eval().requires_grad_(False)


def load_upper(folder: Path, upper: Upper, first: int) -> None:
    """Put the published weights of the layers from `first` on into `upper`."""
    raw = load_file(folder / "model.safetensors")
    for number, layer in enumerate(upper.layers):
        layer.load_state_dict(_layer_state(raw, first + number))
