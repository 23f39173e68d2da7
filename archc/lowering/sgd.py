"""The steps of SGD with momentum under loss scaling, where torch's fused ones begin with memory that nobody wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def step_of(whole: Callable[..., Any]) -> Callable[..., Any]:
    """A method `step` for SGD that does what `whole`, torch's own, does, but for a first step that is to be skipped.

    torch's fused step allocates the momentum (`torch.empty_like`, optim/sgd.py, seen in 2.9 to 2.13) and has its kernel
    write it. Where a scaled gradient is infinite the kernel writes nothing, and the next step, which is no first one
    any more, goes on from whatever the memory held. Here such a step does nothing, and the next is the first.
    """

    def step(self: Any, closure: Callable[[], float] | None = None) -> Any:
        found_inf = getattr(self, "found_inf", None)
        # Reading it waits for the device, so that it is read until the momentum is there, and not after.
        if found_inf is not None and not _has_momentum(self) and found_inf.item():
            return None
        return whole(self, closure)

    return step


def _has_momentum(optimizer: Any) -> bool:
    """Whether the momentum of all parameters that have one has begun."""
    groups = [options for options in optimizer.param_groups if options["momentum"] != 0]
    parameters = [parameter for options in groups for parameter in options["params"]]
    return all(optimizer.state.get(parameter) for parameter in parameters)
