"""A checked spec -> a finished run, new or resumed; and a run's directory -> its network, weights and figures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from archc.backends.torch import build
from archc.checks.capacity import MAX_PARAMS
from archc.data.fitted import Fitted
from archc.data.whole import Whole
from archc.diagnostics.fault import Fault
from archc.diagnostics.levels import Levels
from archc.errors import RunError
from archc.front import Front, read_file
from archc.machine import randomness
from archc.machine.quiet import without_warnings
from archc.network import Network
from archc.runs import places, resuming, weights
from archc.runs.attempt import attempt
from archc.runs.directory import RunDirectory
from archc.runs.preparation import Needs, prepare, shortened
from archc.runs.records import Result
from archc.source import SourceFile
from archc.training.progress import AlreadyFinished, Observer

if TYPE_CHECKING:
    from archc.runs.predict import Prediction


@dataclass(frozen=True)
class Run:
    """A finished run. `result` is what its result.json holds."""

    directory: Path
    result: Result
    network: Network

    @classmethod
    def open(cls, directory: str | os.PathLike[str]) -> Run:
        """The finished run in a directory; of `runs/NAME`, or of a spec, the newest that is finished.

        Raises:
            RunError: it is not one (NotARun), or a file is damaged (FileCorrupt) or of another spec (WeightsDoNotFit).
            SpecError: its spec.yaml has errors.
        """
        try:
            files = places.finished(directory)
            network = resuming.spec_of(files).network_or_raise()
            run = cls(files.path, files.read_result(), network)
        except Fault as fault:
            raise RunError.of(fault) from None
        run.model()
        return run

    @property
    def history(self) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl: each epoch, and each evaluation within one.

        Raises:
            RunError: the file is missing (NotARun), or cannot be read (FileCorrupt).
        """
        try:
            return RunDirectory(self.directory).history()
        except Fault as fault:
            raise RunError.of(fault) from None

    def predict(self, x: Any, *, device: str | None = None) -> list[Prediction]:
        """A prediction for each sample, by the best weights.

        Args:
            x: samples as an array of NumPy or torch, (N, ...) or one alone, with values as those of the data that the
                run was trained on (pixels from 0 to 255, or numbers); or a file, or several, as for `archc predict`.
            device: `cpu`, `cuda`, ... instead of the spec's.

        Raises:
            RunError: a file or the array does not hold such samples, or the device is not there.
        """
        from archc.runs import predict

        if isinstance(x, str | os.PathLike):
            x = [x]
        if isinstance(x, list | tuple) and x and all(isinstance(file, str | os.PathLike) for file in x):
            return predict.predict(self, x, device=device)
        return predict.predict_array(self, x, device=device)

    def fitted(self) -> Fitted:
        """What it has learnt of its training samples beside the weights.

        Raises:
            Fault: its record is damaged.
        """
        return RunDirectory(self.directory).read_fitted()

    def model(self) -> nn.Sequential:
        """The network with its best weights, on the CPU and in evaluation mode.

        Raises:
            RunError: its weights are missing (NotARun), damaged (FileCorrupt), or of another spec (WeightsDoNotFit).
        """
        files = RunDirectory(self.directory)
        with randomness.separate(torch.device("cpu")), without_warnings():
            model = build(self.network)
        try:
            tensors = weights.parse(files.read(files.best), str(files.best))
            weights.check_fit(tensors, model, str(files.best))
        except Fault as fault:
            raise RunError.of(fault) from None
        model.load_state_dict(tensors)
        return model.eval()


def start(
    front: Front,
    *,
    directory: str | None = None,
    data_dir: str | None = None,
    device: str | None = None,
    observer: Observer | None = None,
    command: Sequence[str] | None = None,
    max_params: int = MAX_PARAMS,
    levels: Levels | None = None,
    passed: Whole | None = None,
    cuda_graph: bool = False,
) -> Run:
    """Train a spec from its beginning to its end.

    Args:
        front: the spec, as `archc.front` reads it.
        directory: what to write, new or empty; `runs/NAME/TIME` where left out.
        data_dir: a folder of data sets in torchvision's layout, looked in first.
        device: instead of the spec's.
        observer: is told of the progress.
        command: the command line, for environment.json.
        max_params: a network with more parameters is refused.
        levels: how much the lints of a training matter; without, each is a warning.
        passed: the samples, where a Python program has them.
        cuda_graph: record a step and launch it as one from then on. CUDA only.

    Raises:
        SpecError: the spec has errors.
        RunError: something about the data, the machine, the directory or the loss; `report` says what.
        Interrupted: SIGINT or SIGTERM; the run can be resumed.
        Elsewhere: one of those, in a process of a distributed training in which another one raises it.
    """
    network = front.network_or_raise()
    with attempt(front.report.file, observer, levels) as trying:
        needs = Needs(data_dir, device, max_params, passed, cuda_graph, trying.read)
        job = trying.prepared(partial(prepare, network, _source(front).folder, needs, trying.ranks))
        files = trying.new(directory, network.name)
        trying.begin(files, job, front, command)
        result = trying.trained(files, job)
        # The copy's network: its data can be found again from anywhere.
        return Run(files.path, result, resuming.spec_of(files).network_or_raise() if trying.ranks.main else network)


def resume(
    place: Front | str | os.PathLike[str],
    *,
    data_dir: str | None = None,
    device: str | None = None,
    observer: Observer | None = None,
    command: Sequence[str] | None = None,
    levels: Levels | None = None,
    passed: Whole | None = None,
    cuda_graph: bool = False,
) -> Run:
    """Go on with a run from its newest whole checkpoint. A finished run is returned as it is.

    Args:
        place: the directory of the run; or `runs/NAME`, or a spec: their newest run is meant.
        data_dir: as for `start`.
        device: as for `start`.
        observer: as for `start`.
        command: the command line, which is added to environment.json.
        levels: as for `start`.
        passed: as for `start`; the same as the run began with.
        cuda_graph: as for `start`.

    Raises:
        SpecError: the spec, or the run's copy of it, has errors.
        RunError: there is nothing to resume, or it does not fit, or as for `start`.
        Interrupted: SIGINT or SIGTERM; the run can be resumed again.
        Elsewhere: as for `start`.
    """
    with attempt(None, observer, levels) as trying:
        files, network = trying.found(lambda: _begun(place))
        # One process may have written the result a moment before another looks.
        if trying.ranks.largest(files.finished):
            finished = trying.found(lambda: Run.open(files.path))
            trying.tell(AlreadyFinished(files.path, finished.result))
            return finished
        needs = Needs(data_dir, device, passed=passed, cuda_graph=cuda_graph, progress=trying.read)
        job = trying.prepared(partial(prepare, network, files.path, needs, trying.ranks))
        trying.go_on(files, job)
        return Run(files.path, trying.trained_on(files, job, command), network)


def fast_dev_run(
    front: Front,
    batches: int = 1,
    *,
    data_dir: str | None = None,
    device: str | None = None,
    observer: Observer | None = None,
    max_params: int = MAX_PARAMS,
    levels: Levels | None = None,
    passed: Whole | None = None,
    cuda_graph: bool = False,
) -> Result:
    """Go through a whole run with a few batches of each split, to see that it works. Leaves nothing behind.

    Args:
        front: as for `start`.
        batches: how many of the training, validation and test samples each.
        data_dir: as for `start`.
        device: as for `start`.
        observer: as for `start`.
        max_params: as for `start`.
        levels: as for `start`.
        passed: as for `start`.
        cuda_graph: as for `start`.

    Returns:
        What result.json would hold.

    Raises:
        SpecError, RunError, Interrupted, Elsewhere: as for `start`.
    """
    network = front.network_or_raise()
    with attempt(front.report.file, observer, levels) as trying:
        needs = Needs(data_dir, device, max_params, passed, cuda_graph, trying.read)
        whole = trying.prepared(partial(prepare, network, _source(front).folder, needs, trying.ranks))
        job, files = shortened(whole, batches), trying.scratch(network.name)
        trying.begin(files, job, front, None)
        return trying.trained(files, job)


def _begun(place: Front | str | os.PathLike[str]) -> tuple[RunDirectory, Network]:
    """The run that is to be gone on with, and its network."""
    if not isinstance(place, Front) and Path(place).is_file():
        place = read_file(os.fspath(place))
    files = resuming.newest_of(place.network_or_raise()) if isinstance(place, Front) else places.begun(place)
    network = resuming.spec_of(files).network_or_raise()
    if isinstance(place, Front):
        resuming.check_same(place, network)
    return files, network


def _source(front: Front) -> SourceFile:
    assert front.source is not None, "a network has a text"
    return front.source
