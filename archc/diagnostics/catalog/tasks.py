"""E43x, E44x: an output, or a key, that does not fit what is learned: labels, positions, variances."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Stage
from archc.diagnostics.words import dimensions

fault = Family("E4", Stage.CHECKS, "Training and data")


@fault("E433", "outputs-not-the-labels")
class OutputsNotTheLabels(Fault):
    """A network that gives samples any number of labels has one output for each label.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 2  # error: outputs-not-the-labels
    train:
      data: {name: InMemory, sample: [4], labels: [red, round, ripe]}
      loss: BCEWithLogitsLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: 3
    train:
      data: {name: InMemory, sample: [4], labels: [red, round, ripe]}
      loss: BCEWithLogitsLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    dataset: str
    labels: int
    output: tuple[int, ...]
    ends: bool = True
    """Whether the marked layer is the last one."""

    def message(self) -> str:
        return f"{self.dataset} has {self.labels} labels; the network gives {dimensions(self.output)}"

    def help(self) -> str:
        if len(self.output) > 1:
            return f"end with `Flatten` and `Linear: {self.labels}`"
        return f"end with `Linear: {self.labels}`" if self.ends else f"write `Linear: {self.labels}` here"


@fault("E434", "outputs-not-the-positions")
class OutputsNotThePositions(Fault):
    """A network that gives each position a class has one output for each class at each position: channels are classes.

    ```yaml bad
    archc: 1
    input: [1, 8, 8]
    layers:
      - Conv2d: {out_channels: 3, kernel_size: 3, padding: 1}  # error: outputs-not-the-positions
    train:
      data: {name: InMemory, sample: [1, 8, 8], classes: [sky, land], target: [8, 8]}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [1, 8, 8]
    layers:
      - Conv2d: {out_channels: 2, kernel_size: 3, padding: 1}
    train:
      data: {name: InMemory, sample: [1, 8, 8], classes: [sky, land], target: [8, 8]}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    dataset: str
    wanted: tuple[int, ...]
    """The classes, then the axes of the positions."""
    output: tuple[int, ...]
    ends: bool = True
    """Whether the marked layer is the last one."""

    def message(self) -> str:
        classes, *positions = self.wanted
        return (
            f"{self.dataset} has one of {classes} classes at each of {dimensions(tuple(positions))} positions, so the "
            f"output has to be {dimensions(self.wanted)}; the network gives {dimensions(self.output)}"
        )

    def help(self) -> str:
        classes, *positions = self.wanted
        if self.output[1:] == tuple(positions) and len(positions) <= 3:
            return f"end with `Conv{len(positions)}d: {{out_channels: {classes}, kernel_size: 1}}`"
        if len(self.output) == len(self.wanted):
            return f"bring it to the size of the targets, as with `Upsample: {{size: {list(positions)}}}`"
        return "keep the axes of the positions, as convolutions do, and leave out `Flatten` and pools to one value"


@fault("E436", "outputs-not-mean-and-variance")
class OutputsNotMeanAndVariance(Fault):
    """A loss takes a mean and a variance for each number of the target: twice as many outputs.

    The means come first along the first axis, then the variances.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 1  # error: outputs-not-mean-and-variance
    train:
      data: {name: InMemory, sample: [4], target: [1]}
      loss: GaussianNLLLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Concat: [[Linear: 1], [Linear: 1, Softplus]]
    train:
      data: {name: InMemory, sample: [4], target: [1]}
      loss: GaussianNLLLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    loss: str
    target: tuple[int, ...]
    wanted: tuple[int, ...]
    output: tuple[int, ...]
    ends: bool = True
    """Whether the marked layer is the last one."""

    def message(self) -> str:
        wanted = dimensions(self.target) if self.target else "a number"
        return (
            f"the target of a sample is {wanted}, so `{self.loss}` takes {dimensions(self.wanted)}, means and "
            f"variances; the network gives {dimensions(self.output)}"
        )

    def help(self) -> str:
        return means_and_variances(self.wanted)


@fault("E437", "variances-below-zero")
class VariancesBelowZero(Fault):
    """A variance is at least 0. archc knows that of the second half of the outputs where a layer says so.

    That is a `Concat` whose last branch ends in `Softplus`, `ReLU` or the like. A negative variance would count as
    `eps`, and torch's own loss stops at one.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 2
    train:
      data: {name: InMemory, sample: [4], target: [1]}
      loss: GaussianNLLLoss  # error: variances-below-zero
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Concat: [[Linear: 1], [Linear: 1, Softplus]]
    train:
      data: {name: InMemory, sample: [4], target: [1]}
      loss: GaussianNLLLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    loss: str
    last: str
    wanted: tuple[int, ...]

    def message(self) -> str:
        return (
            f"`{self.loss}` takes variances of at least 0 as the second half of the outputs, and `{self.last}` may "
            "give others"
        )

    def help(self) -> str:
        return means_and_variances(self.wanted)


@fault("E439", "no-threshold")
class NoThreshold(Fault):
    """A threshold says from which probability on a sample is of the second of two classes, or has a label.

    With an output for each class the largest is the prediction.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 2
    train:
      data: {name: InMemory, sample: [4], classes: [no, yes]}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
      threshold: 0.7  # error: no-threshold
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: 1
    train:
      data: {name: InMemory, sample: [4], classes: [no, yes]}
      loss: BCEWithLogitsLoss
      optimizer: SGD
      epochs: 1
      threshold: 0.7
    ```
    """

    loss: str
    targets: str
    distance: bool = False

    def message(self) -> str:
        if self.distance:
            return f"`threshold` is a probability, and `{self.loss}` takes distances"
        return f"`threshold` is of nothing here: the targets are {self.targets}, and no single output says one"

    def help(self) -> str:
        if self.distance:
            return "delete it: below half of `margin` a sample is of the second class"
        return "delete it; for two classes, take `BCEWithLogitsLoss` with one output"


@fault("E440", "no-probabilities")
class NoProbabilities(Fault):
    """A figure of probabilities is asked for, and what the network gives is read as none.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 2
    train:
      data: {name: InMemory, sample: [4], classes: [no, yes]}
      loss: MultiMarginLoss
      optimizer: SGD
      epochs: 1
      metrics: [calibration_error]  # error: no-probabilities
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: 2
    train:
      data: {name: InMemory, sample: [4], classes: [no, yes]}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
      metrics: [calibration_error]
    ```
    """

    metric: str
    loss: str
    last: str

    def message(self) -> str:
        return f"`{self.metric}` is of probabilities, and outputs of `{self.last}` with `{self.loss}` are none"

    def help(self) -> str:
        return "delete it, or take `CrossEntropyLoss` and end with logits"


def means_and_variances(wanted: tuple[int, ...]) -> str:
    """How to end for outputs of this shape, of which the second half are variances."""
    half = wanted[0] // 2
    layer = f"Linear: {half}" if len(wanted) == 1 else f"Conv2d: {{out_channels: {half}, kernel_size: 1}}"
    return f"end with `Concat: [[{layer}], [{layer}, Softplus]]`"
