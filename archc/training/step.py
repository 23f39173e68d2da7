"""One step of the optimizer on one batch, put together once of what a spec asks for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import pairwise

import torch
from torch import Tensor, nn

from archc.data.batches import Preparation
from archc.data.splits import Split
from archc.distributed.ranks import Share
from archc.machine.precision import forward_of, scaler_of
from archc.recipe.control import Clip
from archc.recipe.train import Train
from archc.training.objective import Objective
from archc.training.penalty import penalty_of


class Step:
    """Forward, backward and update. `scaler` is None but for float16.

    A batch that is cut into parts gives the gradient of the whole batch, summed part by part, whatever the loss's
    weights and reduction; batch norms see the parts, and Dropout draws for each. So it is with a batch that processes
    share.
    """

    def __init__(
        self,
        model: nn.Module,
        objective: Objective,
        prepare: Preparation,
        optimizer: torch.optim.Optimizer,
        train: Train,
        device: torch.device,
    ) -> None:
        self.scaler = scaler_of(train.precision, device)
        # DistributedDataParallel has it: inside, gradients stay with their process.
        self._apart: Callable[[], AbstractContextManager[None]] = getattr(model, "no_sync", nullcontext)
        self._forward = forward_of(model, train.precision, device)
        self._objective = objective
        self._prepare = prepare
        self._optimizer = optimizer
        self._parameters: list[Tensor] = [own for group in optimizer.param_groups for own in group["params"]]
        self.penalty = penalty_of(train.penalty, model)
        self.clip = clipper(train.gradient_clip, model)
        self._part_size = train.part_size if train.accumulate > 1 else 0

    def __call__(self, batch: Split, share: Share | None = None) -> tuple[Tensor, Tensor]:
        """Train on a batch, or on a process's share of one. Returns its loss and its outputs, on the device.

        The losses of all shares add up to that of the whole batch.
        """
        if share is not None:
            loss, outputs_n = self._shared(batch, share)
        else:
            loss, outputs_n = self._in_parts(batch) if self._part_size else self._whole(batch)
        self.update()
        self.forget_gradients()
        return loss.detach(), outputs_n.detach()

    def _whole(self, batch: Split) -> tuple[Tensor, Tensor]:
        outputs_n = self._forward(self._prepare(batch.inputs))
        loss = self._objective(outputs_n, batch.targets)
        self._backward(loss)
        return loss, outputs_n

    def _in_parts(self, batch: Split) -> tuple[Tensor, Tensor]:
        count = self._objective.count(batch.targets)
        losses, parts_n = [], []
        for start in range(0, len(batch), self._part_size):
            part = batch.rows(start, min(start + self._part_size, len(batch)))
            outputs_n = self._forward(self._prepare(part.inputs))
            loss = self._objective.total(outputs_n, part.targets) / count
            self._backward(loss)
            losses.append(loss.detach())
            parts_n.append(outputs_n.detach())
        return torch.stack(losses).sum(), torch.cat(parts_n)

    def _shared(self, batch: Split, share: Share) -> tuple[Tensor, Tensor]:
        """In as many parts as the other processes, which send their gradients with the last one."""
        count = self._objective.count(share.targets)
        edges = [len(batch) * part // share.parts for part in range(share.parts + 1)]
        losses, parts_n = [], []
        for part, (start, end) in enumerate(pairwise(edges), 1):
            piece = batch.rows(start, end)
            with nullcontext() if part == share.parts else self._apart():
                outputs_n = self._forward(self._prepare(piece.inputs))
                loss = self._objective.total(outputs_n, piece.targets) / count * share.counts
                # Gradients become means over the processes, where a sum is meant.
                self._backward(loss * share.processes)
            losses.append(loss.detach())
            parts_n.append(outputs_n.detach())
        return torch.stack(losses).sum(), torch.cat(parts_n)

    def _backward(self, loss: Tensor) -> None:
        scaled = loss if self.scaler is None else self.scaler.scale(loss)
        scaled.backward()  # type: ignore[no-untyped-call]

    def forget_gradients(self) -> None:
        for parameter in self._parameters:
            parameter.grad = None

    def update(self) -> None:
        if self.scaler is not None:
            if self.clip is not None or self.penalty is not None:
                self.scaler.unscale_(self._optimizer)
                self._amend()
            self.scaler.step(self._optimizer)
            self.scaler.update()
            return
        self._amend()
        self._optimizer.step()

    def _amend(self) -> None:
        """What is done to whole gradients: a bound on them is one on those of the penalty too."""
        if self.penalty is not None:
            self.penalty()
        if self.clip is not None:
            self.clip()


def clipper(clip: Clip | None, model: nn.Module) -> Callable[[], object] | None:
    """What keeps the gradients of a model within bounds; None where nothing does."""
    if clip is None:
        return None
    parameters = list(model.parameters())
    if clip.by == "norm":
        return lambda: nn.utils.clip_grad_norm_(parameters, clip.most)
    return lambda: nn.utils.clip_grad_value_(parameters, clip.most)
