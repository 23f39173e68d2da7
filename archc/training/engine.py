"""The loop: a network, its recipe and its samples -> events, one after the other, until the training is complete."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter
from typing import Final, NamedTuple, TypeAlias

import torch
from torch import Tensor

from archc.backends.torch import build
from archc.network import Network
from archc.recipe.train import Train
from archc.training import device as devices
from archc.training import measure, optimizer, randomness
from archc.training.data.batches import Preparation
from archc.training.data.splits import Splits
from archc.training.figures import NotFiniteError, StepFigures, Tally
from archc.training.measure import Measured
from archc.training.objective import Objective
from archc.training.progress import EpochEnded, Evaluated, StepProgress
from archc.training.state import Best, State

Event: TypeAlias = StepProgress | Evaluated | EpochEnded

PROGRESS_SECONDS: Final = 0.1
"""Figures are fetched from the device this often at most, as fetching waits for it."""


class Diverged(Exception):  # noqa: N818 - it is what happened, in one word
    """The loss or the weights are no longer finite. `step` is the first step that shows it."""

    def __init__(self, step: int, epoch: int, loss: str) -> None:
        super().__init__(step, epoch, loss)
        self.step = step
        self.epoch = epoch
        self.loss = loss


class Snapshot(NamedTuple):
    """All that a training needs to go on from a place. Tensors by name; `best` is empty without an evaluation."""

    state: State
    weights: dict[str, Tensor]
    optimizer: dict[str, Tensor]
    generators: dict[str, Tensor]
    best: dict[str, Tensor]


class Engine:
    """One training. Uses torch's global generators: run it inside `randomness.separate`."""

    def __init__(self, network: Network, train: Train, splits: Splits, device: torch.device) -> None:
        self.network, self.train, self.device = network, train, device
        self.splits = replace(
            splits,
            train=splits.train.to(device),
            validation=splits.validation.to(device) if splits.validation else None,
        )
        randomness.seed_all(train.seed, device)
        self.model = devices.place(build(network), network, device)
        self.objective = Objective(train.loss, device)
        self.optimizer = optimizer.make(train.optimizer, self.model.parameters(), device)
        self.prepare = Preparation(train.data.transform, device)
        self.state = State()
        self.best_weights: dict[str, Tensor] = {}
        self._figures = StepFigures(is_mean=self.objective.is_mean)
        self._evaluated: Evaluated | None = None
        self._watch = _Stopwatch()
        self._begin = (0, 0.0)

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(len(self.splits.train) / self.train.batch_size)

    @property
    def steps(self) -> int:
        """The number of the last step."""
        return self.train.steps or (self.train.epochs or 0) * self.steps_per_epoch

    @property
    def complete(self) -> bool:
        return self.state.step >= self.steps

    def events(self) -> Iterator[Event]:
        """Train until complete. After a `StepProgress` and an `EpochEnded` the place can be kept by `snapshot`.

        Raises:
            Diverged: the loss is not finite.
        """
        self._begin = (self.state.step, self.state.seconds)
        while not self.complete:
            yield from self._epoch()

    def _epoch(self) -> Iterator[Event]:
        state = self.state
        order = randomness.epoch_order(len(self.splits.train), self.train.seed, state.epoch, shuffle=self.train.shuffle)
        batches = torch.split(order.to(self.device), self.train.batch_size)
        self._watch.start()
        for rows in batches[state.step_in_epoch :]:
            self._step(rows)
            yield from self._after_step()
            if self.complete:
                return

    def _step(self, rows: Tensor) -> None:
        batch = self.splits.train.take(rows)
        outputs = self.model(self.prepare(batch.images))
        loss = self.objective(outputs, batch.labels)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self._figures.add(loss, outputs, batch.labels)
        self.state.step += 1
        self.state.step_in_epoch += 1

    def _after_step(self) -> Iterator[Event]:
        """Evaluate before anything else, so that no place that is kept lacks an evaluation that was due."""
        ends = self.state.step_in_epoch == self.steps_per_epoch or self.complete
        if self._evaluation_due(ends):
            yield self._evaluate(ends)
            self._watch.start()
        if ends:
            yield self._end_epoch()
        elif self._watch.running() >= PROGRESS_SECONDS:
            yield self._progress()
            self._watch.start()

    def _evaluation_due(self, ends: bool) -> bool:
        if self.splits.validation is None:
            return False
        count, unit = self.train.evaluate.every
        if unit == "step":
            return self.complete or self.state.step % count == 0
        return self.complete or (ends and self.state.epoch % count == 0)

    def _evaluate(self, ends: bool) -> Evaluated:
        assert self.splits.validation is not None
        self._settle()
        state, measured = self.state, self._measure()
        state.seconds += (seconds := self._watch.lap())
        state.epoch_seconds += seconds
        best = measured.loss < (state.best.val_loss if state.best else math.inf)
        if best:
            state.best = Best(state.epoch, state.step, measured.loss, measured.accuracy)
            self.best_weights = {name: value.clone() for name, value in self.weights().items()}
        self._evaluated = Evaluated(state.epoch, state.step, measured.loss, measured.accuracy, best, ends, seconds)
        return self._evaluated

    def _measure(self) -> Measured:
        assert self.splits.validation is not None
        batch = measure.batch_size(self.network, self.device)
        return measure.measure(self.model, self.splits.validation, self.objective, self.prepare, batch=batch)

    def _end_epoch(self) -> EpochEnded:
        self._settle()
        state, evaluated = self.state, self._evaluated
        now = evaluated if evaluated and evaluated.step == state.step else None
        event = EpochEnded(
            epoch=state.epoch,
            epochs=self.train.epochs,
            step=state.step,
            train_loss=state.tally.mean_loss,
            train_accuracy=state.tally.accuracy,
            val_loss=now.val_loss if now else None,
            val_accuracy=now.val_accuracy if now else None,
            seconds=state.epoch_seconds,
        )
        state.epoch, state.step_in_epoch, state.tally, state.epoch_seconds = state.epoch + 1, 0, Tally(), 0.0
        return event

    def _progress(self) -> StepProgress:
        self._settle()
        state = self.state
        done, seconds = state.step - self._begin[0], state.seconds - self._begin[1]
        return StepProgress(
            epoch=state.epoch,
            step=state.step,
            steps=self.steps,
            loss=state.tally.mean_loss,
            accuracy=state.tally.accuracy,
            samples_per_second=state.samples / max(state.training_seconds, 1e-9),
            seconds_left=seconds / done * (self.steps - state.step),
        )

    def _settle(self) -> None:
        """Bring figures and times up to the newest step. Waits for the device."""
        state, before = self.state, self.state.tally.samples
        try:
            self._figures.drain(state.tally)
        except NotFiniteError as error:
            raise Diverged(state.step - error.steps_ago, state.epoch, f"{error.loss:g}") from None
        seconds = self._watch.lap()
        state.samples += state.tally.samples - before
        state.training_seconds += seconds
        state.epoch_seconds += seconds
        state.seconds += seconds

    def weights(self) -> dict[str, Tensor]:
        """Parameters and buffers by name; the tensors that the training changes."""
        return {name: value.detach() for name, value in self.model.state_dict().items()}

    def snapshot(self) -> Snapshot:
        """The place after the newest event, as references: use it before the next step.

        Raises:
            Diverged: a weight is not finite, so that no later loss will be.
        """
        weights = self.weights()
        finite = [value.isfinite().all() for value in weights.values() if value.is_floating_point()]
        if finite and not bool(torch.stack(finite).all()):
            raise Diverged(self.state.step, self.state.epoch, "followed by weights that are not finite")
        return Snapshot(
            state=self.state,
            weights=weights,
            optimizer=optimizer.tensors(self.optimizer),
            generators=randomness.states(self.device),
            best=self.best_weights,
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go to a place that was kept. Its tensors fit the network (`weights.check_fit`)."""
        self.model.load_state_dict(snapshot.weights)
        optimizer.load_tensors(self.optimizer, snapshot.optimizer)
        randomness.restore(snapshot.generators, self.device)
        self.best_weights = {name: value.to(self.device) for name, value in snapshot.best.items()}
        self.state = snapshot.state


class _Stopwatch:
    """Seconds since the last `start` or `lap`."""

    def __init__(self) -> None:
        self._since = perf_counter()

    def start(self) -> None:
        self._since = perf_counter()

    def running(self) -> float:
        return perf_counter() - self._since

    def lap(self) -> float:
        """The seconds, and begin anew."""
        now = perf_counter()
        seconds, self._since = now - self._since, now
        return seconds
