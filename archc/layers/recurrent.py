"""Recurrent networks over a sequence."""

from math import inf
from typing import Annotated, ClassVar, Literal

from archc.diagnostics import catalog
from archc.layers.base import FEATURES, SEQUENCE, Layer, Origin, Reach, Shape
from archc.layers.ranges import Range, between
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


class Recurrent(Layer):
    """What recurrent networks share: all but what happens in a step. Abstract."""

    family = "recurrent"
    only_matrices = True
    principal = "hidden_size"
    positional = 2
    ranks = SEQUENCE
    sizes = {"input_size": FEATURES}
    accepts = {"batch_first": True}

    gates: ClassVar[int]
    """Matrices for the input of a step, and as many for its state, in each layer and direction."""

    hidden_size: int
    num_layers: int
    bias: bool
    bidirectional: bool
    output: Literal["sequence", "last"]

    @property
    def features(self) -> int:
        """Features that each direction gives."""
        return self.hidden_size

    @property
    def directions(self) -> int:
        """1, or 2 where the sequence is read from its end too."""
        return 2 if self.bidirectional else 1

    def infer(self, x: Shape) -> Shape:
        features = self.directions * self.features
        return (x[0], features) if self.output == "sequence" else (features,)

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        return (0, "features") if self.output == "sequence" else ("features",)

    def weights(self, x: Shape) -> int:
        """The elements of the matrices of all layers and directions, each gate's from its input and from its state."""
        inputs = x[1] + (self.num_layers - 1) * self.directions * self.features
        return self.directions * self.gates * self.hidden_size * (inputs + self.num_layers * self.features)

    def params(self, x: Shape) -> int:
        offsets = 2 * self.gates * self.hidden_size * self.num_layers * self.directions * self.bias
        return self.weights(x) + offsets

    def macs(self, x: Shape, y: Shape) -> int:
        return x[0] * self.weights(x)

    def reach(self, x: Shape) -> Reach:
        return None

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        # A state is a mean of states and of values of tanh, or a part of such a value.
        return between(-1.0, 1.0, varies=x.varies)


class RNN(Recurrent):
    """Elman's recurrent network: `h_t = tanh(W_ih @ x_t + b_ih + W_hh @ h_(t-1) + b_hh)`.

    Shape: `(L, input_size) -> (L, hidden_size)`, or `(hidden_size)` with `output: last`. `bidirectional` doubles the
    features. The last output of the backward direction is the one at the first step.
    """

    gates = 1

    input_size: _Input = None
    hidden_size: _Hidden
    num_layers: _Layers = 1
    nonlinearity: Annotated[Literal["tanh", "relu"], choice("tanh", "relu"), Doc("Function of each step.")] = "tanh"
    bias: _Bias = True
    dropout: _Dropout = 0.0
    bidirectional: _Both = False
    output: _Output = "sequence"

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        if self.nonlinearity == "tanh":
            return super().range_of(x, shape, training)
        return between(0.0, inf, varies=x.varies)


class LSTM(Recurrent):
    """Long short-term memory: gates decide what a cell forgets, takes in and gives out at each step.

    Shape: `(L, input_size) -> (L, hidden_size)`, or `(hidden_size)` with `output: last`. `bidirectional` doubles the
    features, `proj_size` takes the place of `hidden_size`. The last output of the backward direction is the one at
    the first step.
    """

    keeps_output = True

    gates = 4

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

    @property
    def features(self) -> int:
        return self.proj_size or self.hidden_size

    def weights(self, x: Shape) -> int:
        maps = self.num_layers * self.directions * self.proj_size * self.hidden_size
        return super().weights(x) + maps

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return Range(varies=x.varies) if self.proj_size else super().range_of(x, shape, training)


class GRU(Recurrent):
    """Gated recurrent unit: gates decide how much of the state is kept and renewed at each step.

    Shape: `(L, input_size) -> (L, hidden_size)`, or `(hidden_size)` with `output: last`. `bidirectional` doubles the
    features. The last output of the backward direction is the one at the first step.
    """

    gates = 3

    input_size: _Input = None
    hidden_size: _Hidden
    num_layers: _Layers = 1
    bias: _Bias = True
    dropout: _Dropout = 0.0
    bidirectional: _Both = False
    output: _Output = "sequence"
