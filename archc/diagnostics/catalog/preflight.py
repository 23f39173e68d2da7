"""E40x and E41x: a spec that does not fit its data. What stops a training that has begun is in training.py."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Stage
from archc.diagnostics.words import dimensions

fault = Family("E4", Stage.CHECKS, "Training and data")


@fault("E402", "input-not-the-data")
class InputNotTheData(Fault):
    """The network's input must have the shape of the data set's samples.

    ```yaml bad
    archc: 1
    input: [3, 28, 28]  # error: input-not-the-data
    layers: [Flatten, {Linear: 10}]
    train:
      data: {name: MNIST}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    train:
      epochs: 1
    ```
    """

    dataset: str
    sample: tuple[int, ...]
    sample_dtype: str
    shape: tuple[int, ...]
    dtype: str

    def message(self) -> str:
        if self.shape == self.sample:
            return f"the samples of {self.dataset} are {self.sample_dtype}, the network's input is {self.dtype}"
        sample, shape = dimensions(self.sample), dimensions(self.shape)
        return f"the samples of {self.dataset} are {sample}, the network's input is {shape}"

    def help(self) -> str:
        if self.shape == self.sample:
            return f"write `dtype: {self.sample_dtype}`"
        if len(self.sample) == 3 and self.sample[0] == 3 and self.shape == (1, *self.sample[1:]):
            return f"put `Grayscale` under `transform`, or write `input: {list(self.sample)}`"
        flat = len(self.shape) == 1 < len(self.sample)
        return f"write `input: {list(self.sample)}`" + (" and begin the layers with `Flatten`" if flat else "")


@fault("E403", "too-few-outputs")
class TooFewOutputs(Fault):
    """A network that tells classes apart has one output for each class.

    ```yaml bad
    layers:
      - Flatten
      - Linear: 8  # error: too-few-outputs
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

    dataset: str
    classes: int
    output: tuple[int, ...]
    loss: str
    wants: str
    one: bool = False
    """Whether the loss takes a single output where there are two classes."""
    ends: bool = True
    """Whether the marked layer is the last one."""

    def message(self) -> str:
        if not self.classes:
            return f"{self.loss} takes {self.wants}; the network gives {dimensions(self.output)}"
        return (
            f"{self.dataset} has {self.classes} classes, so {self.loss} needs an output of {self.classes}; "
            f"the network gives {dimensions(self.output)}"
        )

    def help(self) -> str:
        if not self.classes:
            return "end with `Flatten` and a `Linear` with an output for each class"
        if len(self.output) > 1:
            return f"end with `Flatten` and `Linear: {self.classes}`: {self.loss} takes {self.wants}"
        text = f"end with `Linear: {self.classes}`" if self.ends else f"write `Linear: {self.classes}` here"
        if self.classes != 2:
            return f"{text}; one output alone tells two classes apart" if self.one and self.output == (1,) else text
        if self.one:
            return f"{text}, or `Linear: 1`, which tells two classes apart, too"
        return f"{text}; for a single output take `BCEWithLogitsLoss`" if self.output == (1,) else text


@fault("E404", "last-batch-of-one")
class LastBatchOfOne(Fault):
    """A batch norm cannot train on a single value for each channel, so that torch stops at the end of the epoch.

    It happens where the last batch of an epoch has one sample, and the layer's input has no positions to average over.
    `accumulate` cuts batches into parts, each of which is a batch for the layer.

    ```yaml bad
    layers:
      - Flatten
      - Linear: 32
      - BatchNorm1d
      - ReLU
      - Linear: 10
    train:
      data: {name: MNIST, validation: {first: 9999}}
      epochs: 1
      batch_size: 100  # error: last-batch-of-one
    ```

    ```yaml good
    layers:
      - Flatten
      - Linear: 32
      - BatchNorm1d
      - ReLU
      - Linear: 10
    train:
      data: {name: MNIST, validation: {first: 10000}}
      epochs: 1
      batch_size: 100
    ```
    """

    layer: str
    samples: int
    batch_size: int
    better: int | None
    accumulate: int = 1
    """Into how many parts each batch is cut, where those are to blame."""
    part: int = 0
    fewer: int | None = None
    """Parts, of which none is of one sample."""

    def message(self) -> str:
        return f"{self._what()}, on which `{self.layer}` cannot train"

    def _what(self) -> str:
        if self.accumulate > 1:
            some = "parts of one" if self.part == 1 else f"parts of {self.part}, and leaves one of one sample"
            return f"`accumulate: {self.accumulate}` cuts batches of {self.batch_size} into {some}"
        if self.batch_size == 1:
            return "`batch_size: 1` makes batches of one sample"
        return f"{self.samples:,} samples in batches of {self.batch_size} leave a last batch of one"

    def help(self) -> str | None:
        if self.fewer:
            return f"write `accumulate: {self.fewer}`" if self.fewer > 1 else "delete `accumulate`"
        if self.better is None:
            return "change the number of validation samples"
        return f"for example `batch_size: {self.better}`, or another number of validation samples"


@fault("E407", "empty-split")
class EmptySplit(Fault):
    """Validation takes all samples of the training split, or none. So it is with `test`, which is cut before.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 60000}}  # error: empty-split
      epochs: 1
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 10000}}
      epochs: 1
    ```
    """

    samples: int
    count: int
    split: str = "validation"

    def message(self) -> str:
        if self.count < 1:
            return f"a share this small of {self.samples:,} samples leaves none for {self.split}"
        return f"{self.split} takes {self.count:,} of {self.samples:,} samples, and leaves none for training"


@fault("E411", "channels-differ")
class ChannelsDiffer(Fault):
    """A transform has a number for each channel, and not as many as the samples have channels.

    ```yaml bad
    train:
      data:
        name: MNIST
        transform: [{Normalize: {mean: [0.5, 0.5, 0.5], std: [1, 1, 1]}}]  # error: channels-differ
      epochs: 1
    ```

    ```yaml good
    train:
      data:
        name: MNIST
        transform: [{Normalize: {mean: [0.5], std: [1]}}]
      epochs: 1
    ```
    """

    transform: str
    count: int
    channels: int
    dataset: str

    def message(self) -> str:
        return f"`{self.transform}` has {self.count} channels, the samples of {self.dataset} have {self.channels}"

    def help(self) -> str:
        return f"write {self.channels} for each channel, or one for all"


@fault("E475", "not-images")
class NotImages(Fault):
    """What transforms do is done to images: channels, height and width. Random changes also take values from 0 to 255.

    Rounding to whole pixels would leave nothing of numbers between 0 and 1.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 3
    train:
      data: {name: InMemory, sample: [4], classes: [a, b, c], augment: [RandomHorizontalFlip]}  # error: not-images
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: 3
    train:
      data: {name: InMemory, sample: [4], classes: [a, b, c]}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    transform: str
    dataset: str
    sample: tuple[int, ...]
    are_whole: bool = False
    """Whether samples are whole numbers, as those of words: what is done to images makes real ones of them."""

    def message(self) -> str:
        if self.are_whole:
            return f"`{self.transform}` makes real numbers, and samples of {self.dataset} are whole ones"
        if len(self.sample) != 3:
            return f"`{self.transform}` is for images, and a sample of {self.dataset} is {dimensions(self.sample)}"
        return f"`{self.transform}` changes pixels from 0 to 255, and {self.dataset} holds other numbers"

    def help(self) -> str:
        return "leave it out, and change the samples before they are trained on"


@fault("E476", "no-such-column")
class NoSuchColumn(Fault):
    """A table has no column of this name. Names of columns are those of its first line, in their own case."""

    column: str
    file: str
    known: tuple[str, ...]

    def message(self) -> str:
        return f"`{self.file}` has no column `{self.column}`"

    def help(self) -> str:
        from difflib import get_close_matches

        folded = {name.casefold(): name for name in reversed(self.known)}
        near = get_close_matches(self.column.casefold(), folded, n=1)
        if near:
            return f"did you mean `{folded[near[0]]}`?"
        more = f" and {len(self.known) - 12} more" if len(self.known) > 12 else ""
        return f"there is {', '.join(f'`{name}`' for name in self.known[:12])}{more}"


@fault("E477", "table-unusable")
class TableUnusable(Fault):
    """A file of rows and columns is not there, or holds something else than a line of names and rows of numbers."""

    file: str
    reason: str
    advice: str | None = None

    def message(self) -> str:
        return f"`{self.file}` cannot be used: {self.reason}"

    def help(self) -> str | None:
        return self.advice


@fault("E495", "not-bundled")
class NotBundled(Fault):
    """`source: bundled` is the sample of a data set that the package has: of MNIST and FashionMNIST alone.

    ```yaml bad
    archc: 1
    input: [3, 32, 32]
    layers: [Flatten, {Linear: 10}]
    train:
      data: {name: CIFAR10, source: bundled}  # error: not-bundled
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [3, 32, 32]
    layers: [Flatten, {Linear: 10}]
    train:
      data: CIFAR10
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    dataset: str

    def message(self) -> str:
        return f"the package has no sample of {self.dataset}"

    def help(self) -> str:
        return "leave `source` out, or write the folder where its files are; a folder called `bundled` is `./bundled`"


@fault("E412", "class-weights-differ")
class ClassWeightsDiffer(Fault):
    """A loss has a weight for each class, and not as many as the network has outputs.

    ```yaml bad
    train:
      loss: {CrossEntropyLoss: {weight: [1, 2]}}  # error: class-weights-differ
      epochs: 1
    ```

    ```yaml good
    train:
      loss: {CrossEntropyLoss: {weight: [1, 2, 1, 1, 1, 1, 1, 1, 1, 1]}}
      epochs: 1
    ```
    """

    count: int
    outputs: int
    argument: str = "weight"

    def message(self) -> str:
        return f"`{self.argument}` has {self.count} elements, the network has {self.outputs} outputs"

    def help(self) -> str:
        return f"write {self.outputs} weights, in the order of the classes"


@fault("E415", "nothing-to-train")
class NothingToTrain(Fault):
    """None of the layers has parameters, so that there is nothing that training could change.

    ```yaml bad
    layers: [{AdaptiveAvgPool2d: [1, 10]}, Flatten]
    train:  # error: nothing-to-train
      data: {name: MNIST}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    train:
      epochs: 1
    ```
    """

    def message(self) -> str:
        return "the network has no parameters to train"

    def help(self) -> str:
        return "add a layer that learns, as in `Linear: 10`"
