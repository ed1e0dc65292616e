"""The ONNX graph of the exchange heads."""

from collections.abc import Mapping

from onnx import TensorProto, helper

from training.graph import Array, Writer, answers, highest, layer, layer_numbers, mask_of, mean, model_of
from training.network import WIDTH


def exchange_model(state: Mapping[str, Array]) -> bytes:
    """Return the file that goes on from `lower` to the logits of an exchange: the layers in `state`, and its head.

    Inputs: `ids` (texts, tokens), padded with 0, and `lower` (texts, tokens, 384) as `training.graph.tone_model` gives
    it. Output: `logits` (texts, heads).
    """
    to = Writer("")
    mask, x = mask_of(to, "ids"), "lower"
    for number in layer_numbers(state):
        x = layer(to, x, mask, f"layers.{number}.", state, whole=False)
    pooled = to.one("Concat", mean(to, x, mask), highest(to, x, mask), axis=1)
    to.nodes.append(helper.make_node("Identity", [answers(to, pooled, ["exchange"], state)], ["logits"]))
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])
    lower = helper.make_tensor_value_info("lower", TensorProto.FLOAT, ["texts", "tokens", WIDTH])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, None)
    return model_of(to, "exchange", [ids, lower], [logits])
