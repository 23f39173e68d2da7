"""Random numbers that are a function of a seed, a purpose and a sample's number: no generator, no order.

Source: SplitMix64, Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014,
https://doi.org/10.1145/2660193.2660195
"""

from __future__ import annotations

import torch
from torch import Tensor

from archc.machine.randomness import seed_of

ATTEMPTS = 10
"""How often torchvision draws a rectangle that has to fit: before it gives up, or takes the middle."""

_GOLDEN = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def uniform(rows: Tensor, draws: int, purpose: str, seed: int) -> Tensor:
    """(N, draws) float64 on the CPU, each at least 0 and below 1, for the samples of these numbers (N,) int64."""
    key = signed(seed_of(purpose, seed, bits=64))
    counters = rows.cpu()[:, None] * draws + torch.arange(draws)
    return _shifted(mixed(counters * signed(_GOLDEN) + key), 11).double() * 2.0**-53


def between(numbers: Tensor, low: float, high: float) -> Tensor:
    """Numbers from 0 to 1 as numbers from `low` to `high`."""
    return low + numbers * (high - low)


def mixed(numbers: Tensor) -> Tensor:
    """SplitMix64's finaliser, in int64, which wraps around as its unsigned arithmetic does."""
    numbers = (numbers ^ _shifted(numbers, 30)) * signed(_FIRST)
    numbers = (numbers ^ _shifted(numbers, 27)) * signed(_SECOND)
    return numbers ^ _shifted(numbers, 31)


def _shifted(numbers: Tensor, bits: int) -> Tensor:
    """A shift to the right that fills with zeros; torch's fills with the sign."""
    return (numbers >> bits) & ((1 << (64 - bits)) - 1)


def signed(number: int) -> int:
    """The int64 with the bits of an unsigned number."""
    return number - 2**64 if number >= 2**63 else number
