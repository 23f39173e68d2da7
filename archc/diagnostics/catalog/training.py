"""E4xx: training and data. What a network cannot do with its data, and data that cannot be used."""

from __future__ import annotations

from archc.diagnostics.fault import Fault, fault
from archc.diagnostics.words import dimensions


@fault("E401", "no-train-section")
class NoTrainSection(Fault):
    """`archc train` needs to know how: data, loss, optimizer and epochs, under `train`."""

    def message(self) -> str:
        return "the spec has no `train` section"

    def help(self) -> str:
        return "add one: `train: {data: {name: FashionMNIST}, loss: CrossEntropyLoss, optimizer: Adam, epochs: 5}`"


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
    archc: 1
    input: [1, 28, 28]
    layers: [Flatten, {Linear: 10}]
    train:
      data: {name: MNIST}
      loss: CrossEntropyLoss
      optimizer: SGD
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
        flat = len(self.shape) == 1
        return f"write `input: {list(self.sample)}`" + (" and begin the layers with `Flatten`" if flat else "")


@fault("E403", "too-few-outputs")
class TooFewOutputs(Fault):
    """A network that tells classes apart has one output for each class.

    ```yaml bad
    archc: 1
    input: [1, 28, 28]
    layers:
      - Flatten
      - Linear: 8  # error: too-few-outputs
    train:
      data: {name: MNIST}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [1, 28, 28]
    layers:
      - Flatten
      - Linear: 10
    train:
      data: {name: MNIST}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    dataset: str
    classes: int
    output: tuple[int, ...]
    loss: str
    wants: str

    def message(self) -> str:
        return (
            f"{self.dataset} has {self.classes} classes, so {self.loss} needs an output of {self.classes}; "
            f"the network gives {dimensions(self.output)}"
        )

    def help(self) -> str:
        if len(self.output) > 1:
            return f"end with `Flatten` and `Linear: {self.classes}`: {self.loss} takes {self.wants}"
        return f"end with `Linear: {self.classes}`"


@fault("E404", "last-batch-of-one")
class LastBatchOfOne(Fault):
    """A batch norm cannot train on a single value for each channel, so that torch stops at the end of the epoch.

    It happens where the last batch of an epoch has one sample, and the layer's input has no positions to average over.

    ```yaml bad
    archc: 1
    input: [1, 28, 28]
    layers:
      - Flatten
      - Linear: 32
      - BatchNorm1d
      - ReLU
      - Linear: 10
    train:
      data: {name: MNIST, validation: {first: 9999}}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
      batch_size: 100  # error: last-batch-of-one
    ```

    ```yaml good
    archc: 1
    input: [1, 28, 28]
    layers:
      - Flatten
      - Linear: 32
      - BatchNorm1d
      - ReLU
      - Linear: 10
    train:
      data: {name: MNIST, validation: {first: 10000}}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
      batch_size: 100
    ```
    """

    layer: str
    samples: int
    batch_size: int
    better: int | None

    def message(self) -> str:
        return (
            f"{self.samples:,} samples in batches of {self.batch_size} leave a last batch of one, "
            f"on which `{self.layer}` cannot train"
        )

    def help(self) -> str | None:
        if self.better is None:
            return "change the number of validation samples"
        return f"for example `batch_size: {self.better}`, or another number of validation samples"


@fault("E405", "data-not-found")
class DataNotFound(Fault):
    """A data set is in none of the places where archc looks, and cannot be downloaded.

    With `source: auto` these are, in this order: `--data-dir`, `$ARCHC_DATA`, archc's cache, the system's folders,
    and a download. archc never trains on something else instead.
    """

    dataset: str
    places: tuple[str, ...]
    reason: str | None = None
    remedies: tuple[str, ...] = ()

    def message(self) -> str:
        text = f"{self.dataset} is not here"
        return f"{text}, and cannot be downloaded: {self.reason}" if self.reason else text

    def notes(self) -> tuple[str, ...]:
        return tuple(f"looked in {place}" for place in self.places)

    def help(self) -> str:
        return "; ".join(self.remedies) or "put its files in one of these places"


@fault("E406", "data-corrupt")
class DataCorrupt(Fault):
    """A data file is truncated, or is not what its name says."""

    file: str
    reason: str

    def message(self) -> str:
        return f"`{self.file}` cannot be used: {self.reason}"

    def help(self) -> str:
        return "delete it and fetch it again"


@fault("E407", "empty-split")
class EmptySplit(Fault):
    """Validation takes all samples of the training split, or none.

    ```yaml bad
    archc: 1
    input: [1, 28, 28]
    layers: [Flatten, {Linear: 10}]
    train:
      data: {name: MNIST, validation: {first: 60000}}  # error: empty-split
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [1, 28, 28]
    layers: [Flatten, {Linear: 10}]
    train:
      data: {name: MNIST, validation: {first: 10000}}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    samples: int
    validation: int

    def message(self) -> str:
        if self.validation < 1:
            return f"a share this small of {self.samples:,} samples leaves none for validation"
        return f"validation takes {self.validation:,} of {self.samples:,} samples, and leaves none for training"


@fault("E408", "no-such-device")
class NoSuchDevice(Fault):
    """The device of a training is not in this machine, or this torch cannot use it."""

    device: str
    available: tuple[str, ...]

    def message(self) -> str:
        return f"there is no device `{self.device}`"

    def help(self) -> str:
        return "there is " + ", ".join(f"`{name}`" for name in self.available)


@fault("E409", "loss-not-finite")
class LossNotFinite(Fault):
    """The loss became infinite or not a number. Training stops there, as every later step would be lost.

    The usual causes are a learning rate that is too large, and a loss that does not fit the output.
    """

    step: int
    epoch: int
    loss: str
    kept: str

    def message(self) -> str:
        return f"the loss is {self.loss} at step {self.step} (epoch {self.epoch})"

    def notes(self) -> tuple[str, ...]:
        return (self.kept,)

    def help(self) -> str:
        return "lower the learning rate"


@fault("E410", "missing-extra")
class MissingExtra(Fault):
    """A command needs a package that is not installed. check, show, explain, new and schema need none."""

    command: str
    package: str
    extra: str = "train"

    def message(self) -> str:
        return f"{self.command} needs {self.package}"

    def help(self) -> str:
        return f"pip install 'archc[{self.extra}]'"


@fault("E411", "channels-differ")
class ChannelsDiffer(Fault):
    """A transform has a number for each channel, and not as many as the samples have channels.

    ```yaml bad
    archc: 1
    input: [1, 28, 28]
    layers: [Flatten, {Linear: 10}]
    train:
      data:
        name: MNIST
        transform: [{Normalize: {mean: [0.5, 0.5, 0.5], std: [1, 1, 1]}}]  # error: channels-differ
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [1, 28, 28]
    layers: [Flatten, {Linear: 10}]
    train:
      data:
        name: MNIST
        transform: [{Normalize: {mean: [0.5], std: [1]}}]
      loss: CrossEntropyLoss
      optimizer: SGD
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


@fault("E412", "class-weights-differ")
class ClassWeightsDiffer(Fault):
    """A loss has a weight for each class, and not as many as the network has outputs.

    ```yaml bad
    archc: 1
    input: [1, 28, 28]
    layers: [Flatten, {Linear: 10}]
    train:
      data: {name: MNIST}
      loss: {CrossEntropyLoss: {weight: [1, 2]}}  # error: class-weights-differ
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [1, 28, 28]
    layers: [Flatten, {Linear: 10}]
    train:
      data: {name: MNIST}
      loss: {CrossEntropyLoss: {weight: [1, 2, 1, 1, 1, 1, 1, 1, 1, 1]}}
      optimizer: SGD
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


@fault("E413", "cuda-only-argument")
class CudaOnlyArgument(Fault):
    """An optimizer's argument works on CUDA alone, and the training is on another device."""

    argument: str
    device: str

    def message(self) -> str:
        return f"`{self.argument}` works on CUDA alone, and the device is `{self.device}`"

    def help(self) -> str:
        return f"delete `{self.argument}`, or train with `--device cuda`"


@fault("E414", "sample-does-not-fit")
class SampleDoesNotFit(Fault):
    """A file given to `archc predict` does not hold samples of the network's input shape."""

    file: str
    reason: str

    def message(self) -> str:
        return f"`{self.file}` cannot be used: {self.reason}"


@fault("E415", "nothing-to-train")
class NothingToTrain(Fault):
    """None of the layers has parameters, so that there is nothing that training could change.

    ```yaml bad
    archc: 1
    input: [1, 28, 28]
    layers: [{AdaptiveAvgPool2d: [1, 10]}, Flatten]
    train:  # error: nothing-to-train
      data: {name: MNIST}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [1, 28, 28]
    layers: [Flatten, {Linear: 10}]
    train:
      data: {name: MNIST}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    def message(self) -> str:
        return "the network has no parameters to train"

    def help(self) -> str:
        return "add a layer that learns, as in `Linear: 10`"


@fault("E416", "out-of-memory")
class OutOfMemory(Fault):
    """The device has not enough memory for a step of the training: its weights, a batch, and all layers' outputs."""

    device: str
    batch_size: int

    def message(self) -> str:
        return f"the memory of `{self.device}` is too small to train on batches of {self.batch_size:,}"

    def help(self) -> str:
        return f"for example `batch_size: {max(self.batch_size // 2, 1)}`"


@fault("E417", "no-validation-samples")
class NoValidationSamples(Fault):
    """A run whose spec keeps no samples for validation is asked for figures of them."""

    def message(self) -> str:
        return "the run keeps no samples for validation"

    def help(self) -> str:
        return "use `--split test`; for another run, `train.data.validation` keeps some, as in `{fraction: 0.1}`"
