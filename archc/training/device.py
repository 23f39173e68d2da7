"""A device's name -> a torch device that is there, and what is best on it."""

from __future__ import annotations

import platform

import torch

from archc.diagnostics.catalog.training import NoSuchDevice


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
        raise NoSuchDevice(device=name, available=available) from None
    full = f"{device.type}:{device.index}" if device.index else device.type
    if full not in available:
        raise NoSuchDevice(device=name, available=available)
    return device


def describe(device: torch.device) -> str:
    """The hardware's own name, for people who compare runs."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return platform.processor() or platform.machine()


def _available() -> tuple[str, ...]:
    """The devices there are, best first."""
    found = ["cuda"] if torch.cuda.is_available() else []
    found += [f"cuda:{index}" for index in range(1, torch.cuda.device_count())] if found else []
    found += ["mps"] if torch.backends.mps.is_available() else []
    return (*found, "cpu")
