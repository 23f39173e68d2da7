"""Linear through oneDNN, where torch's own goes through a library that holds back."""

from __future__ import annotations

import functools
import platform
from typing import Any, Final, TypeGuard

import torch
from torch import Tensor, nn

from archc.machine import device as devices
from archc.machine.torch_private import has_onednn_product, onednn_product

LEAST_WEIGHTS: Final = 2**17
"""Below, the time of a call counts for more than that of its arithmetic (benchmarks/lowering.py --linear)."""

_OTHER_MAKERS: Final = ("AuthenticAMD", "HygonGenuine")


class OneDnnLinear(nn.Module):
    """`nn.Linear` of the same parameters, equal to it but for the order in which float32 sums are added.

    torch multiplies float32 matrices with Intel's MKL, which takes its AVX2 kernels on processors of other makers, also
    where they have AVX-512. oneDNN, with which torch computes convolutions, asks what the processor can do.
    """

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.weight, self.bias = linear.weight, linear.bias

    @staticmethod
    def is_faster_than(module: nn.Module, precision: str) -> TypeGuard[nn.Linear]:
        """Whether it is a large Linear whose arithmetic torch leaves to an MKL that holds back."""
        return (
            type(module) is nn.Linear
            and precision == "float32"
            and module.weight.numel() >= LEAST_WEIGHTS
            and module.weight.dtype == torch.float32
            and mkl_holds_back()
        )

    def forward(self, x: Tensor) -> Tensor:
        rows = x.reshape(-1, x.shape[-1])
        y: Tensor = _Product.apply(rows, self.weight, self.bias)  # type: ignore[no-untyped-call]
        return y.view(*x.shape[:-1], y.shape[1])


class _Product(torch.autograd.Function):
    """`x @ weight.T + bias` for x of (N, in_features), in three products of matrices with its gradients."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        return onednn_product(x, weight, bias)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        for_x, for_weight, for_bias = ctx.needs_input_grad
        return (
            onednn_product(gradient, weight.t()) if for_x else None,
            onednn_product(gradient.t(), x.t()) if for_weight else None,
            gradient.sum(0) if for_bias else None,
        )


@functools.cache
def mkl_holds_back() -> bool:
    """Whether float32 products go through MKL, on an x86 processor that is not Intel's, and oneDNN is there instead."""
    return (
        platform.machine().lower() in ("x86_64", "amd64")
        and devices.cpu_maker() in _OTHER_MAKERS
        and torch.backends.mkl.is_available()  # type: ignore[no-untyped-call]
        and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and has_onednn_product()
    )
