"""Network and train section -> what would go wrong with schedules, early stopping, optimizers and augmentation."""

from __future__ import annotations

from collections.abc import Iterator

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.elaborate.suggest import suggest
from archc.network import Network
from archc.recipe.metrics import METRICS
from archc.recipe.schedulers import Scheduler
from archc.recipe.train import Length, Train
from archc.terms.record import arguments

_MATRICES = frozenset({"Embedding", "GRU", "LSTM", "Linear", "MultiheadAttention", "RNN"})
"""Layers whose parameters are all matrices where `bias` is false."""


def check_control(network: Network, train: Train, length: Length) -> Iterator[tuple[str, Fault]]:
    """Faults, each with the key of the train section that it is about."""
    yield from _watched(train)
    yield from _optimizer(network, train)
    yield from _augmentations(train)
    yield from _schedule(train, length)
    yield from _warmup(train, length)
    yield from _checkpoint(train, length)


def schedule_too_short(train: Train, length: Length) -> Fault | None:
    """The fault where a scheduler ends before the run."""
    scheduler = train.scheduler
    known = length.of(scheduler.unit) if scheduler else None
    return next(_too_short(scheduler, known, scheduler.unit), None) if scheduler and known else None


def _too_short(scheduler: Scheduler, length: int, unit: str) -> Iterator[Fault]:
    total = scheduler.total()
    if total is not None and total < length:
        yield catalog.control.ScheduleTooShort(
            scheduler=type(scheduler).__name__, total=total, length=length, unit=unit
        )
    for part, begin in zip(scheduler.parts(), scheduler.begins(), strict=True):
        yield from _too_short(part, length - begin, unit)


def _watched(train: Train) -> Iterator[tuple[str, Fault]]:
    watchers = {"early_stopping": train.early_stopping, "scheduler": train.scheduler}
    for key, watcher in watchers.items():
        figure = getattr(watcher, "monitor", None)
        if figure is None or figure in train.watched:
            continue
        metric = figure.removeprefix("val_")
        yield (
            key,
            catalog.control.FigureNotMeasured(
                owner=key if key == "early_stopping" else type(watcher).__name__,
                figure=figure,
                known=train.watched,
                metric=metric if metric in METRICS and figure != metric and train.data.validation else None,
                suggestion=suggest(figure, train.watched) or suggest(f"val_{figure}", train.watched),
            ),
        )


def _optimizer(network: Network, train: Train) -> Iterator[tuple[str, Fault]]:
    optimizer, scheduler = train.optimizer, train.scheduler
    name = type(optimizer).__name__
    if train.decay and not getattr(optimizer, "weight_decay", 0):
        yield "decay", catalog.train_lints.NothingDecays(optimizer=name)
    if scheduler and scheduler.cycles_momentum() and not {"momentum", "betas"} & set(arguments(type(optimizer))):
        yield "scheduler", catalog.control.NoMomentumToCycle(scheduler=type(scheduler).__name__, optimizer=name)
    if name == "Muon":
        for node in network.walk():
            if node.params and not node.children and not _is_matrices(node.type, getattr(node.layer, "bias", False)):
                yield "optimizer", catalog.control.NotAMatrix(optimizer=name, layer=f"{node.path} ({node.type})")
                return


def _is_matrices(layer: str, bias: object) -> bool:
    return layer in _MATRICES and bias is not True


def _augmentations(train: Train) -> Iterator[tuple[str, Fault]]:
    sample = train.data.dataset.sample[1:]
    for augmentation in train.data.augment:
        size = augmentation.output(sample)
        if size != sample:
            name = type(augmentation).__name__
            yield "data.augment", catalog.control.AugmentationChangesSize(augmentation=name, size=size, sample=sample)
            return


def _schedule(train: Train, length: Length) -> Iterator[tuple[str, Fault]]:
    scheduler = train.scheduler
    if scheduler is None:
        return
    if short := schedule_too_short(train, length):
        yield "scheduler", short
    first, last = scheduler.first_change(), length.of(scheduler.unit)
    if first and last and first >= last:
        name = type(scheduler).__name__
        yield (
            "scheduler",
            catalog.train_lints.ScheduleNeverChanges(scheduler=name, first=first, length=last, unit=scheduler.unit),
        )


def _warmup(train: Train, length: Length) -> Iterator[tuple[str, Fault]]:
    if train.warmup is None:
        return
    number, unit = train.warmup
    last = length.of(unit)
    if last is not None and number >= last:
        yield "warmup", catalog.train_lints.WarmupAsLongAsTheRun(warmup=number, length=last, unit=unit)


def _checkpoint(train: Train, length: Length) -> Iterator[tuple[str, Fault]]:
    number, unit = train.checkpoint.every
    last = length.of(unit) if unit != "minute" else None
    if last is not None and number > last:
        yield "checkpoint", catalog.train_lints.NoCheckpointBeforeTheEnd(every=number, length=last, unit=unit)
