"""Transforms of torchvision.transforms that archc applies to samples."""

from collections.abc import Mapping
from typing import Final

from archc.recipe.transforms.base import Partial, Sizing, Transform, through
from archc.terms.term import Table

_MODULES: Final[Mapping[str, str]] = {
    "Normalize": "values",
    "Resize": "sizes",
    "CenterCrop": "sizes",
    "Pad": "sizes",
    "Grayscale": "sizes",
    "ToTensor": "conversions",
    "ToImage": "conversions",
    "PILToTensor": "conversions",
    "ConvertImageDtype": "conversions",
    "ToDtype": "conversions",
}
"""Each transform, with the module of this folder that holds its class."""

_ABSENT: Final[Mapping[str, str]] = {
    "Compose": "`transform` is a list already, whose elements are done one after the other",
    "ToPILImage": "samples are no files here; delete it",
    "Lambda": "a spec runs no code",
}
"""Names of torchvision that are none of these, each with what to do instead."""

TRANSFORMS: Final[Table[Transform]] = Table("archc.recipe.transforms", _MODULES, _ABSENT)

__all__ = ["TRANSFORMS", "Partial", "Sizing", "Transform", "through"]
