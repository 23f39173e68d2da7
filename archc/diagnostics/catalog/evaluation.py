"""E49x: which samples are evaluated while a network is trained, and what their figures choose."""

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
        if self.split == "validation":
            return f"add `validation: {{fraction: 0.1}}` to `data`, or {instead}"
        return instead


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
