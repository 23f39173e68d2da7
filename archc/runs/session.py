"""One process's part of a training: the engine's events go to the files of the run and to the observer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, Final

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault, Stage
from archc.diagnostics.levels import Level, Levels
from archc.distributed import scale
from archc.errors import Interrupted
from archc.files import durable
from archc.machine import interrupts, torch_errors
from archc.machine.precision import is_emulated
from archc.recipe.tasks import task_of
from archc.runs import checkpoint, weights
from archc.runs.directory import RunDirectory, writing
from archc.runs.records import Result
from archc.runs.resuming import Resumed
from archc.runs.saving import Saver
from archc.training.capture import CapturedStep
from archc.training.engine import Diverged, Engine
from archc.training.measure import Measured
from archc.training.progress import UNSETTLED, Finished, Observer, Started, Warned
from archc.training.state import finite

_NOT_WRITTEN: Final = catalog.run_warnings.CheckpointNotWritten


class Session:
    """Trains to the end, or until a signal stops it."""

    def __init__(
        self,
        engine: Engine,
        run: RunDirectory,
        observer: Observer,
        levels: Levels | None = None,
        found: Iterable[Fault] = (),
    ) -> None:
        self.engine = engine
        self.parts = engine.parts
        self.run_directory = run
        self.observer = observer
        self.levels = levels or Levels()
        """How much each lint matters; `found` are those that came up when the data was found."""
        self.found = tuple(found)
        self._told = False

    def train(self, resumed: Resumed | None = None) -> Result:
        """What result.json holds, once it is written.

        Raises:
            Interrupted: a signal came; a checkpoint is saved.
            LossNotFinite, OutOfMemory, CannotWrite: the training cannot go on.
            Fault: a lint that is denied.
        """
        self.observer(self._started(resumed))
        self._warn(self._warnings(resumed))
        newest, level = resumed.path if resumed else None, self.levels.of_training(_NOT_WRITTEN.code)
        saver = Saver(self.engine, self.run_directory, self.observer, newest, level)
        with interrupts.watched() as signals, self._faults():
            for event in self.engine.events():
                if refused := self._refused():
                    self._warn([refused])
                saver.after(event)
                self.observer(event)
                if not isinstance(event, UNSETTLED) and (signum := self.parts.ranks.largest(signals.signum or 0)):
                    saver.save()
                    raise Interrupted(self.run_directory.path, self.engine.state.step, signum)
            saver.flush()
            result = self._finish(saver.kept)
        self.observer(Finished(result))
        return result

    def _started(self, resumed: Resumed | None) -> Started:
        parts, splits = self.parts, self.parts.splits
        return Started(
            directory=self.run_directory.path,
            name=parts.network.name,
            device=str(parts.device),
            epochs=parts.train.epochs,
            steps=parts.steps,
            steps_per_epoch=parts.steps_per_epoch,
            batch_size=parts.train.batch_size,
            train=len(splits.train),
            validation=len(splits.validation) if splits.validation else 0,
            test=len(splits.test) if splits.test else 0,
            parameters=parts.network.params,
            step=self.engine.state.step,
            checkpoint=resumed.path.name if resumed and resumed.path else None,
            resumed=resumed is not None,
            processes=parts.ranks.size,
            logs=parts.train.log.every is not None,
        )

    def _warn(self, warnings: Iterable[Fault]) -> None:
        """Tell what the training goes on in spite of.

        Raises:
            Fault: it is denied.
        """
        with self.parts.ranks.same_outcome_on_all_ranks():
            for fault in warnings:
                level = self._level(fault)
                if level == "deny":
                    raise fault
                if level == "warn":
                    self.observer(Warned(fault))

    def _level(self, fault: Fault) -> Level:
        return self.levels.of_training(fault.code) if fault.stage == Stage.RUN else self.levels.of(fault.code)

    def _warnings(self, resumed: Resumed | None) -> tuple[Fault, ...]:
        parts = self.parts
        found: list[Fault] = [*self.found, *(resumed.warnings if resumed else ())]
        found += scale.warnings(parts.network, parts.train, parts.device, parts.ranks.size)
        if is_emulated(parts.train.precision, parts.device):
            fault = catalog.run_warnings.PrecisionEmulated(precision=parts.train.precision, device=str(parts.device))
            found.append(fault)
        return tuple(found)

    def _refused(self) -> Fault | None:
        """That steps are not recorded after all, once."""
        step = self.parts.step
        if self._told or not isinstance(step, CapturedStep) or step.refused is None:
            return None
        self._told = True
        return catalog.run_warnings.CudaGraphRefused(reason=step.refused)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """What can go wrong in a step, as faults."""
        parts = self.parts
        try:
            yield
        except Diverged as error:
            raise catalog.training.LossNotFinite(
                step=error.step, epoch=error.epoch, loss=error.loss, kept=self._kept(), ignored=self._ignored(error)
            ) from None
        except IndexError as error:
            if not torch_errors.is_no_such_row(error):
                raise
            raise self._no_such_token() from error
        except RuntimeError as error:
            if reason := torch_errors.not_deterministic(error):
                raise catalog.control.NotDeterministic(reason=reason) from error
            if parts.ranks.lost(error):
                raise self._process_lost() from error
            if not torch_errors.is_out_of_memory(error):
                raise
            raise catalog.training.OutOfMemory(device=str(parts.device), batch_size=parts.train.batch_size) from error

    def _ignored(self, error: Diverged) -> int | None:
        """The class that the loss leaves out, where that may be why a loss is not a number: 0 divided by 0."""
        left_out = getattr(self.parts.train.loss, "ignore_index", None)
        known = range(len(self.parts.splits.facts.classes))
        return left_out if error.loss == "nan" and left_out in known else None

    def _no_such_token(self) -> catalog.training.NoSuchToken:
        samples = self.parts.splits.train.inputs
        nodes = self.parts.network.walk()
        sizes = {f"{node.path} ({node.type})": getattr(node.layer, "num_embeddings", None) for node in nodes}
        size, layer = min((size, layer) for layer, size in sizes.items() if size is not None)
        return catalog.training.NoSuchToken(
            layer=layer,
            size=size,
            least=int(samples.min()),
            most=int(samples.max()),
        )

    def _process_lost(self) -> catalog.scale.ProcessLost:
        ranks, run = self.parts.ranks, self.run_directory
        saved = checkpoint.newest(run.checkpoints).path is not None
        return catalog.scale.ProcessLost(
            rank=ranks.rank, size=ranks.size, kept=self._kept(), run=str(run.path) if saved else None
        )

    def _kept(self) -> str:
        """What is left of a training that cannot go on."""
        found = checkpoint.newest(self.run_directory.checkpoints)
        if found.path is None:
            return "no checkpoint was saved before"
        return f"the last good state is in `{found.path}`"

    def _finish(self, kept: str | None) -> Result:
        """Evaluate the test samples, and write the weights and the result. `kept` is the newest checkpoint."""
        ranks, run = self.parts.ranks, self.run_directory
        last, best = self.engine.outcome()
        # Before the test, which puts the best weights where the last ones are.
        sha = weights.digest(last)
        # Weights before the test: what a week of training has made is safe before anything else can fail.
        with ranks.same_outcome_on_all_ranks(), writing(run.path, kept):
            if ranks.main:
                durable.write_file(run.last, weights.dump(last))
                durable.write_file(run.best, weights.dump(best))
        began = perf_counter()
        test = self.engine.test()
        result = self._result(test, sha, perf_counter() - began)
        # The result last: a run is finished when it has one.
        with ranks.same_outcome_on_all_ranks(), writing(run.result, kept):
            if ranks.main:
                durable.write_json(run.result, result)
        return result

    def _result(self, test: Measured | None, sha: str, test_seconds: float) -> Result:
        parts, state = self.parts, self.engine.state
        best = state.best
        epochs = -(-state.step // parts.steps_per_epoch)
        unknown = {f"val_{name}": None for name in self._always}
        return {
            "version": 1,
            "epochs": state.step // parts.steps_per_epoch,
            "steps": state.step,
            "best": {
                "epoch": best.epoch if best else epochs,
                "step": best.step if best else state.step,
                **{name: finite(value) for name, value in (best.figures if best else unknown).items()},
            },
            "stopped_early": state.stopped and state.step < parts.steps,
            "test": self._of_split(test) if test else None,
            "seconds": round(state.seconds + test_seconds, 6),
            "samples_per_second": round(state.samples / max(state.training_seconds, 1e-9), 3),
            "weights_sha256": sha,
        }

    @property
    def _always(self) -> tuple[str, ...]:
        """The figures that are measured without being asked for."""
        parts = self.parts
        return task_of(parts.splits.facts, parts.train.loss, parts.network.output).always

    def _of_split(self, measured: Measured) -> dict[str, Any]:
        """Figures, samples, and what the task reports beside them."""
        figures = {name: finite(value) for name, value in measured.figures.items()}
        return {**figures, "samples": measured.samples, **self.parts.measure.task.report(measured.sums)}
