"""Transforms of torchvision.transforms that archc applies to samples."""

from typing import Annotated, Final

from archc.diagnostics import catalog
from archc.terms.record import Doc
from archc.terms.term import Table, Term
from archc.terms.values import listed, number


class Transform(Term):
    """Base of the transforms. They see samples as ToTensor makes them: channels first, values from 0 to 1."""

    url = "https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.{name}.html"


class Normalize(Transform):
    """Subtract a mean and divide by a standard deviation, for each channel: `y = (x - mean) / std`.

    `x` is a pixel from 0 to 1. One number serves all channels.
    """

    mean: Annotated[
        tuple[float, ...],
        listed("a list of numbers, one for each channel", number(""), least=1),
        Doc("Mean of each channel."),
    ]
    std: Annotated[
        tuple[float, ...],
        listed("a list of numbers above 0, one for each channel", number("", above=0), least=1),
        Doc("Standard deviation of each channel."),
    ]

    def check(self) -> None:
        if len(self.mean) != len(self.std):
            raise catalog.values.Contradiction(
                field="std",
                first="mean",
                second="std",
                reason=f"`mean` has {len(self.mean)} elements and `std` has {len(self.std)}",
            )


TRANSFORMS: Final[Table[Transform]] = Table("archc.recipe", {"Normalize": "transforms"})
