"""Transforms that make of an image what samples are already."""

from typing import Annotated, Literal

from archc.diagnostics import catalog
from archc.recipe.transforms.base import Transform
from archc.terms.record import Doc
from archc.terms.values import Flag, choice


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
