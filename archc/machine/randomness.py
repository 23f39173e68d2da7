"""Seeds and generators: which random numbers a training uses, and how a caller's own are left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


def seed_of(purpose: str, seed: int, *, bits: int = 63) -> int:
    """A seed for one purpose, in words, that follows from a training's own: no use of random numbers disturbs another.

    Weights follow from these numbers, so that another word is another training. torch's generators take 63 bits
    everywhere, without a sign.
    """
    digest = hashlib.sha256(f"{purpose} {seed}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - bits)


def generator(seed: int, purpose: str) -> torch.Generator:
    """A generator on the CPU that depends on the seed and the purpose alone."""
    return torch.Generator().manual_seed(seed_of(purpose, seed))


def epoch_order(samples: int, seed: int, epoch: int, *, shuffle: bool) -> Tensor:
    """The order of an epoch (from 1) as (samples,) int64 on the CPU: a function of its arguments alone."""
    if not shuffle:
        return torch.arange(samples)
    return torch.randperm(samples, generator=generator(seed, f"order of epoch {epoch}"))


@contextmanager
def separate(device: torch.device) -> Iterator[None]:
    """Inside, torch's global generators may be used and seeded; outside, nothing of it is seen."""
    before = states(device)
    try:
        yield
    finally:
        restore(before, device)


def seed_all(seed: int, device: torch.device) -> None:
    """Seed the global generators of the CPU and of the device, as `torch.manual_seed` does.

    `torch.manual_seed` would also reach the devices that the training does not use.
    """
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)


def states(device: torch.device) -> dict[str, Tensor]:
    """The states of the global generators that a training on the device uses, as uint8 tensors on the CPU."""
    found = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        found["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        found["mps"] = torch.mps.get_rng_state()
    return found


def restore(saved: dict[str, Tensor], device: torch.device) -> None:
    """Put the generators into saved states; those of other kinds of device are left out."""
    torch.set_rng_state(saved["cpu"])
    if device.type == "cuda" and "cuda" in saved:
        torch.cuda.set_rng_state(saved["cuda"], device)
    elif device.type == "mps" and "mps" in saved:
        torch.mps.set_rng_state(saved["mps"])
