"""E46x: the control of a training. Schedules, early stopping, precision, metrics, augmentation."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.suggestion import did_you_mean
from archc.diagnostics.words import all_of, dimensions

fault = Family("E46", Stage.CHECKS, "Training and data")


@fault("E460", "figure-not-measured")
class FigureNotMeasured(Fault):
    """What early stopping or a scheduler watches must be measured.

    `train_loss` and `train_accuracy` always are, `val_loss` and `val_accuracy` where there are validation samples, and
    others where `metrics` asks for them.

    ```yaml bad
    train:
      early_stopping: {monitor: val_loss}  # error: figure-not-measured
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      early_stopping: {monitor: val_loss}
    ```
    """

    owner: str
    figure: str
    known: tuple[str, ...]
    suggestion: str | None = None
    """The figure that is meant, where it has another name."""
    metric: str | None = None
    """What `metrics` has to ask for, so that it is measured."""
    needs_samples: bool = False
    """Whether there have to be validation samples."""
    left_out: bool = False
    """Whether `evaluate` names other samples."""
    advice: str | None = None

    def message(self) -> str:
        if self.needs_samples and not self.suggestion:
            none = "validation samples are not evaluated" if self.left_out else "there are no validation samples"
            return f"`{self.owner}` watches `{self.figure}`, and {none}"
        return f"`{self.owner}` watches `{self.figure}`, which is not measured"

    def notes(self) -> tuple[str, ...]:
        return ("measured: " + ", ".join(f"`{name}`" for name in self.known),)

    def help(self) -> str | None:
        more = []
        if self.needs_samples:
            more.append("add `validation` to `on`" if self.left_out else "add `validation: {fraction: 0.1}` to `data`")
        if self.metric:
            more.append(f"add `metrics: [{self.metric}]`")
        if self.suggestion and more:
            more.insert(0, f"write `monitor: {self.suggestion}`")
        return all_of(more) or self.advice or did_you_mean(self.suggestion)

    def remedy(self) -> Remedy | None:
        if self.suggestion is None or self.metric or self.needs_samples:
            return None
        return Remedy(f"write `{self.suggestion}`", self.suggestion, safe=False, action="set-value")


@fault("E461", "schedule-too-short")
class ScheduleTooShort(Fault):
    """OneCycleLR has an end, and torch refuses steps beyond it. Without `total_steps` it is as long as the run.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      scheduler: {OneCycleLR: {max_lr: 0.1, total_steps: 100}}  # error: schedule-too-short
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      scheduler: {OneCycleLR: {max_lr: 0.1}}
    ```
    """

    scheduler: str
    total: int
    length: int
    unit: str

    def message(self) -> str:
        return f"`{self.scheduler}` ends after {self.total:,} {self.unit}s, and the run has {self.length:,}"

    def help(self) -> str:
        return f"delete its length, which is then that of the run, or write `total_steps: {self.length}`"


@fault("E462", "no-momentum-to-cycle")
class NoMomentumToCycle(Fault):
    """CyclicLR and OneCycleLR also change the momentum, or the first of Adam's betas, and this optimizer has neither.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      optimizer: Adagrad
      scheduler: {OneCycleLR: {max_lr: 0.1}}  # error: no-momentum-to-cycle
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      optimizer: Adagrad
      scheduler: {OneCycleLR: {max_lr: 0.1, cycle_momentum: false}}
    ```
    """

    scheduler: str
    optimizer: str

    def message(self) -> str:
        return f"`{self.scheduler}` changes the momentum, and `{self.optimizer}` has none"

    def help(self) -> str:
        return "write `cycle_momentum: false`, or take `SGD`, `Adam` or `AdamW`"


@fault("E463", "not-a-matrix")
class NotAMatrix(Fault):
    """Muon makes the update of a matrix orthogonal, and takes no other parameters: no biases, norms or convolutions.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      optimizer: Muon  # error: not-a-matrix
    ```

    ```yaml good
    layers: [Flatten, {Linear: {out_features: 10, bias: false}}]
    train:
      data: {name: MNIST, validation: {first: 5000}}
      optimizer: Muon
    ```
    """

    optimizer: str
    layer: str

    def message(self) -> str:
        return f"`{self.optimizer}` takes matrices alone, and `{self.layer}` has other parameters"

    def help(self) -> str:
        return "write `bias: false` in layers of matrices, or take `AdamW`"


@fault("E464", "outputs-not-probabilities")
class OutputsNotProbabilities(Fault):
    """BCELoss takes numbers from 0 to 1, and torch stops at any other. Sigmoid or Softmax gives them.

    A Dropout behind them does not: it divides what it leaves by a number below 1.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      loss: BCELoss  # error: outputs-not-probabilities
    ```

    ```yaml good
    layers: [Flatten, {Linear: 10}, Sigmoid]
    train:
      data: {name: MNIST, validation: {first: 5000}}
      loss: BCELoss
    ```
    """

    loss: str
    last: str
    instead: bool = False
    """Whether a Sigmoid has to stand in the place of the last layer, and not behind it."""
    drops: str | None = None
    """A dropout behind the last layer, which scales what it leaves."""

    def message(self) -> str:
        return f"`{self.loss}` takes outputs from 0 to 1, and `{self.drops or self.last}` gives others"

    def help(self) -> str:
        if self.drops:
            return f"delete `{self.drops}`: while training it makes what it leaves larger than 1"
        if self.last == "LogSoftmax":
            return "write `loss: NLLLoss`, or `Sigmoid` instead of `LogSoftmax`"
        if self.instead:
            return f"write `Sigmoid` instead of `{self.last}`"
        return "end with `Sigmoid`, or take `BCEWithLogitsLoss`, which has its own"


@fault("E465", "not-deterministic")
class NotDeterministic(Fault):
    """`deterministic: true` refuses operations that give other bits each time, and the network needs one."""

    reason: str

    def message(self) -> str:
        return f"`deterministic: true`, and {self.reason}"

    def help(self) -> str:
        return "train on the CPU, replace the layer, or delete `deterministic`"


@fault("E466", "augmentation-changes-size")
class AugmentationChangesSize(Fault):
    """The network sees validation and test samples as they are, so that augmented ones must have the same size.

    ```yaml bad
    train:
      data: {name: MNIST, augment: [{RandomCrop: 24}]}  # error: augmentation-changes-size
    ```

    ```yaml good
    train:
      data: {name: MNIST, augment: [{RandomCrop: {size: 28, padding: 2}}]}
    ```
    """

    augmentation: str
    size: tuple[int, ...]
    sample: tuple[int, ...]

    def message(self) -> str:
        return f"`{self.augmentation}` gives {dimensions(self.size)}, and the samples are {dimensions(self.sample)}"

    def help(self) -> str:
        size = str(self.sample[0]) if len(set(self.sample)) == 1 else str(list(self.sample))
        return f"write `size: {size}`" + (", with a `padding`" if self.augmentation == "RandomCrop" else "")


@fault("E467", "too-few-outputs-for-metric")
class TooFewOutputsForMetric(Fault):
    """`top5_accuracy` looks at the five largest outputs, so that the network must have more."""

    metric: str
    outputs: int

    def message(self) -> str:
        return f"`{self.metric}` looks at more outputs than the {self.outputs} that the network has"

    def help(self) -> str:
        return "delete it: with so few classes `accuracy` says it all"
