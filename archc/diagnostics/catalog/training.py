"""E40x and E41x: what stops a training. Data that cannot be used, devices, losses that are no number."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Stage

fault = Family("E4", Stage.RUN, "Training and data")


@fault("E401", "no-train-section")
class NoTrainSection(Fault):
    """`archc train` needs to know how: data, loss, optimizer and epochs, under `train`."""

    def message(self) -> str:
        return "the spec has no `train` section"

    def help(self) -> str:
        return "add one: `train: {data: {name: FashionMNIST}, loss: CrossEntropyLoss, optimizer: Adam, epochs: 5}`"


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
    folder: str | None = None
    missing: tuple[str, ...] = ()
    """The files that a folder lacks which has the others."""

    def message(self) -> str:
        text = f"{self.dataset} is not here"
        if self.missing:
            lacks = " and ".join(f"no `{name}`" for name in self.missing)
            text = f"{self.dataset} is not here as a whole: `{self.folder}` has {lacks}"
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
    ignored: int | None = None
    """The class whose samples the loss leaves out, where a batch may have had no others."""

    def message(self) -> str:
        return f"the loss is {self.loss} at step {self.step} (epoch {self.epoch})"

    def notes(self) -> tuple[str, ...]:
        return (self.kept,)

    def help(self) -> str:
        if self.ignored is not None:
            return (
                f"a batch of samples of the class {self.ignored} alone, which `ignore_index` leaves out, has no mean "
                "loss: make the batches larger; else lower the learning rate"
            )
        return "lower the learning rate"


@fault("E481", "no-such-token")
class NoSuchToken(Fault):
    """An Embedding keeps a vector for each token below `num_embeddings`. A sample holds another one."""

    layer: str
    size: int
    least: int
    most: int

    def message(self) -> str:
        return f"`{self.layer}` was given a token that it has no vector for"

    def notes(self) -> tuple[str, ...]:
        has = f"it has those of 0 to {self.size - 1}"
        return (f"{has}; the training samples hold numbers from {self.least} to {self.most}",)

    def help(self) -> str | None:
        if self.least < 0:
            return "number the tokens from 0"
        if self.most >= self.size:
            return f"write `num_embeddings: {self.most + 1}`"
        return "see which layers before it change the numbers, as a padding does"


@fault("E410", "missing-extra")
class MissingExtra(Fault):
    """A command needs a package that is not installed. check, show, explain, new and schema need none."""

    command: str
    package: str
    extra: str = "train"

    def message(self) -> str:
        return f"{self.command} needs {self.package}"

    def help(self) -> str:
        return f"pip install 'archc-nn[{self.extra}]'"


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


@fault("E418", "no-test-samples")
class NoTestSamples(Fault):
    """A run whose data has no test split is asked for figures of one."""

    def message(self) -> str:
        return "the data of the run has no test samples"

    def help(self) -> str:
        return "use `--split validation` or `--split train`"


@fault("E473", "data-not-passed")
class DataNotPassed(Fault):
    """The data of a spec, or of a run, are arrays in a Python program, which has to pass them again."""

    def message(self) -> str:
        return "its data are arrays that a Python program passed to `archc.train`, and they are in no file"

    def help(self) -> str:
        return "pass them there, as in `archc.train(spec, data=(X, y))`"


@fault("E474", "arrays-do-not-fit")
class ArraysDoNotFit(Fault):
    """Arrays that a Python program passes are no samples with targets, or not those that a spec is written for."""

    reason: str

    def message(self) -> str:
        return f"the arrays cannot be trained on: {self.reason}"


@fault("E420", "no-cuda-graph")
class NoCudaGraph(Fault):
    """`archc train --cuda-graph` records a step of the training and launches it as one from then on, which this one
    does not allow.

    A recorded step does the same each time: what is decided or computed outside the device stays as it was in the step
    that was recorded.
    """

    reason: str

    def message(self) -> str:
        return f"no step can be recorded as a CUDA graph: {self.reason}"

    def help(self) -> str:
        return "train without `--cuda-graph`"
