"""A model -> the same function of the same parameters, in the operations that its device does fastest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import torch
from torch import nn

from archc.backends import torch_modules
from archc.lowering.dropout import FastDropout
from archc.lowering.linear import OneDnnLinear
from archc.lowering.pools import before_activations
from archc.machine.torch_private import with_children

_BRANCHING: Final = (
    torch_modules.Residual,
    torch_modules.Concat,
    torch_modules.Add,
    torch_modules.Multiply,
    torch_modules.Graph,
)


def lower(model: nn.Module, device: torch.device, precision: str = "float32") -> nn.Module:
    """The model as training and evaluation call it: its parameters, buffers and mode are the model's own.

    On a CPU a max pool comes before the ReLU in front of it, large Linear layers go through oneDNN where that is
    faster, and Dropout draws cheaper random numbers. Elsewhere, and where modules are not torch's own any more, as
    FSDP's, nothing changes. What is lowered keeps its mode (training or evaluation): lower again after a change.
    """
    if device.type != "cpu":
        return model
    return _lowered(model, precision)


def _lowered(module: nn.Module, precision: str) -> nn.Module:
    """Exact types alone: a subclass may compute something else."""
    if type(module) is nn.Sequential:
        layers = [_lowered(layer, precision) for layer in before_activations(_chain(module))]
        return with_children(module, {str(place): layer for place, layer in enumerate(layers)})
    if type(module) in _BRANCHING:
        return with_children(module, {name: _lowered(child, precision) for name, child in module.named_children()})
    if OneDnnLinear.is_faster_than(module, precision):
        return OneDnnLinear(module).train(module.training)
    if FastDropout.can_replace(module):
        return FastDropout(module.p).train(module.training)
    return module


def _chain(sequential: nn.Sequential) -> Iterator[nn.Module]:
    """The modules one after the other, without the borders of a Sequential in a Sequential."""
    for module in sequential:
        if type(module) is nn.Sequential:
            yield from _chain(module)
        else:
            yield module
