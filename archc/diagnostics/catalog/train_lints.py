"""W60x, W61x, W66x: lints of the `train` section, against the network and the data."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.visible import visible

_SHOWN = 10
"""Names of classes in a message, at most."""

fault = Family("W6", Stage.CHECKS, "Lints: what torch permits, and is most likely a mistake")


@fault("W607", "more-outputs-than-classes")
class MoreOutputsThanClasses(Fault):
    """The network has outputs for classes that the data set does not have; they are trained towards never.

    ```yaml bad
    layers:
      - Flatten
      - Linear: 12  # warning: more-outputs-than-classes
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
    outputs: int
    ends: bool = True
    """Whether the marked layer is the last one."""

    def message(self) -> str:
        return f"{self.dataset} has {self.classes} classes, and the network has {self.outputs} outputs"

    def help(self) -> str:
        return f"end with `Linear: {self.classes}`" if self.ends else f"write `Linear: {self.classes}` here"


@fault("W608", "batch-larger-than-data")
class BatchLargerThanData(Fault):
    """A batch has more samples than the training split, so that an epoch is one smaller batch.

    ```yaml bad
    train:
      data: {name: MNIST, source: bundled}
      epochs: 1
      batch_size: 10000  # warning: batch-larger-than-data
    ```

    ```yaml good
    train:
      data: {name: MNIST, source: bundled}
      epochs: 1
      batch_size: 1000
    ```
    """

    batch_size: int
    samples: int

    def message(self) -> str:
        return f"a batch of {self.batch_size:,} is more than the {self.samples:,} training samples"

    def help(self) -> str:
        return f"write `batch_size: {self.samples}` or less"


@fault("W609", "nothing-to-evaluate")
class NothingToEvaluate(Fault):
    """`evaluate` says when the validation samples are evaluated, and there are none.

    ```yaml bad
    train:
      epochs: 1
      evaluate: {every: 50 steps}  # warning: nothing-to-evaluate
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      epochs: 1
      evaluate: {every: 50 steps}
    ```
    """

    def message(self) -> str:
        return "there are no validation samples to evaluate"

    def help(self) -> str:
        return "add `validation: {fraction: 0.1}` to `data`, or delete `evaluate`"

    def remedy(self) -> Remedy:
        return Remedy("delete `evaluate`", safe=False, action="delete-entry")


@fault("W610", "nothing-decays")
class NothingDecays(Fault):
    """`decay` says which parameters the optimizer's weight decay leaves alone, and the optimizer has none.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      optimizer: Adam
      decay: {exclude: [bias, norm]}  # warning: nothing-decays
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      optimizer: {AdamW: {weight_decay: 0.01}}
      decay: {exclude: [bias, norm]}
    ```
    """

    optimizer: str

    def message(self) -> str:
        return f"`{self.optimizer}` has no weight decay that could be left out"

    def help(self) -> str:
        return f"write `{{{self.optimizer}: {{weight_decay: 0.01}}}}`, or delete `decay`"


@fault("W611", "schedule-never-changes")
class ScheduleNeverChanges(Fault):
    """The run is over before the scheduler first changes the learning rate.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      scheduler: {StepLR: {step_size: 10}}  # warning: schedule-never-changes
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      scheduler: {StepLR: {step_size: 2}}
    ```
    """

    scheduler: str
    first: int
    length: int
    unit: str

    def message(self) -> str:
        return (
            f"`{self.scheduler}` first changes the learning rate after {self.unit} {self.first:,}, "
            f"and the run ends with {self.unit} {self.length:,}"
        )


@fault("W612", "warmup-as-long-as-the-run")
class WarmupAsLongAsTheRun(Fault):
    """The learning rate rises until the run ends, and never is what the spec says.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      warmup: 5 epochs  # warning: warmup-as-long-as-the-run
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      warmup: 1 epoch
    ```
    """

    warmup: int
    length: int
    unit: str

    def message(self) -> str:
        return f"the warm-up takes {self.warmup:,} {self.unit}s, and the run has {self.length:,}"

    def help(self) -> str:
        return f"make it shorter, or the run longer than {self.warmup:,} {self.unit}s"


@fault("W616", "average-too-slow")
class AverageTooSlow(Fault):
    """The average of the weights forgets its beginning so slowly that the run ends before.

    It begins at the weights of the first step, of which `decay ** steps` are left at the end: with 0.999 that is a
    third after 1,100 steps. Such weights are evaluated and kept.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      ema: 0.9999  # warning: average-too-slow
      epochs: 1
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      ema: 0.99
      epochs: 1
    ```
    """

    decay: float
    steps: int
    left: float
    """The share of the first step's weights in the last average."""
    enough: float
    """A decay with which a hundredth is left."""

    def message(self) -> str:
        return f"after {self.steps:,} steps, {self.left:.0%} of the average is still the weights of the first"

    def help(self) -> str:
        return f"write `ema: {self.enough:g}`, which forgets them, or train longer"


@fault("W614", "no-checkpoint-before-the-end")
class NoCheckpointBeforeTheEnd(Fault):
    """The run is over before its first checkpoint is due, so that all of it is lost where the machine fails.

    An interrupt (Ctrl-C, SIGTERM) saves whenever it comes.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      checkpoint: {every: 10 epochs}  # warning: no-checkpoint-before-the-end
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      checkpoint: {every: 10 minutes, keep: 2}
    ```
    """

    every: int
    length: int
    unit: str

    def message(self) -> str:
        return f"a checkpoint is due every {self.every:,} {self.unit}s, and the run has {self.length:,}"

    def help(self) -> str:
        half = max(1, self.length // 2)
        return f"write `every: {half} {self.unit}{'s' if half > 1 else ''}`, or less, or minutes"


@fault("W619", "nothing-to-convert")
class NothingToConvert(Fault):
    """ToTensor and the like make a tensor with values from 0 to 1 of an image, and samples are that already.

    They are accepted, as most recipes begin with one, and do nothing.

    ```yaml bad
    train:
      data: {name: MNIST, transform: [ToTensor, {Normalize: {mean: 0.5, std: 0.5}}]}  # warning: nothing-to-convert
    ```

    ```yaml good
    train:
      data: {name: MNIST, transform: [{Normalize: {mean: 0.5, std: 0.5}}]}
    ```
    """

    transform: str
    pixels: bool = True

    def message(self) -> str:
        return f"`{self.transform}` does nothing"

    def help(self) -> str:
        return f"delete it: {'pixels are float32 from 0 to 1' if self.pixels else 'samples are float32'} already"

    def remedy(self) -> Remedy:
        return Remedy(f"delete `{self.transform}`", action="delete-element")


@fault("W660", "only-test-evaluated")
class OnlyTestEvaluated(Fault):
    """Only test samples are evaluated, and test figures choose nothing: the last weights are kept, not the best.

    That is right for a recipe that is settled. Who looks at test figures to settle it, chooses by them all the same.

    ```yaml bad
    train:
      epochs: 5
      evaluate: {every: 50 steps, on: [test]}  # warning: only-test-evaluated
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      epochs: 5
      evaluate: {every: 50 steps, on: [validation, test]}
    ```
    """

    kept: bool = False
    """Whether there are validation samples, which are not evaluated."""

    def message(self) -> str:
        return "only test samples are evaluated, and they choose nothing: the last weights are kept"

    def help(self) -> str:
        keep = "" if self.kept else "keep validation samples, as in `validation: {fraction: 0.1}`, and "
        return f"{keep}write `on: [validation, test]`"


@fault("W662", "balanced-twice")
class BalancedTwice(Fault):
    """`sampler: balanced` shows all classes equally often, and `weight: balanced` lets rare ones count more on top.

    Together, a class with a tenth of the samples of another has ten times its say.

    ```yaml bad
    train:
      loss: {CrossEntropyLoss: {weight: balanced}}
      sampler: balanced  # warning: balanced-twice
    ```

    ```yaml good
    train:
      loss: CrossEntropyLoss
      sampler: balanced
    ```
    """

    loss: str

    def message(self) -> str:
        return f"`sampler: balanced` and the `weight: balanced` of `{self.loss}` do the same, one upon the other"

    def help(self) -> str:
        return "delete one of them"


@fault("W663", "class-missing")
class ClassMissing(Fault):
    """A split has no sample of a class. What is not trained on is not learned, and no figure says how well it is.

    The samples alone can tell which; that there are fewer of them than classes is known before.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5}}  # warning: class-missing
      epochs: 1
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {fraction: 0.1}}
      epochs: 1
    ```
    """

    split: str
    samples: int
    of: int
    """How many classes there are."""
    classes: tuple[str, ...] = ()
    """Those that are missing; empty where that is not known yet."""

    def message(self) -> str:
        if not self.classes:
            some = f"{self.samples:,} {self.split} sample{'' if self.samples == 1 else 's'}"
            return f"{some} cannot be of all {self.of:,} classes"
        names = ", ".join([f"`{visible(name)}`" for name in self.classes[:_SHOWN]])
        more = f" and {len(self.classes) - _SHOWN:,} more" if len(self.classes) > _SHOWN else ""
        noun = "class" if len(self.classes) == 1 else "classes"
        kind = "training" if self.split == "train" else self.split
        return f"no {kind} sample is of the {noun} {names}{more}"

    def help(self) -> str | None:
        if self.split == "train":
            return None
        return "`fraction` draws from each class alike, if the share is large enough for all of them"
