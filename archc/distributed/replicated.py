"""DistributedDataParallel: each process has the whole model, and gradients are means over the processes."""

from __future__ import annotations

import inspect
from typing import Any, Final

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from archc.machine import device as devices
from archc.network import Network

_BUFFERS_STAY: Final[dict[str, Any]] = (
    {"forward_sync_buffers": False}
    if "forward_sync_buffers" in inspect.signature(DistributedDataParallel).parameters
    else {"broadcast_buffers": False}
)
"""No buffers are sent with a step; before torch 2.13, this also leaves out those that are sent when DDP is made, which
are the same in each process: all of them draw or load the same model."""


class Replicated:
    """The whole model in each process.

    Buffers are not sent with each step: those of the first process count, and `unify` sends them when they do.
    """

    sharded = False

    def __init__(self, processes: int) -> None:
        self._processes = processes

    def place(self, model: nn.Sequential, network: Network, device: torch.device) -> nn.Module:
        placed = devices.place(model, network, device)
        if device.type == "cuda":
            torch.cuda.set_device(device)
            synchronised: nn.Module = nn.SyncBatchNorm.convert_sync_batchnorm(placed)  # type: ignore[no-untyped-call]
            return synchronised
        return placed

    def trained(self, model: nn.Module) -> nn.Module:
        if not any(parameter.requires_grad for parameter in model.parameters()):
            return model
        return DistributedDataParallel(model, gradient_as_bucket_view=True, **_BUFFERS_STAY)

    def unify(self, model: nn.Module) -> None:
        for buffer in model.buffers():
            dist.broadcast(buffer, 0)

    def whole(self, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        return tensors

    def own(self, whole: Tensor, like: Tensor) -> Tensor:
        return whole.to(like.device)

    def local(self, tensor: Tensor) -> Tensor:
        return tensor
