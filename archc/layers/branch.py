"""What stands at the end of a residual branch."""

from typing import Annotated, Any, Literal

from archc.layers.base import TO_FLOAT, Layer, Readings, Shape, sample_axis
from archc.layers.ranges import Range, dropped
from archc.terms.record import Doc
from archc.terms.values import AxisFromEnd, Probability, Real, Size, choice


class LayerScale(Layer):
    """A learned factor for each channel, which begins near 0: `y = weight * x`.

    Shape: `(*) -> (*)`. The channels of an image are axis -3, the features of a sequence axis -1.
    """

    family = "branch"
    url = "https://arxiv.org/abs/2103.17239"
    principal = "init_value"
    positional = 1
    dtypes = TO_FLOAT
    sizes = {"num_channels": None}
    decides = False

    num_channels: Annotated[Size | None, Doc("Channels of the input; inferred.")] = None
    init_value: Annotated[Real, Doc("What the factors begin with.")] = 1e-6
    dim: Annotated[AxisFromEnd, Doc("The axis of the channels, counted from the end.")] = -3

    def inferred(self, x: Shape) -> dict[str, Any]:
        return {"num_channels": x[sample_axis("dim", self.dim, x)]}

    def reads(self, x: Shape) -> Readings:
        at = sample_axis("dim", self.dim, x)
        return tuple(["channels" if index == at else None for index in range(len(x))])

    def params(self, x: Shape) -> int:
        return x[self.dim]


class StochasticDepth(Layer):
    """While training, set whole samples, or the whole batch, to zero with probability `p`, else divide by `1 - p`.

    Shape: `(*) -> (*)`. Evaluation leaves the input as it is. It stands at the end of a Residual's branch.
    """

    family = "branch"
    url = "https://pytorch.org/vision/stable/generated/torchvision.ops.StochasticDepth.html"
    principal = "p"
    positional = 1

    p: Annotated[Probability, Doc("Probability that a sample is set to zero.")]
    mode: Annotated[
        Literal["row", "batch"], choice("row", "batch"), Doc("Whether samples are drawn apart or as a batch.")
    ] = "row"

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return dropped(x, self.p) if training else x
