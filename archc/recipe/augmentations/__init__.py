"""Random transforms of torchvision.transforms that archc applies to training samples."""

from collections.abc import Mapping
from typing import Final

from archc.recipe.augmentations.base import Augmentation
from archc.terms.term import Table

_MODULES: Final[Mapping[str, str]] = {
    "ColorJitter": "colour",
    "RandomAffine": "geometry",
    "RandomCrop": "position",
    "RandomErasing": "position",
    "RandomHorizontalFlip": "position",
    "RandomResizedCrop": "geometry",
    "RandomRotation": "geometry",
    "RandomVerticalFlip": "position",
}
"""Each augmentation, with the module of this folder that holds its class."""

_POLICY: Final = "it is a policy that draws among other transforms; write those that you want"
_ABSENT: Final[Mapping[str, str]] = {
    "AutoAugment": _POLICY,
    "AugMix": _POLICY,
    "RandAugment": _POLICY,
    "TrivialAugmentWide": _POLICY,
    "RandomApply": "the transforms with a chance have a `p` of their own",
}

AUGMENTATIONS: Final[Table[Augmentation]] = Table("archc.recipe.augmentations", _MODULES, _ABSENT)

__all__ = ["AUGMENTATIONS", "Augmentation"]
