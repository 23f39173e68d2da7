"""One process's part of a training: the engine's events go to the files of the run and to the observer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault, Stage
from archc.diagnostics.levels import Level, Levels
from archc.distributed import scale
from archc.errors import Interrupted
from archc.files import durable
from archc.machine import interrupts, torch_errors
from archc.machine.precision import is_emulated
from archc.recipe.figures import headlines
from archc.runs import checkpoint, weights
from archc.runs.directory import RunDirectory, writing
from archc.runs.records import Figures, Result
from archc.runs.resuming import Resumed
from archc.runs.saving import Saver
from archc.training.engine import Diverged, Engine
from archc.training.measure import Measured
from archc.training.progress import Evaluated, Finished, Observer, Started, Warned
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
        self.run_directory = run
        self.observer = observer
        self.levels = levels or Levels()
        """How much each lint matters; `found` are those that came up when the data was found."""
        self.found = tuple(found)

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
                saver.after(event)
                self.observer(event)
                # After other events the place is not one that a checkpoint may keep.
                if not isinstance(event, Evaluated) and (signum := self.engine.ranks.largest(signals.signum or 0)):
                    saver.save()
                    raise Interrupted(self.run_directory.path, self.engine.state.step, signum)
            saver.flush()
            result = self._finish(saver.kept)
        self.observer(Finished(result))
        return result

    def _started(self, resumed: Resumed | None) -> Started:
        engine, splits = self.engine, self.engine.splits
        return Started(
            directory=self.run_directory.path,
            name=engine.network.name,
            device=str(engine.device),
            epochs=engine.train.epochs,
            steps=engine.steps,
            steps_per_epoch=engine.steps_per_epoch,
            batch_size=engine.train.batch_size,
            train=len(splits.train),
            validation=len(splits.validation) if splits.validation else 0,
            test=len(splits.test) if splits.test else 0,
            parameters=engine.network.params,
            step=engine.state.step,
            checkpoint=resumed.path.name if resumed and resumed.path else None,
            resumed=resumed is not None,
            processes=engine.ranks.size,
        )

    def _warn(self, warnings: Iterable[Fault]) -> None:
        """Tell what the training goes on in spite of.

        Raises:
            Fault: it is denied.
        """
        with self.engine.ranks.same_outcome_on_all_ranks():
            for fault in warnings:
                level = self._level(fault)
                if level == "deny":
                    raise fault
                if level == "warn":
                    self.observer(Warned(fault))

    def _level(self, fault: Fault) -> Level:
        return self.levels.of_training(fault.code) if fault.stage == Stage.RUN else self.levels.of(fault.code)

    def _warnings(self, resumed: Resumed | None) -> tuple[Fault, ...]:
        engine = self.engine
        found: list[Fault] = [*self.found, *(resumed.warnings if resumed else ())]
        found += scale.warnings(engine.network, engine.train, engine.device, engine.ranks.size)
        if is_emulated(engine.train.precision, engine.device):
            found.append(
                catalog.run_warnings.PrecisionEmulated(precision=engine.train.precision, device=str(engine.device))
            )
        return tuple(found)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """What can go wrong in a step, as faults."""
        engine = self.engine
        try:
            yield
        except Diverged as error:
            raise catalog.training.LossNotFinite(
                step=error.step, epoch=error.epoch, loss=error.loss, kept=self._kept()
            ) from None
        except RuntimeError as error:
            if reason := torch_errors.not_deterministic(error):
                raise catalog.control.NotDeterministic(reason=reason) from error
            if engine.ranks.lost(error):
                raise self._process_lost() from error
            if not torch_errors.is_out_of_memory(error):
                raise
            raise catalog.training.OutOfMemory(device=str(engine.device), batch_size=engine.train.batch_size) from error

    def _process_lost(self) -> catalog.scale.ProcessLost:
        ranks, run = self.engine.ranks, self.run_directory
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
        engine, run = self.engine, self.run_directory
        last, best = engine.final_weights(), engine.best_weights or engine.final_weights()
        whole_last, whole_best = engine.placement.whole(last), engine.placement.whole(best)
        sha = weights.digest(whole_last)
        with engine.ranks.same_outcome_on_all_ranks(), writing(run.path, kept):
            if engine.ranks.main:
                durable.write_file(run.last, weights.dump(whole_last))
                durable.write_file(run.best, weights.dump(whole_best))
        began = perf_counter()
        engine.model.load_state_dict(best)
        engine.placement.unify(engine.model)
        samples = engine.splits.test
        test = engine.measure(engine.model, samples.to(engine.device)) if samples else None
        result = self._result(test, sha, perf_counter() - began)
        with engine.ranks.same_outcome_on_all_ranks(), writing(run.result, kept):
            if engine.ranks.main:
                durable.write_json(run.result, result)
        return result

    def _result(self, test: Measured | None, sha: str, test_seconds: float) -> Result:
        engine, state = self.engine, self.engine.state
        best = state.best
        epochs = -(-state.step // engine.steps_per_epoch)
        unknown = {f"val_{name}": None for name in headlines("classes" if engine.splits.facts.classes else "values")}
        return {
            "version": 1,
            "epochs": state.step // engine.steps_per_epoch,
            "steps": state.step,
            "best": {
                "epoch": best.epoch if best else epochs,
                "step": best.step if best else state.step,
                **{name: finite(value) for name, value in (best.figures if best else unknown).items()},
            },
            "stopped_early": state.stopped and state.step < engine.steps,
            "test": _of_split(test) if test else None,
            "seconds": round(state.seconds + test_seconds, 6),
            "samples_per_second": round(state.samples / max(state.training_seconds, 1e-9), 3),
            "weights_sha256": sha,
        }


def _of_split(measured: Measured) -> Figures:
    return {**{name: finite(value) for name, value in measured.figures.items()}, "samples": measured.samples}
