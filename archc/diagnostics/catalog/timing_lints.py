"""W633 to W637, W661: lints of what a recipe has for later, against the length of the run."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage

fault = Family("W6", Stage.CHECKS, "Lints: what torch permits, and is most likely a mistake")


def _count(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


@fault("W633", "schedule-rises-again")
class ScheduleRisesAgain(Fault):
    """Half a cosine is over before the run, and CosineAnnealingLR goes on along the cosine: the learning rate rises.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      epochs: 20
      scheduler: {CosineAnnealingLR: {T_max: 5}}  # warning: schedule-rises-again
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      epochs: 20
      scheduler: CosineAnnealingLR
    ```
    """

    reached: int
    length: int
    unit: str

    def message(self) -> str:
        return (
            f"the learning rate is at its lowest after {_count(self.reached, self.unit)} and rises again, "
            f"as the run has {self.length:,}"
        )

    def help(self) -> str:
        return (
            f"delete `T_max`: left out, it is that of the run; `CosineAnnealingWarmRestarts: {{T_0: {self.reached}}}` "
            "begins anew each time"
        )

    def remedy(self) -> Remedy:
        return Remedy("delete `T_max`", safe=False, action="delete-entry")


@fault("W634", "schedule-unfinished")
class ScheduleUnfinished(Fault):
    """A schedule is much longer than the run, so that the learning rate never comes down to where it should end.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      epochs: 20
      scheduler: {CosineAnnealingLR: {T_max: 200}}  # warning: schedule-unfinished
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      epochs: 20
      scheduler: CosineAnnealingLR
    ```
    """

    scheduler: str
    total: int
    length: int
    unit: str
    required: str | None = None
    """The argument that says how long it is, where it does not follow from the run."""

    def message(self) -> str:
        return (
            f"`{self.scheduler}` is {_count(self.total, self.unit)} long, and the run {self.length:,}: it ends before "
            "the learning rate is low"
        )

    def help(self) -> str:
        if self.required:
            return f"write `{self.required}: {self.length}`, the length of the run"
        return f"leave its length out: it is that of the run, {_count(self.length, self.unit)}"


@fault("W635", "lowest-rate-above-the-rate")
class LowestRateAboveTheRate(Fault):
    """`eta_min` is where the learning rate is to fall, and it is above the optimizer's `lr`: so it rises instead.

    `min_lr` of ReduceLROnPlateau above `lr` keeps the learning rate where it is.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      optimizer: {Adam: {lr: 1e-5}}
      scheduler: {CosineAnnealingLR: {eta_min: 1e-4}}  # warning: lowest-rate-above-the-rate
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      optimizer: {Adam: {lr: 1e-3}}
      scheduler: {CosineAnnealingLR: {eta_min: 1e-4}}
    ```
    """

    argument: str
    lowest: float
    rate: float

    def message(self) -> str:
        what = "the learning rate rises" if self.argument == "eta_min" else "it never falls"
        return f"`{self.argument}` is {self.lowest:g}, above the optimizer's `lr` of {self.rate:g}: {what}"

    def help(self) -> str:
        article = "an" if self.argument[0] in "aeiou" else "a"
        return f"write {article} `{self.argument}` below {self.rate:g}, or a larger `lr`"


@fault("W636", "never-evaluated")
class NeverEvaluated(Fault):
    """The first evaluation would come after the run, so that nothing is known before its end, and nothing stops early.

    A run is evaluated once at its end in any case.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      epochs: 20
      evaluate: {every: 30 epochs}  # warning: never-evaluated
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      epochs: 20
      evaluate: {every: 1 epoch}
    ```
    """

    every: int
    length: int
    unit: str
    waits: str | None = None
    """What looks at evaluations, and has none to look at."""

    def message(self) -> str:
        text = f"an evaluation is due every {_count(self.every, self.unit)}, and the run has {self.length:,}"
        return f"{text}: `{self.waits}` never looks" if self.waits else text

    def help(self) -> str:
        return f"write `every: 1 {self.unit}`, or delete `evaluate`: it is once an epoch then"


@fault("W661", "never-logged")
class NeverLogged(Fault):
    """The first line that `log` asks for would come after the run.

    ```yaml bad
    train:
      epochs: 5
      log: {every: 10 epochs}  # warning: never-logged
    ```

    ```yaml good
    train:
      epochs: 5
      log: {every: 100 steps}
    ```
    """

    every: int
    length: int
    unit: str

    def message(self) -> str:
        return f"a line is due every {_count(self.every, self.unit)}, and the run has {self.length:,}"

    def help(self) -> str:
        return f"write `every: 1 {self.unit}`, or another number up to {self.length:,}"


@fault("W637", "patience-longer-than-the-run")
class PatienceLongerThanTheRun(Fault):
    """A patience counts evaluations without improvement, and the run has no more than that: it never runs out.

    ```yaml bad
    train:
      data: {name: MNIST, validation: {first: 5000}}
      epochs: 5
      early_stopping: {patience: 10}  # warning: patience-longer-than-the-run
    ```

    ```yaml good
    train:
      data: {name: MNIST, validation: {first: 5000}}
      epochs: 50
      early_stopping: {patience: 10}
    ```
    """

    owner: str
    patience: int
    evaluations: int
    may_be_left_out: bool = False
    """Whether the default is short enough."""

    def message(self) -> str:
        return (
            f"the `patience` of `{self.owner}` is {self.patience:,}, and the run has {self.evaluations:,} "
            f"evaluation{'' if self.evaluations == 1 else 's'}"
        )

    def help(self) -> str:
        if self.evaluations == 1:
            return f"evaluate more often, or delete `{self.owner}`"
        return f"write a `patience` below {self.evaluations}{', or delete it' if self.may_be_left_out else ''}"
