"""W62x: lints of layers that follow one another."""

from __future__ import annotations

from typing import Self

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.words import dimensions

fault = Family("W62", Stage.CHECKS, "Lints: what torch permits, and is most likely a mistake")


@fault("W620", "nothing-between")
class NothingBetween(Fault):
    """Two Linear layers or two convolutions follow each other with nothing, or only Dropout, between them.

    The product of two matrices is a matrix: together they compute nothing that one of them could not, at a higher
    cost. Mostly an activation was forgotten. Two layers that are cheaper than the one that they make, through a
    narrow middle or separable kernels, are no mistake, and are not reported.

    ```yaml bad [64]
    layers:
      - Linear: 32
      - Linear: 10  # warning: nothing-between
    ```

    ```yaml good [64]
    layers:
      - Linear: 32
      - ReLU
      - Linear: 10
    ```
    """

    layer: str

    def message(self) -> str:
        return f"two `{self.layer}` with no activation between them compute what one could"

    def help(self) -> str:
        return "put an activation between them, as in `ReLU`, or delete one of the two"


@fault("W621", "bias-before-norm")
class BiasBeforeNorm(Fault):
    """A norm subtracts the mean of each channel, and with it the bias that the convolution before has learned.

    The bias costs memory and time, and has no effect: its gradient is zero. The norm learns an offset of its own.
    Weights that were trained with the bias still need it, so that old networks may have to keep it.

    Source: https://arxiv.org/abs/1502.03167, section 3.2

    ```yaml bad [3, 32, 32]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3}  # warning: bias-before-norm
      - BatchNorm2d
      - ReLU
    ```

    ```yaml good [3, 32, 32]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3, bias: false}
      - BatchNorm2d
      - ReLU
    ```
    """

    layer: str
    norm: str
    params: int
    bias: str = "false"
    """What to write: an expression where the norm depends on one."""
    shared: bool = False
    """Whether the bias is an expression, or the line is used in other places too, where it is needed."""

    def message(self) -> str:
        return f"the bias of `{self.layer}` has no effect, as `{self.norm}` subtracts the mean of each channel"

    def help(self) -> str:
        if self.shared:
            return (
                f"take `bias` from a parameter or variable that is false here, which saves {self.params:,} parameters"
            )
        return f"write `bias: {self.bias}`, which saves {self.params:,} parameters"

    def remedy(self) -> Remedy | None:
        if self.shared:
            return None
        return Remedy(f"write `bias: {self.bias}`", f"bias: {self.bias}", safe=False, action="set-argument")

    def in_some(self) -> Self:
        return self.with_(shared=True)


@fault("W622", "dropout-last")
class DropoutLast(Fault):
    """A Dropout is the last layer, so that it sets the network's own outputs to zero while training.

    Dropout belongs between layers that can make up for what is missing. Zeroed logits only add noise to the loss.

    ```yaml bad [64]
    layers:
      - Linear: 10
      - Dropout  # warning: dropout-last
    ```

    ```yaml good [64]
    layers:
      - Dropout
      - Linear: 10
    ```
    """

    layer: str

    def message(self) -> str:
        return f"`{self.layer}` sets the outputs of the network to zero at random while training"

    def help(self) -> str:
        return "put it before the last layer that learns, or delete it"

    def remedy(self) -> Remedy:
        return Remedy(f"delete the `{self.layer}` layer", safe=False, action="delete-layer")


@fault("W623", "dropout-twice")
class DropoutTwice(Fault):
    """A Dropout follows a Dropout. Two of them are one with a higher probability.

    ```yaml bad [64]
    layers:
      - Dropout: 0.5
      - Dropout: 0.5  # warning: dropout-twice
      - Linear: 10
    ```

    ```yaml good [64]
    layers:
      - Dropout: 0.75
      - Linear: 10
    ```
    """

    layer: str
    both: float

    def message(self) -> str:
        return f"`{self.layer}` comes right after another, and together they drop {self.both:.4g} of all values"

    def help(self) -> str:
        return "delete one of the two"

    def remedy(self) -> Remedy:
        return Remedy(f"delete the `{self.layer}` layer", safe=False, action="delete-layer")


@fault("W624", "activation-twice")
class ActivationTwice(Fault):
    """The same activation stands twice in a row. A second ReLU has no effect, and a second Sigmoid flattens the first.

    ```yaml bad [64]
    layers:
      - Linear: 32
      - ReLU
      - ReLU  # warning: activation-twice
      - Linear: 10
    ```

    ```yaml good [64]
    layers:
      - Linear: 32
      - ReLU
      - Linear: 10
    ```
    """

    layer: str

    def message(self) -> str:
        return f"`{self.layer}` comes right after `{self.layer}`"

    def help(self) -> str:
        return "delete one of the two"

    def remedy(self) -> Remedy:
        return Remedy(f"delete the `{self.layer}` layer", safe=False, action="delete-layer")


@fault("W625", "norm-last")
class NormLast(Fault):
    """A batch norm normalises the network's outputs, so that each class gets the same mean and spread in a batch.

    Outputs then depend on the other samples of a batch while training, and logits cannot grow where the network is
    sure. The norm belongs between a layer and its activation.

    ```yaml bad [64]
    layers:
      - Linear: 10
      - BatchNorm1d  # warning: norm-last
    ```

    ```yaml good [64]
    layers:
      - Linear: {out_features: 32, bias: false}
      - BatchNorm1d
      - ReLU
      - Linear: 10
    ```
    """

    outputs: int

    def message(self) -> str:
        return f"`BatchNorm1d` after the last `Linear` normalises the {self.outputs:,} outputs of the network"

    def help(self) -> str:
        return "delete it, or put it before an activation"

    def remedy(self) -> Remedy:
        return Remedy("delete the `BatchNorm1d` layer", safe=False, action="delete-layer")


@fault("W627", "heavy-flatten")
class HeavyFlatten(Fault):
    """A Linear on a flattened image holds more than half of the network's parameters, and more than ten million.

    Each output has a weight for every position of every channel. Networks since 2014 take the mean of each channel
    first (global average pooling): it has no parameters, overfits less, and takes inputs of any size.

    Source: https://arxiv.org/abs/1312.4400, section 3.2

    ```yaml bad [3, 224, 224]
    layers:
      - Conv2d: {out_channels: 64, kernel_size: 3, stride: 2, padding: 1}
      - ReLU
      - Flatten
      - Linear: 100  # warning: heavy-flatten
    ```

    ```yaml good [3, 224, 224]
    layers:
      - Conv2d: {out_channels: 64, kernel_size: 3, stride: 2, padding: 1}
      - ReLU
      - AdaptiveAvgPool2d: 1
      - Flatten
      - Linear: 100
    ```
    """

    params: int
    total: int
    shape: tuple[int, ...]
    pool: str
    channels: int
    left: int

    def message(self) -> str:
        share = 100 * self.params // self.total
        return (
            f"this `Linear` holds {self.params:,} of {self.total:,} parameters ({share} %), "
            f"as it sees all of {dimensions(self.shape)}"
        )

    def help(self) -> str:
        return (
            f"`{self.pool}: 1` before the `Flatten` makes {self.channels:,} features, and {self.left:,} parameters here"
        )
