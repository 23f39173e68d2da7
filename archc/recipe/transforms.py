"""Transforms of torchvision.transforms that archc applies to samples."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from archc.diagnostics import catalog
from archc.terms.record import Doc
from archc.terms.term import Table, Term
from archc.terms.values import Flag, choice, number, one_or_more


class Transform(Term):
    """Base of the transforms. They see samples as ToTensor makes them: channels first, values from 0 to 1."""

    url = "https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.{name}.html"


class Normalize(Transform):
    """Subtract a mean and divide by a standard deviation, for each channel: `y = (x - mean) / std`.

    `x` is a pixel from 0 to 1. One number serves all channels.
    """

    mean: Annotated[
        tuple[float, ...],
        one_or_more("a number, or a list of numbers, one for each channel", number("")),
        Doc("Mean of each channel."),
    ]
    std: Annotated[
        tuple[float, ...],
        one_or_more("a number above 0, or a list of them, one for each channel", number("", above=0)),
        Doc("Standard deviation of each channel."),
    ]

    def check(self) -> None:
        if len(self.mean) != len(self.std) and 1 not in (len(self.mean), len(self.std)):
            raise catalog.values.Contradiction(
                field="std",
                first="mean",
                second="std",
                reason=f"`mean` has {len(self.mean)} elements and `std` has {len(self.std)}",
            )

    @property
    def channels(self) -> int:
        """For how many channels it has numbers; 1 for any."""
        return max(len(self.mean), len(self.std))


class Conversion(Transform):
    """Base of the transforms that make of an image what archc's samples are already. They do nothing."""


class ToTensor(Conversion):
    """Make a tensor of an image, with values from 0 to 1. Samples are that already, so it does nothing."""


class ToImage(Conversion):
    """Make a tensor of an image. Samples are tensors already, so it does nothing."""

    url = "https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.{name}.html"


class PILToTensor(Conversion):
    """Make a tensor of an image. Samples are tensors already, so it does nothing."""


_Dtype = choice("float32", "torch.float32")
_NUMBERS = Doc("What numbers the values become.")


class ConvertImageDtype(Conversion):
    """Make other numbers of the values, from 0 to 1. Samples are float32 from 0 to 1 already, so it does nothing."""

    principal = "dtype"

    dtype: Annotated[Literal["float32", "torch.float32"], _Dtype, _NUMBERS] = "float32"


class ToDtype(Conversion):
    """Make other numbers of the values. Samples are float32 from 0 to 1 already, so it does nothing."""

    url = "https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.{name}.html"

    principal = "dtype"

    dtype: Annotated[Literal["float32", "torch.float32"], _Dtype, _NUMBERS]
    scale: Annotated[Flag, Doc("Whether values become those from 0 to 1, which they are.")] = False

    def check(self) -> None:
        if not self.scale:
            raise catalog.values.Contradiction(
                field="dtype",
                first="ToDtype",
                second="scale: false",
                reason="samples have values from 0 to 1; delete it, or write `scale: true`",
            )


_FIRST: Final = "samples keep their size; begin `layers` with"
_ABSENT: Final[Mapping[str, str]] = {
    "Compose": "`transform` is a list already, whose elements are done one after the other",
    "Resize": f"{_FIRST} `Upsample: {{size: [32, 32], mode: bilinear}}`",
    "Pad": f"{_FIRST} `ZeroPad2d: 2`",
    "CenterCrop": f"{_FIRST} `ZeroPad2d: -2`, which cuts two pixels off each side",
    "ToPILImage": "samples are no files here; delete it",
    "Lambda": "a spec runs no code",
}
"""Names of torchvision that are none of these, each with what to do instead."""

_NAMES: Final = ("Normalize", "ToTensor", "ToImage", "PILToTensor", "ConvertImageDtype", "ToDtype")

TRANSFORMS: Final[Table[Transform]] = Table("archc.recipe", dict.fromkeys(_NAMES, "transforms"), _ABSENT)
