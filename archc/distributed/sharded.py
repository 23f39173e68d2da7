"""FullyShardedDataParallel: each process has a part of every weight, gradient and optimizer state.

Source: Zhao et al., PyTorch FSDP: Experiences on Scaling Fully Sharded Data Parallel, 2023, https://arxiv.org/abs/2304.11277
"""

from __future__ import annotations

import hashlib

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from archc.network import Network


class Sharded:
    """A part of each weight in each process; a layer's weights are whole only while it computes."""

    sharded = True

    def __init__(self, rank: int, processes: int) -> None:
        self._rank, self._processes = rank, processes

    def place(self, model: nn.Sequential, network: Network, device: torch.device) -> nn.Module:
        """Layer by layer, so that no device ever holds the whole."""
        if device.type == "cuda":
            torch.cuda.set_device(device)
            model = nn.SyncBatchNorm.convert_sync_batchnorm(model)  # type: ignore[no-untyped-call]
        mesh = init_device_mesh(device.type, (self._processes,))
        for layer in model:
            if next(layer.parameters(), None) is not None:
                fully_shard(layer, mesh=mesh)
        fully_shard(model, mesh=mesh)
        return model.to(device)

    def trained(self, model: nn.Module) -> nn.Module:
        return model

    def unify(self, model: nn.Module) -> None:
        for buffer in model.buffers():
            dist.broadcast(buffer, 0)

    def whole(self, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        """One after the other, and to the first process's memory: the whole may be more than a device holds."""
        # Gathering knows no names. In another order than in the other processes it takes halves of different tensors
        # for one: without a word where their sizes are the same, and with an abort of gloo where they are not.
        ordered = sorted(tensors.items())
        self._check_alike(ordered)
        found: dict[str, Tensor] = {}
        for name, tensor in ordered:
            value = tensor.full_tensor() if isinstance(tensor, DTensor) else tensor
            if self._rank == 0:
                found[name] = value.cpu()
        return found

    def _check_alike(self, tensors: list[tuple[str, Tensor]]) -> None:
        """See that all processes are about to gather the same tensors. Together."""
        text = "\n".join(f"{name} {tensor.dtype} {tuple(tensor.shape)}" for name, tensor in tensors)
        number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")
        extremes = torch.tensor([number, -number])
        dist.all_reduce(extremes, dist.ReduceOp.MAX)
        if extremes.sum():
            raise AssertionError("the processes do not hold the same tensors")

    def own(self, whole: Tensor, like: Tensor) -> Tensor:
        if not isinstance(like, DTensor):
            return whole.to(like.device)
        # Each process has the whole of it, so that nothing need be sent.
        return distribute_tensor(whole.to(like.device), like.device_mesh, like.placements, src_data_rank=None)

    def local(self, tensor: Tensor) -> Tensor:
        return tensor.to_local() if isinstance(tensor, DTensor) else tensor
