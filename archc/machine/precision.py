"""What layers compute in: torch.autocast around a model, and the loss scaling that float16 needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import torch
from torch import Tensor, nn

from archc.machine.torch_private import cpu_has_instructions

Forward: TypeAlias = Callable[[Tensor], Tensor]

_DTYPES: Final = {"bfloat16": torch.bfloat16, "float16": torch.float16}


def forward_of(model: nn.Module, precision: str, device: torch.device) -> Forward:
    """The model as a function to float32 outputs, so that losses are computed in float32."""
    dtype = _DTYPES.get(precision)
    if dtype is None:
        return model

    def forward(batch: Tensor) -> Tensor:
        with torch.autocast(device.type, dtype):
            outputs: Tensor = model(batch)
        return outputs.float()

    return forward


def is_emulated(precision: str, device: torch.device) -> bool:
    """Whether torch computes in a precision that the device has no instructions for. False where it cannot be told."""
    if precision == "float32":
        return False
    if device.type == "cuda":
        return precision == "bfloat16" and not torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type != "cpu":
        return False
    return cpu_has_instructions(_DTYPES[precision]) is False


def scaler_of(precision: str, device: torch.device) -> torch.amp.GradScaler | None:
    """What scales losses so that small gradients do not vanish in float16; None for the other precisions."""
    return torch.amp.GradScaler(device.type) if precision == "float16" else None


def scaler_state(scaler: torch.amp.GradScaler | None) -> dict[str, Any]:
    """The scale and how long it has held, for a checkpoint."""
    if scaler is None:
        return {}
    state = scaler.state_dict()
    return {"scale": float(state["scale"]), "growth_tracker": int(state["_growth_tracker"])}


def restore_scaler(scaler: torch.amp.GradScaler | None, state: dict[str, Any]) -> None:
    """Put back what `scaler_state` gave."""
    if scaler is not None:
        own = {"scale": state["scale"], "_growth_tracker": state["growth_tracker"]}
        scaler.load_state_dict(scaler.state_dict() | own)
