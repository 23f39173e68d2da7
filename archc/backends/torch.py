"""A network -> `torch.nn.Sequential`: the same modules, names and construction order as hand-written code."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

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
    if node.layer.branching:
        branches = {child.name: _module(child) for child in node.children}
        args = (branches,) if "branches" in node.layer.contains else ()
        kwargs = kwargs if args else {**kwargs, **branches}
    make = getattr(torch_modules, name, None) or getattr(nn, name)
    return made(make, args, kwargs)


def made(make: Callable[..., nn.Module], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> nn.Module:
    """The module of a call, also before torch 2.12, whose norms over channels do not know the argument `bias`.

    What torch makes of `bias=False` since then is a norm whose `bias` is None. No random number is drawn for it.
    """
    if kwargs.get("bias", True) or "bias" in inspect.signature(make).parameters:
        return make(*args, **kwargs)
    module = make(*args, **{name: value for name, value in kwargs.items() if name != "bias"})
    module.register_parameter("bias", None)
    return module
