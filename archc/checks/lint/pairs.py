"""Lints of two layers that follow each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from archc.checks.check import Finding
from archc.checks.lint.chain import Chain, marked, without
from archc.diagnostics import catalog
from archc.layers.base import numel
from archc.network import Node

TAKE_THE_MEAN: Final = ("batch norm", "instance norm")
"""Norms of each channel alone, which take a channel's mean away."""

_EXPRESSION: Final = re.compile(r"[\"']?\$\{\s*(.*?)\s*\}[\"']?")

_BIASED: Final = ("convolution", "transposed convolution")

HEAVY_PARAMS: Final = 10_000_000
"""Fewer parameters than this are no burden, whatever share of the network they are."""


def nothing_between(chain: Chain) -> Iterator[Finding]:
    """Two affine maps that are one, as nothing stands between them."""
    for first, second in pairwise(without(chain.nodes, leaves_affine)):
        affine = first.family in ("convolution", "linear") and second.type == first.type
        if affine and not _is_factored(first, second):
            fault = catalog.chain_lints.NothingBetween(layer=first.type)
            yield Finding(fault, second, labels=marked(first, "the one before"))


def leaves_affine(node: Node) -> bool:
    """Whether an affine map is still one behind it."""
    return node.family == "dropout" or node.type == "Identity"


def _is_factored(first: Node, second: Node) -> bool:
    """Whether two maps are meant to be cheaper than the one that they make: a bottleneck, or separable kernels."""
    wide, narrow, out = first.input, first.output, second.output
    if first.family == "linear":
        return narrow[-1] * (wide[-1] + out[-1]) <= wide[-1] * out[-1]
    a, b = _layer(first), _layer(second)
    if a.groups > 1 or b.groups > 1:
        return True
    if {1} in (set(a.kernel_size), set(b.kernel_size)):
        return narrow[0] < min(wide[0], out[0])
    return all(min(sizes) == 1 for sizes in zip(a.kernel_size, b.kernel_size, strict=True))


def bias_before_norm(chain: Chain) -> Iterator[Finding]:
    """A learned offset that the mean of a norm takes away again."""
    for first, second in pairwise(chain.nodes):
        if second.family in TAKE_THE_MEAN and first.family in _BIASED and _layer(first).bias:
            bias = _bias_without(first, second)
            fault = catalog.chain_lints.BiasBeforeNorm(
                layer=first.type,
                norm=second.type,
                params=first.output[0],
                bias=bias or "false",
                shared=bias is None and _expression(first, "bias") is not None,
            )
            yield Finding(fault, first, labels=marked(second, "takes the mean away"), everywhere=bias is not None)


def _bias_without(first: Node, norm: Node) -> str | None:
    """What to write for the bias of a layer whose norm depends on an expression: it is needed where the norm is not."""
    if first.places is None or norm.places is None or first.places.calls != norm.places.calls:
        return None
    when, bias = _expression(norm, "when"), _expression(first, "bias")
    if when is None:
        return None
    needed = f"not {when}"
    return f'"${{{bias} and {needed}}}"' if bias else f'"${{{needed}}}"'


def _expression(node: Node, argument: str) -> str | None:
    """The expression that an argument of a layer is written as, ready to be a part of another one."""
    value = node.places.values.get(argument) if node.places else None
    found = _EXPRESSION.fullmatch(value.text) if value else None
    if found is None:
        return None
    return found[1] if found[1].isidentifier() else f"({found[1]})"


def dropout_twice(chain: Chain) -> Iterator[Finding]:
    """A Dropout of what is dropped out already."""
    for first, second in pairwise(chain.nodes):
        if first.family == second.family == "dropout":
            kept = (1 - _layer(first).p) * (1 - _layer(second).p)
            fault = catalog.chain_lints.DropoutTwice(layer=second.type, both=1 - kept)
            yield Finding(fault, second, labels=marked(first, "the one before"))


def activation_twice(chain: Chain) -> Iterator[Finding]:
    """The same activation twice."""
    for first, second in pairwise(chain.nodes):
        if first.family in ("activation", "softmax") and first.layer == second.layer:
            fault = catalog.chain_lints.ActivationTwice(layer=second.type)
            yield Finding(fault, second, labels=marked(first, "the first one"))


def heavy_flatten(chain: Chain) -> Iterator[Finding]:
    """A Linear on a flattened image that holds most of the network."""
    total = None
    for first, second in pairwise(without(chain.nodes, leaves_affine)):
        if first.type != "Flatten" or second.type != "Linear" or second.params <= HEAVY_PARAMS:
            continue
        image = first.input
        if len(image) < 3 or len(first.output) != 1 or numel(image[1:]) == 1:
            continue
        total = total or chain.network.params
        if 2 * second.params > total:
            pool = f"AdaptiveAvgPool{len(image) - 1}d"
            left = second.params - second.output[0] * (numel(image) - image[0])
            fault = catalog.chain_lints.HeavyFlatten(
                params=second.params, total=total, shape=image, pool=pool, channels=image[0], left=left
            )
            yield Finding(fault, second, labels=marked(first, f"makes {numel(image):,} features"))


def _layer(node: Node) -> Any:
    """A layer whose arguments its type tells; importing the classes would slow down `archc check`."""
    return node.layer
