"""The `train` section of a spec, typed."""

import re
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from archc.diagnostics.catalog import names as faults
from archc.recipe.datasets import DATASETS, Dataset
from archc.recipe.losses import LOSSES, Loss
from archc.recipe.optimizers import OPTIMIZERS, Optimizer
from archc.recipe.transforms import TRANSFORMS, Transform
from archc.record import Doc, Kind, Record
from archc.values import Flag, Fraction, Seed, Size, Text, choice


class OneOf(NamedTuple):
    """Marks a field that is written as a term: `noun` is what one is called, `table` holds those there are."""

    noun: str
    table: Any


class Section(Record):
    """Base of the mappings with fixed keys. `later` names keys of the language that this version does not do yet."""

    later: ClassVar[frozenset[str]] = frozenset()


class Interval(NamedTuple):
    """How often something happens: every `number` epochs or steps."""

    number: int
    unit: Literal["epoch", "step"]


_INTERVAL = re.compile(r"([1-9][0-9]{0,8}) (epoch|step)s?")


def _interval(value: object) -> Interval:
    if isinstance(value, Interval):
        return value
    found = _INTERVAL.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError("not an interval")
    return Interval(int(found[1]), "epoch" if found[2] == "epoch" else "step")


class Validation(Section):
    """Which part of the training split is kept for validation: the first samples, or a share drawn by the seed."""

    first: Annotated[Size | None, Doc("The first N samples.")] = None
    fraction: Annotated[Fraction | None, Doc("A share of the samples, drawn by the seed.")] = None

    def check(self) -> None:
        if self.first is None and self.fraction is None:
            raise faults.MissingKey(key="fraction", where="`validation`", example="fraction: 0.1")
        if self.first is not None and self.fraction is not None:
            raise faults.Contradiction(
                field="fraction", first="first", second="fraction", reason="only one of the two can say how many"
            )

    def count(self, samples: int) -> int:
        """How many of `samples` are kept for validation."""
        return self.first if self.first is not None else round(samples * (self.fraction or 0))


class Data(Section):
    """Which data, from where, and how it is prepared."""

    later: ClassVar[frozenset[str]] = frozenset({"augment"})

    name: Annotated[
        Literal["FashionMNIST", "MNIST"],
        choice(*DATASETS),
        Doc("A torchvision data set."),
    ]
    source: Annotated[
        Text,
        Doc("`auto`: the data folder, system folders, then download; `bundled`: the package's sample; else a folder."),
    ] = "auto"
    validation: Annotated[Validation | None, Doc("Samples kept for validation; left out: none.")] = None
    transform: Annotated[
        tuple[Transform, ...], Doc("What is done to each sample, in this order."), OneOf("transform", TRANSFORMS)
    ] = ()

    @property
    def dataset(self) -> Dataset:
        return DATASETS[self.name]


class Evaluate(Section):
    """When the validation samples are evaluated."""

    every: Annotated[
        Interval,
        Kind(
            "a number of epochs or steps, as in `1 epoch` or `50 steps`",
            {"type": "function-plain", "function": {"type": "no-info", "function": _interval}},
            {"type": "string", "pattern": f"^{_INTERVAL.pattern}$"},
        ),
        Doc("A number of epochs or steps."),
    ] = Interval(1, "epoch")


class Train(Section):
    """How to train a network."""

    later: ClassVar[frozenset[str]] = frozenset(
        {"scheduler", "metrics", "early_stopping", "gradient_clip", "precision"}
    )

    data: Annotated[Data, Doc("Which data, from where, and how it is prepared.")]
    loss: Annotated[Loss, Doc("A loss of torch.nn."), OneOf("loss", LOSSES)]
    optimizer: Annotated[Optimizer, Doc("An optimizer of torch.optim."), OneOf("optimizer", OPTIMIZERS)]
    epochs: Annotated[Size | None, Doc("How often all samples are seen.")] = None
    steps: Annotated[Size | None, Doc("How many batches are trained on, instead of `epochs`.")] = None
    batch_size: Annotated[Size, Doc("Samples in a batch.")] = 64
    shuffle: Annotated[Flag, Doc("A new order of the samples in each epoch.")] = True
    evaluate: Annotated[Evaluate, Doc("When the validation samples are evaluated.")] = Evaluate()
    device: Annotated[Text, Doc("`auto`: cuda, then mps, then cpu; or a torch device, as in `cuda:1`.")] = "auto"
    seed: Annotated[Seed, Doc("Fixes the weights, the order of samples, and dropout.")] = 0

    def check(self) -> None:
        if self.epochs is not None and self.steps is not None:
            raise faults.Contradiction(
                field="steps", first="epochs", second="steps", reason="only one of the two can end the training"
            )
        if self.epochs is None and self.steps is None:
            raise faults.MissingKey(key="epochs", where="`train`", example="epochs: 5")
