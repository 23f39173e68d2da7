"""A run that stopped early -> its spec, and an engine that is where its newest checkpoint was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archc.diagnostics.catalog.runs import NotARun, NothingToResume, ResumeDiffers
from archc.front import Front, read_file
from archc.network import Network
from archc.recipe.train import Train
from archc.training import checkpoint, directory, durable, environment, spec_copy, weights
from archc.training.directory import RunDirectory, writing
from archc.training.engine import Engine
from archc.training.preparation import Job


def newest_of(network: Network) -> RunDirectory:
    """The newest run of a network in its default place.

    Raises:
        NothingToResume: there is none.
    """
    run = directory.latest(network.name)
    if run is None:
        raise NothingToResume(where=str(directory.runs_of(network.name)))
    return run


def spec_of(run: RunDirectory) -> Front:
    """The spec that a run keeps.

    Raises:
        NotARun: it keeps none.
    """
    if not run.spec.is_file():
        raise NotARun(directory=str(run.path), missing=f"it has no {run.spec.name}")
    return read_file(str(run.spec))


def check_same(front: Front, own: Network) -> None:
    """Check that a spec is the one that a run began with.

    Raises:
        ResumeDiffers: it is another.
    """
    given = front.network
    assert given is not None
    if (given.input, given.input_dtype, given.nodes) != (own.input, own.input_dtype, own.nodes):
        raise ResumeDiffers(what="network")
    if given.train is None or own.train is None:
        raise ResumeDiffers(what="`train` section")
    folder = spec_copy.folder_of(front.source)
    if _facts(given.train, folder) != _facts(own.train, folder):
        raise ResumeDiffers(what="`train` section")


def restore(engine: Engine, run: RunDirectory, job: Job, command: Sequence[str] | None) -> checkpoint.Found:
    """Bring the engine, metrics.jsonl and environment.json to the newest whole checkpoint.

    Raises:
        NothingToResume: there is none.
        ResumeDiffers: the data are not those that the run began with.
        WeightsDoNotFit: the checkpoint is of another network.
        CannotWrite: the files cannot be changed.
    """
    found = checkpoint.newest(run.checkpoints)
    if found.snapshot is None or found.path is None:
        raise NothingToResume(where=str(run.path), skipped=tuple(f"skipped {text}" for text in found.skipped))
    weights.check_fit(found.snapshot.weights, engine.model, str(found.path))
    facts = run.read_json(run.environment)
    if _digest(facts) != job.splits.digest:
        raise ResumeDiffers(what="data set")
    with writing(run.path):
        run.forget_after(found.snapshot.state.step)
        again = environment.describe(job.train, job.splits, job.device, command)
        durable.write_json(run.environment, facts | {"resumed": [*facts.get("resumed", ()), again]})
    engine.restore(found.snapshot)
    return found


def _digest(facts: dict[str, Any]) -> object:
    data = facts.get("data")
    return data.get("sha256") if isinstance(data, dict) else None


def _facts(train: Train, folder: Path) -> dict[str, Any]:
    """A recipe for comparing, with the folder of its data from the root, as a run's spec.yaml has it."""
    source = spec_copy.absolute_source(train.data, folder)
    return vars(train) | {"data": vars(train.data) | {"source": source}}
