"""Dropout with cheaper random numbers."""

from __future__ import annotations

from typing import Final, TypeGuard

import torch
from torch import Tensor, nn

_SIXTEEN: Final = 2**16


class FastDropout(nn.Module):
    """`nn.Dropout` on a CPU, in a quarter to a third of its time: a value is dropped where random bits are below `p`.

    torch's own draws one number after the other from a Bernoulli distribution, 6 ns each, which takes a seventh of a
    step of a small network. Here a 64-bit number of the same generator, the CPU's global one, serves four values where
    16 bits say `p` exactly, as for 0.25 and 0.5, and two values else, with a `p` that is off by 2**-33 at most.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self._bits, self._dtype = (16, torch.int16) if (p * _SIXTEEN).is_integer() else (32, torch.int32)
        # Random bits are read as signed numbers.
        self._threshold = min(round(p * 2**self._bits), 2**self._bits - 1) - 2 ** (self._bits - 1)
        self._scale = 1 / (1 - p)

    @staticmethod
    def can_replace(module: nn.Module) -> TypeGuard[nn.Dropout]:
        """Whether it is a dropout that drops something, and not everything."""
        return type(module) is nn.Dropout and 0 < module.p < 1 and not module.inplace

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        drawn = torch.empty(-(-x.numel() * self._bits // 64), dtype=torch.int64).random_(-(2**63), None)
        bits = drawn.view(self._dtype)[: x.numel()].view(x.shape)
        factors: Tensor = (bits >= self._threshold).to(x.dtype).mul_(self._scale)
        return x * factors
