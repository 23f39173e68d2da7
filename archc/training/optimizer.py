"""An optimizer of a spec -> a torch optimizer with the fastest kernels of the device."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import torch
from torch import nn

from archc.diagnostics.catalog.training import CudaOnlyArgument
from archc.recipe.optimizers import Optimizer

FUSED: Final[Mapping[str, frozenset[str]]] = {
    "Adagrad": frozenset({"cpu", "cuda"}),
    "Adam": frozenset({"cpu", "cuda", "mps"}),
    "AdamW": frozenset({"cpu", "cuda", "mps"}),
    "SGD": frozenset({"cpu", "cuda", "mps"}),
}
"""On which kinds of device torch has one kernel for the whole step of an optimizer."""


def make(term: Optimizer, parameters: Iterable[nn.Parameter], device: torch.device) -> torch.optim.Optimizer:
    """The optimizer over these parameters, which are on the device.

    Raises:
        CudaOnlyArgument: `capturable` is asked for on another device.
    """
    if getattr(term, "capturable", False) and device.type != "cuda":
        raise CudaOnlyArgument(argument="capturable", device=device.type)
    name, args, kwargs = term.call({})
    made: torch.optim.Optimizer = getattr(torch.optim, name)(list(parameters), *args, **kwargs, **kernels(term, device))
    return made


def kernels(term: Optimizer, device: torch.device) -> dict[str, Any]:
    """The arguments that choose the kernels, where the spec leaves the choice to archc."""
    if getattr(term, "fused", None) is not None or getattr(term, "foreach", None) is not None:
        return {}
    fused = device.type in FUSED.get(type(term).__name__, ())
    return {"fused": True} if fused else {"foreach": True}
