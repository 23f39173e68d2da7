"""A network with a recipe -> what its training needs beside it: checked against the machine, with its data loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import torch

from archc.checks import PLAN, RECIPE, SIZED
from archc.checks.capacity import MAX_PARAMS, check_capacity
from archc.checks.check import Plan, Recipe, Sized, found
from archc.checks.preflight import training_samples
from archc.data import kinds
from archc.data.batches import learnt
from archc.data.fitted import Fitted
from archc.data.request import Progress, Request, unwatched
from archc.data.splits import Splits, divide, missing_classes
from archc.data.whole import Arrays, Whole
from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Report
from archc.distributed import scale
from archc.distributed.ranks import ALONE, Ranks
from archc.errors import RunError
from archc.machine import device as devices
from archc.network import Network
from archc.recipe.data import Numbers
from archc.recipe.train import Train
from archc.runs import tensorboard
from archc.training import targets
from archc.training.capture import why_not


@dataclass(frozen=True)
class Job:
    """A training that can begin."""

    network: Network
    train: Train
    splits: Splits
    device: torch.device
    found: tuple[Fault, ...] = ()
    """Lints that only the data could tell."""
    cuda_graph: bool = False
    """Whether to record a step and launch it as one."""


class Needs(NamedTuple):
    """What a caller says beside the spec: where data is looked for first, the device, the most parameters, samples,
    whether steps are recorded, who is told how far the reading of files is.
    """

    data_dir: str | None = None
    device: str | None = None
    max_params: int = MAX_PARAMS
    passed: Whole | None = None
    cuda_graph: bool = False
    progress: Progress = unwatched


def prepare(network: Network, folder: Path, needs: Needs = Needs(), ranks: Ranks = ALONE) -> Job:  # noqa: B008 - a value
    """Check what can be checked before anything is written, the cheap things first, and load the data.

    Raises:
        Fault: there is no recipe, no such device, or the data cannot be used.
        RunError: the machine cannot hold the training.
    """
    train = recipe(network)
    report = Report()
    check_capacity(network, report, needs.max_params, training=True)
    if not report.ok:
        raise RunError(report)
    tensorboard.check(train)
    chosen = devices.choose(ranks.device(needs.device or train.device))
    if needs.cuda_graph and (reason := why_not(network, train, chosen, launched=ranks is not ALONE)):
        raise catalog.training.NoCudaGraph(reason=reason)
    splits = load_splits(train, folder, needs.data_dir, needs.passed, progress=needs.progress)
    if "test" in train.evaluate.on and splits.test is None:
        raise catalog.evaluation.NoSuchSplit(split="test", dataset=splits.facts.name)
    samples = len(splits.train)
    known_before = train.facts(folder)
    before = Recipe(network.input, network.input_dtype, train.settled(known_before), known_before)
    train = train.settled(splits.facts)
    # Again, with the samples that are there: the spec could not tell the size of a folder, or all classes of a table.
    faults = _faults(before._replace(train=train, facts=splits.facts), samples, network)
    for error in (fault for fault in faults if fault.severity == "error"):
        raise error
    scale.check(network, train, samples, chosen, ranks.size)
    known = {fault.code for fault in _faults(before, training_samples(before), network)}
    faults += missing_classes(splits) if train.overfit_batches is None else ()
    lints = tuple(fault for fault in faults if fault.code not in known)
    return Job(network, train, splits, chosen, lints, needs.cuda_graph)


def _faults(recipe: Recipe, samples: int | None, network: Network) -> list[Fault]:
    """What the checks find that depend on the data."""
    findings = (
        *found(RECIPE, recipe),
        *found(PLAN, Plan(network, recipe)),
        *found(SIZED, Sized(recipe, samples, network)),
    )
    return [finding.fault for finding in findings]


def shortened(job: Job, batches: int) -> Job:
    """The same training with one epoch of a few batches, and as many for validation and test."""
    most = batches * job.train.batch_size
    splits = job.splits
    short = replace(
        splits,
        train=splits.train.rows(0, min(most, len(splits.train))),
        validation=splits.validation.rows(0, min(most, len(splits.validation))) if splits.validation else None,
        test=splits.test.rows(0, min(most, len(splits.test))) if splits.test else None,
    )
    return replace(job, splits=short, train=job.train.replace(epochs=1, steps=None))


def recipe(network: Network) -> Train:
    """How the network is trained.

    Raises:
        NoTrainSection: its spec does not say.
    """
    if network.train is None:
        raise catalog.training.NoTrainSection()
    return network.train


def load_splits(
    train: Train,
    folder: Path,
    data_dir: str | None,
    passed: Whole | None = None,
    fitted: Fitted | None = None,
    progress: Progress = unwatched,
) -> Splits:
    """The samples of a recipe. `folder` is what its paths are relative to; `passed` are those that a caller has.

    `fitted` is what a run has learnt of its training samples; without, it is learnt of those that there are.

    Raises:
        Fault: the data is not there or not whole, or validation leaves nothing.
    """
    request = Request.of(train, folder, data_dir)._replace(progress=progress)
    whole = passed or kinds.read(request)
    splits = divide(whole, whole.facts or request.facts, train.data.validation, train.seed, train.data.test)
    targets.check(train, splits)
    kind = train.data.kind.settled(splits.facts)
    own = Arrays(splits.train.inputs.numpy(), splits.train.targets.numpy())
    found = kinds.tied(kind, fitted or learnt(train.data, kind, own, whole.info), whole.info)
    if not isinstance(splits.facts.target, Numbers):
        found = found._replace(targets=None)  # classes and labels have no scale
    splits = replace(splits, fitted=found)
    if train.overfit_batches is None:
        return splits
    most = min(train.overfit_batches * train.batch_size, len(splits.train))
    return replace(splits, train=splits.train.rows(0, most))
