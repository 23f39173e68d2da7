"""Losses of torch.nn: their arguments, and what they expect of a network's output."""

from collections.abc import Mapping
from typing import Final

from archc.recipe.losses.base import Loss
from archc.recipe.losses.classes import CrossEntropyLoss, NLLLoss
from archc.terms.term import Table

_MODULES: Final[Mapping[str, str]] = {
    "BCELoss": "each_output",
    "BCEWithLogitsLoss": "each_output",
    "CrossEntropyLoss": "classes",
    "GaussianNLLLoss": "gaussian",
    "HingeEmbeddingLoss": "metric",
    "HuberLoss": "distance",
    "KLDivLoss": "each_output",
    "L1Loss": "distance",
    "MSELoss": "distance",
    "MultiLabelSoftMarginLoss": "each_output",
    "MultiMarginLoss": "classes",
    "NLLLoss": "classes",
    "PoissonNLLLoss": "each_output",
    "SmoothL1Loss": "distance",
    "SoftMarginLoss": "each_output",
    "TripletMarginLoss": "metric",
}
"""Each loss, with the module of this folder that holds its class."""

_PAIRS: Final = "it compares outputs with one another, and a data set gives a class for each sample"

_ABSENT: Final[Mapping[str, str]] = {
    "AdaptiveLogSoftmaxWithLoss": "it has weights of its own; write `Linear` and `CrossEntropyLoss`",
    "CTCLoss": "its targets are sequences, and a data set gives a class for each sample",
    "CosineEmbeddingLoss": _PAIRS,
    "LinearCrossEntropyLoss": "it has weights of its own; write `Linear` and `CrossEntropyLoss`",
    "MarginRankingLoss": _PAIRS,
    "MultiLabelMarginLoss": "its targets are lists of classes; write `MultiMarginLoss`",
    "TripletMarginWithDistanceLoss": "its distance is a function; write `TripletMarginLoss`",
}
"""The losses of torch.nn that are none of archc, each with the reason."""

LOSSES: Final[Table[Loss]] = Table("archc.recipe.losses", _MODULES, _ABSENT)

__all__ = ["LOSSES", "CrossEntropyLoss", "Loss", "NLLLoss"]
