"""Transforms of torchvision.transforms that archc applies to samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from pydantic import BeforeValidator, Field

from archc.diagnostics.catalog import names as faults
from archc.term import Term
from archc.values import Positive, Real, Says


def _channels(value: object) -> object:
    """A list as a tuple; one number is the same for one channel."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (float(value),)
    return tuple(value) if isinstance(value, list) else value


class Transform(Term):
    """Base of the transforms. They see samples as ToTensor makes them: channels first, values from 0 to 1."""


class Normalize(Transform):
    """Subtract a mean and divide by a standard deviation, for each channel: `y = (x - mean) / std`.

    `x` is a pixel from 0 to 1. One number serves all channels.
    """

    source: ClassVar[str] = "https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Normalize.html"

    mean: Annotated[
        tuple[Real, ...],
        BeforeValidator(_channels),
        Field(description="Mean of each channel.", min_length=1),
        Says("a list of numbers, one for each channel"),
    ]
    std: Annotated[
        tuple[Positive, ...],
        BeforeValidator(_channels),
        Field(description="Standard deviation of each channel.", min_length=1),
        Says("a list of numbers above 0, one for each channel"),
    ]

    def check(self) -> None:
        if len(self.mean) != len(self.std):
            raise faults.Contradiction(
                field="std",
                first="mean",
                second="std",
                reason=f"`mean` has {len(self.mean)} elements and `std` has {len(self.std)}",
            )


TRANSFORMS: Final[Mapping[str, type[Transform]]] = {"Normalize": Normalize}
