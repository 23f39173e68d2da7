"""E419, E430, E442, E46x: a loss, an output or a metric that the targets of the data do not fit."""

from __future__ import annotations

from math import prod

from archc.diagnostics.fault import Family, Fault, Stage
from archc.diagnostics.words import dimensions

fault = Family("E4", Stage.CHECKS, "Training and data")


@fault("E419", "output-not-the-target")
class OutputNotTheTarget(Fault):
    """A network that predicts numbers has one output for each number of the target.

    Where the shapes differ, torch would repeat the smaller one, and compare each output with many targets.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 2  # error: output-not-the-target
    train:
      data: {name: InMemory, sample: [4], target: [1]}
      loss: MSELoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: 1
    train:
      data: {name: InMemory, sample: [4], target: [1]}
      loss: MSELoss
      optimizer: SGD
      epochs: 1
    ```
    """

    dataset: str
    target: tuple[int, ...]
    output: tuple[int, ...]
    ends: bool = True
    """Whether the marked layer is the last one."""

    def message(self) -> str:
        wanted = dimensions(self.target) if self.target else "a number"
        return f"the target of a sample is {wanted}, the network gives {dimensions(self.output)}"

    def help(self) -> str | None:
        if len(self.target) > 1:
            return None
        return f"end with `Linear: {prod(self.target)}`" if self.ends else f"write `Linear: {prod(self.target)}` here"


@fault("E468", "loss-needs-classes")
class LossNeedsClasses(Fault):
    """A loss of classes has nothing to compare with where targets are numbers.

    ```yaml bad
    archc: 1
    input: [4]
    layers: [Linear: 1]
    train:
      data: {name: InMemory, sample: [4], target: [1]}
      loss: CrossEntropyLoss  # error: loss-needs-classes
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers: [Linear: 1]
    train:
      data: {name: InMemory, sample: [4], target: [1]}
      loss: MSELoss
      optimizer: SGD
      epochs: 1
    ```
    """

    loss: str

    def message(self) -> str:
        return f"`{self.loss}` compares the output with a class, and the targets are numbers"

    def help(self) -> str:
        return "take `MSELoss`, `L1Loss` or `HuberLoss`; class numbers have to be whole ones, not floats"


@fault("E478", "counts-below-zero")
class CountsBelowZero(Fault):
    """PoissonNLLLoss takes the logarithm of outputs with `log_input: false`; of numbers below 0 there is none.

    ```yaml bad
    archc: 1
    input: [4]
    layers: [Linear: 1]
    train:
      data: {name: InMemory, sample: [4], target: [1]}
      loss: {PoissonNLLLoss: {log_input: false}}  # error: counts-below-zero
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers: [{Linear: 1}, Softplus]
    train:
      data: {name: InMemory, sample: [4], target: [1]}
      loss: {PoissonNLLLoss: {log_input: false}}
      optimizer: SGD
      epochs: 1
    ```
    """

    loss: str
    last: str

    def message(self) -> str:
        return f"`{self.loss}` with `log_input: false` takes outputs of at least 0, and `{self.last}` gives others"

    def help(self) -> str:
        return "end with `Softplus`, or delete `log_input: false`, so that outputs are logarithms"


@fault("E469", "metric-of-other-targets")
class MetricOfOtherTargets(Fault):
    """Accuracy and its like are of classes, mean errors of numbers.

    ```yaml bad
    archc: 1
    input: [4]
    layers: [Linear: 1]
    train:
      data: {name: InMemory, sample: [4], target: [1]}
      loss: MSELoss
      optimizer: SGD
      epochs: 1
      metrics: [f1]  # error: metric-of-other-targets
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers: [Linear: 1]
    train:
      data: {name: InMemory, sample: [4], target: [1]}
      loss: MSELoss
      optimizer: SGD
      epochs: 1
      metrics: [rmse]
    ```
    """

    metric: str
    known: tuple[str, ...]

    def message(self) -> str:
        return f"`{self.metric}` cannot be measured of such targets"

    def help(self) -> str:
        return f"there is {', '.join(f'`{name}`' for name in self.known)}"


@fault("E430", "loss-of-other-targets")
class LossOfOtherTargets(Fault):
    """A loss compares outputs with targets of another kind than those of the data.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 3
    train:
      data: {name: InMemory, sample: [4], labels: [red, round, ripe]}
      loss: CrossEntropyLoss  # error: loss-of-other-targets
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

    loss: str
    targets: str
    known: tuple[str, ...]

    def message(self) -> str:
        return f"`{self.loss}` does not compare with what the data has: {self.targets}"

    def help(self) -> str:
        return f"take {one_of(self.known)}"


@fault("E442", "targets-unusable")
class TargetsUnusable(Fault):
    """The targets of samples are not what the loss compares with, as counts below 0, or classes without an output."""

    split: str
    reason: str
    advice: str | None = None

    def message(self) -> str:
        return f"the targets of the {self.split} samples cannot be used: {self.reason}"

    def help(self) -> str | None:
        return self.advice


def one_of(names: tuple[str, ...]) -> str:
    """Names as in "`a`, `b` or `c`"."""
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
