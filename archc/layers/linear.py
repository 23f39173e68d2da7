"""Affine maps."""

from typing import Annotated

from archc.layers.base import ANY_NUMBER, FEATURES, Layer, Origin, Reach, Readings, Shape, last_features, numel
from archc.layers.ranges import Range
from archc.terms.record import Doc
from archc.terms.values import Flag, Size


class Linear(Layer):
    """Affine map of the last axis: `y = x @ W.T + b`.

    Shape: `(*, in_features) -> (*, out_features)`. On an image it maps each row apart; `Flatten` comes before it.
    """

    family = "linear"
    only_matrices = True
    principal = "out_features"
    positional = 2
    sizes = {"in_features": FEATURES}
    decides = False

    in_features: Annotated[Size | None, Doc("Size of the last input axis; inferred.")] = None
    out_features: Annotated[Size, Doc("Size of the last output axis.")]
    bias: Annotated[Flag, Doc("Add a learned offset to every output.")] = True

    def infer(self, x: Shape) -> Shape:
        return (*x[:-1], self.out_features)

    def reads(self, x: Shape) -> Readings:
        return last_features(x)

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        return (*range(len(x) - 1), "features")

    def params(self, x: Shape) -> int:
        return self.out_features * (x[-1] + self.bias)

    def macs(self, x: Shape, y: Shape) -> int:
        return numel(y) * x[-1]

    def reach(self, x: Shape) -> Reach:
        return None


class Identity(Layer):
    """Its input, unchanged.

    Shape: `(*) -> (*)`.
    """

    family = "view"
    dtypes = ANY_NUMBER

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x
