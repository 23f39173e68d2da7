"""Attention of a sequence to itself, and the layers of transformer encoders."""

from typing import Annotated, Literal, TypeAlias

from archc.layers.base import FEATURES, SEQUENCE, Layer, Reach, Shape, check_multiple
from archc.terms.record import Doc
from archc.terms.values import Flag, NonNegative, Probability, Size, choice

_Model = Annotated[Size | None, Doc("Features of the input; inferred.")]
_Heads = Annotated[Size, Doc("Heads, among which the features are divided.")]
_Feedforward = Annotated[Size, Doc("Features between the two linear maps.")]
_Dropout = Annotated[Probability, Doc("Probability that a value is set to zero while training.")]
_Activation = Annotated[Literal["relu", "gelu"], choice("relu", "gelu"), Doc("Function between the linear maps.")]
_Eps = Annotated[NonNegative, Doc("Added to the variance in the normalisations.")]
_NormFirst = Annotated[Flag, Doc("Normalise before attention and linear maps, and not after the sums.")]
_Bias = Annotated[Flag, Doc("Learn offsets in the linear maps and in the normalisations.")]


_BATCH_FIRST = {"batch_first": True}


class MultiheadAttention(Layer):
    """Each step of a sequence takes from all steps, by how much its query suits their keys, in several heads.

    Shape: `(L, embed_dim) -> (L, embed_dim)`. Queries, keys and values all come from the input: self-attention.
    """

    family = "attention"
    only_matrices = True
    principal = "num_heads"
    positional = 2
    ranks = SEQUENCE
    sizes = {"embed_dim": FEATURES}
    accepts = _BATCH_FIRST

    embed_dim: _Model = None
    num_heads: _Heads
    dropout: Annotated[Probability, Doc("Probability that an attention weight is set to zero.")] = 0.0
    bias: Annotated[Flag, Doc("Learn offsets in the linear maps.")] = True
    add_bias_kv: Annotated[Flag, Doc("Add a learned key and value to those of the input.")] = False
    add_zero_attn: Annotated[Flag, Doc("Add a key and a value of zeros to those of the input.")] = False

    def check_input(self, x: Shape) -> None:
        check_multiple("num_heads", ("embed_dim", x[1]), ("num_heads", self.num_heads))

    def params(self, x: Shape) -> int:
        return _attention_params(x[1], self.bias) + 2 * x[1] * self.add_bias_kv

    def macs(self, x: Shape, y: Shape) -> int:
        return _attention_macs(x, x[0] + self.add_bias_kv + self.add_zero_attn)

    def reach(self, x: Shape) -> Reach:
        return None


class TransformerEncoderLayer(Layer):
    """Self-attention, then two linear maps of each step; each with a sum with its input, and a normalisation.

    Shape: `(L, d_model) -> (L, d_model)`.
    """

    family = "attention"
    principal = "nhead"
    positional = 2
    ranks = SEQUENCE
    sizes = {"d_model": FEATURES}
    fixed = _BATCH_FIRST
    accepts = _BATCH_FIRST

    d_model: _Model = None
    nhead: _Heads
    dim_feedforward: _Feedforward = 2048
    dropout: _Dropout = 0.1
    activation: _Activation = "relu"
    layer_norm_eps: _Eps = 1e-5
    norm_first: _NormFirst = False
    bias: _Bias = True

    def check_input(self, x: Shape) -> None:
        check_multiple("nhead", ("d_model", x[1]), ("nhead", self.nhead))

    def params(self, x: Shape) -> int:
        return _layer_params(self, x[1])

    def macs(self, x: Shape, y: Shape) -> int:
        return _layer_macs(self, x)

    def reach(self, x: Shape) -> Reach:
        return None


class TransformerEncoder(Layer):
    """Several transformer encoder layers, one after the other, and with `norm` a normalisation after the last.

    Shape: `(L, d_model) -> (L, d_model)`. The layers begin with equal weights, as in torch.
    """

    family = "attention"
    positional = 3
    ranks = SEQUENCE
    sizes = {"d_model": FEATURES}
    accepts = _BATCH_FIRST

    d_model: _Model = None
    nhead: _Heads
    num_layers: Annotated[Size, Doc("How many layers.")]
    dim_feedforward: _Feedforward = 2048
    dropout: _Dropout = 0.1
    activation: _Activation = "relu"
    layer_norm_eps: _Eps = 1e-5
    norm_first: _NormFirst = False
    bias: _Bias = True
    norm: Annotated[Flag, Doc("Normalise after the last layer; it goes with `norm_first`.")] = False

    def check_input(self, x: Shape) -> None:
        check_multiple("nhead", ("d_model", x[1]), ("nhead", self.nhead))

    def params(self, x: Shape) -> int:
        return self.num_layers * _layer_params(self, x[1]) + self.norm * x[1] * (1 + self.bias)

    def macs(self, x: Shape, y: Shape) -> int:
        return self.num_layers * _layer_macs(self, x)

    def reach(self, x: Shape) -> Reach:
        return None


_Encoder: TypeAlias = TransformerEncoderLayer | TransformerEncoder


def _attention_params(features: int, bias: bool) -> int:
    """The maps to queries, keys and values, and the map of the heads' outputs."""
    return 4 * features * (features + bias)


def _attention_macs(x: Shape, keys: int) -> int:
    """The four linear maps of each step, its products with all keys, and the sums of the values."""
    steps, features = x
    return 4 * steps * features * features + 2 * steps * keys * features


def _layer_params(layer: _Encoder, features: int) -> int:
    inner = layer.dim_feedforward
    maps = inner * (features + layer.bias) + features * (inner + layer.bias)
    norms = 2 * features * (1 + layer.bias)
    return _attention_params(features, layer.bias) + maps + norms


def _layer_macs(layer: _Encoder, x: Shape) -> int:
    steps, features = x
    return _attention_macs(x, steps) + 2 * steps * features * layer.dim_feedforward
