"""Writes the ONNX graphs node by node, so that each file holds its weights once, small, in the form that runs fastest.

Matrices are stored as whole numbers of 8 bits with one scale for each output column. The runtime widens them to float32
when it loads the file (constant folding), or multiplies them as they are where that was measured to be faster.
Operators of the domain `com.microsoft` are the fused ones that every build of ONNX Runtime has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from training.network import ATTENTION_HEADS, WIDTH

Array = npt.NDArray[np.float32]
_FUSED = "com.microsoft"
_EPSILON = 1e-12
_LOW = -1e4


def quantise(matrix: Array) -> tuple[npt.NDArray[np.int8], Array]:
    """Return a matrix (in, out) as int8 and its scales (out,), with the largest value of each column at 127."""
    scale = np.maximum(np.abs(matrix).max(axis=0), 1e-8) / 127
    return np.rint(matrix / scale).astype(np.int8), scale.astype(np.float32)


class Writer:
    """Collects the nodes of a graph or branch. Weights always go to the outermost graph, where branches share them."""

    def __init__(self, prefix: str, stores: list[onnx.TensorProto] | None = None) -> None:
        """Start a graph whose names begin with `prefix`; `stores` is the outermost graph's list of weights."""
        self._prefix = prefix
        self.nodes: list[onnx.NodeProto] = []
        self.stores = [] if stores is None else stores
        self._stored = {store.name for store in self.stores}

    def branch(self, prefix: str) -> "Writer":
        """Return a writer for a branch of this graph."""
        return Writer(prefix, self.stores)

    def add(
        self, operator: str, *inputs: str, domain: str = "", outputs: int = 1, **attributes: Any
    ) -> list[str]:
        """Append a node and return the names of its outputs."""
        name = f"{self._prefix}{len(self.nodes)}_{operator}"
        names = [f"{name}_{n}" for n in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, name=name, domain=domain, **attributes))
        return names

    def one(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Append a node with one output and return its name."""
        return self.add(operator, *inputs, domain=domain, **attributes)[0]

    def fused(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Append a fused node with one output and return its name."""
        return self.one(operator, *inputs, domain=_FUSED, **attributes)

    def store(self, name: str, value: npt.NDArray[np.generic]) -> str:
        """Keep a weight under `name`, once, and return the name."""
        if name not in self._stored:
            self._stored.add(name)
            self.stores.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def small(self, name: str, value: Array) -> str:
        """Keep a vector as float16 and return the name of its float32 form."""
        return self.one("Cast", self.store(name, value.astype(np.float16)), to=TensorProto.FLOAT)


def multiply(to: Writer, x: str, name: str, matrix: Array, *, whole: bool) -> str:
    """Append x @ matrix, in whole numbers or in float32, and return the product's name."""
    numbers, scales = quantise(matrix)
    stored, scale = to.store(f"{name}.int8", numbers), to.store(f"{name}.scale", scales)
    if not whole:
        wide = to.one("Mul", to.one("Cast", stored, to=TensorProto.FLOAT), scale)
        return to.one("MatMul", x, wide)
    few, step, zero = to.add("DynamicQuantizeLinear", x, outputs=3)
    product = to.one("Cast", to.one("MatMulInteger", few, stored, zero), to=TensorProto.FLOAT)
    return to.one("Mul", product, to.one("Mul", step, scale))


def normalised(to: Writer, x: str, skip: str, norm: str, bias: str, state: Mapping[str, Array]) -> str:
    """Append the normalised sum of x, its bias and the skipped vectors."""
    gain, shift = (to.small(f"{norm}.{kind}", state[f"{norm}.{kind}"]) for kind in ("weight", "bias"))
    added = to.small(bias, state[bias])
    return to.fused("SkipLayerNormalization", x, skip, gain, shift, added, epsilon=_EPSILON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """How tokens that stand one after another, without padding, lie in texts. Names of values in the graph."""

    mask: str  #: (texts, longest) int32: 1 where there is a token
    places: str  #: (texts, longest): number of the token there, 0 on padding
    back: str  #: (tokens,): where each token lies in the flattened grid


def grid_of(to: Writer, numbers: str) -> Grid:
    """Append a grid from `numbers` (texts, longest): each token's number, -1 on padding."""
    nought = to.store("nought", np.array(0, dtype=np.int64))
    mask = to.one("Cast", to.one("GreaterOrEqual", numbers, nought), to=TensorProto.INT32)
    row = to.one("Reshape", mask, _numbers(to, -1))
    back = to.one("Squeeze", to.one("NonZero", row), _numbers(to, 0))
    return Grid(mask=mask, places=to.one("Max", numbers, nought), back=back)


def attended(to: Writer, qkv: str, name: str, bias: Array, mask: str) -> str:
    """Append attention over qkv (texts, tokens, 3 * 384), whose bias is kept under `name`."""
    q, k, v = to.add("Split", qkv, outputs=3, axis=-1)
    return to.fused(
        "MultiHeadAttention",
        *(q, k, v, to.small(name, bias), mask),
        num_heads=ATTENTION_HEADS,
        mask_filter_value=_LOW,
    )


def layer(to: Writer, x: str, among: str | Grid, at: str, state: Mapping[str, Array], *, whole: bool) -> str:
    """Append one transformer layer whose weights are `state[at + ...]`, in torch's (out, in) order.

    `x` is (texts, tokens, 384) with a mask, or (tokens, 384) with a grid: then only attention sees padding.
    """

    def times(value: str, name: str) -> str:
        return multiply(to, value, f"{at}{name}", state[f"{at}{name}.weight"].T, whole=whole)

    qkv, bias = times(x, "qkv"), f"{at}qkv.bias"
    if isinstance(among, str):
        seen = attended(to, qkv, bias, state[bias], among)
    else:
        seen = attended(to, to.one("Gather", qkv, among.places), bias, state[bias], among.mask)
        seen = to.one("Gather", to.one("Reshape", seen, _numbers(to, -1, WIDTH)), among.back)
    x = normalised(to, times(seen, "out"), x, f"{at}norm1", f"{at}out.bias", state)
    inner = to.fused("BiasGelu", times(x, "up"), to.small(f"{at}up.bias", state[f"{at}up.bias"]))
    return normalised(to, times(inner, "down"), x, f"{at}norm2", f"{at}down.bias", state)


def embedded(to: Writer, ids: str, places: str, state: Mapping[str, Array]) -> str:
    """Append words' vectors, each stored with a scale of its own, with places and type, normalised."""
    numbers, scales = quantise(state["embeddings.word.weight"].T)
    table, scale = to.store("words.int8", numbers.T), to.store("words.scale", scales[:, None])
    rows = to.one("Cast", to.one("Gather", table, ids), to=TensorProto.FLOAT)
    words = to.one("Mul", rows, to.one("Gather", scale, ids))
    place = to.small("place.vectors", state["embeddings.place.weight"] + state["embeddings.kind.weight"][0])
    kinds = ("weight", "bias")
    norm = (to.small(f"embeddings.norm.{kind}", state[f"embeddings.norm.{kind}"]) for kind in kinds)
    whole = to.one("Add", words, to.one("Gather", place, places))
    return to.one("LayerNormalization", whole, *norm, axis=-1, epsilon=_EPSILON)


def _numbers(to: Writer, *values: int) -> str:
    """Keep a short list of whole numbers."""
    return to.store("_".join(["n", *map(str, values)]), np.array(values, dtype=np.int64))


def _weights(to: Writer, mask: str) -> str:
    """Append the mask as float32 (texts, tokens, 1)."""
    return to.one("Unsqueeze", to.one("Cast", mask, to=TensorProto.FLOAT), _numbers(to, 2))


def mean(to: Writer, x: str, mask: str) -> str:
    """Append the mean vector of each text."""
    keep, along = _weights(to, mask), _numbers(to, 1)
    total = to.one("ReduceSum", to.one("Mul", x, keep), along, keepdims=0)
    return to.one("Div", total, to.one("ReduceSum", keep, along, keepdims=0))


def highest(to: Writer, x: str, mask: str) -> str:
    """Append the highest value of each unit over a text's tokens."""
    low = to.store("low", np.array([-_LOW], dtype=np.float32))
    one = to.store("unit", np.array([1], dtype=np.float32))
    hidden = to.one("Mul", to.one("Sub", _weights(to, mask), one), low)
    return to.one("ReduceMax", to.one("Add", x, hidden), axes=[1], keepdims=0)


def answers(to: Writer, pooled: str, heads: Sequence[str], state: Mapping[str, Array]) -> str:
    """Append all heads as two products and return the logits (texts, all labels), head after head.

    The second matrix has the heads' own matrices along its diagonal and nought elsewhere.
    """
    inner = np.concatenate([state[f"heads.{head}.inner.weight"] for head in heads]).T
    bias = np.concatenate([state[f"heads.{head}.inner.bias"] for head in heads])
    last = [state[f"heads.{head}.last.weight"].T for head in heads]
    hidden = multiply(to, pooled, "heads.inner", inner, whole=False)
    hidden = to.fused("BiasGelu", hidden, to.small("heads.inner.bias", bias))
    blocks = np.zeros((sum(len(m) for m in last), sum(m.shape[1] for m in last)), dtype=np.float32)
    row = column = 0
    for matrix in last:
        blocks[row : row + len(matrix), column : column + matrix.shape[1]] = matrix
        row, column = row + len(matrix), column + matrix.shape[1]
    shift = np.concatenate([state[f"heads.{head}.last.bias"] for head in heads])
    product = to.one("MatMul", hidden, to.small("heads.last", blocks))
    return to.one("Add", product, to.store("heads.last.bias", shift))


def mask_of(to: Writer, ids: str) -> str:
    """Append a mask that is 1 where there is text: id 0 is padding."""
    text = to.one("Not", to.one("Equal", ids, to.store("pad", np.array([0], dtype=np.int64))))
    return to.one("Cast", text, to=TensorProto.INT32)


def _branch(to: Writer, output: str) -> onnx.GraphProto:
    """Return a writer's nodes as a branch with one output, shaped (texts, something)."""
    shaped = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
    return helper.make_graph(to.nodes, output, [], [shaped])


def model_of(
    to: Writer, name: str, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]
) -> bytes:
    graph = helper.make_graph(to.nodes, name, inputs, outputs, to.stores)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="social-oversight")
    return model.SerializeToString()  # type: ignore[no-any-return]


def layer_numbers(state: Mapping[str, Array]) -> list[int]:
    """Return the numbers of the layers in `state`, from the lowest."""
    return sorted({int(name.split(".")[1]) for name in state if name.startswith("layers.")})


def _scored(main: Writer, x: str, state: Mapping[str, Array], first: int, *, whole: bool) -> onnx.GraphProto:
    """Return the branch from the vectors below layer `first` to the logits."""
    to = main.branch("whole_" if whole else "wide_")
    grid, x = grid_of(to, "kept_grid"), to.one("Gather", x, "kept")
    for number in layer_numbers(state)[first:]:
        x = layer(to, x, grid, f"layers.{number}.", state, whole=whole)
    laid = to.one("Gather", x, grid.places)
    pooled = to.one("Concat", mean(to, laid, grid.mask), highest(to, laid, grid.mask), axis=1)
    heads = list(dict.fromkeys(name.split(".")[1] for name in state if name.startswith("heads.")))
    return _branch(to, answers(to, pooled, heads, state))


def _unscored(main: Writer, labels: int) -> onnx.GraphProto:
    """Return the branch that gives no logits, for when only the lower vectors are wanted."""
    to = main.branch("none_")
    return _branch(to, to.one("Identity", to.store("nothing", np.zeros((0, labels), dtype=np.float32))))


def tone_model(state: Mapping[str, Array], frozen: int, labels: int) -> bytes:
    """Return the file of the tone model, of weights in torch's names with layers numbered through.

    Inputs, all int64: `ids` and `places` (tokens,), the texts' tokens one after another and where each stands in its
    text; `grid` (texts, longest), the number of each text's tokens in `ids`, padded with -1; `kept` (kept tokens,), the
    numbers of the tokens that the layers above the frozen ones see, and `kept_grid`, those tokens' grid; `kernel` (): 0
    float32, 1 whole numbers, 2 no logits.
    Outputs: `logits` (texts, labels), head after head; `lower` (texts, longest, 384), the vectors above the `frozen`
    lowest layers, which `similar_model` reads.
    """
    to = Writer("")
    grid, x = grid_of(to, "grid"), embedded(to, "ids", "places", state)
    for number in layer_numbers(state)[:frozen]:
        x = layer(to, x, grid, f"layers.{number}.", state, whole=False)
    wide, whole = (_scored(to, x, state, frozen, whole=flag) for flag in (False, True))
    other = to.branch("other_")
    is_one = to.one("Equal", "kernel", to.store("kernel.1", np.array(1)))
    is_two = to.one("Equal", "kernel", to.store("kernel.2", np.array(2)))
    inner = other.one("If", is_one, then_branch=whole, else_branch=wide)
    logits = to.one("If", is_two, then_branch=_unscored(to, labels), else_branch=_branch(other, inner))
    to.nodes.append(helper.make_node("Identity", [logits], ["logits"]))
    to.nodes.append(helper.make_node("Gather", [x, grid.places], ["lower"]))
    shapes: dict[str, list[str]] = {"ids": ["tokens"], "places": ["tokens"], "grid": ["texts", "longest"]}
    shapes |= {"kept": ["kept tokens"], "kept_grid": ["texts", "longest kept"], "kernel": []}
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, shape) for n, shape in shapes.items()]
    outputs = [
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, None),
        helper.make_tensor_value_info("lower", TensorProto.FLOAT, ["texts", "longest", WIDTH]),
    ]
    return model_of(to, "tone", inputs, outputs)


def similar_model(state: Mapping[str, Array], frozen: int) -> bytes:
    """Return the file that ends what `lower` began: the published upper layers, the mean, and unit length.

    Inputs: `ids` as above and `lower` (texts, tokens, 384). Output: `vectors` (texts, 384).
    """
    to = Writer("")
    mask, x = mask_of(to, "ids"), "lower"
    for number in layer_numbers(state)[frozen:]:
        x = layer(to, x, mask, f"layers.{number}.", state, whole=False)
    flat = mean(to, x, mask)
    to.nodes.append(helper.make_node("LpNormalization", [flat], ["vectors"], axis=1, p=2))
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])
    lower = helper.make_tensor_value_info("lower", TensorProto.FLOAT, ["texts", "tokens", WIDTH])
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", WIDTH])
    return model_of(to, "similar", [ids, lower], [vectors])
