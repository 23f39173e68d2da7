"""The steps of Adam and AdamW on a CPU, without gathering the same tensors for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from archc.machine import torch_private


class _Group(NamedTuple):
    """The tensors of a group of parameters that all have a state, and what steps them."""

    kernel: Callable[..., None]
    parameters: list[Tensor]
    averages: list[Tensor]
    squares: list[Tensor]
    steps: list[Tensor]


def step_of(whole: Callable[..., Any]) -> Callable[..., Any]:
    """A method `step` for Adam or AdamW that does what `whole`, torch's own, does, with the same kernels.

    torch looks up each parameter's state in each step and sorts all tensors by device and type, 60 microseconds of a
    small network's 800. The first step is torch's, as are those with a closure, with loss scaling, with a parameter
    that has no gradient, and those of variants that keep more (`amsgrad`) or are not fused.
    """

    def step(self: Any, closure: Callable[[], float] | None = None) -> Any:
        groups = None if closure is not None or hasattr(self, "grad_scale") else _groups(self)
        gradients = [[parameter.grad for parameter in group.parameters] for group in groups or ()]
        if groups is None or not all(gradient is not None for row in gradients for gradient in row):
            return whole(self, closure)
        for options, group, row in zip(self.param_groups, groups, gradients, strict=True):
            torch_private.add_to_all(group.steps, 1)
            group.kernel(
                group.parameters,
                row,
                group.averages,
                group.squares,
                [],
                group.steps,
                amsgrad=False,
                lr=options["lr"],
                beta1=options["betas"][0],
                beta2=options["betas"][1],
                weight_decay=options["weight_decay"],
                eps=options["eps"],
                maximize=options["maximize"],
                grad_scale=None,
                found_inf=None,
            )
        return None

    return step


def forget(optimizer: torch.optim.Optimizer) -> None:
    """Gather the tensors anew in the next step, as other ones are the optimizer's state now."""
    vars(optimizer).pop("_gathered", None)


def _groups(optimizer: Any) -> list[_Group] | None:
    """The optimizer's tensors by group, gathered once; None where a step has to be torch's own."""
    gathered: list[_Group] | None = vars(optimizer).get("_gathered")
    if gathered is None and all(_is_plain(options, optimizer.state) for options in optimizer.param_groups):
        gathered = [_gather(options, optimizer.state) for options in optimizer.param_groups]
        vars(optimizer)["_gathered"] = gathered
    return gathered


def _kernel(options: Mapping[str, Any]) -> Callable[..., None] | None:
    """By the argument, as torch chooses it: the name of the optimizer decides nothing there."""
    return torch_private.adam_kernel(decoupled=options["decoupled_weight_decay"])


def _is_plain(options: Mapping[str, Any], state: Mapping[Tensor, Any]) -> bool:
    """Whether the kernel can take a group as it is: float32 on a CPU, fused, and each parameter with a state."""
    return (
        bool(options["fused"])
        and _kernel(options) is not None
        and not options["amsgrad"]
        and all(state.get(parameter) for parameter in options["params"])
        and all(parameter.device.type == "cpu" and parameter.dtype == torch.float32 for parameter in options["params"])
    )


def _gather(options: Mapping[str, Any], state: Mapping[Tensor, Any]) -> _Group:
    kernel = _kernel(options)
    assert kernel is not None
    states = [state[parameter] for parameter in options["params"]]
    averages, squares, steps = ([own[name] for own in states] for name in ("exp_avg", "exp_avg_sq", "step"))
    return _Group(kernel, options["params"], averages, squares, steps)
