"""A network, its recipe and its samples -> the parts of its training, put together in an order that matters."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import nn

from archc.backends.torch import build
from archc.data.augment import Augmenter
from archc.data.order import Order
from archc.data.splits import Splits
from archc.distributed.ranks import ALONE, Placement, Ranks
from archc.lowering import lower
from archc.machine import randomness
from archc.machine.graphs import Recorder
from archc.network import Network
from archc.recipe.data import DataFacts, Positions
from archc.recipe.train import Train
from archc.training import optimizer
from archc.training.average import Average
from archc.training.capture import CapturedStep
from archc.training.measure import Measure
from archc.training.schedule import Schedule
from archc.training.step import Step
from archc.training.watch import Watch


@dataclass(frozen=True, slots=True)
class Parts:
    """What a loop is made of. Those that change give their state for checkpoints, and take it back."""

    network: Network
    train: Train
    splits: Splits
    """Samples on the device; test samples stay where they were until the end, unless they are evaluated before."""
    device: torch.device
    ranks: Ranks
    placement: Placement
    model: nn.Module
    """The network on the device, cut up where that is asked for: its parameters are trained, and kept."""
    measure: Measure
    optimizer: torch.optim.Optimizer
    schedule: Schedule
    average: Average | None
    step: Step | CapturedStep
    order: Order
    augment: Augmenter
    watch: Watch

    @property
    def steps_per_epoch(self) -> int:
        """How many batches there are, the last one perhaps smaller."""
        return math.ceil(len(self.splits.train) / self.train.batch_size)

    @property
    def steps(self) -> int:
        """The number of the last step."""
        return self.train.steps or (self.train.epochs or 0) * self.steps_per_epoch


def assemble(
    network: Network,
    train: Train,
    splits: Splits,
    device: torch.device,
    ranks: Ranks = ALONE,
    *,
    recorder: Recorder | None = None,
) -> Parts:
    """The parts of one training. Seeds torch's global generators: call it inside `randomness.separate`.

    `recorder` records its steps, where `capture.why_not` has nothing against it.
    """
    placement = ranks.placement(train.strategy)
    # Seeded right before the weights are drawn, and nothing is drawn in between: hand-written code under the same
    # seed has the same weights.
    randomness.seed_all(train.seed, device)
    # Placed before the optimizer is made: FSDP gives the model other parameters, which an optimizer would not follow.
    model = placement.place(build(network), network, device)
    measure = Measure(network, train, splits, device, ranks)
    made = optimizer.make(train.optimizer, optimizer.groups(model, train.decay), device, sharded=placement.sharded)
    on_device = replace(
        splits,
        train=splits.train.to(device),
        validation=splits.validation.to(device) if splits.validation else None,
        test=splits.test.to(device) if splits.test and "test" in train.evaluate.on else splits.test,
    )
    steps_per_epoch = math.ceil(len(splits.train) / train.batch_size)
    average = Average(model, train.ema) if train.ema is not None else None
    # Lowered, then wrapped: lowering looks for torch's own modules, which DistributedDataParallel hides.
    trained = placement.trained(lower(model, device, train.precision))
    step = Step(trained, measure.objective, measure.prepare, made, train, device)
    captured = CapturedStep(step, model, made, device, recorder, train.batch_size) if recorder else None
    return Parts(
        network=network,
        train=train,
        splits=on_device,
        device=device,
        ranks=ranks,
        placement=placement,
        model=model,
        measure=measure,
        optimizer=made,
        schedule=Schedule(train, made, steps_per_epoch),
        average=average,
        step=captured or step,
        order=Order(train, splits.train.targets),
        augment=Augmenter(train.data.augment, train.seed, left_out=_left_out(train, splits.facts)),
        watch=Watch(train.early_stopping),
    )


def _left_out(train: Train, facts: DataFacts) -> int | None:
    """The class of pixels that count as none, where each has one."""
    return int(getattr(train.loss, "ignore_index", -100)) if isinstance(facts.target, Positions) else None
