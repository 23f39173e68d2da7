"""Plan -> what would go wrong with schedules, early stopping, optimizers and augmentation."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal

from archc.checks.check import Finding, Plan, Recipe, Sized
from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.elaborate.suggest import suggest_figure
from archc.network import Node
from archc.recipe.figures import METRICS
from archc.recipe.schedulers import Scheduler
from archc.terms.record import declared

"""Layers whose parameters are all matrices where `bias` is false."""


def figures_not_measured(recipe: Recipe) -> Iterator[Finding]:
    """Early stopping, or a scheduler, that looks at a figure which nothing measures."""
    train = recipe.train
    watchers = {"early_stopping": train.early_stopping, "scheduler": train.scheduler}
    for key, watcher in watchers.items():
        figure = getattr(watcher, "monitor", None)
        if figure is not None and figure not in recipe.watched:
            owner = key if key == "early_stopping" else type(watcher).__name__
            made = _of_test if figure.startswith("test_") else _not_measured
            yield Finding(made(recipe, owner, figure), f"train.{key}.monitor")


def _of_test(recipe: Recipe, owner: str, figure: str) -> Fault:
    meant = suggest_figure(figure, recipe.watched, "val").name
    suggestion = meant if meant and meant.startswith("val_") else None
    return catalog.evaluation.TestFigureChooses(owner=owner, figure=figure, suggestion=suggestion)


def _not_measured(recipe: Recipe, owner: str, figure: str) -> Fault:
    known = [name for name in METRICS if recipe.task.can_measure(name, recipe.facts)]
    measurable = [f"val_{name}" for name in ("loss", *known)]
    meant = suggest_figure(figure, dict.fromkeys((*recipe.watched, *measurable)), "val")
    name = figure if figure in measurable else meant.name
    metric = name.removeprefix("val_") if name and name not in recipe.watched else None
    return catalog.control.FigureNotMeasured(
        owner=owner,
        figure=figure,
        known=recipe.watched,
        suggestion=name if name != figure else None,
        metric=None if metric in (*recipe.task.always, *recipe.train.metrics) else metric,
        needs_samples=metric is not None and not recipe.validates,
        left_out="validation" not in recipe.train.evaluate.on,
        advice=meant.advice,
    )


def nothing_decays(recipe: Recipe) -> Iterator[Finding]:
    """A choice of what decays, where the optimizer lets nothing decay."""
    optimizer = recipe.train.optimizer
    if recipe.train.decay and not getattr(optimizer, "weight_decay", 0):
        yield Finding(catalog.train_lints.NothingDecays(optimizer=type(optimizer).__name__), "train.decay")


def no_momentum_to_cycle(recipe: Recipe) -> Iterator[Finding]:
    """A scheduler that cycles the momentum of an optimizer without any."""
    optimizer, scheduler = type(recipe.train.optimizer), recipe.train.scheduler
    if scheduler and scheduler.cycles_momentum() and not {"momentum", "betas"} & set(declared(optimizer)):
        fault = catalog.control.NoMomentumToCycle(scheduler=type(scheduler).__name__, optimizer=optimizer.__name__)
        yield Finding(fault, "train.scheduler")


def not_a_matrix(plan: Plan) -> Iterator[Finding]:
    """A parameter that Muon cannot train."""
    name = type(plan.train.optimizer).__name__
    if name != "Muon":
        return
    other = next((node for node in plan.network.walk() if _has_other_parameters(node)), None)
    if other is not None:
        yield Finding(
            catalog.control.NotAMatrix(optimizer=name, layer=f"{other.path} ({other.type})"), "train.optimizer"
        )


def _has_other_parameters(node: Node) -> bool:
    """Whether a layer has parameters of its own that are no matrices."""
    matrices = node.layer.only_matrices and getattr(node.layer, "bias", False) is not True
    return node.params > 0 and not node.children and not matrices


def augmentation_changes_size(recipe: Recipe) -> Iterator[Finding]:
    """The first random change of samples that gives them another size."""
    sample = recipe.sample[1:]
    for augmentation in recipe.train.data.augment if recipe.has_images else ():
        size = augmentation.output(sample)
        if size != sample:
            name = type(augmentation).__name__
            fault = catalog.control.AugmentationChangesSize(augmentation=name, size=size, sample=sample)
            yield Finding(fault, "train.data.augment")
            return


def schedule_too_short(sized: Sized) -> Iterator[Finding]:
    """A scheduler, or a part of one, that ends before the run."""
    scheduler = sized.train.scheduler
    length = sized.length.of(scheduler.unit) if scheduler else None
    fault = next(_too_short(scheduler, length, scheduler.unit), None) if scheduler and length else None
    if fault is not None:
        yield Finding(fault, "train.scheduler")


def _too_short(scheduler: Scheduler, length: int, unit: str) -> Iterator[catalog.control.ScheduleTooShort]:
    total = scheduler.total()
    if total is not None and total < length:
        yield catalog.control.ScheduleTooShort(
            scheduler=type(scheduler).__name__, total=total, length=length, unit=unit
        )
    for part, begin in zip(scheduler.parts(), scheduler.begins(), strict=True):
        yield from _too_short(part, length - begin, unit)


def schedule_never_changes(sized: Sized) -> Iterator[Finding]:
    """A scheduler whose first change comes after the run."""
    scheduler = sized.train.scheduler
    if scheduler is None:
        return
    first, last = scheduler.first_change(), sized.length.of(scheduler.unit)
    if first and last and first >= last:
        fault = catalog.train_lints.ScheduleNeverChanges(
            scheduler=type(scheduler).__name__, first=first, length=last, unit=scheduler.unit
        )
        yield Finding(fault, "train.scheduler")


def warmup_as_long_as_the_run(sized: Sized) -> Iterator[Finding]:
    """A warmup that does not end before the run."""
    if sized.train.warmup is None:
        return
    number, unit = sized.train.warmup
    last = sized.length.of(unit)
    if last is not None and number >= last:
        yield Finding(catalog.train_lints.WarmupAsLongAsTheRun(warmup=number, length=last, unit=unit), "train.warmup")


FORGOTTEN = 0.3
"""As much of the first step's weights may be left in an average."""


def average_too_slow(sized: Sized) -> Iterator[Finding]:
    """An average of the weights that is mostly what they were in the beginning."""
    decay, steps = sized.train.ema, sized.length.step
    if decay is None or not steps or decay**steps <= FORGOTTEN:
        return
    # One significant digit of what is forgotten in a step, rounded up: 0.98 rather than 0.9847.
    forgets = Decimal(1 - 0.01 ** (1 / steps))
    digit = Decimal(1).scaleb(forgets.adjusted())
    enough = max(0.0, float(1 - forgets.quantize(digit, ROUND_CEILING)))
    fault = catalog.train_lints.AverageTooSlow(decay=decay, steps=steps, left=decay**steps, enough=enough)
    yield Finding(fault, "train.ema")


def no_checkpoint_before_the_end(sized: Sized) -> Iterator[Finding]:
    """Checkpoints that are further apart than the run is long."""
    number, unit = sized.train.checkpoint.every
    last = sized.length.of(unit) if unit != "minute" else None
    if last is not None and number > last:
        fault = catalog.train_lints.NoCheckpointBeforeTheEnd(every=number, length=last, unit=unit)
        yield Finding(fault, "train.checkpoint")
