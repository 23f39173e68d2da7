"""W60x, W61x and W62x: lints of single layers, and of the input that reaches them."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.words import as_written, bounds, dimensions

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


@fault("W626", "rows-dropped")
class RowsDropped(Fault):
    """A window's steps end before its input does, so that the last rows or columns are never seen.

    torch rounds down: a pool of 2 makes 6 of 13, and the 13th row is lost. It is reported where more than a twentieth
    of an axis is lost. `ceil_mode` adds a last window that reaches over the end, and padding moves the end.

    Source: https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html, section "Shape"

    ```yaml bad [1, 13, 13]
    layers:
      - MaxPool2d: 2  # warning: rows-dropped
    ```

    ```yaml good [1, 13, 13]
    layers:
      - MaxPool2d: {kernel_size: 2, ceil_mode: true}
    ```
    """

    layer: str
    shape: tuple[int, ...]
    unseen: tuple[int, ...]
    padding: tuple[int, ...] | None
    rounded_up: tuple[int, ...] | None

    def message(self) -> str:
        names = {1: ("position",), 2: ("row", "column"), 3: ("slice", "row", "column")}[len(self.shape)]
        lost = [_last(count, name) for count, name in zip(self.unseen, names, strict=True) if count]
        return f"`{self.layer}` never sees {' and '.join(lost)} of {dimensions(self.shape)}"

    def help(self) -> str:
        ways = []
        if self.rounded_up:
            ways.append(f"`ceil_mode: true` keeps them and gives {dimensions(self.rounded_up)}")
        if self.padding:
            padding = self.padding[0] if len(set(self.padding)) == 1 else self.padding
            ways.append(f"`padding: {as_written(padding)}` keeps them")
        return "; ".join(ways) or "let the steps of the window end where its input does"


def _last(count: int, name: str) -> str:
    return f"the last {name}" if count == 1 else f"the last {count} {name}s"


@fault("W628", "redundant-size")
class RedundantSize(Fault):
    """A size that follows from the input is written, and right. archc works it out, so that it can be left out.

    Code that comes from torch has these sizes, so this is a matter of taste: it is shown where it is asked for by its
    name, with `--warn W628` or in archc.toml. A written size has to be changed by hand with every layer before it. One
    that holds an expression is not reported.

    ```yaml bad
    layers:
      - Flatten
      - Linear: {in_features: 784, out_features: 10}  # warning: redundant-size
    ```

    ```yaml good
    layers:
      - Flatten
      - Linear: 10
    ```
    """

    taste = True

    layer: str

    def message(self) -> str:
        return f"`{self.field}` of `{self.layer}` follows from its input"

    def help(self) -> str:
        return "delete it"

    def remedy(self) -> Remedy:
        return Remedy(f"delete `{self.field}`", action="delete-entry")


@fault("W629", "dropout-between-no-layers")
class DropoutBetweenNoLayers(Fault):
    """The `dropout` of a recurrent layer is between its layers, and it has one: torch warns that there is no effect.

    ```yaml bad [16, 8]
    layers:
      - LSTM: {hidden_size: 32, dropout: 0.2}  # warning: dropout-between-no-layers
    ```

    ```yaml good [16, 8]
    layers:
      - LSTM: {hidden_size: 32, num_layers: 2, dropout: 0.2}
    ```
    """

    layer: str
    p: float

    def message(self) -> str:
        return f"`dropout` of `{self.layer}` has no effect, as it is between layers and there is one"

    def help(self) -> str:
        return f"write `num_layers: 2`, or put `Dropout: {self.p:g}` after it"

    def remedy(self) -> Remedy:
        return Remedy("delete `dropout`", safe=False, action="delete-entry")


@fault("W618", "constant")
class Constant(Fault):
    """A layer gives the same numbers whatever it takes, so that nothing before it can be learned.

    A softmax of one value is 1, its logarithm 0. A norm over one value is its offset. A ReLU of what is below 0 is 0.

    ```yaml bad [64]
    layers:
      - Linear: 1
      - Softmax: 1  # warning: constant
    ```

    ```yaml good [64]
    layers:
      - Linear: 1
      - Sigmoid
    ```
    """

    layer: str
    kind: str
    """The family of the layer."""
    value: float | None
    """What it gives; None where that is learned, and the same for all samples."""
    takes: tuple[float, float]

    def message(self) -> str:
        what = "the same for every sample" if self.value is None else f"{self.value:.4g} for every sample"
        return f"`{self.layer}` gives {what}" + (" while training" if self.kind == "dropout" else "")

    def help(self) -> str:
        match self.kind:
            case "softmax":
                return "an axis of one value has all of it as its share: write `Sigmoid`, or a `dim` of more values"
            case "sample norm":
                return "the mean of one value is that value: let it normalise over more, or delete it"
            case "dropout":
                return "with `p: 1` nothing is left: write a smaller `p`"
            case _:
                return f"it takes {bounds(self.takes)}: delete it, or what comes before it"
