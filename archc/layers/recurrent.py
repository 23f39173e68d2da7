"""Recurrent networks over a sequence."""

from typing import Annotated, Literal, TypeAlias

from archc.diagnostics import catalog
from archc.layers.base import SEQUENCE, Layer, Reach, Shape
from archc.terms.record import Doc
from archc.terms.values import Count, Flag, Probability, Size, choice

_Input = Annotated[Size | None, Doc("Features of the input; inferred.")]
_Hidden = Annotated[Size, Doc("Features of the state.")]
_Layers = Annotated[Size, Doc("Layers, each of which reads the outputs of the one before.")]
_Bias = Annotated[Flag, Doc("Learn two offsets, one beside each matrix, as torch does.")]
_Dropout = Annotated[Probability, Doc("Probability that an output between two layers is set to zero while training.")]
_Both = Annotated[Flag, Doc("Read the sequence from its end too, and join both outputs.")]
_Output = Annotated[
    Literal["sequence", "last"],
    choice("sequence", "last"),
    Doc("What is handed on: the outputs of all steps, or the last of each direction."),
]


class RNN(Layer):
    """Elman's recurrent network: `h_t = tanh(W_ih @ x_t + b_ih + W_hh @ h_(t-1) + b_hh)`.

    Shape: `(L, input_size) -> (L, hidden_size)`, or `(hidden_size)` with `output: last`. `bidirectional` doubles the
    features. The last output of the backward direction is the one at the first step.
    """

    principal = "hidden_size"
    positional = 2
    ranks = SEQUENCE
    sizes = {"input_size": 1}

    input_size: _Input = None
    hidden_size: _Hidden
    num_layers: _Layers = 1
    nonlinearity: Annotated[Literal["tanh", "relu"], choice("tanh", "relu"), Doc("Function of each step.")] = "tanh"
    bias: _Bias = True
    dropout: _Dropout = 0.0
    bidirectional: _Both = False
    output: _Output = "sequence"

    def infer(self, x: Shape) -> Shape:
        return _output(self, x, self.hidden_size)

    def params(self, x: Shape) -> int:
        return _params(self, x, gates=1, recurrent=self.hidden_size)

    def macs(self, x: Shape, y: Shape) -> int:
        return _macs(self, x, gates=1, recurrent=self.hidden_size)

    def reach(self, x: Shape) -> Reach:
        return None


class LSTM(Layer):
    """Long short-term memory: gates decide what a cell forgets, takes in and gives out at each step.

    Shape: `(L, input_size) -> (L, hidden_size)`, or `(hidden_size)` with `output: last`. `bidirectional` doubles the
    features, `proj_size` takes the place of `hidden_size`. The last output of the backward direction is the one at
    the first step.
    """

    principal = "hidden_size"
    positional = 2
    ranks = SEQUENCE
    sizes = {"input_size": 1}

    input_size: _Input = None
    hidden_size: _Hidden
    num_layers: _Layers = 1
    bias: _Bias = True
    dropout: _Dropout = 0.0
    bidirectional: _Both = False
    proj_size: Annotated[Count, Doc("Features that the outputs are mapped to; 0 for no map.")] = 0
    output: _Output = "sequence"

    def check(self) -> None:
        if self.proj_size >= self.hidden_size:
            first, second = "proj_size", "hidden_size"
            reason = "the map is to fewer features"
            raise catalog.values.Contradiction(field=first, first=first, second=second, reason=reason)

    def infer(self, x: Shape) -> Shape:
        return _output(self, x, self.proj_size or self.hidden_size)

    def params(self, x: Shape) -> int:
        maps = self.num_layers * _directions(self) * self.proj_size * self.hidden_size
        return _params(self, x, gates=4, recurrent=self.proj_size or self.hidden_size) + maps

    def macs(self, x: Shape, y: Shape) -> int:
        maps = self.num_layers * _directions(self) * x[0] * self.proj_size * self.hidden_size
        return _macs(self, x, gates=4, recurrent=self.proj_size or self.hidden_size) + maps

    def reach(self, x: Shape) -> Reach:
        return None


class GRU(Layer):
    """Gated recurrent unit: gates decide how much of the state is kept and renewed at each step.

    Shape: `(L, input_size) -> (L, hidden_size)`, or `(hidden_size)` with `output: last`. `bidirectional` doubles the
    features. The last output of the backward direction is the one at the first step.
    """

    principal = "hidden_size"
    positional = 2
    ranks = SEQUENCE
    sizes = {"input_size": 1}

    input_size: _Input = None
    hidden_size: _Hidden
    num_layers: _Layers = 1
    bias: _Bias = True
    dropout: _Dropout = 0.0
    bidirectional: _Both = False
    output: _Output = "sequence"

    def infer(self, x: Shape) -> Shape:
        return _output(self, x, self.hidden_size)

    def params(self, x: Shape) -> int:
        return _params(self, x, gates=3, recurrent=self.hidden_size)

    def macs(self, x: Shape, y: Shape) -> int:
        return _macs(self, x, gates=3, recurrent=self.hidden_size)

    def reach(self, x: Shape) -> Reach:
        return None


_Recurrent: TypeAlias = RNN | LSTM | GRU


def _directions(layer: _Recurrent) -> int:
    return 2 if layer.bidirectional else 1


def _output(layer: _Recurrent, x: Shape, features: int) -> Shape:
    features *= _directions(layer)
    return (x[0], features) if layer.output == "sequence" else (features,)


def _weights(layer: _Recurrent, x: Shape, gates: int, recurrent: int) -> int:
    """The elements of the matrices of all layers and directions, each gate's from its input and from its state."""
    inputs = x[1] + (layer.num_layers - 1) * _directions(layer) * recurrent
    return _directions(layer) * gates * layer.hidden_size * (inputs + layer.num_layers * recurrent)


def _params(layer: _Recurrent, x: Shape, gates: int, recurrent: int) -> int:
    offsets = 2 * gates * layer.hidden_size * layer.num_layers * _directions(layer) * layer.bias
    return _weights(layer, x, gates, recurrent) + offsets


def _macs(layer: _Recurrent, x: Shape, gates: int, recurrent: int) -> int:
    return x[0] * _weights(layer, x, gates, recurrent)
