"""W60x and W61x: lints of what a network gives, against what its loss takes."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.words import bounds

fault = Family("W6", Stage.CHECKS, "Lints: what torch permits, and is most likely a mistake")


@fault("W602", "softmax-before-cross-entropy")
class SoftmaxBeforeCrossEntropy(Fault):
    """CrossEntropyLoss takes logits, and has a softmax of its own. After a Softmax layer it learns slowly and badly.

    ```yaml bad
    layers:
      - Flatten
      - Linear: 10
      - Softmax: 1  # warning: softmax-before-cross-entropy
    train:
      epochs: 1
    ```

    ```yaml good
    layers:
      - Flatten
      - Linear: 10
    train:
      epochs: 1
    ```
    """

    layer: str = "Softmax"

    def message(self) -> str:
        return f"`{self.layer}` comes before `CrossEntropyLoss`, which has a softmax of its own"

    def help(self) -> str:
        return f"delete the `{self.layer}` layer: the loss takes logits"

    def remedy(self) -> Remedy:
        return Remedy(f"delete the `{self.layer}` layer", safe=False, action="delete-layer")


@fault("W603", "log-softmax-without-nll")
class LogSoftmaxWithoutNll(Fault):
    """LogSoftmax gives the log-probabilities that NLLLoss takes; another loss takes something else.

    ```yaml bad
    layers:
      - Flatten
      - Linear: 10
      - LogSoftmax: 1  # warning: log-softmax-without-nll
    train:
      epochs: 1
    ```

    ```yaml good
    layers:
      - Flatten
      - Linear: 10
      - LogSoftmax: 1
    train:
      loss: NLLLoss
      epochs: 1
    ```
    """

    loss: str
    wants: str

    def message(self) -> str:
        return f"`LogSoftmax` gives log-probabilities, and `{self.loss}` takes {self.wants}"

    def help(self) -> str:
        return "write `loss: NLLLoss`, or delete the `LogSoftmax` layer"

    def remedy(self) -> Remedy:
        return Remedy("delete the `LogSoftmax` layer", safe=False, action="delete-layer")


@fault("W604", "nll-without-log-softmax")
class NllWithoutLogSoftmax(Fault):
    """NLLLoss takes log-probabilities. Without a LogSoftmax before it, it has no lower bound and does not train.

    ```yaml bad
    layers:
      - Flatten
      - Linear: 10
    train:
      loss: NLLLoss  # warning: nll-without-log-softmax
      epochs: 1
    ```

    ```yaml good
    layers:
      - Flatten
      - Linear: 10
    train:
      epochs: 1
    ```
    """

    last: str
    loss: str = "NLLLoss"
    instead: bool = False
    """Whether a LogSoftmax has to stand in the place of the last layer, and not behind it."""

    def message(self) -> str:
        return f"`{self.loss}` takes log-probabilities, and the last layer is `{self.last}`"

    def help(self) -> str:
        if self.instead:
            return f"write `LogSoftmax: 1` instead of `{self.last}`"
        return "end with `LogSoftmax: 1`, or write `loss: CrossEntropyLoss`"


@fault("W613", "sigmoid-before-logits-loss")
class SigmoidBeforeLogitsLoss(Fault):
    """A loss with a Sigmoid of its own sees probabilities instead of logits, and trains slowly or not at all.

    ```yaml bad
    layers: [Flatten, {Linear: 10}, Sigmoid]  # warning: sigmoid-before-logits-loss
    train:
      data: {name: MNIST, validation: {first: 5000}}
      loss: BCEWithLogitsLoss
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      loss: BCEWithLogitsLoss
    ```
    """

    loss: str
    layer: str = "Sigmoid"

    def message(self) -> str:
        ends = "one" if self.layer == "Sigmoid" else f"`{self.layer}`"
        return f"`{self.loss}` has its own Sigmoid, and the network ends with {ends}"

    def help(self) -> str:
        return f"delete the last {self.layer}, or take `BCELoss`"

    def remedy(self) -> Remedy:
        return Remedy(f"delete the `{self.layer}` layer", safe=False, action="delete-layer")


@fault("W617", "outputs-cut-off")
class OutputsCutOff(Fault):
    """The last activation keeps outputs within bounds, and what reads them takes any number.

    A ReLU before CrossEntropyLoss makes all evidence against a class 0, and no gradient passes where it does; a Sigmoid
    or a Tanh leaves no class more than a small share. It is the same right before a last Softmax or Sigmoid.

    ```yaml bad
    layers:
      - Flatten
      - Linear: 10
      - ReLU  # warning: outputs-cut-off
    train:
      epochs: 1
    ```

    ```yaml good
    layers:
      - Flatten
      - Linear: 10
    train:
      epochs: 1
    ```
    """

    layer: str
    gives: tuple[float, float]
    reader: str
    """The loss, or the last layer."""
    takes: tuple[float, float]

    def message(self) -> str:
        return f"`{self.layer}` gives {bounds(self.gives)}, and `{self.reader}` takes {bounds(self.takes)}"

    def help(self) -> str:
        return f"delete the `{self.layer}` layer"

    def remedy(self) -> Remedy:
        return Remedy(f"delete the `{self.layer}` layer", safe=False, action="delete-layer")
