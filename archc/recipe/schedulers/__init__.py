"""Schedulers of torch.optim.lr_scheduler: how the learning rate changes while a network is trained."""

from collections.abc import Mapping
from typing import Final

from archc.recipe.schedulers.base import Scheduler
from archc.terms.term import Table

_MODULES: Final[Mapping[str, str]] = {
    "ChainedScheduler": "composed",
    "ConstantLR": "falling",
    "CosineAnnealingLR": "cosine",
    "CosineAnnealingWarmRestarts": "cosine",
    "CyclicLR": "cycle",
    "ExponentialLR": "falling",
    "LinearLR": "falling",
    "MultiStepLR": "falling",
    "OneCycleLR": "cycle",
    "PolynomialLR": "falling",
    "ReduceLROnPlateau": "plateau",
    "SequentialLR": "composed",
    "StepLR": "falling",
}
"""Each scheduler, with the module of this folder that holds its class."""

_FUNCTION: Final = (
    "it takes a function, and a spec holds no code; SequentialLR and ChainedScheduler put others together"
)

_ABSENT: Final[Mapping[str, str]] = {"LambdaLR": _FUNCTION, "MultiplicativeLR": _FUNCTION}
"""The schedulers of torch that are none of archc, each with the reason."""

SCHEDULERS: Final[Table[Scheduler]] = Table("archc.recipe.schedulers", _MODULES, _ABSENT)

__all__ = ["SCHEDULERS", "Scheduler"]
