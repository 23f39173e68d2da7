"""Tensors by name <-> safetensors bytes; do they fit a model, and what is their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import torch
from safetensors import SafetensorError
from safetensors import torch as safetensors
from torch import Tensor, nn

from archc.diagnostics import catalog


def dump(tensors: Mapping[str, Tensor]) -> bytes:
    """The safetensors file of these tensors, which may be on any device and in any memory layout."""
    return safetensors.save({name: value.cpu().contiguous() for name, value in tensors.items()})


def parse(data: bytes, file: str) -> dict[str, Tensor]:
    """The tensors of a safetensors file, on the CPU, in the order of their names. `file` is its name for messages.

    Raises:
        FileCorrupt: it is not such a file.
    """
    try:
        # The library's own order is that of a hash table, another in each process: what processes do together, tensor
        # by tensor, would then mix them up.
        return dict(sorted(safetensors.load(data).items()))
    except (SafetensorError, ValueError, KeyError) as error:
        raise catalog.runs.FileCorrupt(file=file, reason=f"it is not a safetensors file ({error})") from None


def check_fit(tensors: Mapping[str, Tensor], model: nn.Module, file: str) -> None:
    """Check names, shapes and types against those of a model.

    Raises:
        WeightsDoNotFit: they differ; the reason names the first tensor that does, and so its layer.
    """
    wanted = model.state_dict()
    reason = next(
        (text for name, value in wanted.items() if (text := _difference(name, value, tensors.get(name)))), None
    )
    extra = next((name for name in tensors if name not in wanted), None)
    if reason is None and extra is not None:
        reason = f"`{extra}` is not in the network"
    if reason is not None:
        raise catalog.runs.WeightsDoNotFit(file=file, reason=reason)


def digest(tensors: Mapping[str, Tensor]) -> str:
    """The SHA-256 of names, types, shapes and values in the order of names; the same however a file stores them."""
    sha = hashlib.sha256()
    for name in sorted(tensors):
        value = tensors[name].cpu().contiguous()
        sha.update(f"{name} {value.dtype} {tuple(value.shape)}\n".encode())
        sha.update(value.reshape(-1).view(torch.uint8).numpy().data)
    return sha.hexdigest()


def _difference(name: str, wanted: Tensor, found: Tensor | None) -> str | None:
    if found is None:
        return f"`{name}` is missing"
    if found.shape != wanted.shape:
        return f"`{name}` is {list(found.shape)} in the file, and {list(wanted.shape)} in the network"
    if found.dtype != wanted.dtype:
        return f"`{name}` is {found.dtype} in the file, and {wanted.dtype} in the network"
    return None
