"""E44x: folders of images, and the sizes of images."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Stage
from archc.diagnostics.words import dimensions

fault = Family("E4", Stage.CHECKS, "Training and data")


@fault("E444", "folder-unusable")
class FolderUnusable(Fault):
    """A folder of images is not there, or does not hold what a spec says.

    Its sub-folders are the classes, and each has images; or `train`, `val` and `test` have such sub-folders.
    """

    folder: str
    reason: str
    advice: str | None = None

    def message(self) -> str:
        return f"`{self.folder}` cannot be used: {self.reason}"

    def help(self) -> str | None:
        return self.advice


@fault("E445", "images-differ")
class ImagesDiffer(Fault):
    """Samples of a batch have one size. Images of many sizes need a transform that gives all of them the same.

    `Resize: [64, 64]` stretches them; `Resize: 64` makes the smaller edge as long, and `CenterCrop: 64` behind it cuts
    the middle out.
    """

    dataset: str
    files: tuple[str, str]
    shapes: tuple[tuple[int, ...], tuple[int, ...]]
    size: tuple[int, int] | None = None
    """That of the network's input, where it is known."""

    def message(self) -> str:
        (first, second), (one, other) = self.files, self.shapes
        return (
            f"the images of {self.dataset} differ in size: `{first}` is {dimensions(one[1:])}, "
            f"and `{second}` is {dimensions(other[1:])}"
        )

    def help(self) -> str:
        if self.size is None:
            return "write a `Resize` under `transform`, with the height and width of `input`"
        height, width = self.size
        also = f"; `[{{Resize: {height}}}, {{CenterCrop: {height}}}]` stretches nothing" if height == width else ""
        return f"write `transform: [{{Resize: [{height}, {width}]}}]`{also}"


@fault("E446", "files-unreadable")
class FilesUnreadable(Fault):
    """Files of a data set are damaged, or are no images. Nothing is trained on the rest, as nobody would know."""

    folder: str
    count: int
    reasons: tuple[str, ...]
    """What is wrong with the first of them, each with its name."""

    def message(self) -> str:
        return f"{self.count:,} {'image' if self.count == 1 else 'images'} of `{self.folder}` cannot be read"

    def notes(self) -> tuple[str, ...]:
        more = (f"and {self.count - len(self.reasons):,} more",) if self.count > len(self.reasons) else ()
        return (*self.reasons, *more)

    def help(self) -> str:
        return "mend or delete them" if self.count > 1 else "mend or delete it"


@fault("E447", "size-after-values")
class SizeAfterValues(Fault):
    """Sizes are changed once, when samples are read, and values are normalised in each batch: in that order.

    ```yaml bad
    archc: 1
    input: [1, 32, 32]
    layers: [Flatten, {Linear: 10}]
    train:
      data:
        name: MNIST
        transform:
          - Normalize: {mean: 0.5, std: 0.5}
          - Pad: 2  # error: size-after-values
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: [1, 32, 32]
    layers: [Flatten, {Linear: 10}]
    train:
      data:
        name: MNIST
        transform:
          - Pad: 2
          - Normalize: {mean: 0.5, std: 0.5}
      loss: CrossEntropyLoss
      optimizer: SGD
      epochs: 1
    ```
    """

    transform: str

    def message(self) -> str:
        return f"`{self.transform}` changes pixels that `Normalize` has changed already"

    def help(self) -> str:
        return f"write `{self.transform}` before `Normalize`"


@fault("E448", "input-beyond-one")
class InputBeyondOne(Fault):
    """A loss of probabilities takes targets from 0 to 1. Samples that are their own targets have to be that.

    ```yaml bad
    layers: [Flatten, {Linear: 784}, Sigmoid, {Unflatten: {dim: 1, unflattened_size: [1, 28, 28]}}]
    train:
      data: {name: MNIST, target: input, transform: [{Normalize: {mean: 0.5, std: 0.5}}]}
      loss: BCELoss  # error: input-beyond-one
      epochs: 1
    ```

    ```yaml good
    layers: [Flatten, {Linear: 784}, Sigmoid, {Unflatten: {dim: 1, unflattened_size: [1, 28, 28]}}]
    train:
      data: {name: MNIST, target: input}
      loss: BCELoss
      epochs: 1
    ```
    """

    loss: str
    transform: str | None = None
    """What makes other numbers of pixels."""

    def message(self) -> str:
        what = f"`{self.transform}` makes others of pixels" if self.transform else "samples are other numbers"
        return f"`{self.loss}` takes targets from 0 to 1, and {what}"

    def help(self) -> str:
        return f"delete `{self.transform}`, or take `MSELoss`" if self.transform else "take `MSELoss`"
