"""E49x: which samples a network is trained on, which are evaluated meanwhile, and what their figures choose."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage

fault = Family("E49", Stage.CHECKS, "Training and data")


@fault("E490", "no-such-split")
class NoSuchSplit(Fault):
    """`evaluate` names samples that there are none of.

    ```yaml bad
    train:
      epochs: 1
      evaluate: {on: [validation, test]}  # error: no-such-split
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      epochs: 1
      evaluate: {on: [validation, test]}
    ```
    """

    split: str
    dataset: str
    others: tuple[str, ...] = ()
    """The splits that could be evaluated instead."""

    def message(self) -> str:
        if self.split == "validation":
            return "`evaluate` names `validation`, and no samples are kept for it"
        return f"`evaluate` names `{self.split}`, and {self.dataset} has no {self.split} samples"

    def help(self) -> str:
        instead = f"write `on: [{', '.join(self.others)}]`" if self.others else "delete `evaluate`"
        return f"add `{self.split}: {{fraction: 0.1}}` to `data`, or {instead}"


@fault("E491", "test-figure-chooses")
class TestFigureChooses(Fault):
    """Test figures say how good a network is, and choose nothing: what is chosen by them is too good in them.

    Early stopping, ReduceLROnPlateau and the best weights look at validation samples, or at the training loss.

    ```yaml bad
    train:
      epochs: 9
      evaluate: {on: [test]}
      early_stopping: {monitor: test_loss}  # error: test-figure-chooses
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      epochs: 9
      evaluate: {on: [validation, test]}
      early_stopping: {monitor: val_loss}
    ```
    """

    __test__ = False  # pytest takes classes by their names

    owner: str
    figure: str
    suggestion: str | None = None
    """The figure of the validation samples, where it is measured."""

    def message(self) -> str:
        return f"`{self.owner}` watches `{self.figure}`, and test figures choose nothing"

    def help(self) -> str:
        if self.suggestion:
            return f"write `monitor: {self.suggestion}`"
        return "keep validation samples, as in `validation: {fraction: 0.1}`, and watch a figure of those"

    def remedy(self) -> Remedy | None:
        if self.suggestion is None:
            return None
        return Remedy(f"write `{self.suggestion}`", self.suggestion, safe=False, action="set-value")


@fault("E492", "needs-classes")
class NeedsClasses(Fault):
    """`sampler: balanced` and `stratify` go by the classes of samples, and the targets are no classes.

    ```yaml bad
    archc: 1
    input: [4]
    layers: [Linear: 1]
    train:
      data: {name: InMemory, sample: [4]}
      loss: MSELoss
      optimizer: SGD
      epochs: 1
      sampler: balanced  # error: needs-classes
    ```

    ```yaml good
    train:
      epochs: 1
      sampler: balanced
    ```
    """

    key: str
    dataset: str

    def message(self) -> str:
        return f"`{self.key}` goes by classes, and a target of {self.dataset} is no class"

    def help(self) -> str:
        return f"delete `{self.key}`"

    def remedy(self) -> Remedy:
        return Remedy(f"delete `{self.key}`", safe=False, action="delete-entry")


@fault("E493", "split-twice")
class SplitTwice(Fault):
    """The data have a split of their own, and another one is to be cut from the training samples.

    ```yaml bad
    train:
      data: {name: MNIST, test: {fraction: 0.1}}  # error: split-twice
      epochs: 1
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {fraction: 0.1}}
      epochs: 1
    ```
    """

    split: str
    dataset: str

    def message(self) -> str:
        return f"{self.dataset} has {self.split} samples of its own, and others are to be cut from the training samples"

    def help(self) -> str:
        return f"delete `{self.split}`"

    def remedy(self) -> Remedy:
        return Remedy(f"delete `{self.split}`", safe=False, action="delete-entry")
