"""Names of torch that it does not promise to keep: each behind a function, with torch's public way beside it.

Looked at in torch 2.9.1 and 2.13.0. Where a release lacks a name, or has it in another form, the public way is taken:
slower, and the same numbers to rounding. Nowhere else in archc stands such a name (tests/house).
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import torch
from torch import Tensor, nn

_M = TypeVar("_M", bound=nn.Module)


def adam_kernel(*, decoupled: bool) -> Callable[..., None] | None:
    """What torch's own fused step of Adam calls, and of AdamW where `decoupled`; None: take its step.

    `torch._fused_adam_` and `torch._fused_adamw_`, as in `torch/optim/adam.py`, `_fused_adam`.
    """
    kernel: Callable[..., None] | None = getattr(torch, "_fused_adamw_" if decoupled else "_fused_adam_", None)
    return kernel


def add_to_all(tensors: Sequence[Tensor], number: float) -> None:
    """Add a number to each tensor, in one call. `torch._foreach_add_`, as in `torch/optim/adam.py`."""
    together = getattr(torch, "_foreach_add_", None)
    if together is not None:
        together(tensors, number)
        return
    for tensor in tensors:
        tensor.add_(number)


def has_onednn_product() -> bool:
    """Whether `onednn_product` is oneDNN's."""
    return hasattr(torch.ops.mkldnn, "_linear_pointwise")


def onednn_product(left: Tensor, right: Tensor, bias: Tensor | None = None) -> Tensor:
    """`left @ right.T + bias` of float32 matrices, by oneDNN; either may be a transposed view.

    `torch.ops.mkldnn._linear_pointwise`, which torch's compiler calls for CPUs (`torch/_inductor/mkldnn_ir.py`).
    """
    if not has_onednn_product():
        return nn.functional.linear(left, right, bias)
    product: Tensor = torch.ops.mkldnn._linear_pointwise(left, right, bias, "none", [], "")
    return product


_SUPPORTED: Final[Mapping[torch.dtype, str]] = {
    torch.bfloat16: "_is_mkldnn_bf16_supported",
    torch.float16: "_is_mkldnn_fp16_supported",
}


def cpu_has_instructions(dtype: torch.dtype) -> bool | None:
    """Whether the CPU has instructions for bfloat16 or float16; None where it cannot be told.

    `torch.ops.mkldnn._is_mkldnn_bf16_supported` and its like, which torch asks before it compiles for a CPU.
    """
    try:
        return bool(getattr(torch.ops.mkldnn, _SUPPORTED[dtype])())
    except (AttributeError, RuntimeError):  # built without oneDNN
        return None


def with_children(module: _M, children: Mapping[str, nn.Module]) -> _M:
    """A module that has the attributes of another, and these children; the other stays as it is.

    Shares all else, so that a buffer or a hook of the one is one of the other. Children live in `_modules`; where they
    do not, the module itself is returned.
    """
    if not isinstance(vars(module).get("_modules"), dict):
        return module
    made = copy.copy(module)
    # Not the copy's own: copying is shallow, and setting a child in it would change the original.
    made._modules = dict[str, nn.Module | None](children)
    return made


_TRACED: Final = ("add_param_group", "load_state_dict", "state_dict", "zero_grad")

Stepping = Callable[[Callable[..., Any]], Callable[..., Any]]


def eager_optimizer(cls: type[torch.optim.Optimizer], change: Stepping) -> type[torch.optim.Optimizer]:
    """An optimizer's class without what torch puts around its methods for compiled ones; `change` is given its step.

    Those wrappers import torch's compiler at their first use, which takes a second or more, and would do nothing here.
    Nor is there anybody for the hooks and the profiler's label that torch puts around each step: `hooked`, an attribute
    of the method `step` (`Optimizer._patch_step_function`), says that they are there already.

    Where a method has no wrapper, as in another release it may, it is kept as it is.
    """
    plain: dict[str, Any] = {name: inspect.unwrap(getattr(cls, name)) for name in _TRACED if hasattr(cls, name)}
    # torch's own wrapper of `step` is where it turns gradients off.
    plain["step"] = torch.no_grad()(change(inspect.unwrap(cls.step)))
    plain["step"].hooked = True
    return type(cls.__name__, (cls,), plain)
