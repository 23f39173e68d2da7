"""A recipe with the length of its run -> what it has for later that comes too late, too early or never."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archc.checks.check import Finding, Sized
from archc.diagnostics import catalog
from archc.recipe.schedulers import Scheduler
from archc.terms.record import declared

_FALLS_TO_THE_END: Final = ("PolynomialLR", "CosineAnnealingWarmRestarts")
"""Schedulers whose learning rate is high until they end, or until their first round does."""

MUCH_LONGER: Final = 2
"""A schedule so many times as long as the run is not meant for it."""


def cosine_of_another_length(sized: Sized) -> Iterator[Finding]:
    """A CosineAnnealingLR whose half cosine is over before the run, or whose run is over long before it."""
    scheduler = sized.train.scheduler
    half = getattr(scheduler, "T_max", None)
    length = sized.length.of(scheduler.unit) if scheduler else None
    if scheduler is None or half is None or not length:
        return
    if half < length - 1:
        fault = catalog.timing_lints.ScheduleRisesAgain(reached=half, length=length, unit=scheduler.unit)
        yield Finding(fault, "train.scheduler.T_max")
    elif half >= MUCH_LONGER * length:
        yield Finding(_unfinished(scheduler, half, length), "train.scheduler.T_max")


def cycle_longer_than_the_run(sized: Sized) -> Iterator[Finding]:
    """A OneCycleLR, a PolynomialLR or a first cosine of several whose run is over long before it."""
    scheduler = sized.train.scheduler
    if scheduler is None:
        return
    names = ("total_iters", "T_0") if type(scheduler).__name__ in _FALLS_TO_THE_END else ()
    written = next(((getattr(scheduler, name), f".{name}") for name in names if hasattr(scheduler, name)), None)
    (total, at), length = written or (scheduler.total(), ""), sized.length.of(scheduler.unit)
    if total and length and total >= MUCH_LONGER * length:
        fault = _unfinished(scheduler, total, length).with_(required=at.removeprefix(".") or None)
        yield Finding(fault, f"train.scheduler{at}")


def _unfinished(scheduler: Scheduler, total: int, length: int) -> catalog.timing_lints.ScheduleUnfinished:
    return catalog.timing_lints.ScheduleUnfinished(
        scheduler=type(scheduler).__name__, total=total, length=length, unit=scheduler.unit
    )


def lowest_rate_above_the_rate(sized: Sized) -> Iterator[Finding]:
    """An `eta_min` or `min_lr` to which the learning rate would have to rise."""
    train = sized.train
    rate = getattr(train.optimizer, "lr", None)
    for name in ("eta_min", "min_lr"):
        lowest = getattr(train.scheduler, name, None)
        if isinstance(lowest, int | float) and isinstance(rate, int | float) and lowest > rate:
            fault = catalog.timing_lints.LowestRateAboveTheRate(argument=name, lowest=lowest, rate=rate)
            yield Finding(fault, f"train.scheduler.{name}")


def never_evaluated(sized: Sized) -> Iterator[Finding]:
    """An evaluation that is due after the run."""
    recipe, train = sized.recipe, sized.train
    number, unit = train.evaluate.every
    length = sized.length.of(unit)
    if recipe.evaluated and length and number > length:
        waits = "early_stopping" if train.early_stopping else None
        fault = catalog.timing_lints.NeverEvaluated(every=number, length=length, unit=unit, waits=waits)
        yield Finding(fault, "train.evaluate")


def never_logged(sized: Sized) -> Iterator[Finding]:
    """A line that is due after the run."""
    every = sized.train.log.every
    length = sized.length.of(every.unit) if every else None
    if every and length and every.number > length:
        fault = catalog.timing_lints.NeverLogged(every=every.number, length=length, unit=every.unit)
        yield Finding(fault, "train.log.every")


def patience_longer_than_the_run(sized: Sized) -> Iterator[Finding]:
    """A patience of early stopping, or of a scheduler, that cannot run out. One that is left out is nobody's plan."""
    train = sized.train
    number, unit = train.evaluate.every
    length = sized.length.of(unit)
    evaluations = length // number if length else 0
    if not evaluations or not {"train.epochs", "train.steps"} & sized.recipe.written:
        return  # A run that an option cuts short is a trial.
    for key, watcher in (("early_stopping", train.early_stopping), ("scheduler", train.scheduler)):
        patience = getattr(watcher, "patience", None)
        written = f"train.{key}.patience" in sized.recipe.written
        if watcher and written and patience is not None and patience >= evaluations:
            owner = key if key == "early_stopping" else type(watcher).__name__
            default = declared(type(watcher))["patience"].default
            fault = catalog.timing_lints.PatienceLongerThanTheRun(
                owner=owner,
                patience=patience,
                evaluations=evaluations,
                may_be_left_out=isinstance(default, int) and default < evaluations,
            )
            yield Finding(fault, f"train.{key}.patience")
