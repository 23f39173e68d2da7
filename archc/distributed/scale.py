"""A training in several processes -> what cannot work in it, and what is not as in one process."""

from __future__ import annotations

import torch

from archc.checks.preflight import needs_two_samples
from archc.diagnostics import catalog
from archc.layers.norm import BatchNorm1d, BatchNorm2d, BatchNorm3d
from archc.network import Network
from archc.recipe.figures import FIGURES
from archc.recipe.train import Train


def check(network: Network, train: Train, samples: int, device: torch.device, processes: int) -> None:
    """See that no batch norm gets a single sample, where it sees a process's share of a batch alone, and that nothing
    compares samples of several processes.

    Raises:
        ShareOfOne, SamplesApart: something does.
    """
    _check_apart(train, processes)
    lonely = needs_two_samples(network)
    if lonely is None or device.type == "cuda" or processes == 1:
        return
    for batch in {min(train.batch_size, samples), samples % train.batch_size} - {0}:
        least = batch // processes
        if least // max(1, min(train.accumulate, least)) < 2:
            raise catalog.scale.ShareOfOne(layer=f"{lonely.path} ({lonely.type})", processes=processes, batch=batch)


def _check_apart(train: Train, processes: int) -> None:
    if processes == 1:
        return
    if type(train.loss).compares == "samples":
        raise catalog.scale.SamplesApart(what=type(train.loss).__name__, processes=processes)
    for name in train.metrics:
        if FIGURES[name].ranks:
            raise catalog.scale.SamplesApart(what=name, processes=processes)


def warnings(
    network: Network, train: Train, device: torch.device, processes: int
) -> tuple[catalog.run_warnings.BatchNormApart, ...]:
    """What is not as in one process, and goes on."""
    norms = sum(1 for node in network.walk() if isinstance(node.layer, BatchNorm1d | BatchNorm2d | BatchNorm3d))
    if not norms or processes == 1 or device.type == "cuda":
        return ()
    share = max(1, train.batch_size // processes // train.accumulate)
    return (catalog.run_warnings.BatchNormApart(layers=norms, share=share),)
