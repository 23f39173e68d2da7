"""The few modules that torch.nn lacks. Compiled source carries the text of those that it uses."""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any

import torch
from torch import Tensor, nn


class Residual(nn.Module):
    """`layers(x) + shortcut(x)`; without a shortcut, `layers(x) + x`."""

    def __init__(self, layers: nn.Module, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.layers = layers
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)
        return y + (x if self.shortcut is None else self.shortcut(x))


class Concat(nn.Module):
    """The outputs of its branches, joined along an axis."""

    def __init__(self, branches: dict[str, nn.Module], dim: int = 1) -> None:
        super().__init__()
        self.dim = dim
        for name, branch in branches.items():
            self.add_module(name, branch)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.children()], self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Add(nn.Module):
    """The sum of the outputs of its branches."""

    def __init__(self, branches: dict[str, nn.Module]) -> None:
        super().__init__()
        for name, branch in branches.items():
            self.add_module(name, branch)

    def forward(self, x: Tensor) -> Tensor:
        outputs: list[Tensor] = [branch(x) for branch in self.children()]
        first, *others = outputs
        for other in others:
            first = first + other
        return first


class Multiply(nn.Module):
    """The product of the outputs of its branches."""

    def __init__(self, branches: dict[str, nn.Module]) -> None:
        super().__init__()
        for name, branch in branches.items():
            self.add_module(name, branch)

    def forward(self, x: Tensor) -> Tensor:
        outputs: list[Tensor] = [branch(x) for branch in self.children()]
        first, *others = outputs
        for other in others:
            first = first * other
        return first


Merge = tuple[str, int | None]
"""`Add`, `Multiply`, or `Concat` with its axis."""


class Graph(nn.Module):
    """Named modules, each of which takes what earlier ones gave; `.` is what the graph itself receives.

    A step has a name, the names of what it takes, and how they become one. Where no module has its name, that is all
    it does. Compiled source has a class of its own for each graph instead.
    """

    def __init__(
        self, modules: dict[str, nn.Module], steps: tuple[tuple[str, tuple[str, ...], Merge | None], ...], output: str
    ) -> None:
        super().__init__()
        self._steps = steps
        self._output = output
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, x: Tensor) -> Tensor:
        known = {".": x}
        for name, inputs, merge in self._steps:
            value = _merged([known[each] for each in inputs], merge)
            module = self._modules.get(name)
            known[name] = value if module is None else module(value)
        return known[self._output]


def _merged(values: list[Tensor], merge: Merge | None) -> Tensor:
    if merge is None:
        return values[0]
    kind, dim = merge
    if kind == "Concat":
        return torch.cat(values, dim or 0)
    return reduce(operator.add if kind == "Add" else operator.mul, values)


class Permute(nn.Module):
    """The axes in another order; axis 0 is the batch. A copy, as some of torch's layers refuse a view."""

    def __init__(self, dims: tuple[int, ...]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(self.dims).contiguous()

    def extra_repr(self) -> str:
        return f"dims={self.dims}"


class Mean(nn.Module):
    """The mean over one axis or several."""

    def __init__(self, dim: int | tuple[int, ...], keepdim: bool = False) -> None:
        super().__init__()
        self.dim = dim
        self.keepdim = keepdim

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(self.dim, self.keepdim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, keepdim={self.keepdim}"


class Select(nn.Module):
    """One position along an axis. A copy, as some of torch's layers refuse a view."""

    def __init__(self, dim: int, index: int) -> None:
        super().__init__()
        self.dim = dim
        self.index = index

    def forward(self, x: Tensor) -> Tensor:
        return x.select(self.dim, self.index).contiguous()

    def extra_repr(self) -> str:
        return f"dim={self.dim}, index={self.index}"


class LayerScale(nn.Module):
    """A learned factor for each channel; `dim` is the channels' axis, counted from the end."""

    def __init__(self, num_channels: int, init_value: float = 1e-6, dim: int = -3) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((num_channels, *[1] * (-dim - 1)), init_value))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight

    def extra_repr(self) -> str:
        return f"{tuple(self.weight.shape)}"


class StochasticDepth(nn.Module):
    """While training, zeros for whole samples or for the whole batch, with probability `p`."""

    def __init__(self, p: float, mode: str = "row") -> None:
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        drawn = len(x) if self.mode == "row" else 1
        kept = torch.rand(drawn, *[1] * (x.dim() - 1), device=x.device) >= self.p
        return x * kept / (1 - self.p) if self.p < 1 else x * kept

    def extra_repr(self) -> str:
        return f"p={self.p}, mode={self.mode}"


class ClassToken(nn.Module):
    """A learned vector before the first step of a sequence."""

    def __init__(self, embed_dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, 1, embed_dim))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.weight.expand(len(x), -1, -1), x], dim=1)


class PositionEmbedding(nn.Module):
    """A learned vector added to each step of a sequence."""

    def __init__(self, num_positions: int, embed_dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, num_positions, embed_dim).normal_(std=0.02))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight


class MultiheadAttention(nn.MultiheadAttention):
    """`nn.MultiheadAttention` of a sequence to itself."""

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
    ) -> None:
        super().__init__(embed_dim, num_heads, dropout, bias, add_bias_kv, add_zero_attn, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return super().forward(x, x, x, need_weights=False)[0]


class TransformerEncoder(nn.TransformerEncoder):
    """`nn.TransformerEncoder` of as many layers as asked for, and with `norm` a LayerNorm after the last."""

    def __init__(self, d_model: int, nhead: int, num_layers: int, *, norm: bool = False, **options: Any) -> None:
        layer = nn.TransformerEncoderLayer(d_model, nhead, batch_first=True, **options)
        last = nn.LayerNorm(d_model, options.get("layer_norm_eps", 1e-5), bias=options.get("bias", True))
        super().__init__(layer, num_layers, last if norm else None, enable_nested_tensor=False)


class RNN(nn.RNN):
    """`nn.RNN` that hands on one tensor: the outputs of all steps, or the last of each direction."""

    def __init__(self, input_size: int, hidden_size: int, *, output: str = "sequence", **options: Any) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, **options)
        self.output = output

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        steps, last = super().forward(x)
        return steps if self.output == "sequence" else torch.cat(list(last[-1 - self.bidirectional :]), dim=1)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, output={self.output}"


class LSTM(nn.LSTM):
    """`nn.LSTM` that hands on one tensor: the outputs of all steps, or the last of each direction."""

    def __init__(self, input_size: int, hidden_size: int, *, output: str = "sequence", **options: Any) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, **options)
        self.output = output

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        steps, (last, _) = super().forward(x)
        return steps if self.output == "sequence" else torch.cat(list(last[-1 - self.bidirectional :]), dim=1)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, output={self.output}"


class GRU(nn.GRU):
    """`nn.GRU` that hands on one tensor: the outputs of all steps, or the last of each direction."""

    def __init__(self, input_size: int, hidden_size: int, *, output: str = "sequence", **options: Any) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, **options)
        self.output = output

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        steps, last = super().forward(x)
        return steps if self.output == "sequence" else torch.cat(list(last[-1 - self.bidirectional :]), dim=1)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, output={self.output}"
