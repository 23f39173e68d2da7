"""PyTorch as the judge of whole networks: the shapes inside, the costs, and the inputs that they refuse."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import archc
from archc.diagnostics.report import Report
from archc.front import read
from archc.infer import infer
from archc.layers import Layer
from archc.network import Node
from archc.source import SourceFile
from archc.spec import LayerSpec
from tests.support.judge import BATCH, REFUSALS, Case, Sample, countable, reason
from tests.support.layer_cases import output

VALUES = "an index that a padding filled in"
"""Where torch refuses what archc accepts: an Embedding looks up -1, say, which a ConstantPad put beside the tokens.

archc knows shapes and types, and no values.
"""


class Passed(NamedTuple):
    """What torch saw at one submodule: the shapes of its batch before and after, and the type after."""

    x: tuple[int, ...]
    y: tuple[int, ...]
    dtype: str


def compare_network(spec: dict[str, Any]) -> str:
    """`legal`, where torch gives the same shapes and types node by node, the same names, parameters and FLOPs.

    Raises:
        AssertionError: they differ.
    """
    network = archc.load(spec)
    nodes = {node.path: node for node in network.walk() if node.has_module}
    model = _built(network, "meta")
    with FlopCounterMode(display=False) as counter:
        seen, refusal = _run(model, nodes, _batch(network, network.input, "meta"))
    assert refusal is None, f"torch refuses it: {refusal}"
    ours = {path: ((BATCH, *node.output), f"torch.{node.output_dtype}") for path, node in nodes.items()}
    assert {path: (passed.y, passed.dtype) for path, passed in seen.items()} == ours
    assert [path for path, _ in model.named_modules() if not _inside(path, nodes)] == ["", *nodes]
    assert sum(p.numel() for p in model.parameters()) == network.params
    assert network.params == sum(node.params for node in nodes.values() if not node.children)
    assert counter.get_total_flops() == BATCH * 2 * network.macs
    return "legal"


def compare_resized(spec: dict[str, Any], shape: Sample) -> str:
    """The verdict where both agree on a network that was built for one input and is given another, else the reason.

    Raises:
        AssertionError: they differ.
    """
    text = SourceFile("resized.json", json.dumps(spec))
    front = read(text, Report(), format="json")
    assert front.spec is not None
    assert front.network is not None
    pinned = front.spec._replace(layers=_pinned(front.spec.layers, front.network.nodes))
    ours = infer(pinned, Report(), shape)
    nodes = {node.path: node for node in front.network.walk() if node.has_module}
    # The meta device lets pass what the others refuse, such as a ConvTranspose1d on the wrong number of channels.
    seen, refusal = _run(_built(front.network, "cpu"), nodes, _batch(front.network, shape, "cpu"))
    if isinstance(refusal, IndexError) and "out of range in self" in str(refusal):
        return VALUES
    if refusal is not None:
        assert ours is None, f"torch refuses it: {refusal}"
        return "illegal"
    if ours is None:
        leaves = [(node, seen[path]) for path, node in nodes.items() if not node.children]
        why = next(filter(None, (_reason(node, passed) for node, passed in leaves)), None)
        assert why, f"torch accepts it and gives {list(seen.values())[-1].y}"
        return why
    assert {node.path: (BATCH, *node.output) for node in ours.walk() if node.has_module} == {
        path: passed.y for path, passed in seen.items()
    }
    return "legal"


def _batch(network: archc.Network, shape: Sample, device: str) -> torch.Tensor:
    return torch.zeros(BATCH, *shape, dtype=getattr(torch, network.input_dtype), device=device)


def _built(network: archc.Network, device: str) -> nn.Module:
    with torch.device(device), countable():
        return archc.build(network).eval()  # a BatchNorm without momentum counts its batches, which meta cannot


def _pinned(layers: tuple[LayerSpec, ...], nodes: tuple[Node, ...]) -> tuple[LayerSpec, ...]:
    """Layers with the sizes written that follow from the input of the network they are in."""
    return tuple(
        layer._replace(layer=_with_sizes(node), children=_pinned(layer.children, node.children))
        for layer, node in zip(layers, nodes, strict=True)
    )


def _given(node: Node) -> dict[str, Any]:
    """The arguments of a layer as a spec has them, those that follow from the input too."""
    known = {**vars(node.layer), **node.layer.inferred(node.input)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in known.items()}


def _with_sizes(node: Node) -> Layer:
    return node.layer if node.layer.contains else type(node.layer)(**_given(node))


def _reason(node: Node, passed: Passed) -> str | None:
    """Why archc refuses a layer with what torch gave it, if it is on purpose."""
    x = passed.x[1:]
    if output(node.type, _given(node), x) is not None:
        return None
    return reason(Case(node.type, _given(node), x, passed.y))


def _run(model: nn.Module, paths: Iterable[str], batch: torch.Tensor) -> tuple[dict[str, Passed], BaseException | None]:
    """What passes through each of some submodules, and torch's refusal, if it refuses."""
    seen: dict[str, Passed] = {}

    def note(path: str) -> Callable[..., None]:
        def hook(_module: nn.Module, x: tuple[torch.Tensor, ...], y: torch.Tensor) -> None:
            seen[path] = Passed(tuple(x[0].shape), tuple(y.shape), str(y.dtype))

        return hook

    for path in paths:
        model.get_submodule(path).register_forward_hook(note(path))
    try:
        with countable():
            model(batch)
    except REFUSALS as error:
        return seen, error
    return seen, None


def _inside(path: str, nodes: Mapping[str, Node]) -> bool:
    """Whether a submodule is a part of a leaf, as the attention of a transformer layer is."""
    parents = [path[:at] for at, character in enumerate(path) if character == "."]
    return any(parent in nodes and not nodes[parent].children for parent in parents)
