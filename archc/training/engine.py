"""The loop: a network, its recipe and its samples -> events, one after the other, until the training is complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from archc.data.splits import Split
from archc.distributed.ranks import Share, split_like
from archc.machine import randomness, torch_errors
from archc.machine.precision import restore_scaler, scaler_state
from archc.recipe.section import Interval
from archc.training import optimizer
from archc.training.assembly import Parts
from archc.training.figures import NotFiniteError, StepFigures, Tally
from archc.training.measure import Measured
from archc.training.progress import EpochEnded, Evaluated, Logged, Progress, StepProgress
from archc.training.saved import DoesNotFit
from archc.training.state import Best, Control, State
from archc.training.stopwatch import Stopwatch

T = TypeVar("T")

PROGRESS_SECONDS: Final = 0.1
"""Figures are fetched from the device this often at most, as fetching waits for it."""


class Diverged(Exception):  # noqa: N818 - it is what happened, in one word
    """The loss or the weights are no longer finite. `step` is the first step that shows it."""

    def __init__(self, step: int, epoch: int, loss: str) -> None:
        super().__init__(step, epoch, loss)
        self.step = step
        self.epoch = epoch
        self.loss = loss


class Tensors(NamedTuple):
    """The tensors of a place, by name. `best` is empty without an evaluation, `average` without an average."""

    weights: dict[str, Tensor]
    optimizer: dict[str, Tensor]
    generators: dict[str, Tensor]
    best: dict[str, Tensor]
    average: dict[str, Tensor]


class Snapshot(NamedTuple):
    """All that a training needs to go on from a place."""

    state: State
    control: Control
    tensors: Tensors


class Engine:
    """One training. Uses torch's global generators: run it inside `randomness.separate`.

    In several processes, all of them make the same steps together, each with its share of every batch.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.state = State()
        self.best_weights: dict[str, Tensor] = {}
        self._figures = StepFigures(parts.measure.task, is_mean=parts.measure.objective.is_mean)
        self._evaluated: Evaluated | None = None
        self._stopwatch = Stopwatch()
        self._begin = (0, 0.0)
        splits = {"validation": parts.splits.validation, "test": parts.splits.test}
        on = dict.fromkeys(parts.train.evaluate.on)
        self._measured = {name: samples for name in on if (samples := splits[name]) is not None}
        """The splits that are evaluated when that is due."""

    @property
    def complete(self) -> bool:
        return self.state.stopped or self.state.step >= self.parts.steps

    def events(self) -> Iterator[Progress]:
        """Train until complete. After a `StepProgress` and an `EpochEnded` the place can be kept by `snapshot`.

        Raises:
            Diverged: the loss is not finite.
        """
        self._begin = (self.state.step, self.state.seconds)
        while not self.complete:
            yield from self._epoch()

    def _epoch(self) -> Iterator[Progress]:
        state = self.state
        parts, train = self.parts, self.parts.train
        batches = torch.split(parts.order(state.epoch).to(parts.device), train.batch_size)
        self._stopwatch.start()
        for rows in batches[state.step_in_epoch :]:
            self.train_on(rows)
            yield from self._after_step()
            if self.complete:
                return

    def _batch(self, rows: Tensor) -> Split:
        batch = self.parts.augment.batch(self.parts.splits.train.take(rows), rows, self.state.epoch)
        return Split(batch.inputs, self.parts.measure.prepare.targets(batch))

    def train_on(self, rows: Tensor) -> None:
        """Train on the samples of these numbers, or on this process's share of them."""
        self.parts.schedule.before_step(self.state.step)
        self.parts.ranks.seed(self.parts.train.seed, self.state.step, self.parts.device)
        share = self.parts.ranks.share(self.parts.splits.train.targets, rows, self.parts.train.accumulate)
        batch = self._batch(share.rows if share else rows)
        loss, outputs_n = self._step(batch, share)
        self.parts.schedule.after_step()
        self._figures.add(loss, outputs_n, batch.targets, len(rows), counts=share is None or share.counts)
        self.state.step += 1
        self.state.step_in_epoch += 1
        if self.parts.average is not None:
            self.parts.average.add(self.state.step)

    def _step(self, batch: Split, share: Share | None) -> tuple[Tensor, Tensor]:
        """One step. Where torch stops at a number that no weight can hold, that is where the training diverges."""
        try:
            return self.parts.step(batch, share)
        except RuntimeError as error:
            if not torch_errors.is_too_large(error):
                raise
            step, epoch = self.state.step + 1, self.state.epoch
            raise Diverged(step, epoch, "followed by a change of the weights that is not finite") from error

    def _after_step(self) -> Iterator[Progress]:
        """Log and evaluate before anything else: no place that is kept lacks what was due there."""
        ends = self.state.step_in_epoch == self.parts.steps_per_epoch or self.complete
        if self._is_due(self.parts.train.log.every, ends):
            yield self._log()
            self._stopwatch.start()
        if self._evaluation_due(ends):
            evaluated = self._evaluate(ends)
            ends = evaluated.ends_epoch
            yield evaluated
            self._stopwatch.start()
        if ends:
            yield self.end_epoch()
        elif self.parts.ranks.due(self._stopwatch.running(), PROGRESS_SECONDS) or self._may_be_saved():
            yield self._progress()
            self._stopwatch.start()

    def _may_be_saved(self) -> bool:
        """Whether a checkpoint is due at this very step, for which there has to be an event."""
        number, unit = self.parts.train.checkpoint.every
        return unit == "step" and self.state.step % number == 0

    def _evaluation_due(self, ends: bool) -> bool:
        if not self._measured:
            return False
        return self.complete or self._is_due(self.parts.train.evaluate.every, ends)

    def _is_due(self, every: Interval | None, ends: bool) -> bool:
        if every is None:
            return False
        if every.unit == "step":
            return self.state.step % every.number == 0
        return ends and self.state.epoch % every.number == 0

    def _log(self) -> Logged:
        self._bring_up_to_date()
        state = self.state
        figures = {f"train_{name}": value for name, value in self._running(state.since_log).items()}
        event = Logged(
            epoch=state.epoch,
            step=state.step,
            figures=figures,
            samples=state.since_log.samples,
            seconds=state.log_seconds,
            lr=self.parts.schedule.lr,
        )
        state.since_log, state.log_seconds = Tally(), 0.0
        return event

    def _evaluate(self, ends: bool) -> Evaluated:
        self._bring_up_to_date()
        self.parts.placement.unify(self.parts.model)
        state, model = self.state, self.evaluated_model()
        found = {name: self.parts.measure(model, samples).figures for name, samples in self._measured.items()}
        state.seconds += (seconds := self._stopwatch.lap())
        state.epoch_seconds += seconds
        # Of these alone take note those who choose: what is chosen by test figures is not measured by them.
        chooses = _named("validation", found.get("validation", {}))
        best = self._take_note(chooses, Best(state.epoch, state.step, dict(chooses)))
        since, ends = state.since_evaluation, ends or state.stopped
        self._evaluated = Evaluated(
            epoch=state.epoch,
            step=state.step,
            figures={name: value for split, own in found.items() for name, value in _named(split, own).items()},
            train_loss=since.mean_loss,
            best=best,
            ends_epoch=ends,
            apart=not ends or since.steps != state.tally.steps,
            seconds=seconds,
        )
        state.since_evaluation = Tally()
        return self._evaluated

    def _take_note(self, figures: dict[str, float], here: Best) -> bool:
        """Show new figures to those who act on them. True where this place is the best so far."""
        best = self.parts.watch.take_note(figures)
        if best:
            self.state.best = here
            self.best_weights = {name: value.clone() for name, value in self.weights().items()}
        self.state.stopped = self.parts.watch.stop
        self.parts.schedule.take_note(figures)
        return best

    def evaluated_model(self) -> nn.Module:
        """The model that is evaluated and kept: the average, where one is asked for."""
        return self.parts.average.model() if self.parts.average is not None else self.parts.model

    def end_epoch(self) -> EpochEnded:
        self._bring_up_to_date()
        state, evaluated = self.state, self._evaluated
        running = self._running(state.tally)
        figures = {f"train_{name}": value for name, value in running.items()}
        here = evaluated is not None and evaluated.step == state.step
        measured: dict[str, float | None] = {}
        for split in dict.fromkeys(("validation", *self._measured)):
            if not here or split not in self._measured:
                measured |= _named(split, dict.fromkeys(running))
        if evaluated is not None and here:
            measured |= evaluated.figures
        self._take_note(figures, Best(state.epoch, state.step, _of_validation(measured)))
        self.parts.schedule.after_epoch()
        event = EpochEnded(
            epoch=state.epoch,
            epochs=self.parts.train.epochs,
            step=state.step,
            figures={**figures, **measured},
            seconds=state.epoch_seconds,
            lr=self.parts.schedule.lr,
        )
        state.epoch, state.step_in_epoch, state.tally, state.epoch_seconds = state.epoch + 1, 0, Tally(), 0.0
        return event

    def _progress(self) -> StepProgress:
        self._bring_up_to_date()
        state = self.state
        done, seconds = state.step - self._begin[0], state.seconds - self._begin[1]
        return StepProgress(
            epoch=state.epoch,
            step=state.step,
            steps=self.parts.steps,
            figures=self._running(state.tally),
            samples_per_second=state.samples / max(state.training_seconds, 1e-9),
            seconds_left=seconds / done * (self.parts.steps - state.step),
        )

    def _running(self, tally: Tally) -> dict[str, float]:
        """The figures of the steps of a tally, the loss first."""
        return {"loss": tally.mean_loss, **self.parts.measure.task.running(tally.sums, tally.samples)}

    def _bring_up_to_date(self) -> None:
        """Bring figures and times up to the newest step. Waits for the device."""
        state, before = self.state, self.state.tally.samples
        try:
            self._figures.collect((state.tally, state.since_evaluation, state.since_log), self.parts.ranks)
        except NotFiniteError as error:
            raise Diverged(state.step - error.steps_ago, state.epoch, f"{error.loss:g}") from None
        seconds = self._stopwatch.lap()
        state.samples += state.tally.samples - before
        state.training_seconds += seconds
        state.log_seconds += seconds
        state.epoch_seconds += seconds
        state.seconds += seconds

    def weights(self) -> dict[str, Tensor]:
        """Parameters and buffers of what is evaluated and kept, by name. References, not copies."""
        return _tensors(self.evaluated_model())

    def final_weights(self) -> dict[str, Tensor]:
        """What the training ends with: the newest weights, or the best where early stopping goes back to them."""
        return self.best_weights if self.parts.watch.restores and self.best_weights else self.weights()

    def outcome(self) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """The weights it ends with, and the best ones, whole in each process. References, which `test` changes."""
        last = self.final_weights()
        whole = self.parts.placement.whole
        return whole(last), whole(self.best_weights or last)

    def test(self) -> Measured | None:
        """The figures of the best weights on the test samples. The model has those weights from then on."""
        parts, samples = self.parts, self.parts.splits.test
        parts.model.load_state_dict(self.best_weights or self.final_weights())
        parts.placement.unify(parts.model)
        return parts.measure(parts.model, samples.to(parts.device), in_full=True) if samples else None

    def snapshot(self) -> Snapshot:
        """The place after the newest event, as references: use it before the next step.

        Raises:
            Diverged: a weight is not finite, so that no later loss will be.
        """
        weights, placement = _tensors(self.parts.model), self.parts.placement
        if self.parts.ranks.largest(not self._finite(weights)):
            # At an epoch's end the place is already that of the next one, and the step of the last.
            epoch = self.state.epoch - (self.state.step_in_epoch == 0)
            raise Diverged(self.state.step, epoch, "followed by weights that are not finite")
        return Snapshot(
            # A copy, as the state goes on changing.
            state=replace(self.state),
            control=self._control(),
            tensors=Tensors(
                weights=placement.whole(weights),
                optimizer=placement.whole(optimizer.tensors(self.parts.optimizer)),
                generators=randomness.states(self.parts.device),
                best=placement.whole(self.best_weights),
                average=self.parts.average.tensors() if self.parts.average is not None else {},
            ),
        )

    def _finite(self, tensors: dict[str, Tensor]) -> bool:
        local = [self.parts.placement.local(value) for value in tensors.values() if value.is_floating_point()]
        return not local or bool(torch.stack([value.isfinite().all() for value in local]).all())

    def _control(self) -> Control:
        scaler = scaler_state(self.parts.step.scaler)
        return Control(self.parts.schedule.state(), self.parts.watch.state(), scaler)

    def _check_fit(self, snapshot: Snapshot, like: dict[str, Tensor]) -> None:
        """Compare a place with this training before anything of it is put in: names, shapes, how far an epoch goes."""
        parts, tensors = self.parts, snapshot.tensors
        if snapshot.state.step_in_epoch >= parts.steps_per_epoch:
            raise DoesNotFit("it is no place of such an epoch")
        if tensors.best:
            _check_shapes(tensors.best, like, "the best weights")
        _check_shapes(tensors.average, parts.average.tensors() if parts.average else {}, "the average")
        if (parts.step.scaler is not None) != bool(snapshot.control.scaler):
            raise DoesNotFit("the scale of the loss is that of another precision")

    def restore(self, snapshot: Snapshot) -> None:
        """Go to a place that was kept. Its weights fit the network (`weights.check_fit`).

        Raises:
            DoesNotFit: something else of it is of another recipe.
        """
        parts, tensors = self.parts, snapshot.tensors
        like = _tensors(parts.model)
        self._check_fit(snapshot, like)
        parts.model.load_state_dict(split_like(parts.placement, tensors.weights, like))
        optimizer.load_tensors(parts.optimizer, tensors.optimizer, parts.placement.own)
        randomness.restore(tensors.generators, parts.device)
        self.best_weights = split_like(parts.placement, tensors.best, like)
        if parts.average is not None:
            parts.average.restore(tensors.average)
        self.state = snapshot.state
        parts.schedule.restore(snapshot.control.schedule)
        parts.watch.restore(snapshot.control.watch)
        restore_scaler(parts.step.scaler, snapshot.control.scaler)


def _check_shapes(saved: dict[str, Tensor], own: dict[str, Tensor], what: str) -> None:
    wrong = next((name for name in {**own, **saved} if not _has_shape(saved.get(name), own.get(name))), None)
    if wrong is not None:
        raise DoesNotFit(f"`{wrong}` of {what} is another")


def _has_shape(saved: Tensor | None, own: Tensor | None) -> bool:
    return saved is not None and own is not None and saved.shape == own.shape


def _named(split: str, figures: Mapping[str, T]) -> dict[str, T]:
    """Figures of a split as they are called where there are several."""
    prefix = {"validation": "val", "test": "test"}[split]
    return {f"{prefix}_{name}": value for name, value in figures.items()}


def _of_validation(figures: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: value for name, value in figures.items() if name.startswith("val_")}


def _tensors(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach() for name, value in model.state_dict().items()}
