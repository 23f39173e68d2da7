"""W60x and W61x: lints of axes, outputs and losses. What torch permits, and is most likely a mistake."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.words import dimensions

fault = Family("W6", Stage.CHECKS, "Lints: what torch permits, and is most likely a mistake")


@fault("W601", "linear-on-image")
class LinearOnImage(Fault):
    """A Linear layer maps the last axis alone. On an image that is each row apart, which is hardly ever meant.

    ```yaml bad
    layers:
      - Linear: 10  # warning: linear-on-image
    ```

    ```yaml good
    layers:
      - Flatten
      - Linear: 10
    ```

    After a Permute that puts the channels last it is a convolution of 1x1, and no mistake:

    ```yaml good [3, 28, 28]
    layers:
      - Permute: [0, 2, 3, 1]
      - Linear: 10
      - Permute: [0, 3, 1, 2]
    ```
    """

    shape: tuple[int, ...]
    output: tuple[int, ...]
    flat: int

    def message(self) -> str:
        return f"`Linear` maps the last axis of {dimensions(self.shape)} alone, which gives {dimensions(self.output)}"

    def help(self) -> str:
        return f"put `Flatten` before it, which makes {self.flat:,} features"

    def remedy(self) -> Remedy:
        return Remedy("put `Flatten` before it", "Flatten", safe=False, action="insert-layer")


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

    def message(self) -> str:
        return "`Softmax` comes before `CrossEntropyLoss`, which has a softmax of its own"

    def help(self) -> str:
        return "delete the `Softmax` layer: the loss takes logits"

    def remedy(self) -> Remedy:
        return Remedy("delete the `Softmax` layer", safe=False, action="delete-layer")


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

    def message(self) -> str:
        return f"`{self.loss}` takes log-probabilities, and the last layer is `{self.last}`"

    def help(self) -> str:
        return "end with `LogSoftmax: 1`, or write `loss: CrossEntropyLoss`"


@fault("W605", "softmax-over-batch")
class SoftmaxOverBatch(Fault):
    """A softmax along axis 0 mixes the samples of a batch, so that a sample's output depends on the others.

    ```yaml bad [10]
    layers:
      - Softmax: 0  # warning: softmax-over-batch
    ```

    ```yaml good [10]
    layers:
      - Softmax: 1
    ```
    """

    layer: str
    implicit: bool

    def message(self) -> str:
        if self.implicit:
            return f"`{self.layer}` without `dim` works along the batch here"
        return f"`{self.layer}` along axis 0 works along the batch"

    def help(self) -> str:
        return f"write `{self.layer}: -1`"


@fault("W606", "softmax-without-dim")
class SoftmaxWithoutDim(Fault):
    """Without `dim` torch guesses the axis of a softmax, and warns that it will stop doing so.

    ```yaml bad [10]
    layers:
      - Softmax  # warning: softmax-without-dim
    ```

    ```yaml good [10]
    layers:
      - Softmax: 1
    ```
    """

    layer: str
    dim: int

    def message(self) -> str:
        return f"`{self.layer}` has no `dim`; torch takes axis {self.dim} here, and warns"

    def help(self) -> str:
        return f"write `{self.layer}: {self.dim}`"

    def remedy(self) -> Remedy:
        return Remedy(f"write `{self.layer}: {self.dim}`", str(self.dim), action="give-value")


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

    def message(self) -> str:
        return f"`{self.loss}` has its own Sigmoid, and the network ends with one"

    def help(self) -> str:
        return "delete the last Sigmoid, or take `BCELoss`"

    def remedy(self) -> Remedy:
        return Remedy("delete the `Sigmoid` layer", safe=False, action="delete-layer")


@fault("W615", "dropout-of-another-rank")
class DropoutOfAnotherRank(Fault):
    """Dropout2d drops whole channels of images and Dropout3d those of volumes, but something else reaches it.

    torch takes the first axis for the channels. Of a vector that is every value, so that it is what Dropout does. torch
    permits it, with a warning of its own while training, and means to refuse it one day.

    Source: https://pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html, its warning

    ```yaml bad [64]
    layers:
      - Linear: 128
      - ReLU
      - Dropout2d: 0.2  # warning: dropout-of-another-rank
      - Linear: 10
    ```

    ```yaml good [64]
    layers:
      - Linear: 128
      - ReLU
      - Dropout: 0.2
      - Linear: 10
    ```
    """

    layer: str
    meant: str
    shape: tuple[int, ...]
    instead: str | None

    def message(self) -> str:
        what = f"a vector of {self.shape[0]:,}" if len(self.shape) == 1 else dimensions(self.shape)
        return f"`{self.layer}` drops channels of {self.meant}, and {what} reaches it"

    def help(self) -> str | None:
        return f"write `{self.instead}`" if self.instead else None

    def remedy(self) -> Remedy | None:
        return Remedy(f"write `{self.instead}`", self.instead, safe=False) if self.instead else None
