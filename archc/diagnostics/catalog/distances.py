"""E43x, E441: an output, or a key, that does not fit a loss of distances, or of a single output for two classes."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Stage
from archc.diagnostics.words import dimensions

fault = Family("E4", Stage.CHECKS, "Training and data")


@fault("E431", "more-than-two-classes")
class MoreThanTwoClasses(Fault):
    """A loss of a single output tells two classes apart, and no more.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 1
      - Softplus
    train:
      data: {name: InMemory, sample: [4], classes: [a, b, c]}
      loss: HingeEmbeddingLoss  # error: more-than-two-classes
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: 1
      - Softplus
    train:
      data: {name: InMemory, sample: [4], classes: [no, yes]}
      loss: HingeEmbeddingLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    loss: str
    dataset: str
    classes: int

    def message(self) -> str:
        return f"`{self.loss}` tells two classes apart, and {self.dataset} has {self.classes}"

    def help(self) -> str:
        return "take `CrossEntropyLoss`, with an output for each class"


@fault("E432", "output-not-one")
class OutputNotOne(Fault):
    """A loss of two classes takes a single output, which says by its size which of them it is.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 2  # error: output-not-one
      - Softplus
    train:
      data: {name: InMemory, sample: [4], classes: [no, yes]}
      loss: HingeEmbeddingLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: 1
      - Softplus
    train:
      data: {name: InMemory, sample: [4], classes: [no, yes]}
      loss: HingeEmbeddingLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    loss: str
    output: tuple[int, ...]
    wants: str
    ends: bool = True
    """Whether the marked layer is the last one."""

    def message(self) -> str:
        return f"`{self.loss}` takes {self.wants}; the network gives {dimensions(self.output)}"

    def help(self) -> str:
        if len(self.output) > 1:
            return "end with `Flatten` and `Linear: 1`"
        return "end with `Linear: 1`" if self.ends else "write `Linear: 1` here"


@fault("E435", "output-not-a-vector")
class OutputNotAVector(Fault):
    """Distances are taken between vectors: the output of a network has one axis.

    ```yaml bad
    archc: 1
    input: [1, 28, 28]
    layers:
      - Conv2d: {out_channels: 4, kernel_size: 3}  # error: output-not-a-vector
    train:
      data: {name: MNIST}
      loss: TripletMarginLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [1, 28, 28]
    layers:
      - Conv2d: {out_channels: 4, kernel_size: 3}
      - Flatten
      - Linear: 8
    train:
      data: {name: MNIST}
      loss: TripletMarginLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    loss: str
    output: tuple[int, ...]
    ends: bool = True
    """Whether the marked layer is the last one."""

    def message(self) -> str:
        return f"`{self.loss}` measures distances between vectors; the network gives {dimensions(self.output)}"

    def help(self) -> str:
        return "end with `Flatten` and a `Linear` of as many numbers as a vector should have, as in `Linear: 64`"


@fault("E438", "distance-below-zero")
class DistanceBelowZero(Fault):
    """A distance is at least 0. The loss of an output below 0 would fall without end.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 1
    train:
      data: {name: InMemory, sample: [4], classes: [no, yes]}
      loss: HingeEmbeddingLoss  # error: distance-below-zero
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: 1
      - Softplus
    train:
      data: {name: InMemory, sample: [4], classes: [no, yes]}
      loss: HingeEmbeddingLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    loss: str
    last: str

    def message(self) -> str:
        return f"`{self.loss}` takes a distance of at least 0, and `{self.last}` gives others"

    def help(self) -> str:
        return "end with `Softplus`"


@fault("E441", "batch-in-parts")
class BatchInParts(Fault):
    """A loss compares the samples of a batch with one another, which parts of it by themselves are too few for.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 2
    train:
      data: {name: InMemory, sample: [4], classes: [no, yes]}
      loss: TripletMarginLoss
      optimizer: SGD
      epochs: 1
      accumulate: 2  # error: batch-in-parts
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: 2
    train:
      data: {name: InMemory, sample: [4], classes: [no, yes]}
      loss: TripletMarginLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    loss: str

    def message(self) -> str:
        return f"`{self.loss}` compares the samples of a batch, which `accumulate` cuts into parts"

    def help(self) -> str:
        return "delete `accumulate`; a smaller `batch_size` takes less memory, too"
