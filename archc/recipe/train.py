"""The `train` section of a spec, typed."""

from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple, Self, TypeGuard

from archc.diagnostics import catalog
from archc.layers import Shape
from archc.recipe.augmentations import AUGMENTATIONS, Augmentation
from archc.recipe.control import CLIP, Clip, EarlyStopping, Penalty, WeightDecay
from archc.recipe.data import DATA, DataFacts, DataKind, Numbers, Positions, Wants
from archc.recipe.figures import METRICS
from archc.recipe.losses import LOSSES, Loss
from archc.recipe.optimizers import OPTIMIZERS, Optimizer
from archc.recipe.schedulers import SCHEDULERS, Scheduler
from archc.recipe.section import CADENCE, INTERVAL, Cadence, Interval, Section
from archc.recipe.splits import Validation
from archc.recipe.transforms import TRANSFORMS, Partial, Sizing, Transform, through
from archc.terms.record import Doc, nullable
from archc.terms.term import Flat, OneOf
from archc.terms.values import Decay, Flag, Fraction, Seed, Size, choice, either, listed, one_or_more, text_like

DEVICE: Final = either(
    "`auto`, `cuda`, `mps`, `cpu`, or one of several as in `cuda:1`",
    choice("auto", "cuda", "mps", "cpu"),
    text_like("a device and its number", "cuda:[0-9]{1,3}|(?:mps|cpu):0"),
)
"""The devices of torch that archc trains on. Whether this machine has one is not asked here."""


class Sizes(NamedTuple):
    """Numbers of samples: those that are trained on, and those that are cut from the training samples."""

    train: int
    validation: int
    test: int


class Data(Section):
    """Which data, from where, and how it is prepared."""

    name: Annotated[str, choice(*DATA), Doc("What kind of data it is, which says what other keys there are.")]
    kind: Annotated[DataKind, OneOf("data set", DATA), Flat("name"), Doc("The keys of that kind.")]
    validation: Annotated[Validation | None, Doc("Training samples kept for validation; left out: none.")] = None
    test: Annotated[
        Validation | None,
        Doc("Training samples kept for the test, before those for validation, where the data have no test split."),
    ] = None
    transform: Annotated[
        tuple[Transform, ...],
        Doc("What is done to each sample, in this order; sizes change once, when samples are read."),
        OneOf("transform", TRANSFORMS),
    ] = ()

    augment: Annotated[
        tuple[Augmentation, ...],
        Doc("Random changes of the training samples, in this order, before their values are normalised."),
        OneOf("augmentation", AUGMENTATIONS),
    ] = ()

    def sizes(self, samples: int, apart: int = 0) -> Sizes:
        """How many of so many training samples become what; between two splits, so many are in neither."""
        test = self.test.count(samples) if self.test else 0
        left = samples - test - (apart if self.test else 0)
        validation = self.validation.count(left) if self.validation else 0
        return Sizes(left - validation - (apart if self.validation else 0), validation, test)

    def facts(self, folder: Path, wants: Wants) -> DataFacts:
        """What can be known of the data, as the network gets it, in bounded time and without reading it.

        Raises:
            Fault: the data is not what the spec says; `field` names the key that says it.
        """
        facts = self.kind.facts(folder, wants)
        known = self.replace(kind=self.kind.settled(facts))
        return known.aimed(known.sized(facts))

    def aimed(self, facts: DataFacts) -> DataFacts:
        """These facts with the target as the transforms leave it: the sample itself, or a class for each pixel."""
        if isinstance(facts.target, Positions) and self.kind.each_a_file and facts.sample is not None:
            return facts._replace(target=facts.target._replace(shape=facts.sample[1:]))
        known = self.own_target and facts.sample is not None
        return facts._replace(target=Numbers(facts.sample or ()), own_target=True) if known else facts

    @property
    def own_target(self) -> bool:
        """Whether a sample, as the network gets it, is its own target."""
        return getattr(self.kind, "target", None) == "input"

    def sized(self, facts: DataFacts) -> DataFacts:
        """These facts of samples as they are, with the sample that the transforms make of it, as far as it is known."""
        if not self.sizing or self.kind.holds != "pixels":
            return facts
        if facts.sample is not None:
            return (
                facts._replace(sample=_whole(through(facts.sample, self.sizing))) if _is_image(facts.sample) else facts
            )
        if self.kind.channels is None:
            return facts
        if sample := _whole(through((self.kind.channels, None, None), self.sizing)):
            return facts._replace(sample=sample, seen=())
        made = {_whole(through(image.shape, self.sizing)): image for image in facts.seen if _is_image(image.shape)}
        if len(made) == 1:
            return facts._replace(sample=next(iter(made)), seen=())
        return facts._replace(seen=tuple([image._replace(shape=shape) for shape, image in made.items() if shape]))

    @property
    def sizing(self) -> tuple[Sizing, ...]:
        """The transforms that change sizes, in their order."""
        return tuple([transform for transform in self.transform if isinstance(transform, Sizing)])


def _is_image(shape: Shape) -> TypeGuard[tuple[int, int, int]]:
    return len(shape) == 3


def _whole(shape: Partial) -> tuple[int, int, int] | None:
    """A shape of which all is known."""
    channels, height, width = shape
    return None if channels is None or height is None or width is None else (channels, height, width)


class Evaluate(Section):
    """When which samples are evaluated. Test figures are shown and kept; they choose nothing."""

    every: Annotated[Interval, INTERVAL, Doc("A number of epochs or steps.")] = Interval(1, "epoch")
    on: Annotated[
        tuple[Literal["validation", "test"], ...],
        one_or_more("`validation`, `test`, or a list of both", choice("validation", "test")),
        Doc("Which samples: `validation`, whose figures early stopping and schedulers may watch, and `test`."),
    ] = ("validation",)


class Log(Section):
    """What is told of a training beside its epochs and evaluations, and where all of it goes."""

    alone = "to"

    every: Annotated[
        Interval | None,
        nullable(INTERVAL),
        Doc("A line, and an event in metrics.jsonl, with the training figures since the last one; left out: none."),
    ] = None
    to: Annotated[
        tuple[Literal["tensorboard"], ...],
        listed("a list of `tensorboard`", choice("tensorboard")),
        Doc("Where the figures go beside metrics.jsonl."),
    ] = ()


class Checkpoint(Section):
    """When a training is saved, to go on from there, beside its end and where it is interrupted."""

    every: Annotated[Cadence, CADENCE, Doc("A number of epochs, steps or minutes.")] = Cadence(1, "epoch")
    keep: Annotated[Size, Doc("How many checkpoints are kept: the newest.")] = 3


class Length(NamedTuple):
    """The length of a training in steps and in epochs; None where the size of the data is not known."""

    step: int | None
    epoch: int | None

    def of(self, unit: Literal["epoch", "step"]) -> int | None:
        """The length in one of the two."""
        return self.step if unit == "step" else self.epoch


_WHOLE_WEIGHTS = frozenset({"Adafactor", "Muon", "Rprop"})
"""Optimizers that torch has not for weights whose parts are in several processes."""


class Train(Section):
    """How to train a network."""

    data: Annotated[Data, Doc("Which data, from where, and how it is prepared.")]
    loss: Annotated[Loss, Doc("A loss of torch.nn."), OneOf("loss", LOSSES)]
    threshold: Annotated[
        Fraction | None,
        Doc("From which probability on a sample is of the second of two classes, or has a label; left out: above 0.5."),
    ] = None
    optimizer: Annotated[Optimizer, Doc("An optimizer of torch.optim."), OneOf("optimizer", OPTIMIZERS)]
    epochs: Annotated[Size | None, Doc("How often all samples are seen.")] = None
    steps: Annotated[Size | None, Doc("How many batches are trained on, instead of `epochs`.")] = None
    batch_size: Annotated[Size, Doc("Samples in a batch, which is what one step of the optimizer sees.")] = 64
    accumulate: Annotated[
        Size, Doc("Into how many parts a batch is cut, one after the other in memory; their gradients are summed.")
    ] = 1
    shuffle: Annotated[Flag, Doc("A new order of the samples in each epoch.")] = True
    sampler: Annotated[
        Literal["balanced"] | None,
        nullable(choice("balanced")),
        Doc(
            "`balanced`: an epoch draws its samples with replacement, each class as likely as the others; left out: "
            "it has each sample once."
        ),
    ] = None
    scheduler: Annotated[
        Scheduler | None,
        Doc("A scheduler of torch.optim.lr_scheduler; left out: the learning rate stays."),
        OneOf("scheduler", SCHEDULERS),
    ] = None
    warmup: Annotated[
        Interval | None,
        nullable(INTERVAL),
        Doc("How long the learning rate rises in a straight line to what it would be without it."),
    ] = None
    decay: Annotated[
        WeightDecay | None, Doc("Which parameters the optimizer's `weight_decay` leaves alone; left out: none.")
    ] = None
    penalty: Annotated[
        Penalty | None, Doc("What large weights cost beside the loss, whatever the optimizer; left out: nothing.")
    ] = None
    gradient_clip: Annotated[
        Clip | None, CLIP, Doc("The most that the norm of the gradient may be; `{value: 0.5}`: each of its values.")
    ] = None
    ema: Annotated[
        Decay | None, Doc("Evaluate and keep an exponential moving average of the weights, with this decay a step.")
    ] = None
    precision: Annotated[
        Literal["float32", "bfloat16", "float16"],
        choice("float32", "bfloat16", "float16"),
        Doc("What layers compute in where it is safe (torch.autocast); float16 scales the loss. Weights are float32."),
    ] = "float32"
    evaluate: Annotated[Evaluate, Doc("When which samples are evaluated.")] = Evaluate()
    metrics: Annotated[
        tuple[str, ...],
        listed(f"a list of {', '.join(f'`{name}`' for name in METRICS)}", choice(*METRICS)),
        Doc("What evaluations measure beside loss and accuracy."),
    ] = ()
    early_stopping: Annotated[
        EarlyStopping | None, Doc("Stop when a figure no longer becomes better; left out: train to the end.")
    ] = None
    checkpoint: Annotated[Checkpoint, Doc("When the training is saved, to go on from there.")] = Checkpoint()
    log: Annotated[
        Log, Doc("How often the training loss is told, and where figures go; `[tensorboard]` is `{to: [tensorboard]}`.")
    ] = Log()
    overfit_batches: Annotated[
        Size | None, Doc("Train on the first batches alone, to see whether the network can learn them by heart.")
    ] = None
    device: Annotated[str, DEVICE, Doc("`auto`: cuda, then mps, then cpu; or a torch device, as in `cuda:1`.")] = "auto"
    strategy: Annotated[
        Literal["ddp", "fsdp"],
        choice("ddp", "fsdp"),
        Doc("What several processes share: `ddp` the batch; `fsdp` the weights too, where they do not fit one device."),
    ] = "ddp"
    deterministic: Annotated[Flag, Doc("Refuse operations that give other bits each time, which some do on CUDA.")] = (
        False
    )
    seed: Annotated[Seed, Doc("Fixes the weights, the order of samples, augmentation, and dropout.")] = 0

    def check(self) -> None:
        if self.epochs is not None and self.steps is not None:
            raise catalog.values.Contradiction(
                field="steps", first="epochs", second="steps", reason="only one of the two can end the training"
            )
        if self.epochs is None and self.steps is None:
            raise catalog.values.MissingKey(key="epochs", where="`train`", example="epochs: 5")
        if self.accumulate > self.batch_size:
            raise catalog.values.Contradiction(
                field="accumulate",
                first="accumulate",
                second="batch_size",
                reason=f"a batch of {self.batch_size} cannot be cut into {self.accumulate} parts",
            )
        if self.sampler is not None and not self.shuffle:
            raise catalog.values.Contradiction(
                field="sampler", first="shuffle: false", second="sampler", reason="samples that are drawn have no order"
            )
        self._check_strategy()

    def _check_strategy(self) -> None:
        if self.strategy != "fsdp":
            return
        name = type(self.optimizer).__name__
        reasons = {
            "ema": "the average would need the weights whole" if self.ema is not None else None,
            "precision": "torch scales no sharded loss; take bfloat16" if self.precision == "float16" else None,
            "optimizer": f"{name} needs each weight whole" if name in _WHOLE_WEIGHTS else None,
        }
        for field, reason in reasons.items():
            if reason is not None:
                raise catalog.values.Contradiction(field=field, first="strategy: fsdp", second=field, reason=reason)

    @property
    def part_size(self) -> int:
        """Samples that are in memory at once while training."""
        return -(-self.batch_size // self.accumulate)

    @property
    def wants(self) -> Wants:
        """What its loss makes of targets that could be classes or numbers."""
        takes = type(self.loss).takes
        return "numbers" if "numbers" in takes else "labels" if "labels" in takes else "classes"

    def facts(self, folder: Path) -> DataFacts:
        """What can be known of its data before they are read; see `Data.facts`."""
        return self.data.facts(folder, self.wants)

    def settled(self, facts: DataFacts) -> Self:
        """The same with what is known of its data written down; see `DataKind.settled`."""
        return self.replace(data=self.data.replace(kind=self.data.kind.settled(facts)))

    def length(self, steps_per_epoch: int | None) -> Length:
        """How long the training is, as far as it is known."""
        if steps_per_epoch is None:
            return Length(self.steps, self.epochs)
        steps = self.steps or (self.epochs or 0) * steps_per_epoch
        return Length(steps, -(-steps // steps_per_epoch))
