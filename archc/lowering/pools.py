"""A max pool before the ReLU in front of it: the same values and gradients from a fraction of the work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from torch import nn

_POOLS: Final = (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d)


def before_activations(layers: Iterable[nn.Module]) -> list[nn.Module]:
    """The layers in an order in which each ReLU that a max pool follows sees the maxima alone.

    ReLU keeps order, so the largest of the values that it lets through is what it makes of the largest value, bit for
    bit. So are the gradients: a window whose largest value is positive hands its gradient to that value in either
    order, and any other window hands on none. The pool's output is nobody else's, so that ReLU may overwrite it; one
    that is written to overwrite its input stays, as another branch may see what it leaves there.
    """
    found: list[nn.Module] = []
    for layer in layers:
        if _is_plain_pool(layer) and found and _is_plain_relu(found[-1]):
            relu = found.pop()
            found += [layer, nn.ReLU(inplace=True).train(relu.training)]
        else:
            found.append(layer)
    return found


def _is_plain_relu(layer: nn.Module) -> bool:
    return type(layer) is nn.ReLU and not layer.inplace


def _is_plain_pool(layer: Any) -> bool:
    """Whether each of its windows has a value: a dilated one may lie in the padding, and give -inf."""
    return type(layer) in _POOLS and not layer.return_indices and _ones(layer.dilation)


def _ones(sizes: int | tuple[int, ...]) -> bool:
    return all(size == 1 for size in (sizes if isinstance(sizes, tuple) else (sizes,)))
