"""A step that is recorded once and launched as one from then on: on CUDA, where it takes longer to launch than to run.

The numbers are those of the plain step, bit for bit. So that this is no hope, the first recorded step is run both ways
from the same place and compared; where it differs, or cannot be recorded, all steps are plain, and the run says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import torch
from torch import Tensor, nn

from archc.data.splits import Split
from archc.distributed.ranks import Share
from archc.layers.recurrent import GRU, LSTM, RNN
from archc.machine import randomness
from archc.machine.graphs import Recorder
from archc.network import Network, Node
from archc.recipe.schedulers import Scheduler
from archc.recipe.train import Train
from archc.training import optimizer as optimizers
from archc.training.step import Step

WARM_UP: Final = 3
"""Plain steps before one is recorded: until then an optimizer makes its state, and torch chooses its kernels."""

_CAPTURED: Final = frozenset({"Adam", "AdamW", "SGD"})
"""Optimizers whose fused kernels read the step's number and the learning rate from the device."""


_SWAPPED: Final = ("lr", "capturable")


def why_not(network: Network, train: Train, device: torch.device, *, launched: bool = False) -> str | None:
    """Why the steps of a network and a recipe cannot be recorded there; None where they can.

    Here stands what would be recorded without complaint and be wrong later: numbers of the first step, in every one.
    """
    if device.type != "cuda":
        return f"only CUDA records steps, and the device is `{device}`"
    if launched:
        return "processes that train together, or one alone under torchrun, talk in each step"
    if train.precision == "float16":
        return "float16 decides in each step whether the optimizer goes on"
    name = type(train.optimizer).__name__
    fused = optimizers.kernels(train.optimizer, device).get("fused", getattr(train.optimizer, "fused", False))
    if name not in _CAPTURED or not fused:
        kernels = " without its fused kernels" if name in _CAPTURED else ""
        return f"`{name}`{kernels} would keep the learning rate of the first step"
    if train.scheduler is not None and _changes_more(train.scheduler):
        return f"`{type(train.scheduler).__name__}` changes momentum too, which a recorded step keeps"
    return next(filter(None, map(_why_not_layer, network.walk())), None)


def _why_not_layer(node: Node) -> str | None:
    """What a layer does on CUDA that cannot be recorded, or that no copy of the training's place holds."""
    layer, named = node.layer, f"`{node.path}` ({node.type})"
    if getattr(layer, "max_norm", None) is not None:
        return f"{named} waits for the device, to find the vectors that `max_norm` shortens"
    if isinstance(layer, RNN | LSTM | GRU) and layer.dropout and layer.num_layers > 1:
        return f"cuDNN draws the dropout of {named} from random numbers of its own, which cannot be put back"
    return None


def _changes_more(scheduler: Scheduler) -> bool:
    """Whether a scheduler, or a part of it, changes more of the optimizer than the learning rate."""
    return bool(getattr(scheduler, "cycle_momentum", False)) or any(map(_changes_more, scheduler.parts()))


class Rates:
    """The learning rates of an optimizer where its device reads them, one for each of its groups.

    In the groups they stay numbers, which schedulers change and checkpoints keep.
    """

    def __init__(self, optimizer: torch.optim.Optimizer, device: torch.device) -> None:
        self._optimizer = optimizer
        self._tensors = [torch.zeros((), device=device) for _ in optimizer.param_groups]

    def fill(self) -> None:
        """Bring the tensors up to date."""
        for group, tensor in zip(self._optimizer.param_groups, self._tensors, strict=True):
            tensor.fill_(group["lr"])

    @contextmanager
    def on_device(self, *, recording: bool = False) -> Iterator[None]:
        """Inside, the optimizer's steps read the tensors.

        `recording`: its groups say that they can be recorded, which torch asks, and warns of where nothing is.
        """
        self.fill()
        groups = self._optimizer.param_groups
        kept: list[dict[str, object]] = [{name: group[name] for name in _SWAPPED if name in group} for group in groups]
        for group, tensor in zip(groups, self._tensors, strict=True):
            group["lr"] = tensor
            if recording and "capturable" in group:
                group["capturable"] = True
        try:
            yield
        finally:
            for group, own in zip(groups, kept, strict=True):
                group.update(own)


class CapturedStep:
    """What `Step` does, in one launch. A batch that is smaller, as the last of an epoch may be, is a plain step.

    All its steps read the learning rate from the device, as float32: a resumed run, which begins with plain steps, goes
    on with the bits of one that was never interrupted.
    """

    scaler = None

    def __init__(
        self,
        step: Step,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        device: torch.device,
        recorder: Recorder,
        size: int,
    ) -> None:
        self.refused: str | None = None
        """Why no step is recorded after all."""
        self.clip = step.clip
        self._step = step
        self._model = model
        self._optimizer = optimizer
        self._device = device
        self._recorder = recorder
        self._size = size
        self._rates = Rates(optimizer, device)
        self._warm_up = WARM_UP
        self._batch: Split | None = None
        """The tensors that a recorded step reads."""
        self._gives: tuple[Tensor, Tensor] | None = None
        """The tensors that it writes: the loss and the outputs."""

    def __call__(self, batch: Split, share: Share | None = None) -> tuple[Tensor, Tensor]:
        """Train on a batch. Returns its loss and its outputs, on the device."""
        assert share is None, "several processes record no steps"
        if self.refused is not None or len(batch) != self._size:
            return self._plain(batch)
        if self._warm_up:
            self._warm_up -= 1
            return self._beside(batch)
        if self._batch is None:
            return self._first(batch)
        return self._replay(self._batch, batch)

    def _plain(self, batch: Split) -> tuple[Tensor, Tensor]:
        with self._rates.on_device():
            return self._step(batch)

    def _beside(self, batch: Split) -> tuple[Tensor, Tensor]:
        return self._recorder.beside(lambda: self._plain(batch))

    def _first(self, batch: Split) -> tuple[Tensor, Tensor]:
        """The plain step is the one that counts. A recorded one is made beside it, which has to change the same."""
        before = self._place()
        given = self._plain(batch)
        after = self._place() if before else None
        if before is None or after is None:
            self.refused = "the device has no memory for copies of the weights, to compare it with"
            return given
        before.restore()
        try:
            self._record(batch)
        except RuntimeError as error:
            self.refused = str(error).strip().partition("\n")[0] or "torch does not say why"
            self._step.forget_gradients()
        if self.refused is None and not after.is_here():
            self.refused = "it gives other bits than a step that is not recorded"
        after.restore()
        return given

    def _place(self) -> _Place | None:
        """Where the training is; None where the device cannot hold it twice."""
        try:
            return _Place(self._model, self._optimizer, self._device)
        except torch.OutOfMemoryError:
            return None

    def _record(self, batch: Split) -> None:
        own = Split(batch.inputs.clone(), batch.targets.clone())
        with self._rates.on_device(recording=True):
            self._gives = self._recorder.record(lambda: self._step(own))
        self._replay(own, batch)
        self._batch = own

    def _replay(self, own: Split, batch: Split) -> tuple[Tensor, Tensor]:
        assert self._gives is not None
        own.inputs.copy_(batch.inputs)
        own.targets.copy_(batch.targets)
        self._rates.fill()
        self._recorder.replay()
        loss, outputs_n = self._gives
        # The next replay writes them again, and figures are collected later.
        return loss.clone(), outputs_n.clone()


class _Place:
    """All that a step changes, copied: weights, buffers, the optimizer's state, random numbers."""

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, device: torch.device) -> None:
        # In sorted order, as nothing here may depend on the order of a dictionary.
        self._tensors = [value.detach() for _, value in sorted(model.state_dict().items())]
        self._tensors += [value for _, value in sorted(optimizers.tensors(optimizer).items())]
        self._copies = [tensor.clone() for tensor in self._tensors]
        self._device = device
        self._generators = randomness.states(device)

    @torch.no_grad()
    def restore(self) -> None:
        for tensor, copied in zip(self._tensors, self._copies, strict=True):
            tensor.copy_(copied)
        randomness.restore(self._generators, self._device)

    def is_here(self) -> bool:
        """Whether everything is as it was, to the last bit."""
        same = all(torch.equal(*pair) for pair in zip(self._tensors, self._copies, strict=True))
        now = randomness.states(self._device)
        return same and all(torch.equal(now[name], state) for name, state in self._generators.items())
