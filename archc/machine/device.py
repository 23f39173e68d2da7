"""A device's name -> a torch device that is there, and what is best on it."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import nn

from archc.diagnostics import catalog
from archc.network import Network


def choose(name: str) -> torch.device:
    """The device of that name; `auto` is cuda, then mps, then cpu.

    Raises:
        NoSuchDevice: torch does not know the name, or this machine or this torch lacks the device.
    """
    available = _available()
    if name == "auto":
        return torch.device(available[0])
    try:
        device = torch.device(name)
    except (RuntimeError, ValueError):
        raise catalog.training.NoSuchDevice(device=name, available=available) from None
    full = f"{device.type}:{device.index}" if device.index else device.type
    if full not in available:
        raise catalog.training.NoSuchDevice(device=name, available=available)
    return device


def place(model: nn.Sequential, network: Network, device: torch.device) -> nn.Sequential:
    """The model, moved to the device, in the memory layout that its kernels are fastest in."""
    model = model.to(device)
    if any(node.type == "Conv2d" for node in network.walk()):
        return model.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]
    return model


@contextmanager
def deterministic(device: torch.device, *, strict: bool = False) -> Iterator[None]:
    """Inside, cuDNN takes kernels that give the same bits each time, whichever were faster.

    `strict`: every operation of torch does, or raises where it cannot.
    """
    cudnn = torch.backends.cudnn
    before = cudnn.deterministic, cudnn.benchmark
    strict_before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    if device.type == "cuda":
        cudnn.deterministic, cudnn.benchmark = True, False
    if strict or device.type == "cuda":
        # torch reads it when cuBLAS is first used, once: without it, a later training in this process, a strict one,
        # would end in an error.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if strict:
        torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        cudnn.deterministic, cudnn.benchmark = before
        # It imports torch's compiler, which takes a second or more: not where nothing is to be put back.
        if strict:
            torch.use_deterministic_algorithms(strict_before[0], warn_only=strict_before[1])


def describe(device: torch.device) -> str:
    """The hardware's own name, for people who compare runs."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return _cpu_fact("model name") or platform.machine()


def cpu_maker() -> str:
    """The word by which an x86 processor names its maker, as `GenuineIntel`; empty where it cannot be told."""
    # Where the system has no such file, its name of the processor ends with that word.
    return _cpu_fact("vendor_id") or platform.processor().rpartition(" ")[2]


def _cpu_fact(name: str) -> str:
    """What Linux says of the first processor; empty where it says nothing."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _available() -> tuple[str, ...]:
    """The devices there are, best first."""
    found = ["cuda"] if torch.cuda.is_available() else []
    found += [f"cuda:{index}" for index in range(1, torch.cuda.device_count())] if found else []
    found += ["mps"] if torch.backends.mps.is_available() else []
    return (*found, "cpu")
