"""An optimizer of a spec -> a torch optimizer with the fastest kernels of the device."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

import torch
from torch import Tensor, nn

from archc.diagnostics import catalog
from archc.layers import LAYERS
from archc.layers.base import Family
from archc.lowering import adam, sgd
from archc.machine import torch_private
from archc.recipe.control import WeightDecay
from archc.recipe.optimizers import Optimizer
from archc.terms.record import declared
from archc.training.saved import DoesNotFit

FUSED: Final[Mapping[str, frozenset[str]]] = {
    "Adagrad": frozenset({"cpu"}),
    "Adam": frozenset({"cpu", "cuda", "mps"}),
    "AdamW": frozenset({"cpu", "cuda", "mps"}),
    "SGD": frozenset({"cpu", "cuda", "mps"}),
}
"""On which kinds of device all versions of torch have one kernel for the whole step of an optimizer."""


def groups(model: nn.Module, decay: WeightDecay | None) -> list[dict[str, Any]]:
    """The parameters of a model, in one group, or those without weight decay in a second one."""
    left_out = exempt(model, decay.exclude) if decay else frozenset()
    kept = [parameter for name, parameter in model.named_parameters() if name not in left_out]
    free = [parameter for name, parameter in model.named_parameters() if name in left_out]
    found: list[dict[str, Any]] = [{"params": kept}, {"params": free, "weight_decay": 0.0}]
    return [group for group in found if group["params"]]


def exempt(model: nn.Module, kinds: Collection[str]) -> frozenset[str]:
    """The names of the parameters of some kinds. Layers inside of others count too, as those of a Transformer."""
    found: set[str] = set()
    for path, module in model.named_modules():
        names = {name: f"{path}.{name}" if path else name for name, _ in module.named_parameters(recurse=False)}
        if "bias" in kinds:
            found |= {full for name, full in names.items() if "bias" in name}
        if _KINDS.get(_family(module)) in kinds:
            found |= set(names.values())
    return frozenset(found)


_KINDS: Final[Mapping[Family | None, str]] = {
    "batch norm": "norm",
    "instance norm": "norm",
    "sample norm": "norm",
    "embedding": "embedding",
    "activation": "activation",
}
"""What `exclude` calls the parameters of a family."""


def _family(module: nn.Module) -> Family | None:
    """Of which family a module's layer is, by the name of its class or, as FSDP makes subclasses, of a base."""
    if isinstance(module, nn.SyncBatchNorm):
        return "batch norm"
    return next((LAYERS[base.__name__].family for base in type(module).__mro__ if base.__name__ in LAYERS), None)


def make(
    term: Optimizer,
    parameters: Iterable[nn.Parameter] | Iterable[dict[str, Any]],
    device: torch.device,
    *,
    sharded: bool = False,
) -> torch.optim.Optimizer:
    """The optimizer over these parameters, or groups of them, which are on the device, maybe shared among processes.

    Raises:
        CudaOnlyArgument: `capturable` is asked for on another device.
    """
    if getattr(term, "capturable", False) and device.type != "cuda":
        raise catalog.training.CudaOnlyArgument(argument="capturable", device=device.type)
    name, args, kwargs = term.call({})
    cls: Any = eager(getattr(torch.optim, name))
    made: torch.optim.Optimizer = cls(list(parameters), *args, **kwargs, **kernels(term, device, sharded=sharded))
    return made


_STEPS: Final[Mapping[str, torch_private.Stepping]] = {
    "Adam": adam.step_of,
    "AdamW": adam.step_of,
    "SGD": sgd.step_of,
}
"""What is done with torch's own step, by the optimizer's name."""


@functools.cache
def eager(cls: type[torch.optim.Optimizer]) -> type[torch.optim.Optimizer]:
    """The same optimizer, without what torch needs for those that are compiled."""
    return torch_private.eager_optimizer(cls, _STEPS.get(cls.__name__, lambda step: step))


def kernels(term: Optimizer, device: torch.device, *, sharded: bool = False) -> dict[str, Any]:
    """The arguments that choose the kernels, where the spec leaves the choice to archc."""
    if getattr(term, "fused", None) is not None or getattr(term, "foreach", None) is not None:
        return {}
    if "foreach" not in declared(type(term)):
        return {}
    # Of the fused kernels, torch has Adam's alone for sharded tensors.
    fused = device.type in FUSED.get(type(term).__name__, ()) and not sharded
    return {"fused": True} if fused else {"foreach": True}


def tensors(made: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What the optimizer remembers, as `PARAMETER.NAME`, where PARAMETER counts from 0. References, not copies."""
    states: dict[int, dict[str, Any]] = made.state_dict()["state"]
    found = {f"{index}.{key}": value for index, state in states.items() for key, value in state.items()}
    assert all(value is None or isinstance(value, Tensor) for value in found.values())
    return {name: value for name, value in found.items() if value is not None}


def _all_of(whole: Tensor, like: Tensor) -> Tensor:
    return whole


def load_tensors(
    made: torch.optim.Optimizer, saved: Mapping[str, Tensor], own: Callable[[Tensor, Tensor], Tensor] = _all_of
) -> None:
    """Put back what `tensors` gave. Each tensor gets its parameter's memory layout, which fused kernels rely on.

    `own` gives the part of a tensor that this process keeps, as it does of a parameter.

    Raises:
        DoesNotFit: they are of another optimizer, or of other parameters.
    """
    parameters = [parameter for group in made.param_groups for parameter in group["params"]]
    states: dict[int, dict[str, Tensor]] = {}
    for name, value in saved.items():
        index, _, key = name.partition(".")
        if not index.isdecimal() or int(index) >= len(parameters) or not key:
            raise DoesNotFit(f"the optimizer has no `{name}`")
        parameter = parameters[int(index)]
        fits = value.shape == parameter.shape
        states.setdefault(int(index), {})[key] = (
            torch.empty_like(parameter).copy_(own(value, parameter)) if fits else value
        )
    made.load_state_dict({"state": states, "param_groups": made.state_dict()["param_groups"]})
    adam.forget(made)
