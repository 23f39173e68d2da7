"""A network -> `torch.nn.Sequential`: the same modules, names and construction order as hand-written code."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final

from torch import nn

from archc.backends import torch_modules
from archc.network import Network, Node


def build(network: Network) -> nn.Sequential:
    """The network as modules on the CPU, in training mode, with fresh weights from torch's global generator.

    A submodule's name is the node's path. Modules are made depth first in the order of the spec, so that under one
    seed the weights are those of code that is written by hand in that order.
    """
    return _sequential(network.nodes)


def _sequential(nodes: tuple[Node, ...]) -> nn.Sequential:
    return nn.Sequential(OrderedDict((node.name, _module(node)) for node in nodes))


def _module(node: Node) -> nn.Module:
    if node.layer.contains and not node.layer.branching:
        return _sequential(node.children)
    name, args, kwargs = node.layer.constructor(node.input)
    if "nodes" in node.layer.contains:
        return _graph(node)
    if node.layer.branching:
        branches = {child.name: _module(child) for child in node.children}
        args = (branches,) if "branches" in node.layer.contains else ()
        kwargs = kwargs if args else {**kwargs, **branches}
    return made(name, args, kwargs)


def _graph(node: Node) -> nn.Module:
    modules = {child.name: _module(child) for child in node.children if child.has_module}
    steps = tuple((child.name, child.inputs, _merge(child)) for child in node.children)
    (output,) = node.layer.gives(tuple(child.name for child in node.children))
    return torch_modules.Graph(modules, steps, output)


def _merge(node: Node) -> torch_modules.Merge | None:
    """How a node of a Graph makes one of several, as the module takes it."""
    if node.merge is None:
        return None
    return type(node.merge).__name__, vars(node.merge).get("dim")


_BIAS_SINCE_2_12: Final = {
    *("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "GroupNorm", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d")
}
"""The modules whose argument `bias` is as new as torch 2.12."""


def made(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> nn.Module:
    """A module of archc's or of torch.nn, also where this torch is older than an argument of it.

    What torch makes of `bias=False` since 2.12 is a norm whose `bias` is None. No random number is drawn for it.
    """
    make: Callable[..., nn.Module] = getattr(torch_modules, name, None) or getattr(nn, name)
    if name not in _BIAS_SINCE_2_12 or "bias" in inspect.signature(make).parameters:
        return make(*args, **kwargs)
    module = make(*args, **{argument: value for argument, value in kwargs.items() if argument != "bias"})
    if not kwargs.get("bias", True):
        module.register_parameter("bias", None)
    return module
