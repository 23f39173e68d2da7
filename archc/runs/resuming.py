"""A run that stopped early -> its spec, and an engine that is where its newest checkpoint was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.files import durable
from archc.front import Front, read_file
from archc.network import Network
from archc.recipe.data import DataFacts
from archc.recipe.train import Train
from archc.runs import checkpoint, directory, environment, weights
from archc.runs.directory import RunDirectory, writing
from archc.runs.preparation import Job
from archc.runs.records import Environment
from archc.training.engine import Engine, Snapshot
from archc.training.saved import DoesNotFit


class Resumed(NamedTuple):
    """The checkpoint that a run goes on from, None for its beginning; and what is to be said about it."""

    path: Path | None
    warnings: tuple[Fault, ...]


def newest_of(network: Network) -> RunDirectory:
    """The newest run of a network in its default place.

    Raises:
        NothingToResume: there is none.
    """
    folder = directory.runs_of(network.name)
    run = directory.newest(folder)
    if run is None:
        raise catalog.runs.NothingToResume(where=str(folder))
    return run


def spec_of(run: RunDirectory) -> Front:
    """The spec that a run keeps.

    Raises:
        NotARun: it keeps none.
    """
    run.check_plain()
    if not run.spec.is_file():
        raise catalog.runs.NotARun(directory=str(run.path), missing=f"it has no {run.spec.name}")
    return read_file(str(run.spec))


def check_same(front: Front, own: Network) -> None:
    """Check that a spec is the one that a run began with.

    Raises:
        ResumeDiffers: it is another.
    """
    given = front.network
    assert given is not None
    if (given.input, given.input_dtype, given.nodes) != (own.input, own.input_dtype, own.nodes):
        raise catalog.runs.ResumeDiffers(what="network")
    if given.train is None or own.train is None:
        raise catalog.runs.ResumeDiffers(what="`train` section")
    assert front.source is not None
    folder = front.source.folder
    if _facts(given.train, folder, own.train.facts(folder)) != _facts(own.train, folder, own.train.facts(folder)):
        raise catalog.runs.ResumeDiffers(what="`train` section")


def restore(engine: Engine, run: RunDirectory, job: Job, command: Sequence[str] | None) -> Resumed:
    """Bring the engine, metrics.jsonl and environment.json to the newest whole checkpoint. Together.

    A run without any, which was stopped before its first, is at its beginning.

    Raises:
        NothingToResume: all checkpoints are damaged, or the processes do not see the same.
        ResumeDiffers: the data are not those that the run began with.
        WeightsDoNotFit: the checkpoint is of another network.
        CannotWrite: the files cannot be changed.
    """
    ranks = engine.parts.ranks
    with ranks.same_outcome_on_all_ranks():
        found = checkpoint.newest(run.checkpoints)
        facts = _checked(found, engine, run, job)
    step = found.snapshot.state.step if found.snapshot is not None else 0
    differ = ranks.largest(step) != -ranks.largest(-step)
    now = environment.describe(job.train, job.splits, job.device, command, ranks.size, cuda_graph=job.cuda_graph)
    with ranks.same_outcome_on_all_ranks():
        if differ:
            raise catalog.runs.NothingToResume(
                where=str(run.path), skipped=("the processes do not see the same checkpoints",)
            )
        if found.snapshot is not None:
            _restore(engine, found.snapshot)
        if ranks.main:
            _go_back(run, step, facts, now)
    differences = environment.differences(facts, now)
    inexact = (catalog.run_warnings.ResumeNotExact(differences=differences),) if differences else ()
    return Resumed(found.path, (*found.skipped, *inexact))


def _checked(found: checkpoint.Found, engine: Engine, run: RunDirectory, job: Job) -> Environment:
    """What the run's environment.json says, where the run can go on from what was found."""
    if found.snapshot is None and found.skipped:
        raise catalog.runs.NothingToResume(
            where=str(run.path), skipped=tuple(skipped.message() for skipped in found.skipped)
        )
    facts = run.read_environment()
    if found.snapshot is not None:
        weights.check_fit(found.snapshot.tensors.weights, engine.parts.model, str(found.path))
    if facts["data"]["sha256"] != job.splits.digest:
        raise catalog.runs.ResumeDiffers(what="data set")
    return facts


def _restore(engine: Engine, snapshot: Snapshot) -> None:
    """Its digests hold, and its weights fit: what does not fit now is that the run's recipe was changed."""
    try:
        engine.restore(snapshot)
    except DoesNotFit as error:
        raise catalog.runs.ResumeDiffers(what="`train` section") from error


def _go_back(run: RunDirectory, step: int, facts: Environment, now: dict[str, Any]) -> None:
    """Forget what the run's files say of later steps, and note that it goes on from here."""
    before = facts.get("resumed", [])
    with writing(run.path):
        durable.remove_scratch(run.path)
        durable.make_directories(run.checkpoints)
        run.forget_after(step)
        durable.write_json(run.environment, {**facts, "resumed": [*before, now]})


def _facts(train: Train, folder: Path, facts: DataFacts) -> dict[str, Any]:
    """A recipe for comparing, with its data as a run's spec.yaml has them."""
    data = vars(train.data) | {"kind": train.data.kind.rooted(folder).settled(facts)}
    return vars(train) | {"data": data}
